/** One look at one region that writes nothing: what check and plan are made of. */
import { assess } from '../appliances/assess.ts';
import type { Ports } from '../appliances/ports.ts';
import { type Memory, noMemory } from '../appliances/state.ts';
import type { Assessment } from '../appliances/types/assessment.ts';
import type { Inventory } from '../appliances/types/inventory.ts';
import type { Plan } from '../appliances/types/plan.ts';
import { DEFAULT_POLICY, type Policy } from '../appliances/types/policy.ts';
import type { World } from '../appliances/types/world.ts';
import { READ_ONLY, singlePass } from '../watcher/singlePass.ts';
import { openState } from '../watcher/state.ts';
import { readOnly } from './readOnly.ts';

/**
 * Where probes leave from. `machine`: the one that runs the command, so that its silence says less than the deployed
 * watcher's. `functions`: the deployed probe functions. `none`: nobody knocks, EC2's word alone counts.
 */
export type Viewpoint = 'machine' | 'functions' | 'none';

export interface Observation {
  readonly viewpoint: Viewpoint;
  readonly world: World;
  readonly assessment: Assessment;
  readonly memory: Memory;
  readonly plan: Plan;
  readonly inventory: Inventory;
  readonly store: StoreObservation;
}

/** What the watcher's own memory added. */
export type StoreObservation =
  | { readonly kind: 'unset' }
  | { readonly kind: 'read' }
  | { readonly kind: 'unreadable'; readonly why: string };

export type ObserverSetup = Pick<Ports, 'region' | 'clock' | 'ec2' | 'probes'> & {
  readonly viewpoint: Viewpoint;
  /** Null: no state table is named. */
  readonly store: Pick<Ports['store'], 'read'> | null;
};

/** What a look is judged by: nothing is ever done about it. */
export const LOOK_POLICY: Policy = { ...DEFAULT_POLICY, mode: 'observe' };

/** `onOpened` is told the same without the probes, as soon as EC2 has answered. */
export async function look(
  observerSetup: ObserverSetup,
  signal: AbortSignal,
  onOpened: (world: World, assessment: Assessment) => void = () => {},
): Promise<Observation> {
  const { viewpoint, probes, clock } = observerSetup;
  let store: StoreObservation = { kind: 'unset' };
  const read: Ports['store']['read'] = async (ids, within) => {
    if (observerSetup.store === null)
      return { known: false, why: 'no state table', at: clock.now() };
    const reading = await observerSetup.store.read(ids, within);
    store = reading.known ? { kind: 'read' } : { kind: 'unreadable', why: reading.why };
    return reading;
  };
  const ports = readOnly({
    ...observerSetup,
    // Nobody knocks: nothing to wait for between the knocks.
    clock: viewpoint === 'none' ? { ...clock, sleep: async () => {} } : clock,
    probes: viewpoint === 'functions' ? probes : fromHere(probes, viewpoint),
    store: { read },
  });
  const remembered = await openState(ports.store, clock, ports.region).remembered(
    LOOK_POLICY,
    signal,
  );
  const { tick, inventory } = await singlePass(
    ports,
    remembered,
    {
      ...READ_ONLY,
      accountId: null,
      policy: LOOK_POLICY,
      onOpened: (world) =>
        onOpened(world, assess(world, noMemory(world.at, 0), LOOK_POLICY, world.at)),
    },
    signal,
  );
  const { world, assessment, memory, plan } = tick;
  return { viewpoint, world, assessment, memory, plan, inventory, store };
}

/** Its own name: what the deployed watcher has heard at its place says nothing about this one. */
export const HERE = 'this machine';

function fromHere(probes: Ports['probes'], viewpoint: 'machine' | 'none'): Ports['probes'] {
  return {
    vantages: async () => [{ id: HERE, subnetIds: [], isInVpc: false }],
    async send(round, onAnswer, signal) {
      if (viewpoint === 'machine')
        return probes.send({ ...round, vantageId: 'here' }, onAnswer, signal);
      const result = { kind: 'unknown', why: 'nobody knocks (--no-probes)' } as const;
      for (const { key } of round.targets) onAnswer({ key, result });
    },
  };
}
