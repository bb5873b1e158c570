/** Observes one region: inventory and probes are kept fresh in the background; `view` is the world as known now. */

import { targetFields } from '../core/lastResort.ts';
import type { LeaseState } from '../core/lease.ts';
import { known } from '../core/reading.ts';
import type { Instant } from '../core/time.ts';
import { openKeeper } from './observe/inventory.ts';
import type { ProbeNews } from './observe/probeLoop/sending.ts';
import { openProber } from './observe/probeLoop.ts';
import { signalsOf } from './observe/signals.ts';
import { readTopology } from './observe/topology.ts';
import type { Ports } from './ports.ts';
import { admissionOf } from './state/admission.ts';
import { isSettling, type PendingWrite } from './state/pending.ts';
import type { Memory } from './state.ts';
import type { Inventory, RouteTableFact } from './types/inventory.ts';
import type { Policy } from './types/policy.ts';
import type { Topology } from './types/topology.ts';
import type { Gap, World } from './types/world.ts';

export interface Observer {
  /** Reads and probes until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Reads the whole inventory once; then the probe targets are known. */
  open(signal: AbortSignal): Promise<void>;
  /** A few full rounds, for a single pass. */
  burst(signal: AbortSignal): Promise<void>;
  /** Reads everything that EC2 says of the members now, not when it is due. */
  refresh(signal: AbortSignal): Promise<void>;
  /** Reads the route tables again, unless they were read just now. */
  readTables(signal: AbortSignal): Promise<void>;
  /** Reads the addresses of these instances again, unless they were read just now. */
  readLinks(instanceIds: ReadonlySet<string>, signal: AbortSignal): Promise<void>;
  learn(tables: readonly RouteTableFact[]): void;
  forgetRuns(): void;
  /** Takes in what the previous leader has stored of each appliance. */
  recollect(latest: Memory['appliances']): void;
  inventory(): Inventory;
  probeCount(): number;
  /** What `observe` puts together. */
  readonly view: (lease: LeaseState, memory: Memory, jump: Gap | null, now: Instant) => World;
}

/** The world now, without a call; what is not freshly known is unknown. */
export const observe = (
  observer: Observer,
  lease: LeaseState,
  memory: Memory,
  jump: Gap | null,
  now: Instant,
): World => observer.view(lease, memory, jump, now);

/** The topology, and what it was made of. */
interface Understood {
  readonly of: Inventory;
  /** Of the writes of the last seconds, and of what people said of members. */
  readonly key: string;
  readonly preferred: Memory['preferred'];
  readonly admissions: Memory['admissions'];
  readonly value: Topology;
}

/** How often due reads are started. */
const LOOK_MS = 1_000;
/** While a round takes longer, the next one reads what that does not. */
const ROUND_MS = 1_000;
/** Three rounds so far apart prove a target within a second (S2). */
const VOLLEY_COUNT = 3;
const VOLLEY_GAP_MS = 250;

export async function openObserver(
  ports: Ports,
  policy: Policy,
  accountId: string,
  memory: () => Memory,
  news: ProbeNews,
  opening: AbortSignal,
): Promise<Observer> {
  const { clock } = ports;
  const keeper = openKeeper(ports, accountId, () => memory().appliances);
  const vantages = await ports.probes.vantages(opening);
  const prober = openProber(ports, vantages, memory().appliances, policy, news);
  const readNow = openTopology(keeper.inventory, policy, prober.aim);

  async function keepReading(signal: AbortSignal): Promise<void> {
    const failed = Promise.withResolvers<never>();
    while (!signal.aborted) {
      const round = keeper.readDue(signal);
      round.catch(failed.reject);
      // One answer that does not come keeps no other part from being read.
      await Promise.race([failed.promise, round, clock.sleep(ROUND_MS, signal)]);
      await clock.sleep(LOOK_MS, signal);
    }
  }

  return {
    async run(signal) {
      await Promise.all([keepReading(signal), prober.run(signal)]);
    },
    async open(signal) {
      await keeper.readDue(signal);
      readNow(memory(), clock.now());
    },
    burst: (signal) => prober.burst(VOLLEY_COUNT, VOLLEY_GAP_MS, signal),
    async refresh(signal) {
      keeper.expire();
      await keeper.readDue(signal);
      news.onChange();
    },
    readTables: keeper.readTables,
    readLinks: keeper.readLinks,
    learn: keeper.learn,
    forgetRuns: prober.forgetRuns,
    recollect: prober.recollect,
    inventory: keeper.inventory,
    probeCount: prober.probeCount,
    view(lease, past, jump, now) {
      const value = readNow(past, now);
      const zones = new Map(keeper.newest().map((zone) => [zone.zone, zone]));
      return {
        at: now,
        accountId: value.accountId,
        region: ports.region,
        topology: value,
        signals: new Map(
          value.appliances.map((one) => [one.instanceId, signalsOf(one, zones.get(one.zone), now)]),
        ),
        vantages: prober.observations(),
        gaps: [...keeper.gaps(), ...(jump === null ? [] : [jump])],
        lease,
      };
    },
  };
}

/** Reads the topology again when what it is made of has changed; `onChange` gets each new one. */
function openTopology(
  inventoryNow: () => Inventory,
  policy: Policy,
  onChange: (topology: Topology) => void,
): (past: Memory, now: Instant) => Topology {
  let topology: Understood | null = null;
  return (past, now) => {
    const { pending, appliances, preferred, admissions, admits } = past;
    const inventory = inventoryNow();
    const fresh = [...pending].filter(([, write]) => isSettling(write, now));
    const written = fresh.map(([routeKey, { toTargetId }]) => routeKey + toTargetId);
    const key = JSON.stringify([written, admits]);
    const isSame =
      topology?.of === inventory &&
      topology.preferred === preferred &&
      topology.admissions === admissions;
    if (topology !== null && isSame && topology.key === key) return topology.value;
    const value = readTopology(
      overlay(inventory, new Map(fresh)),
      appliances,
      preferred,
      (one, table) => admissionOf(one, table, { memory: past, policy }).isAdmitted,
    );
    topology = { of: inventory, key, preferred, admissions, value };
    onChange(value);
    return value;
  };
}

/** The inventory with the writes of the last seconds applied, where a read does not show them yet. */
function overlay(inventory: Inventory, pending: ReadonlyMap<string, PendingWrite>): Inventory {
  if (pending.size === 0) return inventory;
  const { routeTables, addresses } = inventory;
  return {
    ...inventory,
    routeTables: withWrites(routeTables, pending),
    ...(addresses === undefined ? {} : { addresses: withWrites(addresses, pending) }),
  };
}

function withWrites(
  tables: Inventory['routeTables'],
  pending: ReadonlyMap<string, PendingWrite>,
): Inventory['routeTables'] {
  if (!tables.known) return tables;
  const written = tables.value.map((table) => ({
    ...table,
    routes: table.routes.map((route) => {
      const write = pending.get(`${table.tableId} ${route.destination}`);
      const shown = route.interfaceId ?? route.otherTarget;
      return write === undefined || shown !== write.fromTargetId
        ? route
        : { ...route, ...targetFields(write.toTargetId) };
    }),
  }));
  return known(written, tables.at);
}
