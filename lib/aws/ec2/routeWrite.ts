/** ReplaceRoute: the only write into route tables. */
import { ReplaceRouteCommand } from '@aws-sdk/client-ec2';
import type { RouteTarget, RouteWrite } from '../../appliances/ports.ts';
import type { WriteAnswer } from '../../core/routeWrite.ts';
import { TAG } from '../../core/tags.ts';
import { call } from '../call.ts';
import type { Fault } from '../errors.ts';
import { writeAnswerOf } from '../writeAnswer.ts';
import type { Ec2Context } from './context.ts';

/**
 * Points one existing route at one interface or gateway. Not conditional and harmless to repeat, so the SDK may retry after
 * a lost answer. When the first call was lost and the second throttled, the answer is `throttled`: the next pass reads
 * the route.
 */
export async function replaceRoute(
  context: Ec2Context,
  write: RouteWrite,
  signal: AbortSignal,
): Promise<WriteAnswer> {
  const answer = await call(context, 'ReplaceRoute', signal, () =>
    context.client.send(
      new ReplaceRouteCommand({
        RouteTableId: write.tableId,
        ...destination(write.destination),
        ...target(write.target),
      }),
      { abortSignal: signal },
    ),
  );
  const written = writeAnswerOf(answer, 'ec2:ReplaceRoute', write.tableId, TAG.group);
  return !answer.ok && written.kind === 'refused'
    ? { ...written, isOfTable: isOfTable(answer.fault) }
    : written;
}

/** The role's permission is given by the table's tag; without credentials no route of it can be written. */
const isOfTable = ({ kind, code }: Fault): boolean =>
  kind === 'denied' || kind === 'unidentified' || namesTable(code);

/** `InvalidRouteTableID.NotFound`, `InvalidRouteTableId.Malformed` (EC2 API error codes, 2026-11). */
const namesTable = (code: string): boolean => /^InvalidRouteTableId\b/i.test(code);

function target({ kind, id }: RouteTarget) {
  if (kind === 'interface') return { NetworkInterfaceId: id };
  return id.startsWith('tgw-') ? { TransitGatewayId: id } : { GatewayId: id };
}

function destination(text: string) {
  if (text.startsWith('pl-')) return { DestinationPrefixListId: text };
  if (text.includes(':')) return { DestinationIpv6CidrBlock: text };
  return { DestinationCidrBlock: text };
}
