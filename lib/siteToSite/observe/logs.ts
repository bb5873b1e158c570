/** The logs of connections whose tunnels have just gone down: what IKE and BGP say of it. */
import type { LogEvent } from '../../core/logs.ts';
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { ConnectionPorts } from '../ports.ts';
import { type ConnectionFact, isStanding } from '../types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../types/policy.ts';

type LogReading = Reading<readonly LogEvent[]>;

/** By connection id, of at most `logsAtOnce` connections that write logs. */
export async function readLogs(
  { logs }: Pick<ConnectionPorts, 'logs'>,
  connections: readonly ConnectionFact[],
  now: Instant,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LogReading>> {
  if (logs === undefined) return new Map();
  const due = connections
    .filter((one) => isStanding(one) && one.tunnels.some((tunnel) => isJustDown(tunnel, now)))
    .flatMap(({ connectionId, tunnels }) => {
      const groups = [...new Set(tunnels.flatMap(({ options }) => options?.logGroups ?? []))];
      return groups.length === 0 ? [] : [{ connectionId, groups }];
    })
    .slice(0, POLICY.logsAtOnce);
  const since = now - POLICY.logMs;
  const readings = await Promise.all(
    due.map(async ({ connectionId, groups }) => {
      const all = await Promise.all(groups.map((group) => logs.events({ group, since }, signal)));
      return all.length === 0 ? [] : [[connectionId, all.reduce(together)] as const];
    }),
  );
  return new Map(readings.flat());
}

const isJustDown = (
  { status, changedAt }: ConnectionFact['tunnels'][number],
  now: Instant,
): boolean => status === 'down' && changedAt !== null && now - changedAt < POLICY.logMs;

/** What one group says counts where the other cannot be read. */
const together = (a: LogReading, b: LogReading): LogReading =>
  a.known && b.known ? { ...a, value: [...a.value, ...b.value] } : a.known ? a : b;
