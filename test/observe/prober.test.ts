/** Knocking in virtual time: who is asked when, what a silence becomes, and that a short one never becomes a death. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { hearProbes } from '../../lib/assess/probes.ts';
import type { ApplianceMemory } from '../../lib/model/memory.ts';
import { DEFAULT_POLICY } from '../../lib/model/policy.ts';
import type { Vantage } from '../../lib/model/probe.ts';
import type { VantageSight } from '../../lib/model/world.ts';
import { openProber, type Prober } from '../../lib/observe/prober.ts';
import { NOW } from '../build/facts.ts';
import { HERE, somePorts } from '../build/ports.ts';
import { anAppliance, applianceMemory, aWorld } from '../build/world.ts';

const A = 'i-a1 ike:500';
const A1 = anAppliance('i-a1');
const topologyOf = (...ids: readonly string[]) =>
  aWorld({ appliances: ids.map((id) => anAppliance(id)) }).topology;

interface Setting {
  readonly ids?: readonly string[];
  readonly vantages?: readonly Vantage[];
  readonly remembered?: ReadonlyMap<string, ApplianceMemory>;
  readonly onNews?: () => void;
}

function aProber({
  ids = ['i-a1', 'i-b1', 'i-c1'],
  vantages = [HERE],
  remembered = new Map(),
  onNews = () => {},
}: Setting = {}) {
  const ports = somePorts({ vantages });
  const prober: Prober = openProber(ports, vantages, remembered, DEFAULT_POLICY, onNews);
  prober.aim(topologyOf(...ids));
  const stopping = new AbortController();
  return {
    prober,
    probes: ports.probes,
    clock: ports.clock,
    start: () => void prober.run(stopping.signal),
    /** To an instant since the beginning. */
    until: (ms: number) => ports.clock.run(ms),
    stop: () => stopping.abort(),
    verdict: () => hearProbes(A1, prober.sights(), DEFAULT_POLICY, ports.clock.now())[0]?.kind,
    sight: (): VantageSight =>
      prober.sights()[0] ?? { vantage: HERE, streaks: new Map(), rounds: [], mutes: new Map() },
  };
}

/** i-a1 is silent from `fromMs` on for `forMs`. */
const silence = (fromMs: number, forMs: number) => (key: string, sentAt: number) =>
  key === A && sentAt >= NOW + fromMs && sentAt < NOW + fromMs + forMs
    ? ('silent' as const)
    : ({ kind: 'up', tookMs: 5 } as const);

describe('pace', () => {
  test('when all is well, one round a second of one knock a target', async () => {
    const { prober, probes, start, until, stop } = aProber();
    start();
    await until(10_500);
    stop();
    expect(probes.rounds.map(({ sentAt }) => sentAt - NOW)).toEqual(
      Array.from({ length: 11 }, (_, second) => second * 1_000),
    );
    expect(prober.knockCount()).toBe(33);
  });

  test('after a first miss four a second, and one exactly 2 s after it, beside the full rounds', async () => {
    const { probes, start, until, stop } = aProber();
    probes.door = silence(500, 60_000);
    start();
    await until(3_300);
    stop();
    const asked = probes.rounds.filter(({ targets }) => targets.some(({ key }) => key === A));
    expect(asked.map(({ sentAt }) => sentAt - NOW)).toEqual([
      0, 1_000, 2_000, 2_250, 2_500, 2_750, 3_000, 3_001, 3_251,
    ]);
  });

  test('every vantage keeps its own', async () => {
    const vantages = [HERE, { ...HERE, id: 'v2' }];
    const { probes, start, until, stop } = aProber({ vantages });
    start();
    await until(2_500);
    stop();
    expect(probes.rounds.map(({ vantageId }) => vantageId).toSorted()).toEqual([
      'here',
      'here',
      'here',
      'v2',
      'v2',
      'v2',
    ]);
  });
});

