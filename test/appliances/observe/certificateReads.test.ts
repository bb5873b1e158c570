/** When the certificate behind a `tls` probe is read, in virtual time. */
import { expect, test } from '@jest/globals';
import { certificateRound } from '../../../lib/appliances/observe/certificateReads.ts';
import type { Instant } from '../../../lib/core/time.ts';
import { foldAnswer, noHistory, type ProbeHistory } from '../../../lib/probe/history.ts';
import type { ProbeClause, ProbeKind } from '../../../lib/probe/types.ts';
import { NOW } from '../../builders/facts.ts';
import { HERE } from '../../builders/ports.ts';
import { aProber } from '../../builders/probes.ts';
import { anAppliance, aWorld } from '../../builders/world.ts';

const HOUR_MS = 3_600_000;
const KEY = 'i-a1 tls:443';

const answered = (count: number): ProbeHistory =>
  Array.from({ length: count }).reduce<ProbeHistory>(
    (history, _, index) => foldAnswer(history, { kind: 'up', tookMs: 2 }, NOW + index, true),
    noHistory,
  );

const postOf = (
  history: ProbeHistory | undefined,
  certificateAts: ReadonlyMap<string, Instant> = new Map(),
  kind: ProbeKind = 'tls',
  id = 'here',
) => ({
  vantage: { ...HERE, id },
  aims: {
    aims: new Map([
      [
        KEY,
        {
          target: { key: KEY, kind, address: '10.0.0.5', port: 443 },
          instanceId: 'i-a1',
          isNextHop: true,
          everyMs: 0,
        },
      ],
    ]),
    unreachables: new Map(),
    farSides: new Map(),
  },
  histories: new Map(history === undefined ? [] : [[KEY, history]]),
  certificateAts,
});

/** The instants of 24 hours at which it is read, tried once a second. */
function readsOf(history: ProbeHistory | undefined, kind: ProbeKind = 'tls', id = 'here') {
  const certificateAts = new Map<string, Instant>();
  const post = postOf(history, certificateAts, kind, id);
  const reads: Instant[] = [];
  for (let now = NOW; now < NOW + 24 * HOUR_MS; now += 1_000) {
    if (certificateRound(post, now).length === 0) continue;
    certificateAts.set(KEY, now);
    reads.push(now);
  }
  return reads;
}

test('a target that answers is read every three hours, and each vantage has a time of its own', () => {
  const [first = 0, ...rest] = readsOf(answered(3));
  expect(rest).toHaveLength(7);
  expect(rest.every((at, index) => Math.abs(at - first - (index + 1) * 3 * HOUR_MS) <= 1_000)).toBe(
    true,
  );
  const [other = 0] = readsOf(answered(3), 'tls', 'probe-b');
  expect(Math.abs(first - other)).toBeGreaterThan(60_000);
});

test('it is never read after a miss, nor with two answers, nor without any', () => {
  const missed = foldAnswer(answered(9), { kind: 'down', why: 'closed', tookMs: 2 }, NOW + 9, true);
  for (const history of [missed, answered(2), noHistory, undefined]) {
    expect(readsOf(history)).toEqual([]);
  }
});

test.each(['https', 'tcp', 'openvpn-tcp'] as const)('of %s nothing is read', (kind) => {
  expect(readsOf(answered(3), kind)).toEqual([]);
});

test('a process that begins within ten minutes of the turn reads it once more, a later one does not', () => {
  const [turnAt = 0] = readsOf(answered(3));
  const post = postOf(answered(3));
  expect(certificateRound(post, turnAt + 590_000)).toEqual([KEY]);
  expect(certificateRound(post, turnAt + 601_000)).toEqual([]);
});

test('the loop reads it once beside its probes, and its answer is neither an answer nor a miss', async () => {
  const ids = Array.from({ length: 500 }, (_, index) => `v${index}`);
  const isDue = (id: string) =>
    certificateRound(postOf(answered(3), new Map(), 'tls', id), NOW + 5_000).length > 0;
  const id = ids.find(isDue) ?? '';
  const probes: readonly ProbeClause[] = [
    [{ text: 'tls:443', kind: 'tls', address: null, port: 443 }],
  ];
  const setting = aProber({ vantages: [{ ...HERE, id }] });
  setting.prober.aim(aWorld({ appliances: [anAppliance('i-a1', { probes })] }).topology);
  const certificate = { startsAt: NOW, endsAt: NOW + HOUR_MS };
  const isRead = () =>
    setting.probes.rounds.at(-1)?.targets.some((one) => one.readsCertificate) === true;
  setting.probes.reachability = () => ({
    kind: 'up',
    tookMs: 2,
    ...(isRead() && { certificate }),
  });
  setting.start();
  await setting.until(30_500);
  setting.stop();
  const { rounds } = setting.probes;
  const reads = rounds.filter(({ targets }) => targets.some((one) => one.readsCertificate));
  expect(reads).toMatchObject([{ targets: [{ key: KEY, kind: 'tls' }], timeoutMs: 2_400 }]);
  const history = setting.observation().histories.get(KEY);
  expect(history?.certificate).toMatchObject(certificate);
  expect(history?.sentCount).toBe(rounds.length - reads.length);
});
