/** Why logins fail, counted from the connection logs of endpoints where many do. Users are left out. */

import { fieldsOf, parseJson } from '../../core/json.ts';
import type { LogEvent, LogPort } from '../../core/logs.ts';
import type { Reading } from '../../core/reading.ts';
import { safeLine } from '../../core/safeLine.ts';
import type { Instant } from '../../core/time.ts';
import { FAILED_LOGINS_FLOOR, HOUR_MS } from '../state.ts';
import type { EndpointFact } from '../types/endpoint.ts';
import type { EndpointPoints } from '../types/metrics.ts';
import type { FailedLogins } from '../types/world.ts';

/** By endpoint id, of at most `ENDPOINTS_AT_ONCE` that write a log and have more failures than forgotten passwords in this pass. */
export async function readFailedLogins(
  { logs }: { readonly logs?: LogPort },
  facts: readonly EndpointFact[],
  recent: ReadonlyMap<string, EndpointPoints>,
  now: Instant,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Reading<FailedLogins>>> {
  if (logs === undefined) return new Map();
  const since = now - HOUR_MS;
  const due = facts.flatMap(({ endpointId, settings: { logGroup } }) => {
    const points = recent.get(endpointId)?.authFailures ?? [];
    const count = points.reduce((sum, { at, value }) => sum + (at >= since ? value : 0), 0);
    return logGroup !== null && count > FAILED_LOGINS_FLOOR ? [{ endpointId, logGroup }] : [];
  });
  const readings = await Promise.all(
    due.slice(0, ENDPOINTS_AT_ONCE).map(async ({ endpointId, logGroup }) => {
      const events = await logs.events(
        // A group may hold the logs of many endpoints.
        { group: logGroup, since, words: ['failed', endpointId] },
        signal,
      );
      return [
        endpointId,
        events.known ? { ...events, value: countedBy(events.value, endpointId) } : events,
      ] as const;
    }),
  );
  return new Map(readings);
}

const ENDPOINTS_AT_ONCE = 3;
const WORDS_MAX = 120;

/** The most frequent first. */
function countedBy(events: readonly LogEvent[], endpointId: string): FailedLogins {
  const failed = events.flatMap(({ at, message }) => {
    const why = failureOf(message, endpointId);
    return why === null ? [] : [{ at, why }];
  });
  return [...Map.groupBy(failed, ({ why }) => why)]
    .map(([why, all]) => ({
      why,
      count: all.length,
      firstAt: Math.min(...all.map(({ at }) => at)),
    }))
    .toSorted((a, b) => b.count - a.count);
}

/**
 * AWS's own words; null: no failed login of this endpoint.
 * @see https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/connection-logging.html (read 2026-11-29)
 */
function failureOf(message: string, endpointId: string): string | null {
  const entry = fieldsOf(parseJson(message));
  if (entry['client-vpn-endpoint-id'] !== endpointId) return null;
  if (entry['connection-attempt-status'] !== 'failed') return null;
  const why = entry['connection-attempt-failure-reason'];
  return safeLine(typeof why === 'string' ? why : '', WORDS_MAX) || 'no reason given';
}
