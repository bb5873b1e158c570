/** What the logs of a connection's tunnels say of an outage, as evidence. Pure. */
import { fieldsOf, parseJson } from '../../core/json.ts';
import type { LogEvent } from '../../core/logs.ts';
import type { Reading } from '../../core/reading.ts';
import { safeLine } from '../../core/safeLine.ts';
import type { ConnectionFact } from '../types/connection.ts';
import { minute } from './subjects.ts';

export type LogReadings = ReadonlyMap<string, Reading<readonly LogEvent[]>>;

/** The newest sayings that differ, newest last, each with how often; or why they cannot be read. Empty: its logs were not read. */
export function logLines(
  { connectionId, tunnels }: ConnectionFact,
  logs: LogReadings,
): readonly string[] {
  const reading = logs.get(connectionId);
  if (reading === undefined) return [];
  if (!reading.known) {
    return [`the tunnel log cannot be read: ${reading.why} (deploy parameter evidenceLogGroups)`];
  }
  const ips = tunnels.map(({ outsideIp }) => outsideIp);
  const said = reading.value.flatMap(({ at, stream, message }) => {
    // A group may hold the logs of many connections.
    if (!`${stream} ${message}`.includes(connectionId)) return [];
    const ip = ips.find((one) => `${stream} ${message}`.includes(one));
    const words = safeLine(detailOf(message), WORDS_MAX);
    return words === '' ? [] : [{ at, text: `${ip === undefined ? '' : `${ip}: `}${words}` }];
  });
  const byText = [...Map.groupBy(said, ({ text }) => text)].map(([text, all]) => ({
    text,
    count: all.length,
    firstAt: Math.min(...all.map(({ at }) => at)),
    lastAt: Math.max(...all.map(({ at }) => at)),
  }));
  return byText
    .toSorted((a, b) => a.lastAt - b.lastAt)
    .slice(-LINES_MAX)
    .map(({ text, count, firstAt, lastAt }) =>
      count === 1
        ? `log, ${minute(lastAt)}: ${text}`
        : `log, ${minute(lastAt)}: ${text} (${count} times since ${minute(firstAt)})`,
    );
}

const LINES_MAX = 3;
const WORDS_MAX = 160;

/**
 * AWS's own words in an entry. Of JSON the first field of these names that holds a text; of anything else all of it.
 * @see https://docs.aws.amazon.com/vpn/latest/s2svpn/log-contents.html: VpnLogDetail; JSON entries were seen with `details`.
 */
function detailOf(message: string): string {
  const entry = fieldsOf(parseJson(message));
  for (const place of [entry, fieldsOf(entry['message'])]) {
    for (const [name, value] of Object.entries(place)) {
      if (DETAIL_FIELDS.has(name.toLowerCase()) && typeof value === 'string') return value;
    }
  }
  return message;
}

const DETAIL_FIELDS: ReadonlySet<string> = new Set(['details', 'vpnlogdetail']);
