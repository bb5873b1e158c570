/** ReplaceTransitGatewayRoute: the only write into transit gateway route tables. */
import { ReplaceTransitGatewayRouteCommand } from '@aws-sdk/client-ec2';
import type { WriteAnswer } from '../../core/routeWrite.ts';
import type { TransitRouteWrite } from '../../transitGateway/ports.ts';
import { call } from '../call.ts';
import type { Ec2Context } from '../ec2/context.ts';
import { tellFault } from '../fault.ts';

/** Points one existing static route at one attachment. Harmless to repeat, so the SDK may retry after a lost answer. */
export async function replaceTransitRoute(
  context: Ec2Context,
  { tableId, destination, attachmentId }: TransitRouteWrite,
  signal: AbortSignal,
): Promise<WriteAnswer> {
  const answer = await call(context, 'ReplaceTransitGatewayRoute', signal, () =>
    context.client.send(
      new ReplaceTransitGatewayRouteCommand({
        TransitGatewayRouteTableId: tableId,
        DestinationCidrBlock: destination,
        TransitGatewayAttachmentId: attachmentId,
      }),
      { abortSignal: signal },
    ),
  );
  if (answer.ok) return { kind: 'written' };
  const { fault } = answer;
  const why = tellFault(
    fault,
    'ec2:ReplaceTransitGatewayRoute',
    `the role needs ec2:ReplaceTransitGatewayRoute on ${tableId}, which must be tagged vpn-medic:group`,
  );
  switch (fault.kind) {
    case 'throttled':
      return { kind: 'throttled', why };
    case 'lost':
    case 'aborted':
      return { kind: 'unclear', why };
    case 'denied':
    case 'unidentified':
    case 'refused':
      return { kind: 'refused', why };
    default:
      return fault.kind satisfies never;
  }
}
