/** Arbitrary scenes for the plan: any account, any beliefs about it, any gap, lease, memory and budget. */

import * as fc from 'fast-check';
import { readTopology } from '../../lib/appliances/observe/topology.ts';
import type { Memory } from '../../lib/appliances/state.ts';
import type { Assessment } from '../../lib/appliances/types/assessment.ts';
import type { Policy } from '../../lib/appliances/types/policy.ts';
import type { Verdict } from '../../lib/appliances/types/verdict.ts';
import type { Ec2Signals, World } from '../../lib/appliances/types/world.ts';
import type { LastResort } from '../../lib/core/lastResort.ts';
import type { LeaseState } from '../../lib/core/lease.ts';
import type { Pause } from '../../lib/core/pause.ts';
import type { Pin } from '../../lib/core/pin.ts';
import { known, unknown } from '../../lib/core/reading.ts';
import { anyInventory, mostly } from './anyAccount.ts';
import { ACCOUNT, anInterface, eniOf, NOW, REGION, zoneOf } from './facts.ts';
import { aPin } from './pins.ts';
import {
  aLearntRoute,
  aLeave,
  aMassOf,
  aPending,
  confirmedDown,
  down,
  failoversAt,
  goodSignals,
  groupMemory,
  memoryOf,
  policyOf,
  unsure,
  up,
} from './world.ts';

export interface AnyScene {
  readonly world: World;
  readonly assessment: Assessment;
  readonly memory: Memory;
  readonly policy: Policy;
}

const VERDICTS: readonly Verdict[] = [
  up({ tunnel: 'unsent' }),
  ...Array.from({ length: 8 }, () => up()),
  up({ isHealthy: false }),
  up({ tunnel: 'silent' }),
  up({ isHealthy: false, isProven: false, lacks: 'it is young' }),
  down(),
  down(),
  confirmedDown(),
  unsure(),
];

const signalsOf = (instanceId: string): readonly Ec2Signals[] => {
  const lost = unknown('zone fails', NOW);
  const second = anInterface(instanceId, { interfaceId: `${eniOf(instanceId)}-2`, deviceIndex: 1 });
  const link = (over: Parameters<typeof anInterface>[1]) =>
    goodSignals(instanceId, { interfaces: known([anInterface(instanceId, over), second], NOW) });
  return [
    ...Array.from({ length: 20 }, () => link({})),
    goodSignals(instanceId, { state: lost }),
    goodSignals(instanceId, { interfaces: lost }),
    goodSignals(instanceId, { state: known('stopping', NOW) }),
    link({ hasSourceDestCheck: true }),
    link({ status: 'detaching' }),
  ];
};

const LEASES: readonly LeaseState[] = [
  ...Array.from({ length: 20 }, () => ({ kind: 'leader', token: 1 }) as const),
  { kind: 'singlePass', token: 1 },
  { kind: 'lost', to: 'w2' },
  { kind: 'unreachable', why: 'no table', wasLeader: true },
  { kind: 'standby', until: NOW },
];

const IDS = ['i-a1', 'i-a2', 'i-b1', 'i-b2', 'i-c1', 'i-c2'] as const;
const KEYS = [1, 2, 3, 4].flatMap((n) => [`rtb-${n} 10.20.0.0/16`, `rtb-${n} pl-1`]);

const agos = fc.oneof(
  fc.array(fc.nat(7_200_000), { maxLength: 3 }),
  // As often as not enough to damp the route.
  fc.array(fc.nat(3_599_999), { minLength: 3, maxLength: 3 }),
);
const anyGroup = fc
  .record({
    lastAgoMs: fc.nat(7_200_000),
    flapCount: fc.nat(9),
    failovers: fc.dictionary(fc.constantFrom(...KEYS), agos, { maxKeys: 3 }),
    lastTargets: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...IDS.map(eniOf)), {
      minKeys: 4,
    }),
    pins: fc.subarray(KEYS, { maxLength: 2 }),
  })
  .map(({ lastAgoMs, flapCount, failovers, lastTargets, pins }) =>
    groupMemory({
      lastFailoverAt: NOW - lastAgoMs,
      flapCount,
      failovers: Object.fromEntries(
        Object.entries(failovers).map(([key, list]) => [
          key,
          failoversAt(...list.map((agoMs) => NOW - agoMs).toSorted((a, b) => a - b)),
        ]),
      ),
      lastTargets,
      pinnedAts: Object.fromEntries(pins.map((key) => [key, NOW])),
    }),
  );

