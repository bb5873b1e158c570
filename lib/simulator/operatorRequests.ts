/** What operators write into the state table of the simulated account, as the commands write it. */

import { drillsId, parseDrillRequests, withDrillRequest } from '../appliances/state/drill.ts';
import { leavesId, parseLeaves, withLeave } from '../appliances/state/leave.ts';
import { PAUSE_ID } from '../core/pause.ts';
import { type Pin, parsePins, pinsId } from '../core/pin.ts';
import type { Instant } from '../core/time.ts';
import type { VirtualClock } from './clock.ts';
import type { Network } from './network.ts';
import type { Table } from './store.ts';

export interface OperatorRequests {
  /** As `vpn-medic pin` and `unpin`. */
  pin(group: string, to: { readonly instanceId: string; readonly forMs: number } | null): void;
  /** As `vpn-medic pause`, and with 0 as `resume`. */
  pause(forMs: number): void;
  /** As `vpn-medic drain`, and with 0 as with `--cancel`. */
  drain(instanceId: string, forMs: number): void;
  /** As `vpn-medic drill`, and with 0 as with `--cancel`. */
  drill(group: string, forMs: number): void;
}

export function operatorRequests(
  table: Table,
  clock: VirtualClock,
  { region, accountId }: Pick<Network, 'region' | 'accountId'>,
): OperatorRequests {
  const signed = { by: `arn:aws:iam::${accountId}:user/on-call`, why: 'rehearsal' };
  /** Writes an item over itself; `bodyOf` gets the stored body, null for none. */
  const rewrite = (id: string, bodyOf: (stored: unknown, at: Instant) => unknown) => {
    const at = clock.now();
    const row = table.get(id, at);
    const body = bodyOf(row === null ? null : JSON.parse(row.body), at);
    table.put({ id, overVersion: row?.version ?? 0, body, expiresAt: null }, at);
  };
  return {
    pin: (group, to) =>
      rewrite(pinsId(region), (stored, at) => {
        const others = (parsePins(stored) ?? []).map((pin) =>
          pin.group === group ? { ...pin, until: Math.min(pin.until, at) } : pin,
        );
        const mine: readonly Pin[] =
          to === null
            ? []
            : [{ group, routeKey: null, to: to.instanceId, at, until: at + to.forMs, ...signed }];
        return { version: 1, pins: [...others, ...mine] };
      }),
    pause: (forMs) =>
      rewrite(PAUSE_ID, (_stored, at) => ({ version: 1, at, until: at + forMs, ...signed })),
    drain: (instanceId, forMs) =>
      rewrite(leavesId(region), (stored, at) => {
        const until = at + forMs;
        const leave = {
          instanceId,
          cause: 'drain',
          at,
          endsAt: null,
          until,
          ...signed,
          hook: null,
        } as const;
        return { version: 1, leaves: withLeave(parseLeaves(stored) ?? [], leave, at) };
      }),
    drill: (group, forMs) =>
      rewrite(drillsId(region), (stored, at) => {
        const before = parseDrillRequests(stored) ?? [];
        return { version: 1, requests: withDrillRequest(before, { group, at, forMs, ...signed }) };
      }),
  };
}
