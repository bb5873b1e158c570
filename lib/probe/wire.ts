/**
 * What travels between the watcher and a probe function, and its parsers: `functions/probe.ts` reads the request, the
 * adapter that invokes it reads the response. Checked by hand, to keep the probe's bundle small and its start quick.
 */
import { isKeyName, isProbePath, isProbeWord } from './kind.ts';
import { isProbeKind } from './kinds.ts';
import type { CertificateDates, ProbeAnswer, ProbeResult, ProbeTarget } from './types.ts';

export interface ProbeRequest {
  readonly version: 1;
  /** 1..`TIMEOUT_MS_MAX` */
  readonly timeoutMs: number;
  /** At most `TARGETS_MAX`; their keys differ. */
  readonly targets: readonly ProbeTarget[];
}

/** One answer for each target, in the order of the request. */
export interface ProbeResponse {
  readonly version: 1;
  readonly answers: readonly ProbeAnswer[];
}

export const TARGETS_MAX = 1_000;
export const TIMEOUT_MS_MAX = 10_000;

/** A request as it was understood: targets that can be probed, and answers for those that cannot. */
export interface ReadRequest {
  readonly timeoutMs: number;
  readonly targets: readonly ProbeTarget[];
  readonly refusals: readonly ProbeAnswer[];
  /** Every key, in the order of the request. */
  readonly keys: readonly string[];
}

/**
 * One target that makes no sense is answered `unknown` and hides no other.
 * @throws {Error} naming what is wrong when the request as a whole, or the key of a target, cannot be read.
 */
export function parseProbeRequest(event: unknown): ReadRequest {
  const { version, timeoutMs, targets } = isRecord(event)
    ? event
    : refuse('the event', 'an object');
  if (version !== 1) refuse('version', '1');
  if (!isWholeNumber(timeoutMs, 1, TIMEOUT_MS_MAX)) {
    return refuse('timeoutMs', `a whole number from 1 to ${TIMEOUT_MS_MAX}`);
  }
  if (!Array.isArray(targets)) return refuse('targets', 'a list');
  if (targets.length > TARGETS_MAX) refuse('targets', `at most ${TARGETS_MAX} long`);
  const items: readonly unknown[] = targets;
  const read = items.map(parseTarget);
  const keys = read.map(({ key }) => key);
  if (new Set(keys).size < keys.length) refuse('the keys of targets', 'all different');
  return {
    timeoutMs,
    targets: read.flatMap(({ target }) => target ?? []),
    refusals: read.flatMap(({ key, target, why }) =>
      target === null ? { key, result: { kind: 'unknown', why } } : [],
    ),
    keys,
  };
}

/**
 * Exactly one answer for each target that was asked, in that order: `unknown` where the payload holds none that can be
 * read. Never throws: an answer that cannot be read is treated as a vantage that could not be asked.
 */
export function parseProbeResponse(
  payload: unknown,
  asked: readonly ProbeTarget[],
): readonly ProbeAnswer[] {
  const answers = isRecord(payload) && payload['version'] === 1 ? payload['answers'] : null;
  if (!Array.isArray(answers))
    return asked.map(unknownBecause('the probe function gave no answers'));
  const items: readonly unknown[] = answers;
  const results = new Map(items.flatMap(parseAnswer));
  const missing = unknownBecause('the probe function gave no answer for it');
  return asked.map((target) => {
    const result = results.get(target.key);
    return result === undefined ? missing(target) : { key: target.key, result };
  });
}

type ReadTarget =
  | { readonly key: string; readonly target: ProbeTarget; readonly why: null }
  | { readonly key: string; readonly target: null; readonly why: string };

/** The values of address and port are left to `result`, which must look at them anyway. */
function parseTarget(item: unknown, index: number): ReadTarget {
  const { key, kind, address, port, path, word, keyName, readsCertificate } = isRecord(item)
    ? item
    : refuse(`targets[${index}]`, 'an object');
  if (typeof key !== 'string' || key === '') {
    return refuse(`targets[${index}].key`, 'a text that is not empty');
  }
  const refused = (why: string): ReadTarget => ({ key, target: null, why });
  if (!isProbeKind(kind)) return refused(`not a kind of probe: ${shown(kind)}`);
  if (typeof address !== 'string') return refused(`not an IP address: ${shown(address)}`);
  if (typeof port !== 'number') return refused(`not a port: ${shown(port)}`);
  if (path !== undefined && !isProbePath(path)) return refused(`not a path: ${shown(path)}`);
  if (keyName !== undefined && !isKeyName(keyName)) return refused('not the name of a key');
  if (word !== undefined && !isProbeWord(word)) return refused(`not a word: ${shown(word)}`);
  const target = {
    key,
    kind,
    address,
    port,
    ...(path !== undefined && { path }),
    ...(word !== undefined && { word }),
    ...(keyName !== undefined && { keyName }),
    ...(readsCertificate === true && { readsCertificate: true as const }),
  };
  return { key, target, why: null };
}

function parseAnswer(item: unknown): readonly (readonly [string, ProbeResult])[] {
  if (!isRecord(item) || typeof item['key'] !== 'string') return [];
  const result = parseResult(item['result']);
  return result === null ? [] : [[item['key'], result]];
}

function parseResult(value: unknown): ProbeResult | null {
  if (!isRecord(value)) return null;
  const { kind, why, tookMs, certificate, keyId, isKeyFault } = value;
  if (kind === 'unknown' && typeof why === 'string') {
    return { kind, why, ...(isKeyFault === true && { isKeyFault }) };
  }
  if (typeof tookMs !== 'number' || !(tookMs >= 0)) return null;
  const sentWith = typeof keyId === 'string' ? { keyId } : {};
  if (kind === 'up') return { kind, tookMs, ...datesOf(certificate), ...sentWith };
  if (kind === 'down' && typeof why === 'string') return { kind, why, tookMs, ...sentWith };
  return null;
}

/** Dates that cannot be read are none: they decide nothing about life. */
function datesOf(value: unknown): { readonly certificate?: CertificateDates } {
  if (!isRecord(value)) return {};
  const { startsAt, endsAt } = value;
  return typeof startsAt === 'number' && typeof endsAt === 'number'
    ? { certificate: { startsAt, endsAt } }
    : {};
}

const unknownBecause =
  (why: string) =>
  ({ key }: ProbeTarget): ProbeAnswer => ({ key, result: { kind: 'unknown', why } });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWholeNumber = (value: unknown, min: number, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

function refuse(what: string, expected: string): never {
  throw new Error(`reading a probe request: ${what} must be ${expected}`);
}
