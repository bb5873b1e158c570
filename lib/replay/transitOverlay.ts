/** Transit gateway routes that were written during a replay, over the answers recorded before. */
import type { Answer, Fields } from '../capture/types.ts';
import type { Clock, Instant } from '../core/time.ts';
import { listOf, textOf } from './fields.ts';

interface Written {
  readonly at: Instant;
  readonly tableId: string;
  readonly destination: string;
  readonly attachmentId: string;
}

export interface TransitOverlay {
  write(operation: string, input: Fields): void;
  applied(operation: string, answer: Answer, output: Fields): Fields;
}

/** A route shows what its attachment is of: known from the attachments that were read before it was written. */
export function openTransitOverlay(clock: Clock): TransitOverlay {
  const routes: Written[] = [];
  const attachments = new Map<string, Fields>();
  return {
    write(operation, input) {
      if (operation !== 'ReplaceTransitGatewayRoute') return;
      routes.push({
        at: clock.now(),
        tableId: textOf(input['TransitGatewayRouteTableId']),
        destination: textOf(input['DestinationCidrBlock']),
        attachmentId: textOf(input['TransitGatewayAttachmentId']),
      });
    },
    applied(operation, { at, input }, output) {
      if (operation === 'DescribeTransitGatewayAttachments') {
        for (const one of listOf(output['TransitGatewayAttachments'])) {
          attachments.set(textOf(one['TransitGatewayAttachmentId']), one);
        }
      }
      if (operation !== 'SearchTransitGatewayRoutes') return output;
      const own = routes.filter(
        (one) => one.at >= at && one.tableId === input['TransitGatewayRouteTableId'],
      );
      if (own.length === 0) return output;
      const shown = listOf(output['Routes']).map((route) => {
        const last = own.findLast(
          ({ destination }) => destination === route['DestinationCidrBlock'],
        );
        return last === undefined || route['Type'] === 'propagated'
          ? route
          : pointedAt(route, last.attachmentId, attachments);
      });
      return { ...output, Routes: shown };
    },
  };
}

function pointedAt(
  route: Fields,
  attachmentId: string,
  attachments: ReadonlyMap<string, Fields>,
): Fields {
  const { ResourceId, ResourceType } = attachments.get(attachmentId) ?? {};
  return {
    ...route,
    State: 'active',
    TransitGatewayAttachments: [
      { TransitGatewayAttachmentId: attachmentId, ResourceId, ResourceType },
    ],
  };
}
