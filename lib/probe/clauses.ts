/** The tag `vpn-medic:probe`, read strictly. Pure. */
import { isIP } from 'node:net';
import { bad, good, type Parsed, words } from '../core/tags.ts';
import { isProbePath, isProbeWord } from './kind.ts';
import { isProbeKind, PROBE_KINDS, takesPath } from './kinds.ts';
import type { Probe, ProbeClause } from './types.ts';

export const DEFAULT_PROBES: readonly ProbeClause[] = [
  [{ text: 'ike:500', kind: 'ike', address: null, port: 500 }],
];

/** The clauses of `vpn-medic:probe`: all must hold, each holds when one of its alternatives does. */
export function parseProbes(text: string): Parsed<readonly ProbeClause[]> {
  const clauses: ProbeClause[] = [];
  for (const word of words(text)) {
    const clause: Probe[] = [];
    for (const written of word.split('|')) {
      const probe = parseProbe(written);
      if (!probe.ok) return probe;
      clause.push(probe.value);
    }
    clauses.push(clause);
  }
  if (clauses.length === 0) return bad('it is empty: write for example "ike:500 tcp:1194"');
  if (clauses.flat().length > PROBES_MAX) return bad(`it holds more than ${PROBES_MAX} probes`);
  return good(clauses);
}

/** Alternatives count: each is probed once an interval. */
const PROBES_MAX = 8;

function parseProbe(text: string): Parsed<Probe> {
  const match =
    /^([a-z-]+):(?:(?:\[([^\]]+)\]|([0-9.]+)):)?(\d{1,5})(\/[^@#]*)?(?:#([^@]*))?(?:@(\d{1,4}))?$/.exec(
      text,
    );
  const kind = match?.[1] ?? text.split(':')[0];
  if (!isProbeKind(kind)) {
    const names = Object.keys(PROBE_KINDS).join(', ');
    return bad(`"${text}" is no probe: write one of ${names}, then ":PORT"`);
  }
  if (/^[a-z-]+:(?=[^:@/#]*[a-z])[^:@/#[\]]+:\d/i.test(text)) return bad(notAnAddress(text));
  const port = Number(match?.[4]);
  if (match === null || port < 1 || port > 65_535) {
    return bad(`"${text}" has no port from 1 to 65535: write for example "${kind}:500"`);
  }
  const address = match[2] ?? match[3] ?? null;
  const family = address === null || address.includes('%') ? 0 : isIP(address);
  if (address !== null && family !== (match[2] === undefined ? 4 : 6)) {
    return bad(notAnAddress(text));
  }
  const path = match[5];
  const word = match[6];
  if ((path ?? word) !== undefined && !takesPath(kind)) {
    const what = path === undefined ? 'a word' : 'a path';
    return bad(`"${text}" has ${what}, which ${kind} does not take: write "${kind}:${port}"`);
  }
  if (path !== undefined && !isProbePath(path)) {
    return bad(
      `"${text}" has no path of at most 128 of letters, digits and . _ ~ / + = : -: write for example "${kind}:${port}/healthz"`,
    );
  }
  if (word !== undefined && !isProbeWord(word)) {
    return bad(
      `"${text}" has no word of at most 64 of letters, digits and . _ = + : -: write for example "${kind}:${port}/healthz#UP"`,
    );
  }
  const seconds = match[7] === undefined ? null : Number(match[7]);
  if (seconds !== null && (seconds < 1 || seconds > PACE_S_MAX)) {
    return bad(
      `"${text}" has no pace from 1 to ${PACE_S_MAX} s: write for example "${kind}:${port}@15"`,
    );
  }
  return good({
    text,
    kind,
    address,
    port,
    ...(path !== undefined && { path }),
    ...(word !== undefined && { word }),
    ...(seconds !== null && { everyMs: seconds * 1_000 }),
  });
}

/** Slower probes would find a death after minutes. */
const PACE_S_MAX = 60;

const notAnAddress = (text: string): string =>
  `"${text}" names no IP address: write 10.0.0.5 or [fd00::1], names are not looked up`;
