/** The transit gateways of a region. */
import { DescribeTransitGatewaysCommand, type TransitGateway } from '@aws-sdk/client-ec2';
import { type CallResult, call, everyPage, listOf } from '../call.ts';
import type { Ec2Context } from './context.ts';

export const listTransitGateways = <T>(
  context: Ec2Context,
  factOf: (raw: TransitGateway) => readonly T[],
  signal: AbortSignal,
): Promise<CallResult<readonly T[]>> =>
  everyPage(
    (NextToken) =>
      call(context, 'DescribeTransitGateways', signal, () =>
        context.client.send(new DescribeTransitGatewaysCommand({ NextToken }), {
          abortSignal: signal,
        }),
      ),
    (page) => listOf(page.TransitGateways).flatMap(factOf),
  );
