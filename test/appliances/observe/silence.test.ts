/** What a silence becomes, in virtual time: a death within 3.2 s, and never when it was short, general or unwitnessed. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { NOW } from '../../builders/facts.ts';
import { aProber, type ProberSetting, silence } from '../../builders/probes.ts';

describe('a silence', () => {
  test('of a host that does not answer is down 3.2 s after it began at the latest, in every phase', async () => {
    for (let phase = 0; phase < 1_000; phase += 125) {
      const { probes, start, until, stop, verdict } = aProber();
      probes.reachability = silence(4_000 + phase, 60_000);
      start();
      await until(4_000 + phase + 3_200);
      expect(verdict()).toBe('down');
      stop();
    }
  });

  test('of a process that refuses is down within 3.1 s', async () => {
    const { probes, start, until, verdict, stop } = aProber();
    const refuses = silence(4_001, 60_000);
    probes.reachability = (key, sentAt) =>
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
          const reachability = silence(4_000 + phase, lastsMs);
          probes.reachability = (key, sentAt) => {
            const seen = reachability(key, sentAt);
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

  test('of all is blindness: unknown, not down', async () => {
    const { probes, start, until, verdict, stop } = aProber();
    probes.reachability = (_key, sentAt) =>
      sentAt >= NOW + 4_000 ? 'silent' : { kind: 'up', tookMs: 5 };
    start();
    await until(9_000);
    expect(verdict()).toBe('unknown');
    stop();
  });

  test('of an only appliance has no witness: unknown, not down', async () => {
    const { probes, start, until, verdict, stop } = aProber({ ids: ['i-a1'] });
    probes.reachability = silence(4_000, 60_000);
    start();
    await until(9_000);
    expect(verdict()).toBe('unknown');
    stop();
  });

  test('that could be a verdict is news, at once; what is well is none', async () => {
    const notificationPlan: number[] = [];
    const setting: ProberSetting = { onChange: () => notificationPlan.push(1) };
    const { probes, start, until, stop } = aProber(setting);
    probes.reachability = silence(4_000, 60_000);
    start();
    await until(5_900);
    expect(notificationPlan.length).toBe(0);
    await until(6_200);
    expect(notificationPlan.length).toBeGreaterThan(0);
    // Hurried for 5.8 s: three at once, and then four a second at most.
    await until(60_000);
    expect(notificationPlan.length).toBeLessThanOrEqual(3 + 4 * 4);
    stop();
  });
});

describe('a silence that is nearly long enough', () => {
  /** How long before the verdict, each time: the first missed probe is sent 2 s before it. */
  const announcedMs = async (fromMs: number, lastsMs: number) => {
    let missedAt: number | null = null;
    const leftMs: number[] = [];
    const { probes, clock, start, until, stop } = aProber({
      onRipening: (ids) => {
        expect([...ids]).toEqual(['i-a1']);
        leftMs.push((missedAt ?? Number.NaN) + 2_000 - clock.now());
      },
    });
    const reachability = silence(fromMs, lastsMs);
    probes.reachability = (key, sentAt) => {
      const seen = reachability(key, sentAt);
      if (seen === 'silent') missedAt ??= sentAt;
      return seen;
    };
    start();
    await until(60_000);
    stop();
    return leftMs;
  };

  test('is announced once, 100 to 250 ms before the verdict, whenever it begins', async () => {
    for (let phase = 0; phase < 1_000; phase += 122) {
      const leftMs = await announcedMs(4_000 + phase, 50_000);
      expect(leftMs).toHaveLength(1);
      expect(leftMs[0]).toBeGreaterThanOrEqual(100);
      expect(leftMs[0]).toBeLessThanOrEqual(250);
    }
  });

  test('is not announced when it has lasted 1.5 s', async () => {
    expect(await announcedMs(4_000, 1_500)).toEqual([]);
  });
});

describe('a vantage that cannot be asked', () => {
  test('says unknown, also of one that was just down', async () => {
    const { probes, start, until, verdict, stop } = aProber();
    const reachability = silence(2_000, 60_000);
    probes.reachability = (key, sentAt) =>
      sentAt >= NOW + 8_000 ? { kind: 'unknown', why: 'throttled' } : reachability(key, sentAt);
    start();
    await until(7_500);
    expect(verdict()).toBe('down');
    await until(13_000);
    expect(verdict()).toBe('unknown');
    stop();
  });
});
