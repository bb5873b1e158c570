/**
 * Plays captures in this process, as `vpn-medic replay` does, and shows the timeline in short lines:
 * `+3:00 notified CRITICAL ConnectionDown vpn-01`, with minutes and seconds since the capture's first answer.
 */
import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { DEFAULT_POLICY, type Policy } from '../../lib/appliances/types/policy.ts';
import type { Capture } from '../../lib/capture/types.ts';
import { UNSIGNED } from '../../lib/incidents/types.ts';
import { type Replay, replay } from '../../lib/replay/replay.ts';
import type { TimelineEntry } from '../../lib/replay/timeline.ts';
import { parseCapture } from './parse.ts';

export interface PlayOptions {
  readonly policy?: Partial<Policy>;
}

/** `file`: below test/cases, as `managed/01-s1.jsonl`. A function that threw fails the test. */
export function playFile(file: string, options?: PlayOptions): Promise<Replay> {
  const key = `${file} ${JSON.stringify(options)}`;
  const one = playedFiles.get(key) ?? playCaptures([readCapture(file)], options);
  playedFiles.set(key, one);
  return one;
}

/** Once for all that one test file asks of it. */
const playedFiles = new Map<string, Promise<Replay>>();

/** One capture out of lines as objects: the header is added. */
export const playLines = (lines: readonly object[], options?: PlayOptions): Promise<Replay> =>
  playCaptures([captureOf(lines)], options);

export function captureOf(lines: readonly object[]): Capture {
  const header = { vpnMedicCapture: 1, account: '111122223333', region: 'eu-west-1' };
  return parseCapture([header, ...lines].map((one) => JSON.stringify(one)).join('\n'), 'lines');
}

export async function playCaptures(
  captures: readonly Capture[],
  { policy = {} }: PlayOptions = {},
): Promise<Replay> {
  const played = await replay(captures, {
    policy: { ...DEFAULT_POLICY, ...policy },
    signature: UNSIGNED,
    crl: { octetsMax: 25 * 1024 * 1024, importWindow: null },
    state: [],
  });
  expect(played.crashes).toEqual([]);
  return played;
}

/** Those entries of the kinds that are asked for; left out: `notified` and `action`. */
export async function expectTimeline(
  file: string,
  expected: readonly string[],
  kinds: readonly TimelineEntry['kind'][] = ['notified', 'action'],
  options?: PlayOptions,
): Promise<void> {
  const played = await playFile(file, options);
  expect(linesOf(played, kinds)).toEqual(expected);
}

export const linesOf = (
  { timeline, startAt }: Replay,
  kinds: readonly TimelineEntry['kind'][] = ['notified', 'action'],
): readonly string[] =>
  timeline.filter(({ kind }) => kinds.includes(kind)).map((entry) => lineOf(entry, startAt));

function lineOf(entry: TimelineEntry, startAt: number): string {
  const { at, kind, reason, subject, severity, title, outcome } = entry;
  const seconds = Math.floor((Date.parse(at) - startAt) / 1_000);
  const time = `+${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  // A notification's title begins with its severity, or with RESOLVED.
  const word = kind === 'notified' ? title.split(' ')[0] : (outcome ?? severity);
  return [time, kind, word, reason, subject]
    .filter((part) => part != null && part !== '')
    .join(' ');
}

const readCapture = (file: string): Capture =>
  parseCapture(readFileSync(new URL(file, import.meta.url), 'utf8'), file);
