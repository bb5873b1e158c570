/** Network ACLs: which subnets each is associated with, and its entries. */
import {
  DescribeNetworkAclsCommand,
  type NetworkAcl,
  type NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import type { Reading } from '../../core/reading.ts';
import type { AclEntry, NetworkAclFact } from '../../core/securityGroupPort.ts';
import { call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';

export const readNetworkAcls = (
  context: Ec2Context,
  vpcIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly NetworkAclFact[]>> =>
  reading(context, 'DescribeNetworkAcls', () =>
    everyPart(pieces(vpcIds, FILTER_VALUES_MAX), (part) =>
      everyPage(
        (nextToken) =>
          call(context, 'DescribeNetworkAcls', signal, () =>
            context.client.send(
              new DescribeNetworkAclsCommand({
                Filters: [{ Name: 'vpc-id', Values: [...part] }],
                MaxResults: 1_000,
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) => listOf(page.NetworkAcls).flatMap(aclFact),
      ),
    ),
  );

const aclFact = (acl: NetworkAcl): readonly NetworkAclFact[] =>
  acl.NetworkAclId
    ? [
        {
          aclId: acl.NetworkAclId,
          subnetIds: (acl.Associations ?? []).flatMap(({ SubnetId }) => SubnetId || []),
          entries: (acl.Entries ?? []).flatMap(entryOf).toSorted((a, b) => a.number - b.number),
        },
      ]
    : [];

/**
 * EC2 gives the ports of TCP and UDP alone, and an entry one range of one family.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html (read 2026-11-30)
 */
function entryOf(entry: NetworkAclEntry): readonly AclEntry[] {
  const { RuleNumber: number, Egress: isEgress, PortRange: range } = entry;
  const cidr = entry.CidrBlock ?? entry.Ipv6CidrBlock;
  if (number === undefined || isEgress === undefined || cidr === undefined) return [];
  const hasPorts = range?.From !== undefined && range.To !== undefined;
  return [
    {
      number,
      isEgress,
      isAllowed: entry.RuleAction === 'allow',
      protocol: entry.Protocol ?? '',
      ports: hasPorts ? [range.From ?? 0, range.To ?? 0] : null,
      cidr,
    },
  ];
}
