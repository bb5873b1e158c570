/** The stories that `npm start` tells: what fails when, and for how long, in any account. */

import type { Fault, Spell } from './faults.ts';
import type { Roles } from './roles.ts';
import { POLL_SCENARIOS } from './scenario/polls.ts';

export interface Scenario {
  readonly name: string;
  /** One sentence: what happens, and what to watch for. */
  readonly says: string;
  /** Its faults in this cast, from the story's beginning; null when the cast lacks what the story needs. */
  readonly stage: (roles: Roles) => readonly Spell[] | null;
  /** How long it is worth watching, faults and all. */
  readonly lastsMs: number;
  /** True: nothing happens to appliances, so only what polls is awake, and hours pass quickly. */
  readonly isPolled?: boolean;
  /** What its owner allows an appliance's repair to be, for this story (`vpn-medic:repair`). */
  readonly repairOf?: (
    roles: Roles,
  ) => { readonly instanceId: string; readonly steps: string } | null;
}

/** Before this everything is well: probes have to be heard once before their silence means anything. */
export const DAWN_MS = 40_000;
const MINUTE_MS = 60_000;

/** One fault from dawn on. */
const spell = (fault: Fault, lastsMs = 2 * MINUTE_MS): readonly Spell[] => [
  { fault, startMs: DAWN_MS, endMs: DAWN_MS + lastsMs },
];

const busiest = ({ appliances: [first] }: Roles) => first ?? null;

/** A scenario that strikes the appliance with the most routes. */
const onBusiest =
  (faultOf: (instanceId: string) => Fault, lastsMs?: number): Scenario['stage'] =>
  (roles) => {
    const one = busiest(roles);
    return one === null ? null : spell(faultOf(one.instanceId), lastsMs);
  };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'process-dead',
    says: 'The VPN service of the busiest appliance dies while its host lives: EC2 sees nothing, the probes do.',
    stage: onBusiest((instanceId) => ({ kind: 'process-dead', instanceId })),
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'repaired',
    says: 'The VPN service of the busiest appliance hangs, and its owner lets the medic repair it: routes leave first, then the ladder is climbed.',
    stage: onBusiest((instanceId) => ({ kind: 'half-open', instanceId }), 25 * MINUTE_MS),
    repairOf: (roles) => {
      const one = busiest(roles);
      return one === null
        ? null
        : { instanceId: one.instanceId, steps: 'restart-service reboot stop-start' };
    },
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'host-dead',
    says: 'The busiest appliance falls silent: the time until its routes lead elsewhere is what counts.',
    stage: onBusiest((instanceId) => ({ kind: 'host-dead', instanceId })),
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'stopped',
    says: 'Somebody stops the busiest appliance: an EC2 event, and no probe needed.',
    stage: onBusiest((instanceId) => ({ kind: 'stopped', instanceId })),
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'zone-dead',
    says: 'A whole zone fails and blinds EC2 about itself: the other zones carry on, and see each other.',
    stage: (roles) => {
      const zone = busiest(roles)?.zone;
      return zone === undefined ? null : spell({ kind: 'zone-dead', zone, hidesInterfaces: false });
    },
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'all-dead',
    says: 'Nothing answers anywhere: dead or blind cannot be told apart, so nothing moves and one page is sent.',
    stage: () => spell({ kind: 'all-dead', group: null }, MINUTE_MS),
    lastsMs: 5 * MINUTE_MS,
  },
  {
    name: 'flapping',
    says: 'An appliance dies and comes back every ten minutes: after three failovers its routes stay where they are.',
    stage: onBusiest(
      (instanceId) => ({
        kind: 'flapping',
        instanceId,
        periodMs: 10 * MINUTE_MS,
        downMs: 30_000,
      }),
      70 * MINUTE_MS,
    ),
    lastsMs: 75 * MINUTE_MS,
  },
  {
    name: 'blip',
    says: 'An appliance is silent for a second and a half, ten times: too short to move anything.',
    stage: onBusiest(
      (instanceId) => ({ kind: 'flapping', instanceId, periodMs: 20_000, downMs: 1_500 }),
      200_000,
    ),
    lastsMs: 5 * MINUTE_MS,
  },
  {
    name: 'blind-vantage',
    says: 'The place that probes are sent from goes blind: its silence counts for nothing.',
    stage: ({ vantages: [vantage] }) =>
      vantage === undefined ? null : spell({ kind: 'vantage-blind', vantageId: vantage.id }),
    lastsMs: 5 * MINUTE_MS,
  },
  {
    name: 'throttled-api',
    says: "Other tools use up EC2's API while an appliance dies: unknown is not down, and nothing is written blindly.",
    stage: (roles) => {
      const one = busiest(roles);
      if (one === null) return null;
      return [
        ...spell({ kind: 'api-throttled', action: 'all', chance: 0.7 }, MINUTE_MS),
        {
          fault: { kind: 'host-dead', instanceId: one.instanceId },
          startMs: DAWN_MS + 10_000,
          endMs: DAWN_MS + 2 * MINUTE_MS,
        },
      ];
    },
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'pinned',
    says: 'A person pins a group to another appliance for an hour, which dies meanwhile: its routes leave it all the same, and come back to it before they go home.',
    stage: (roles) => {
      const from = busiest(roles);
      const group = roles.groupOf(from?.instanceId ?? '');
      const to = roles.appliances.find(
        (one) =>
          roles.groupOf(one.instanceId) === group &&
          one.vpcId === from?.vpcId &&
          one.zone !== from.zone,
      );
      if (group === null || to === undefined) return null;
      return [
        {
          fault: {
            kind: 'person-pins',
            group,
            instanceId: to.instanceId,
            forMs: 60 * MINUTE_MS,
          },
          startMs: DAWN_MS + 20_000,
          endMs: DAWN_MS + 20 * MINUTE_MS,
        },
        {
          fault: { kind: 'host-dead', instanceId: to.instanceId },
          startMs: DAWN_MS + 5 * MINUTE_MS,
          endMs: DAWN_MS + 7 * MINUTE_MS,
        },
      ];
    },
    lastsMs: 25 * MINUTE_MS,
  },
  {
    name: 'lost-table',
    says: 'The state table is gone when an instance is stopped: what EC2 itself confirms is healed all the same.',
    stage: (roles) => {
      const one = busiest(roles);
      if (one === null) return null;
      return [
        ...spell({ kind: 'store-unreachable' }, 2 * MINUTE_MS),
        {
          fault: { kind: 'stopped', instanceId: one.instanceId },
          startMs: DAWN_MS + 20_000,
          endMs: DAWN_MS + 3 * MINUTE_MS,
        },
      ];
    },
    lastsMs: 12 * MINUTE_MS,
  },
  ...POLL_SCENARIOS,
];