describe('a silence', () => {
  test('of a host that does not answer is down 3.2 s after it began at the latest, in every phase', async () => {
    for (let phase = 0; phase < 1_000; phase += 125) {
      const { probes, start, until, stop, verdict } = aProber();
      probes.door = silence(4_000 + phase, 60_000);
      start();
      await until(4_000 + phase + 3_200);
      expect(verdict()).toBe('down');
      stop();
    }
  });

  test('of a process that refuses is down within 3.1 s', async () => {
    const { probes, start, until, verdict, stop } = aProber();
    const refuses = silence(4_001, 60_000);
    probes.door = (key, sentAt) =>
      refuses(key, sentAt) === 'silent'
        ? { kind: 'down', why: 'refused', tookMs: 1 }
        : { kind: 'up', tookMs: 5 };
    start();
    await until(7_101);
    expect(verdict()).toBe('down');
    stop();
  });

  test('shorter than 2 s is never down, at any phase, however the answers around it come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: 1, max: 1_999 }),
        fc.integer({ min: 1, max: 140 }),
        async (phase, lastsMs, tookMs) => {
          const { probes, start, until, stop, verdict } = aProber();
          const door = silence(4_000 + phase, lastsMs);
          probes.door = (key, sentAt) => {
            const seen = door(key, sentAt);
            return seen === 'silent' ? seen : { kind: 'up', tookMs };
          };
          start();
          const seen = new Set<string | undefined>();
          for (let ms = 4_000; ms < 9_000; ms += 50) {
            await until(ms);
            seen.add(verdict());
          }
          stop();
          expect(seen.has('down')).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('of everybody is blindness: unknown, not down', async () => {
    const { probes, start, until, verdict, stop } = aProber();
    probes.door = (_key, sentAt) => (sentAt >= NOW + 4_000 ? 'silent' : { kind: 'up', tookMs: 5 });
    start();
    await until(9_000);
    expect(verdict()).toBe('unknown');
    stop();
  });

  test('of an only appliance has no witness: unknown, not down', async () => {
    const { probes, start, until, verdict, stop } = aProber({ ids: ['i-a1'] });
    probes.door = silence(4_000, 60_000);
    start();
    await until(9_000);
    expect(verdict()).toBe('unknown');
    stop();
  });

  test('that could be a verdict is news, at once; what is well is none', async () => {
    const news: number[] = [];
    const setting: Setting = { onNews: () => news.push(1) };
    const { probes, start, until, stop } = aProber(setting);
    probes.door = silence(4_000, 60_000);
    start();
    await until(5_900);
    expect(news.length).toBe(0);
    await until(6_200);
    expect(news.length).toBeGreaterThan(0);
    stop();
  });
});

describe('a vantage that cannot be asked', () => {
  test('says unknown, also of one that was just down', async () => {
    const { probes, start, until, verdict, stop } = aProber();
    const door = silence(2_000, 60_000);
    probes.door = (key, sentAt) =>
      sentAt >= NOW + 8_000 ? { kind: 'unknown', why: 'throttled' } : door(key, sentAt);
    start();
    await until(7_500);
    expect(verdict()).toBe('down');
    await until(13_000);
    expect(verdict()).toBe('unknown');
    stop();
  });
});

describe('what is kept', () => {
  test('a target whose address stays keeps its life when the topology is read again', async () => {
    const { prober, start, until, stop, sight } = aProber();
    start();
    await until(3_500);
    prober.aim(topologyOf('i-a1', 'i-b1', 'i-d1'));
    expect(sight().streaks.get(A)?.goodCount).toBe(4);
    expect(sight().streaks.has('i-c1 ike:500')).toBe(false);
    stop();
  });

  test('one whose address has changed begins anew', async () => {
    const { prober, start, until, stop, sight } = aProber();
    start();
    await until(3_500);
    prober.aim(aWorld({ appliances: [anAppliance('i-a1', { publicIp: '192.0.2.99' })] }).topology);
    expect(sight().streaks.get(A)?.goodCount).toBe(0);
    stop();
  });

  test('after a jump of the clock nothing in a row counts, but who has spoken is known', async () => {
    const { prober, clock, start, until, stop, sight } = aProber();
    start();
    await until(3_500);
    clock.jumpWall(-3_600_000);
    prober.forgetRuns();
    expect(sight().streaks.get(A)).toMatchObject({ goodCount: 0, misses: [], hasAnswered: true });
    expect(sight().rounds).toEqual([]);
    await until(7_500);
    expect(sight().streaks.get(A)?.goodCount).toBe(4);
    stop();
  });
});

describe('what an earlier watcher knew', () => {
  const past = (over: Partial<ApplianceMemory>) =>
    aProber({ remembered: new Map([['i-a1', applianceMemory(over)]]) })
      .sight()
      .streaks.get(A);

  test('that it has spoken here: silence means something from the first knock', () => {
    expect(past({ goodSince: null })).toMatchObject({ hasAnswered: true, goodCount: 0 });
  });

  test.each([
    ['at another vantage', { answered: ['v9 ike:500'] }],
    ['to another probe', { answered: ['here tcp:22'] }],
    ['never', { answered: [] }],
  ])('not when it spoke %s', (_what, over) => {
    expect(past(over)).toMatchObject({ hasAnswered: false, goodCount: 0 });
  });

  test.each([
    ['19.999 s ago', 19_999, 60],
    ['20 s ago: there is a gap in it', 20_000, 0],
  ])('how long it has been well, when last seen %s', (_what, agoMs, goodCount) => {
    const over = { goodSince: NOW - agoMs - 60_000, seenAt: NOW - agoMs };
    expect(past(over)?.goodCount).toBe(goodCount);
  });
});

describe('a volley', () => {
  test('is three full rounds, so that a single pass can prove its targets', async () => {
    const { prober, probes, clock } = aProber();
    const over = prober.volley(3, 250, new AbortController().signal);
    await clock.run(2_000);
    await over;
    expect(probes.rounds.map(({ sentAt, targets }) => [sentAt - NOW, targets.length])).toEqual([
      [0, 3],
      [250, 3],
      [500, 3],
    ]);
    expect(hearProbes(A1, prober.sights(), DEFAULT_POLICY, clock.now())[0]?.isProven).toBe(true);
  });
});
