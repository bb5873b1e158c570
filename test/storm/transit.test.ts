/**
 * Goal: whatever happens to connections, to our sight of them and to our writes, no transit gateway route moves but for a
 * reason that the truth of the account bears out, and none stays on what is dead while another connection could carry it.
 * Method: storm, then calm, drawn from a seed, a pass every 10 s; then each rule and step taken away, until a seed misses it.
 */
import { describe, expect, test } from '@jest/globals';
import type { SimAccount } from '../../lib/simulator/account.ts';
import type { TransitRule } from '../../lib/transitGateway/types/plan.ts';
import { TRANSIT_SAFETY } from '../../lib/watcher/scopes/connections.ts';
import type { TransitSafety } from '../../lib/watcher/scopes/connectionTypes.ts';
import { LONG } from './transit/shape.ts';
import { type TransitStorm, weather } from './transit.ts';

const LONG_COUNT = 4;
const SHORT_COUNT = 300;
/** The first that misses what is taken away is enough. */
const SEARCHED_COUNT = 250;
const HANG_MS = 600_000;

const upTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + 1);

async function allOf(storms: readonly TransitStorm[]) {
  const broken: string[] = [];
  const found = new Set<string>();
  let writes = 0;
  for (const storm of storms) {
    const one = await weather(storm);
    broken.push(...one.broken.map((line) => `seed ${storm.seed}, ${line}`));
    writes += one.writes;
    for (const reason of one.found) found.add(reason);
  }
  return { broken, found: [...found], writes };
}

test(
  'three hundred short storms break no promise; routes move in them, and every kind of trouble is found',
  async () => {
    const { broken, found, writes } = await allOf(upTo(SHORT_COUNT).map((seed) => ({ seed })));
    expect(broken).toEqual([]);
    expect(writes).toBeGreaterThan(600);
    expect(found).toEqual(
      expect.arrayContaining([
        'ConnectionDown',
        'ConnectionNotAdmitted',
        'ConnectionRoutesAway',
        'TransitUnread',
        'TransitWriteFailed',
      ]),
    );
  },
  HANG_MS,
);

test(
  'nor do four long ones, with more routes than one pass may write',
  async () => {
    const storms = upTo(LONG_COUNT).map((seed) => ({ seed, shape: LONG }));
    const { broken, writes } = await allOf(storms);
    expect(broken).toEqual([]);
    expect(writes).toBeGreaterThan(50);
  },
  HANG_MS,
);

const without = (rule: TransitRule): TransitSafety => ({
  ...TRANSIT_SAFETY,
  rules: TRANSIT_SAFETY.rules.filter(([one]) => one !== rule),
});
const withoutSteps = (steps: Partial<TransitSafety['steps']>, rule?: TransitRule) => ({
  ...(rule === undefined ? TRANSIT_SAFETY : without(rule)),
  steps: { ...TRANSIT_SAFETY.steps, ...steps },
});
/** As if S4 damped every move: then a route would wait on what is dead. */
const DAMPED: TransitSafety = {
  ...TRANSIT_SAFETY,
  rules: TRANSIT_SAFETY.rules.map(([rule, ask]) => [
    rule,
    rule === 'S4' ? (move, route, scene) => ask({ ...move, kind: 'failback' }, route, scene) : ask,
  ]),
};
const RECHECK = { recheck: () => null };

/** The first seed that breaks the promise without it, the one that was `found` before tried first; null: none does. */
async function missed(
  storm: Omit<TransitStorm, 'seed'>,
  promise: string,
  found: number,
): Promise<number | null> {
  for (const seed of [found, ...upTo(SEARCHED_COUNT)]) {
    const { broken } = await weather({ hasCalm: false, ...storm, seed });
    if (broken.some((line) => line.includes(promise))) return seed;
  }
  return null;
}

describe('taken away, some storm misses it; there, the same storm does not', () => {
  const cases: readonly (readonly [string, Omit<TransitStorm, 'seed'>, string, number])[] = [
    ['S2, admission', { safety: without('S2') }, 'its target is a stranger', 78],
    ['S2, known up', { safety: withoutSteps(RECHECK, 'S2') }, 'its target carries nothing', 14],
    ['S4', { safety: without('S4'), hasCalm: true }, 'it fails back after three failovers', 4],
    ['S4, never of a failover', { safety: DAMPED, hasCalm: true }, 'which is dead', 29],
    ['S5', { safety: without('S5') }, 'it fails back to what has just come up', 4],
    ['S6, waits', { safety: without('S6') }, 'it was refused five times within the minute', 77],
    ['S7', { safety: withoutSteps({ askLease: async () => true }) }, 'another process led', 143],
    ['S8', { safety: without('S8'), shape: LONG }, 'it is more than the budget of a pass', 2],
    [
      'the pause',
      { safety: withoutSteps({ askPause: async () => null }, 'paused') },
      'writes were paused',
      39,
    ],
    ['observe', { safety: without('observe'), mode: 'observe' }, 'written in observe mode', 2],
  ];
  test.each(cases)(
    '%s',
    async (_name, storm, promise, found) => {
      const seed = await missed(storm, promise, found);
      expect(seed).not.toBeNull();
      expect(
        (await weather({ hasCalm: false, ...storm, safety: TRANSIT_SAFETY, seed: seed ?? 0 }))
          .broken,
      ).toEqual([]);
    },
    HANG_MS,
  );
});

test(
  'S1: were a tunnel that reports nothing taken for down, some storm would move its routes',
  async () => {
    const unknownIsDown = (account: SimAccount) => {
      const start = account.start.bind(account);
      account.start = (by) => {
        const started = start(by);
        const { vpn, ...others } = started.connectionPorts;
        const connections: typeof vpn.connections = async (signal) => {
          const reading = await vpn.connections(signal);
          if (!reading.known) return reading;
          const value = reading.value.map((one) => ({
            ...one,
            tunnels: one.tunnels.map((tunnel) =>
              tunnel.status === null ? { ...tunnel, status: 'down' as const } : tunnel,
            ),
          }));
          return { ...reading, value };
        };
        return { ...started, connectionPorts: { ...others, vpn: { ...vpn, connections } } };
      };
    };
    const broken: string[] = [];
    for (const seed of upTo(SEARCHED_COUNT)) {
      broken.push(...(await weather({ seed, hasCalm: false }, unknownIsDown)).broken);
      if (broken.length > 0) break;
    }
    expect(broken.join('\n')).toContain('it leaves a connection that carries traffic');
  },
  HANG_MS,
);
