/** ReplaceTransitGatewayRoute: the only write into transit gateway route tables. */
import { ReplaceTransitGatewayRouteCommand } from '@aws-sdk/client-ec2';
import type { WriteAnswer } from '../../core/routeWrite.ts';
import { TAG } from '../../core/tags.ts';
import type { TransitRouteWrite } from '../../transitGateway/ports.ts';
import { call } from '../call.ts';
import type { Ec2Context } from '../ec2/context.ts';
import { writeAnswerOf } from '../writeAnswer.ts';

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
  return writeAnswerOf(answer, 'ec2:ReplaceTransitGatewayRoute', tableId, TAG.group);
}
