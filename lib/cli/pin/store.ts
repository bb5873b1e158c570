/** Operators' pins in the state table, written over the version that was read. */

import { livePins, PINS_MAX, type Pin, parsePins, pinsId } from '../../core/pin.ts';
import type { Item } from '../../core/ports.ts';
import { type OperatorRequest, readItem, type Write } from '../operatorRequest.ts';
import { Unable } from '../terminal.ts';

export interface StoredPins {
  readonly item: Item | undefined;
  /** Those that have not run out, newest first. */
  readonly pins: readonly Pin[];
}

/** An item that cannot be parsed is overwritten by the next pin. */
export async function readPins(request: OperatorRequest): Promise<StoredPins> {
  const item = await readItem(request, pinsId(request.region));
  const pins = livePins(parsePins(item?.body) ?? [], request.at);
  return { item, pins: pins.toSorted((a, b) => b.at - a.at) };
}

/** Ended ones stay for a day, so that the leader knows why their routes fail back. */
const ENDED_MS = 86_400_000;

/** @throws {Unable} when there would be too many. */
export function pinsWrite(
  request: OperatorRequest,
  { item }: StoredPins,
  change: (pins: readonly Pin[]) => readonly Pin[],
): Write {
  const kept = (parsePins(item?.body) ?? []).filter(({ until }) => request.at - until < ENDED_MS);
  const pins = change(kept);
  const live = livePins(pins, request.at).length;
  if (live > PINS_MAX) {
    throw new Unable(`there are ${PINS_MAX} pins in ${request.region} already: unpin some first`);
  }
  return {
    id: pinsId(request.region),
    over: item,
    body: { version: 1, pins: pins.slice(-PINS_MAX) },
  };
}

export const isSameScope = (
  a: Pick<Pin, 'group' | 'routeKey'>,
  b: Pick<Pin, 'group' | 'routeKey'>,
): boolean => a.routeKey === b.routeKey && (a.routeKey !== null || a.group === b.group);

export const describeScope = ({ group, routeKey }: Pick<Pin, 'group' | 'routeKey'>): string =>
  routeKey ?? `group ${group}`;
