/** The scenarios of `vpn-medic rehearse`: what fails when, and for how long, in any account. */

import type { Fault, Spell } from './faults.ts';
import type { Roles } from './roles.ts';
import { POLL_SCENARIOS } from './scenario/polls.ts';
import type { Scenario } from './scenario/types.ts';

/** When the first fault starts: a probe must have answered once before a missed answer counts. */
export const FIRST_FAULT_MS = 40_000;
const MINUTE_MS = 60_000;

/** One fault, by default from `FIRST_FAULT_MS` on. */
const spell = (
  fault: Fault,
  lastsMs = 2 * MINUTE_MS,
  startMs = FIRST_FAULT_MS,
): readonly Spell[] => [{ fault, startMs, endMs: startMs + lastsMs }];

const busiest = ({ appliances: [first] }: Roles) => first ?? null;

/** A fault of the appliance with the most routes. */
const onBusiest =
  (
    faultOf: (instanceId: string) => Fault,
    lastsMs?: number,
    startMs?: number,
  ): Scenario['spellsIn'] =>
  (roles) => {
    const one = busiest(roles);
    return one === null ? null : spell(faultOf(one.instanceId), lastsMs, startMs);
  };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'process-dead',
    says: 'The VPN process of the busiest appliance dies and its host stays up: only probes can detect it.',
    spellsIn: onBusiest((instanceId) => ({ kind: 'process-dead', instanceId })),
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'repaired',
    says: 'The VPN process of the busiest appliance hangs and repairs are allowed: its routes move first, then each repair step is tried.',
    spellsIn: onBusiest((instanceId) => ({ kind: 'half-open', instanceId }), 25 * MINUTE_MS),
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
    says: 'The host of the busiest appliance stops answering: its routes move to other appliances.',
    spellsIn: onBusiest((instanceId) => ({ kind: 'host-dead', instanceId })),
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'stopped',
    says: 'The busiest appliance is stopped: the EC2 event moves its routes, no probe is needed.',
    spellsIn: onBusiest((instanceId) => ({ kind: 'stopped', instanceId })),
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'zone-dead',
    says: 'A zone fails and EC2 calls about it fail, too: its routes move to the other zones.',
    spellsIn: (roles) => {
      const zone = busiest(roles)?.zone;
      return zone === undefined ? null : spell({ kind: 'zone-dead', zone, hidesInterfaces: false });
    },
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'all-dead',
    says: 'No appliance answers: a failure of all cannot be told from a failure of the probes, so no route moves and on-call is paged once.',
    spellsIn: ({ appliances }) =>
      appliances.length === 0 ? null : spell({ kind: 'all-dead', group: null }, MINUTE_MS),
    lastsMs: 5 * MINUTE_MS,
  },
  {
    name: 'flapping',
    says: 'An appliance fails for 30 s every ten minutes: after three failovers in an hour its routes stay where they are.',
    // A flapping appliance is silent at multiples of its period: starting at one makes the first outage the fault's start.
    spellsIn: onBusiest(
      (instanceId) => ({
        kind: 'flapping',
        instanceId,
        periodMs: 10 * MINUTE_MS,
        downMs: 30_000,
      }),
      35 * MINUTE_MS,
      10 * MINUTE_MS,
    ),
    lastsMs: 48 * MINUTE_MS,
  },
  {
    name: 'blip',
    says: 'An appliance is silent for 1.5 s, ten times: too short to move a route.',
    spellsIn: onBusiest(
      (instanceId) => ({ kind: 'flapping', instanceId, periodMs: 20_000, downMs: 1_500 }),
      200_000,
    ),
    lastsMs: 5 * MINUTE_MS,
  },
  {
    name: 'blind-vantage',
    says: 'The vantage that probes leave from receives no answers: that proves nothing, so no route moves.',
    spellsIn: ({ vantages: [vantage], appliances }) =>
      vantage === undefined || appliances.length === 0
        ? null
        : spell({ kind: 'vantage-blind', vantageId: vantage.id }),
    lastsMs: 5 * MINUTE_MS,
  },
  {
    name: 'throttled-api',
    says: 'Other tools exhaust the EC2 API quota while an appliance fails: nothing is written until EC2 can be read.',
    spellsIn: (roles) => {
      const one = busiest(roles);
      if (one === null) return null;
      return [
        ...spell({ kind: 'api-throttled', action: 'all', chance: 0.7 }, MINUTE_MS),
        {
          fault: { kind: 'host-dead', instanceId: one.instanceId },
          startMs: FIRST_FAULT_MS + 10_000,
          endMs: FIRST_FAULT_MS + 2 * MINUTE_MS,
        },
      ];
    },
    lastsMs: 10 * MINUTE_MS,
  },
  {
    name: 'pinned',
    says: 'A person pins a group to another appliance, which then fails: the routes leave it all the same, and return to it before they fail back.',
    spellsIn: (roles) => {
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
          startMs: FIRST_FAULT_MS + 20_000,
          endMs: FIRST_FAULT_MS + 20 * MINUTE_MS,
        },
        {
          fault: { kind: 'host-dead', instanceId: to.instanceId },
          startMs: FIRST_FAULT_MS + 5 * MINUTE_MS,
          endMs: FIRST_FAULT_MS + 7 * MINUTE_MS,
        },
      ];
    },
    lastsMs: 25 * MINUTE_MS,
  },
  {
    name: 'drill',
    says: 'An operator asks for a drill of two minutes (vpn-medic drill): the routes of one next hop go to proven peers and back, and no path is cut.',
    spellsIn: (roles) => {
      const group = roles.groupOf(busiest(roles)?.instanceId ?? '');
      return group === null
        ? null
        : spell({ kind: 'person-drills', group, forMs: 2 * MINUTE_MS }, 5 * MINUTE_MS);
    },
    lastsMs: 7 * MINUTE_MS,
  },
  {
    name: 'lost-table',
    says: 'The state table cannot be reached when an instance is stopped: routes move on what EC2 confirms.',
    spellsIn: (roles) => {
      const one = busiest(roles);
      if (one === null) return null;
      return [
        ...spell({ kind: 'store-unreachable' }, 2 * MINUTE_MS),
        {
          fault: { kind: 'stopped', instanceId: one.instanceId },
          startMs: FIRST_FAULT_MS + 20_000,
          endMs: FIRST_FAULT_MS + 3 * MINUTE_MS,
        },
      ];
    },
    lastsMs: 12 * MINUTE_MS,
  },
  ...POLL_SCENARIOS,
];
