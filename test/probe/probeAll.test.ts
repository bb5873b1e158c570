/** A round of knocks: one answer each, all at once up to the bound, and an end. */
import { afterEach, expect, test } from '@jest/globals';
import { OPEN_SOCKETS_MAX, probeAll } from '../../lib/probe/probeAll.ts';
import type { ProbeAnswer, ProbeTarget } from '../../lib/probe/types.ts';
import { aTarget, never, openPeers } from './peer.ts';
import { ikeReply } from './replies.ts';

const peers = openPeers();
afterEach(peers.closeAll);

/** Far longer than any answer here takes. */
const PATIENT_MS = 30_000;

const repeated = (target: ProbeTarget, count: number): readonly ProbeTarget[] =>
  Array.from({ length: count }, (_, index) => ({ ...target, key: `target ${index}` }));

/**
 * A daemon that lets knocks wait until `fullCount` do, and for 100 ms more, so that one too many shows; and the most that
 * it ever had waiting at once. Fewer, if no more come, are answered too: after 1 s.
 */
async function aSlowDaemon(fullCount: number) {
  const seen = { waitingCountMax: 0 };
  const waiting: (() => void)[] = [];
  let release: NodeJS.Timeout | undefined;
  const answerAll = () => {
    for (const answer of waiting.splice(0)) answer();
  };
  const port = await peers.udp('127.0.0.1', (packet, copy, send) => {
    if (copy > 1) return;
    waiting.push(() => send(ikeReply(packet)));
    seen.waitingCountMax = Math.max(seen.waitingCountMax, waiting.length);
    clearTimeout(release);
    release = setTimeout(answerAll, waiting.length < fullCount ? 1_000 : 100);
  });
  return { seen, target: aTarget('ike', '127.0.0.1', port) };
}

test('each target is answered once, under its own key, whatever comes of it', async () => {
  const up = await peers.tcp('127.0.0.1', () => undefined);
  const refused = await peers.closed('127.0.0.1', 'tcp');
  const targets = [
    { ...aTarget('tcp', '127.0.0.1', up), key: 'up' },
    { ...aTarget('tcp', '127.0.0.1', refused), key: 'refused' },
    { ...aTarget('tcp', 'nowhere', 1), key: 'unaddressed' },
  ];
  const answers: ProbeAnswer[] = [];
  await probeAll({ targets, timeoutMs: PATIENT_MS }, (answer) => answers.push(answer), never);
  expect(answers.length).toBe(3);
  const kinds = Object.fromEntries(answers.map(({ key, result }) => [key, result.kind]));
  expect(kinds).toEqual({ up: 'up', refused: 'down', unaddressed: 'unknown' });
});

test('a quick answer is handed over while a silent target is still waited for', async () => {
  const up = await peers.tcp('127.0.0.1', () => undefined);
  const silent = await peers.udp('127.0.0.1', () => undefined);
  const targets = [aTarget('ike', '127.0.0.1', silent), aTarget('tcp', '127.0.0.1', up)];
  const stop = new AbortController();
  const answers: ProbeAnswer[] = [];
  const keep = (answer: ProbeAnswer) => {
    answers.push(answer);
    stop.abort();
  };
  await probeAll({ targets, timeoutMs: 60_000 }, keep, stop.signal);
  expect(answers.map(({ result }) => result)).toEqual([
    { kind: 'up', tookMs: expect.any(Number) },
    { kind: 'unknown', why: 'aborted' },
  ]);
});

test('40 knocks are under way at the same time', async () => {
  const { seen, target } = await aSlowDaemon(40);
  const answers: ProbeAnswer[] = [];
  const round = { targets: repeated(target, 40), timeoutMs: PATIENT_MS };
  await probeAll(round, (answer) => answers.push(answer), never);
  expect(answers.every(({ result }) => result.kind === 'up')).toBe(true);
  expect(seen.waitingCountMax).toBe(40);
});

test('with 3 places 3 knocks are under way at once, never 4, and all 10 are answered', async () => {
  const { seen, target } = await aSlowDaemon(3);
  const answers: ProbeAnswer[] = [];
  const round = { targets: repeated(target, 10), timeoutMs: PATIENT_MS };
  await probeAll(round, (answer) => answers.push(answer), never, 3);
  expect(answers.map(({ result }) => result.kind)).toEqual(Array.from({ length: 10 }, () => 'up'));
  expect(new Set(answers.map(({ key }) => key)).size).toBe(10);
  expect(seen.waitingCountMax).toBe(3);
});

test('the bound leaves room among the 1,024 descriptors of a Lambda environment for a second round', () => {
  expect(2 * OPEN_SOCKETS_MAX).toBeLessThanOrEqual(1_024);
});

test('an aborted round answers unknown for each target, also for those that were still waiting', async () => {
  const silent = await peers.udp('127.0.0.1', () => undefined);
  const stop = new AbortController();
  const answers: ProbeAnswer[] = [];
  const round = { targets: repeated(aTarget('ike', '127.0.0.1', silent), 10), timeoutMs: 60_000 };
  const going = probeAll(round, (answer) => answers.push(answer), stop.signal, 3);
  setTimeout(() => stop.abort(), 50);
  await going;
  expect(new Set(answers.map(({ key }) => key)).size).toBe(10);
  expect(answers.every(({ result }) => result.kind === 'unknown' && result.why === 'aborted')).toBe(
    true,
  );
});

test('a round without targets ends at once', async () => {
  const answers: ProbeAnswer[] = [];
  await probeAll({ targets: [], timeoutMs: 60_000 }, (answer) => answers.push(answer), never);
  expect(answers).toEqual([]);
});