/** It carries every route. */
const A_GATEWAY: LastResort = {
  gatewayId: 'vgw-0a',
  groups: ['hq'],
  health: 'up',
  carries: Object.fromEntries(
    ['vpc-1', 'vpc-2'].map((vpcId) => [vpcId, KEYS.map((key) => key.split(' ')[1] ?? '')]),
  ),
};

const PAUSE: Pause = { at: NOW, until: NOW + 1_000, by: 'ana', why: 'change' };

export const anyScene: fc.Arbitrary<AnyScene> = fc
  .record({
    inventory: anyInventory,
    verdicts: fc.tuple(...IDS.map(() => fc.constantFrom(...VERDICTS))),
    signals: fc.tuple(...IDS.map((id) => fc.constantFrom(...signalsOf(id)))),
    lease: fc.constantFrom(...LEASES),
    gap: mostly<string | null | undefined>(undefined, null, zoneOf('a')),
    isMass: mostly(false, true),
    group: fc.option(anyGroup, { nil: undefined }),
    unstuck: fc.subarray(KEYS, { maxLength: 1 }),
    learnt: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...IDS), {
      minKeys: 4,
    }),
    pins: mostly<readonly Pin[]>([], [aPin()], [aPin({ routeKey: KEYS[0] ?? null, to: 'i-c1' })]),
    // Rare: it holds everything.
    pause: fc.nat(39).map((one) => (one === 0 ? PAUSE : null)),
    gateways: mostly<readonly LastResort[]>([], [A_GATEWAY]),
    tokens: mostly(40, 0, 1, 2),
    mode: mostly<'act' | 'observe'>('act', 'observe'),
    failback: fc.constantFrom<'proven' | 'probe'>('proven', 'probe'),
    leaving: mostly<readonly string[]>([], ['i-b1'], ['i-a1', 'i-c2'], ['i-a1', 'i-b1', 'i-b2']),
  })
  .map(
    ({
      inventory,
      verdicts,
      signals,
      lease,
      gap,
      isMass,
      group,
      unstuck,
      learnt,
      pins,
      leaving,
      pause,
      gateways,
      tokens,
      mode,
      failback,
    }): AnyScene => {
      const preferred = new Map(
        Object.entries(learnt).map(([key, id]) => [key, aLearntRoute(id)] as const),
      );
      const topology = readTopology(inventory, new Map(), preferred);
      return {
        world: {
          at: NOW,
          accountId: ACCOUNT,
          region: REGION,
          topology,
          signals: new Map(IDS.map((id, index) => [id, signals[index] ?? goodSignals(id)])),
          vantages: [],
          gaps: gap === undefined ? [] : [{ what: 'tags', why: 'denied', since: NOW, zone: gap }],
          lease,
        },
        assessment: {
          verdicts: new Map(IDS.map((id, index) => [id, verdicts[index] ?? up()])),
          leaves: new Map(leaving.map((id) => [id, aLeave(id)])),
          findings: isMass ? [aMassOf('vpc', 'vpc-1'), aMassOf('vpc', 'vpc-2')] : [],
          appliances: new Map(),
        },
        memory: memoryOf({
          groups: new Map(group === undefined ? [] : [['hq', group]]),
          pending: new Map(unstuck.map((key) => [key, aPending({ tryCount: 2 })])),
          budget: { tokens, at: NOW },
          preferred,
          pins,
          pause,
          lastResorts: { at: NOW, gateways },
        }),
        policy: policyOf({ mode, failback }),
      };
    },
  );
