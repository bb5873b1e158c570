/** Peering connections of a region, and the address ranges of their sides. */
import {
  DescribeVpcPeeringConnectionsCommand,
  type VpcPeeringConnection,
  type VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import { type CallResult, call, everyPage, listOf } from '../call.ts';
import type { Ec2Context } from './context.ts';

export const listPeerings = (
  context: Ec2Context,
  signal: AbortSignal,
): Promise<CallResult<readonly VpcPeeringConnection[]>> =>
  everyPage(
    (NextToken) =>
      call(context, 'DescribeVpcPeeringConnections', signal, () =>
        context.client.send(new DescribeVpcPeeringConnectionsCommand({ NextToken }), {
          abortSignal: signal,
        }),
      ),
    (page) => listOf(page.VpcPeeringConnections),
  );

/** The IPv4 ranges of one side's VPC, each once. */
export const rangesOf = (side: VpcPeeringConnectionVpcInfo | undefined): readonly string[] =>
  distinct([side?.CidrBlock, ...(side?.CidrBlockSet ?? []).map(({ CidrBlock }) => CidrBlock)]);

/** Those that are there, each once. */
export const distinct = (cidrs: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(cidrs.flatMap((cidr) => cidr || [])),
];
