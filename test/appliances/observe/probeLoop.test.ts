/** Knocking in virtual time: who is asked when, and what is kept when topology, clock or watcher change. */
import { describe, expect, test } from '@jest/globals';
import { evaluateProbes } from '../../../lib/appliances/assess/probes.ts';
import type { ApplianceMemory } from '../../../lib/appliances/state.ts';
import { DEFAULT_POLICY } from '../../../lib/appliances/types/policy.ts';
import { NOW } from '../../builders/facts.ts';
import { HERE } from '../../builders/ports.ts';
import { A, A1, aProber, silence, topologyOf } from '../../builders/probes.ts';
import { anAppliance, applianceMemory, aWorld } from '../../builders/world.ts';

describe('pace', () => {
  test('when all is well, one round a second of one knock a target', async () => {
    const { prober, probes, start, until, stop } = aProber();
    start();
    await until(10_500);
    stop();
    expect(probes.rounds.map(({ sentAt }) => sentAt - NOW)).toEqual(
      Array.from({ length: 11 }, (_, second) => second * 1_000),
    );
    expect(prober.probeCount()).toBe(33);
  });

  test('after a first miss ten a second, and one exactly 2 s after it, beside the full rounds', async () => {
    const { probes, start, until, stop } = aProber();
    probes.reachability = silence(500, 60_000);
    start();
    await until(3_300);
    stop();
    const asked = probes.rounds.filter(({ targets }) => targets.some(({ key }) => key === A));
    const isLong = ({ timeoutMs }: (typeof asked)[number]) => timeoutMs > 800;
    const times = (rounds: typeof asked) => rounds.map(({ sentAt }) => sentAt - NOW);
    expect(times(asked.filter((one) => !isLong(one)))).toEqual([
      0, 1_000, 1_800, 1_900, 2_000, 2_100, 2_200, 2_300, 2_400, 2_500, 2_600, 2_700, 2_800, 2_900,
      3_000, 3_001, 3_101, 3_201,
    ]);
    // One a second, with three times the timeout, to that target alone.
    const long = asked.filter(isLong);
    expect(times(long)).toEqual([1_800, 2_800]);
    expect(long.map(({ targets, timeoutMs }) => [targets.length, timeoutMs])).toEqual([
      [1, 2_400],
      [1, 2_400],
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

describe('a round', () => {
  const rounds = (prober: ReturnType<typeof aProber>) =>
    prober
      .observation()
      .rounds.map(({ answeredBy, isFull, isOver }) => ({ answeredBy, isFull, isOver }));

  test('is open until all have answered or missed; two voices are enough to know', async () => {
    const setting = aProber();
    const tookMs = new Map([
      ['i-a1 ike:500', 10],
      ['i-b1 ike:500', 20],
      ['i-c1 ike:500', 30],
    ]);
    setting.probes.reachability = (key) => ({ kind: 'up', tookMs: tookMs.get(key) ?? 0 });
    setting.start();
    const seen = [];
    for (const ms of [5, 15, 25, 35]) {
      await setting.until(ms);
      seen.push(...rounds(setting));
    }
    setting.stop();
    expect(seen).toEqual([
      { answeredBy: [], isFull: true, isOver: false },
      { answeredBy: ['i-a1'], isFull: true, isOver: false },
      { answeredBy: ['i-a1', 'i-b1'], isFull: true, isOver: false },
      { answeredBy: ['i-a1', 'i-b1'], isFull: true, isOver: true },
    ]);
  });

  test('that gets no answer is over when the last has missed', async () => {
    const setting = aProber();
    setting.probes.reachability = () => 'silent';
    setting.start();
    await setting.until(799);
    expect(rounds(setting)).toEqual([{ answeredBy: [], isFull: true, isOver: false }]);
    await setting.until(801);
    setting.stop();
    expect(rounds(setting)[0]).toEqual({ answeredBy: [], isFull: true, isOver: true });
  });

  test('of a port that hands over no answer is over when the port has ended', async () => {
    const setting = aProber();
    setting.probes.send = () => Promise.resolve();
    setting.start();
    await setting.until(10);
    setting.stop();
    expect(rounds(setting)).toEqual([{ answeredBy: [], isFull: true, isOver: true }]);
  });

  test('a look that waits in vain is no full miss; a refusal is one, however short the look', async () => {
    const misses = async (
      reachability: (key: string) => 'silent' | { kind: 'down'; why: string; tookMs: number },
    ) => {
      const setting = aProber();
      const from = NOW + 1_500;
      setting.probes.reachability = (key, sentAt) =>
        key === A && sentAt >= from ? reachability(key) : { kind: 'up', tookMs: 5 };
      setting.start();
      await setting.until(4_990);
      setting.stop();
      return (
        setting
          .observation()
          .histories.get(A)
          ?.misses.map(({ isFull }) => isFull) ?? []
      );
    };
    expect(await misses(() => 'silent')).toContain(false);
    expect(await misses(() => ({ kind: 'down', why: 'refused', tookMs: 1 }))).not.toContain(false);
  });
});

describe('what is kept', () => {
  test('a target whose address stays keeps its life when the topology is read again', async () => {
    const { prober, start, until, stop, observation } = aProber();
    start();
    await until(3_500);
    prober.aim(topologyOf('i-a1', 'i-b1', 'i-d1'));
    expect(observation().histories.get(A)?.goodCount).toBe(4);
    expect(observation().histories.has('i-c1 ike:500')).toBe(false);
    stop();
  });

  test('one whose address has changed begins anew', async () => {
    const { prober, start, until, stop, observation } = aProber();
    start();
    await until(3_500);
    prober.aim(aWorld({ appliances: [anAppliance('i-a1', { publicIp: '192.0.2.99' })] }).topology);
    expect(observation().histories.get(A)?.goodCount).toBe(0);
    stop();
  });

  test('what the old address answers late is no word of the new one', async () => {
    const { prober, probes, start, until, stop, observation } = aProber();
    probes.reachability = () => ({ kind: 'up', tookMs: 500 });
    start();
    await until(100);
    prober.aim(aWorld({ appliances: [anAppliance('i-a1', { publicIp: '192.0.2.99' })] }).topology);
    await until(900);
    expect(observation().histories.get(A)?.hasAnswered).toBe(false);
    await until(1_600);
    expect(observation().histories.get(A)?.hasAnswered).toBe(true);
    stop();
  });

  test('after a jump of the clock nothing in a row counts, but who has spoken is known', async () => {
    const { prober, clock, start, until, stop, observation } = aProber();
    start();
    await until(3_500);
    clock.jumpWall(-3_600_000);
    prober.forgetRuns();
    expect(observation().histories.get(A)).toMatchObject({
      goodCount: 0,
      misses: [],
      hasAnswered: true,
    });
    expect(observation().rounds).toEqual([]);
    await until(7_500);
    expect(observation().histories.get(A)?.goodCount).toBe(4);
    stop();
  });
});

describe('a clock that goes back by an hour', () => {
  test('stops no probe, also before the verdict', async () => {
    const { probes, clock, start, until, stop } = aProber();
    start();
    await until(3_500);
    clock.jumpWall(-3_600_000);
    const before = probes.rounds.length;
    await until(13_500);
    stop();
    expect(probes.rounds.length - before).toBe(10);
  });

  test('makes no answer of a knock sent before it count: a later silence is still one', async () => {
    const { prober, probes, clock, start, until, stop, verdict } = aProber();
    probes.reachability = (_key, sentAt) => ({
      kind: 'up',
      tookMs: sentAt >= NOW + 3_000 ? 200 : 5,
    });
    start();
    await until(3_100);
    clock.jumpWall(-3_600_000);
    prober.forgetRuns();
    const reachability = silence(7_000 - 3_600_000, 60_000);
    probes.reachability = reachability;
    await until(11_000);
    stop();
    expect(verdict()).toBe('down');
  });
});

describe('what an earlier watcher knew', () => {
  const past = (over: Partial<ApplianceMemory>) =>
    aProber({ remembered: new Map([['i-a1', applianceMemory(over)]]) })
      .observation()
      .histories.get(A);

  test('that it has spoken here: silence means something from the first knock', () => {
    expect(past({ goodSince: null })).toMatchObject({ hasAnswered: true, goodCount: 0 });
  });

  test('with which keys, at this vantage and by this probe alone', () => {
    const answeredKeys = { 'here ike:500': ['/k 1', '/k 2'] };
    expect(past({ answeredKeys })).toMatchObject({ answeredKeys: ['/k 1', '/k 2'] });
    expect(past({ answeredKeys: { 'v9 ike:500': ['/k 1'] } })).not.toHaveProperty('answeredKeys');
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
    expect(past(over)).toMatchObject({ goodCount, hasAnswered: true });
  });
});

describe('when all that was in a row is forgotten', () => {
  test.each([
    ['was silent last is silent still, until it is asked again', 4_000, true],
    ['answered last is not', 60_000, false],
  ])('who %s', async (_what, silentFromMs, isSilent) => {
    const { prober, probes, clock, start, until, stop } = aProber();
    start();
    probes.reachability = silence(silentFromMs, 60_000);
    await until(8_000);
    prober.forgetRuns();
    stop();
    const [clauseResult] = evaluateProbes(A1, prober.observations(), DEFAULT_POLICY, clock.now());
    expect(clauseResult).toMatchObject({ kind: 'unknown', isSilent });
  });
});

describe('what the forerunner heard last', () => {
  const row = (latest: Partial<ApplianceMemory>) => {
    const carried = applianceMemory({ goodSince: NOW - 60_000, seenAt: NOW });
    const { prober, observation } = aProber({ remembered: new Map([['i-a1', carried]]) });
    prober.recollect(new Map([['i-a1', applianceMemory(latest)]]));
    return observation().histories.get(A);
  };

  test('a voice that we have not heard ourselves counts from then on', () => {
    const { prober, observation } = aProber();
    expect(observation().histories.get(A)?.hasAnswered).toBe(false);
    prober.recollect(new Map([['i-a1', applianceMemory({ goodSince: null })]]));
    expect(observation().histories.get(A)?.hasAnswered).toBe(true);
  });

  test.each([
    ['has not broken since goes on', { goodSince: NOW - 60_000 }, 60],
    ['broke after we had taken it over begins anew', { goodSince: NOW - 1_000 }, 0],
    ['has ended is no row', { goodSince: null }, 0],
  ])('a row of answers that %s', (_what, latest, goodCount) => {
    expect(row(latest)?.goodCount).toBe(goodCount);
  });

  test.each([
    ['19 s after, by a clock as ours', 19_000, 0, 60],
    ['20 s after: what was in between is not known', 20_000, 0, 0],
    ['20 s after, by a clock that was 30 s ahead of ours', 20_000, 30_000, 0],
  ])(
    'is carried on by a probe that is first sent %s',
    async (_what, afterMs, aheadMs, goodCount) => {
      const at = NOW + aheadMs;
      const latest = applianceMemory({ goodSince: at - 60_000, seenAt: at });
      const { prober, clock, observation } = aProber({ ids: [] });
      prober.recollect(new Map([['i-a1', latest]]));
      await clock.run(afterMs);
      prober.aim(topologyOf('i-a1'));
      expect(observation().histories.get(A)?.goodCount).toBe(goodCount);
    },
  );

  test('a row that is all our own is not touched by it', async () => {
    const { prober, observation, start, until, stop } = aProber();
    start();
    await until(5_500);
    prober.recollect(new Map([['i-a1', applianceMemory({ goodSince: null })]]));
    stop();
    expect(observation().histories.get(A)?.goodCount).toBe(6);
  });
});

describe('a volley', () => {
  test('is three full rounds, so that a single pass can prove its targets', async () => {
    const { prober, probes, clock } = aProber();
    const over = prober.burst(3, 250, new AbortController().signal);
    await clock.run(2_000);
    await over;
    expect(probes.rounds.map(({ sentAt, targets }) => [sentAt - NOW, targets.length])).toEqual([
      [0, 3],
      [250, 3],
      [500, 3],
    ]);
    expect(prober.observations()[0]?.rounds.every(({ isFull }) => isFull)).toBe(true);
    expect(
      evaluateProbes(A1, prober.observations(), DEFAULT_POLICY, clock.now())[0]?.isProven,
    ).toBe(true);
  });
});
