/** A snapshot in place of the account: nothing fails, every probe answers, no time passes. */

import type { Ec2Port } from '../../appliances/ports.ts';
import { known } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import type { ProbePort } from '../../probe/ports.ts';
import type { Snapshot } from '../../simulator/snapshot.ts';
import { HERE, type ObserverSetup } from '../pass.ts';

/** Time is the snapshot's instant, plus what was slept. */
export function snapshotObserverSetup(snapshot: Snapshot): ObserverSetup {
  const clock = stillClock(snapshot.takenAt);
  return {
    region: snapshot.region,
    clock,
    ec2: ec2Of(snapshot, clock),
    probes: allAnswer,
    viewpoint: 'functions',
    homeRegion: snapshot.region,
    store: null,
  };
}

function stillClock(startAt: number): Clock {
  let passedMs = 0;
  return {
    now: () => startAt + passedMs,
    monotonicMs: () => passedMs,
    sleep: async (ms) => {
      passedMs += Math.max(0, ms);
    },
  };
}

function ec2Of(
  snapshot: Snapshot,
  clock: Clock,
): Omit<Ec2Port, 'replaceRoute'> & Pick<Ec2Port, 'replaceRoute'> {
  const of = <T>(facts: readonly T[], isAsked: (fact: T) => boolean) =>
    Promise.resolve(known(facts.filter(isAsked), clock.now()));
  return {
    tags: (keys) => of(snapshot.tags, ({ key }) => keys.includes(key)),
    instances: (ids) => of(snapshot.instances, ({ instanceId }) => ids.includes(instanceId)),
    statuses: (ids) => of(snapshot.statuses, ({ instanceId }) => ids.includes(instanceId)),
    interfaces: (ids) =>
      of(snapshot.interfaces, ({ instanceId }) => instanceId !== null && ids.includes(instanceId)),
    interfacesById: (ids) =>
      of(snapshot.interfaces, ({ interfaceId }) => ids.includes(interfaceId)),
    subnets: (vpcIds) => of(snapshot.subnets, ({ vpcId }) => vpcIds.includes(vpcId)),
    routeTables: (asked) =>
      of(snapshot.routeTables, ({ vpcId, tableId }) =>
        'vpcIds' in asked ? asked.vpcIds.includes(vpcId) : asked.tableIds.includes(tableId),
      ),
    prefixLists: (ids) =>
      of(snapshot.prefixLists, ({ prefixListId }) => ids.includes(prefixListId)),
    replaceRoute: () => Promise.resolve({ kind: 'refused', why: 'a snapshot cannot be written' }),
  };
}

/** From inside the VPC, so that private addresses are reached too. */
const allAnswer: ProbePort = {
  vantages: async () => [{ id: HERE, subnetIds: [], isInVpc: true }],
  async send(round, onAnswer) {
    for (const { key } of round.targets) onAnswer({ key, result: { kind: 'up', tookMs: 1 } });
  },
};
