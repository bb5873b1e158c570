/** Which zone a subnet lies in, and its addresses. */
import { DescribeSubnetsCommand, type Subnet } from '@aws-sdk/client-ec2';
import type { SubnetFact } from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import { call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';

export const readSubnets = (
  context: Ec2Context,
  vpcIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly SubnetFact[]>> =>
  reading(context, 'DescribeSubnets', () =>
    everyPart(pieces(vpcIds, FILTER_VALUES_MAX), (part) =>
      everyPage(
        (nextToken) =>
          call(context, 'DescribeSubnets', signal, () =>
            context.client.send(
              new DescribeSubnetsCommand({
                Filters: [{ Name: 'vpc-id', Values: [...part] }],
                MaxResults: 1_000,
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) => listOf(page.Subnets).flatMap(subnetFact),
      ),
    ),
  );

function subnetFact(subnet: Subnet): readonly SubnetFact[] {
  if (!subnet.SubnetId) return [];
  const ipv6s = (subnet.Ipv6CidrBlockAssociationSet ?? []).flatMap((association) =>
    association.Ipv6CidrBlockState?.State === 'associated' ? (association.Ipv6CidrBlock ?? []) : [],
  );
  return [
    {
      subnetId: subnet.SubnetId,
      vpcId: subnet.VpcId ?? '',
      zone: subnet.AvailabilityZone ?? '',
      cidrs: subnet.CidrBlock ? [subnet.CidrBlock, ...ipv6s] : ipv6s,
    },
  ];
}
