/** Events that start pollConnections besides its schedule: AWS Health's of VPN, and Network Manager's of tunnels. Both only say "look now". */
import * as v from 'valibot';
import { isConnectionId } from '../../core/connectionPath.ts';
import type { HealthNote } from '../../siteToSite/types/connection.ts';
import {
  type HealthLook,
  type Ignored,
  ignored,
  notOurs,
  readHealth,
  unreadable,
} from './health.ts';

export type VpnEventReading =
  /** Every region, as each minute. */
  | { readonly kind: 'schedule' }
  | { readonly kind: 'look'; readonly region: string; readonly health: readonly HealthNote[] }
  | Ignored;

const Source = v.object({ source: v.string() });
const Account = v.pipe(v.string(), v.regex(/^\d{12}$/));

/** Older samples write keys as `change-type`; only the region is read here; the state is read from EC2. */
const NetworkManager = v.object({
  'detail-type': v.string(),
  account: Account,
  detail: v.object({ region: v.string() }),
});

/** Of an event only the region is used, and what AWS Health says as an explanation. */
export function readVpnEvent(
  event: unknown,
  accountId: string | null,
  regions: readonly string[],
): VpnEventReading {
  const source = v.safeParse(Source, event);
  if (!source.success || SCHEDULES.has(source.output.source)) return { kind: 'schedule' };
  switch (source.output.source) {
    case 'aws.health': {
      const read = readHealth(event, 'VPN', isConnectionId, accountId, regions);
      if (read.kind === 'ignored') return read;
      const { region, note } = read;
      return { kind: 'look', region, health: note === null ? [] : [noteOf(note)] };
    }
    case 'aws.networkmanager':
      return readNetworkManager(event, accountId, regions);
    default:
      return ignored(`it comes from ${source.output.source.slice(0, 60)}`);
  }
}

const noteOf = ({ ids, ...note }: NonNullable<HealthLook['note']>): HealthNote => ({
  ...note,
  connectionIds: ids,
});

/** An alarm on a tunnel says no more than the schedule does: look now. */
const SCHEDULES: ReadonlySet<string> = new Set(['aws.events', 'aws.scheduler', 'aws.cloudwatch']);

function readNetworkManager(
  event: unknown,
  accountId: string | null,
  regions: readonly string[],
): VpnEventReading {
  const parsed = v.safeParse(NetworkManager, event);
  if (!parsed.success) return unreadable('a Network Manager event', parsed.issues[0]);
  const { account, detail } = parsed.output;
  const wrong = notOurs(account, detail.region, accountId, regions);
  return wrong ?? { kind: 'look', region: detail.region, health: [] };
}
