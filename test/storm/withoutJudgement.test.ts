/**
 * The test of the tests, for rules that judge and learn instead of holding a move: the function that has the rule is
 * exchanged for what the product would be without it. Some storm then breaks a promise, and with the rule that storm does not.
 */
import { afterEach, expect, jest, test } from '@jest/globals';
import type * as Verdicts from '../../lib/appliances/assess/verdict.ts';
import type * as Preferred from '../../lib/appliances/observe/preferred.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { drawStorm } from './draw.ts';
import { breaksWhole, firstBroken } from './search.ts';

interface Removal {
  readonly module: string;
  /** The module without the rule. */
  readonly without: () => Promise<object>;
  /** Storms without such a fault cannot miss the rule. */
  readonly when: (fault: Fault) => boolean;
  /** How the violation reads. */
  readonly broken: string;
  /** One that broke it; while it does, no other is looked for. */
  readonly first: string;
}

const always = (): boolean => true;

const REMOVALS: readonly (readonly [string, Removal])[] = [
  [
    'a connection that is accepted and closed, as by a ban, is no silence',
    {
      module: '../../lib/probe/history.ts',
      without: async () => {
        const whole = await import('../../lib/probe/history.ts');
        return { ...whole, isShutOut: (): boolean => false };
      },
      when: (fault) => fault.kind === 'banned' && fault.how === 'closes',
      broken: 'neither silent nor confirmed dead',
      first: '327',
    },
  ],
  [
    'a failed status check does not outweigh answers',
    {
      module: '../../lib/appliances/assess/verdict.ts',
      without: async () => {
        const whole = await import('../../lib/appliances/assess/verdict.ts');
        const judge = (...args: Parameters<typeof Verdicts.judge>) => {
          const judgement = whole.judge(...args);
          const { verdict } = judgement;
          if (verdict.kind !== 'up' || verdict.degradedWhy === undefined) return judgement;
          const [, , , , , since] = args;
          const why = verdict.degradedWhy;
          const cause = 'status-check';
          return {
            ...judgement,
            verdict: { kind: 'down', cause, isEc2Confirmed: true, since, why },
          };
        };
        return { ...whole, judge };
      },
      when: (fault) => fault.kind === 'impaired' && fault.answers,
      broken: 'which answers though its status check fails',
      first: '351',
    },
  ],
  [
    'a known death stays, whatever becomes of the probes that showed it',
    {
      module: '../../lib/appliances/assess/verdict.ts',
      without: async () => {
        const whole = await import('../../lib/appliances/assess/verdict.ts');
        const judge = (
          ...[appliance, signals, vantages, past, ...rest]: Parameters<typeof Verdicts.judge>
        ) =>
          whole.judge(appliance, signals, vantages, past && { ...past, downSince: null }, ...rest);
        return { ...whole, judge };
      },
      when: (fault) => fault.kind === 'probe-retagged' || fault.kind === 'address-moved',
      broken: 'has not answered since',
      first: '5',
    },
  ],
  [
    'a route prefers the next hop where its owner put it',
    {
      module: '../../lib/appliances/observe/preferred.ts',
      without: async () => {
        const whole = await import('../../lib/appliances/observe/preferred.ts');
        const preferredOf = (...[route, scene]: Parameters<typeof Preferred.preferredOf>) =>
          whole.preferredOf({ ...route, tag: 'zone' }, scene);
        return { ...whole, preferredOf };
      },
      when: always,
      broken: 'which is not its preferred next hop',
      first: '1',
    },
  ],
];

afterEach(() => {
  for (const [, { module }] of REMOVALS) jest.unstable_unmockModule(module);
  jest.resetModules();
});

/** A product of its own, as it is imported from here on: whether a storm breaks the promise. */
async function storms({ broken }: Removal) {
  const { SAFETY } = await import('../../lib/watcher/pass.ts');
  const { runStormWithoutCalm } = await import('./storm.ts');
  return async (seed: string): Promise<boolean> => {
    const { violations } = await runStormWithoutCalm(seed, SAFETY);
    return violations.some(({ what }) => what.includes(broken));
  };
}

test.each(REMOVALS)(
  'without the rule that %s some storm breaks it, and with it that storm does not',
  async (_rule, removal) => {
    const { module, without, when, first } = removal;
    const changed = await without();
    const breaks = await storms(removal);
    jest.resetModules();
    jest.unstable_mockModule(module, () => changed);
    const breaksWithout = await storms(removal);
    const seed = await firstBroken(
      first,
      async (one) =>
        drawStorm(one).spells.some(({ fault }) => when(fault)) && (await breaksWithout(one)),
    );
    expect(seed).not.toBeNull();
    expect(await breaksWhole(seed ?? '', breaks)).toBe(false);
  },
  600_000,
);
