/** One read-only pass over one region, for check and plan. */
import { assess } from '../appliances/assess.ts';
import type { Ports } from '../appliances/ports.ts';
import { type Memory, noMemory } from '../appliances/state.ts';
import type { Assessment } from '../appliances/types/assessment.ts';
import type { Inventory } from '../appliances/types/inventory.ts';
import { DEFAULT_POLICY, type Policy } from '../appliances/types/policy.ts';
import type { World } from '../appliances/types/world.ts';
import type { Clock } from '../core/time.ts';
import { type LeaderView, readLeaderView, withLeader } from '../watcher/leaderView.ts';
import { READ_ONLY, singlePass } from '../watcher/singlePass.ts';
import { openState } from '../watcher/state.ts';
import type { AwsClients, CrlBucketNames } from './awsClients.ts';
import { readOnly } from './readOnly.ts';
import { type Terminal, Unable } from './terminal.ts';

/**
 * Where probes leave from. `machine`: the one that runs the command, so its silence proves less than that of the deployed
 * watcher's. `functions`: the deployed probe functions. `none`: no probes, EC2 alone counts.
 */
export type Viewpoint = 'machine' | 'functions' | 'none';

export interface Observation {
  readonly viewpoint: Viewpoint;
  readonly world: World;
  /** The leader's verdicts where it has fresh ones, else those of this look. */
  readonly assessment: Assessment;
  /** Of this look alone: a second opinion. */
  readonly own: Assessment;
  /** Null: no state table is named, or it cannot be read. */
  readonly leader: LeaderView | null;
  readonly memory: Memory;
  readonly inventory: Inventory;
  readonly store: StoreObservation;
  /** The file that stands in place of the account; null: the account itself. */
  readonly capture: string | null;
}

/** Whether the watcher's stored state could be read. */
export type StoreObservation =
  | { readonly kind: 'unset' }
  | { readonly kind: 'read' }
  | { readonly kind: 'unreadable'; readonly why: string };

export type ObserverSetup = Pick<Ports, 'region' | 'clock' | 'ec2' | 'probes'> & {
  readonly viewpoint: Viewpoint;
  /** Where the stack is deployed. */
  readonly homeRegion: string;
  /** Null: no state table is named. */
  readonly store: Pick<Ports['store'], 'read'> | null;
  /** The file that stands in place of the account; absent: the account itself. */
  readonly capture?: string;
  /** Absent: read off the instances. */
  readonly accountId?: string;
  /** The deployed ones; empty or absent: probes leave from the watching function. */
  readonly probeFunctions?: readonly string[];
  /** The function inside the VPC that logs in for repairs; null or absent: none. */
  readonly sshFunction?: string | null;
  /** Absent or null: no CRLs are published, as far as known. */
  readonly crlBuckets?: CrlBucketNames | null;
};

/** The policy of a read-only pass. */
export const PASS_POLICY: Policy = { ...DEFAULT_POLICY, mode: 'observe' };

/** `onOpened` is called once EC2 has answered, before the probes. */
export async function observeOnce(
  setup: ObserverSetup,
  signal: AbortSignal,
  onOpened: (world: World, assessment: Assessment, leader: LeaderView | null) => void = () => {},
): Promise<Observation> {
  const { viewpoint, probes, clock } = setup;
  let store: StoreObservation = { kind: 'unset' };
  const read: Ports['store']['read'] = async (ids, within) => {
    if (setup.store === null) return { known: false, why: 'no state table', at: clock.now() };
    const reading = await setup.store.read(ids, within);
    store = reading.known ? { kind: 'read' } : { kind: 'unreadable', why: reading.why };
    return reading;
  };
  const ports = readOnly({
    ...setup,
    // Without probes there is nothing to wait for.
    clock: viewpoint === 'none' ? withoutSleep(clock) : clock,
    probes: viewpoint === 'functions' ? probes : fromHere(probes, viewpoint),
    store: { read },
  });
  const [remembered, leader] = await Promise.all([
    openState(ports.store, clock, ports.region).remembered(PASS_POLICY, signal),
    readLeaderView(ports.store, ports.region, setup.homeRegion, clock.now, signal),
  ]);
  const { tick, inventory } = await singlePass(
    ports,
    remembered,
    {
      ...READ_ONLY,
      accountId: setup.accountId ?? null,
      policy: PASS_POLICY,
      onOpened(world) {
        const first = assess(world, noMemory(world.at, 0), PASS_POLICY, world.at);
        onOpened(world, withLeader(first, leader), leader);
      },
    },
    signal,
  );
  const { world, assessment: own, memory } = tick;
  const assessment = withLeader(own, leader);
  const capture = setup.capture ?? null;
  return { viewpoint, world, assessment, own, leader, memory, inventory, store, capture };
}

const withoutSleep = (clock: Clock): Clock => ({
  now: () => clock.now(),
  monotonicMs: () => clock.monotonicMs(),
  sleep: async () => {},
});

/** A vantage of its own: stored probe history of the deployed vantages does not apply to it. */
export const HERE = 'this machine';

function fromHere(probes: Ports['probes'], viewpoint: 'machine' | 'none'): Ports['probes'] {
  return {
    vantages: async () => [{ id: HERE, subnetIds: [], isInVpc: false }],
    async send(round, onAnswer, signal) {
      if (viewpoint === 'machine')
        return probes.send({ ...round, vantageId: 'here' }, onAnswer, signal);
      const result = { kind: 'unknown', why: 'not probed (--no-probes)' } as const;
      for (const { key } of round.targets) onAnswer({ key, result });
    },
  };
}

const PASS_MS_MAX = 60_000;

/** @throws {Unable} when a part of the account that matters everywhere cannot be read. */
export async function observeWithoutProbes({
  region,
  terminal,
  clients,
  store,
}: {
  readonly region: string;
  readonly terminal: Pick<Terminal, 'clock'>;
  readonly clients: Pick<AwsClients, 'ec2'>;
  readonly store: ObserverSetup['store'];
}): Promise<Observation> {
  const setup = {
    region,
    clock: terminal.clock,
    ec2: await clients.ec2(region),
    probes: { vantages: async () => [], send: async () => {} },
    store,
    homeRegion: region,
    probeFunctions: [],
    viewpoint: 'none',
  } as const;
  const observation = await observeOnce(setup, AbortSignal.timeout(PASS_MS_MAX));
  const gap = observation.world.gaps.find(({ zone }) => zone === null);
  if (gap === undefined) return observation;
  throw new Unable(`${gap.what} of ${region} cannot be read: ${gap.why}`);
}
