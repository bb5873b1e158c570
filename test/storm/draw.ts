/**
 * Everything about one storm, drawn from its seed: sizes, settings, and which faults strike whom and when.
 * Swarm testing: each seed enables only some kinds of faults, so that rare ones are not always drowned by common ones.
 */
import type { Policy } from '../../lib/appliances/types/policy.ts';
import type { Delays } from '../../lib/simulator/delays.ts';
import type { Spell } from '../../lib/simulator/faults.ts';
import { type GroupLayout, privateSubnetId } from '../../lib/simulator/layout/words.ts';
import { layOut } from '../../lib/simulator/layout.ts';
import type { VantageSetup } from '../../lib/simulator/probes.ts';
import { type Random, seededRandom } from '../../lib/simulator/random.ts';
import type { VpnNetwork } from '../../lib/simulator/siteToSite.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import {
  drawAddresses,
  drawBrownouts,
  drawDrills,
  drawElastic,
  drawLeaves,
  drawProbeTags,
  drawRefusals,
  drawSpells,
  drawStrangers,
  drawTunnels,
} from './drawFaults.ts';
import { drawLastResort, withLastResort } from './drawLastResort.ts';

export interface StormOptions {
  readonly seed: string;
  readonly snapshot: Snapshot;
  /** Behind gateways of last resort; absent: none. */
  readonly vpn?: VpnNetwork;
  readonly vantages: readonly VantageSetup[];
  readonly policy: Policy;
  readonly pace: Delays;
  readonly skewMsMax: number;
  /** How often a watcher starts, and how long it may run. */
  readonly everyMs: number;
  readonly lifeMs: number;
  /** Faults begin after this, so that everything has been heard once. */
  readonly faultsFromMs: number;
  /** All faults are over by then. */
  readonly stormEndMs: number;
  readonly spells: readonly Spell[];
}

export function drawStorm(seed: string): StormOptions {
  const random = seededRandom(seed);
  const tunnels = random.fork('tunnels');
  const isTunnelled = tunnels.chance(0.4);
  const laid = drawSnapshot(
    random.fork('layout'),
    random.fork('kinds'),
    random.fork('priorities'),
    random.fork('elastic addresses'),
    isTunnelled,
  );
  const drawn = withLastResort(random.fork('gateways'), laid);
  const { snapshot } = drawn;
  const failback = tunnels.pick(['proven', 'probe'] as const);
  const policy: Policy = { ...drawPolicy(random.fork('policy')), failback };
  const timing = random.fork('timing');
  const faultsFromMs = 12_000 + 4 * policy.probeIntervalMs;
  const stormEndMs = faultsFromMs + 1_000 * timing.whole(40, 200);
  const everyMs = 60_000;
  const vantages = [...drawVantages(random.fork('vantages'), snapshot), ...ownVantages(snapshot)];
  return {
    seed,
    ...drawn,
    vantages,
    policy,
    pace: {
      stopMs: 1_000 * timing.whole(2, 15),
      startMs: 1_000 * timing.whole(1, 6),
      bootMs: 1_000 * timing.whole(1, 8),
      lingerMs: 1_000 * timing.whole(10, 40),
    },
    skewMsMax: timing.pick([0, 0, 200, 500]),
    everyMs,
    lifeMs: 90_000,
    faultsFromMs,
    stormEndMs,
    spells: [
      ...drawSpells(random.fork('faults'), snapshot, vantages, faultsFromMs, stormEndMs),
      ...drawRefusals(random.fork('refusals'), snapshot, faultsFromMs, stormEndMs),
      ...drawBrownouts(random.fork('brownouts'), faultsFromMs, stormEndMs),
      ...drawLeaves(random.fork('leaves'), snapshot, faultsFromMs, stormEndMs),
      ...drawAddresses(random.fork('addresses'), snapshot, faultsFromMs, stormEndMs),
      ...drawProbeTags(random.fork('probeTags'), snapshot, faultsFromMs, stormEndMs),
      ...drawDrills(random.fork('drills'), snapshot, faultsFromMs, stormEndMs),
      ...drawStrangers(random.fork('strangers'), snapshot, faultsFromMs, stormEndMs),
      ...drawElastic(random.fork('elastic faults'), snapshot, faultsFromMs, stormEndMs),
      ...drawTunnels(tunnels, snapshot, faultsFromMs, stormEndMs),
      ...drawLastResort(random.fork('last resort'), drawn, faultsFromMs, stormEndMs),
    ],
  };
}

/** One line a storm, for people. */
export function describeStorm({ seed, snapshot, vantages, policy, spells }: StormOptions): string {
  const kinds = [...new Set(spells.map(({ fault }) => fault.kind))];
  return [
    `seed ${seed}: ${snapshot.instances.length} appliances, ${snapshot.routeTables.length} tables`,
    `vantages ${vantages.map(({ id }) => id).join('+')}`,
    `interval ${policy.probeIntervalMs} ms, fall ${policy.fall}, rise ${policy.rise}, hold ${policy.holdMs} ms`,
    `${spells.length} faults: ${kinds.join(', ')}`,
  ].join('; ');
}

function drawPolicy(random: Random): Omit<Policy, 'failback'> {
  const probeIntervalMs = random.pick([1_000, 1_000, 2_000, 3_000]);
  const isTight = random.chance(0.25);
  return {
    mode: 'act',
    probeIntervalMs,
    probeTimeoutMs: Math.round(probeIntervalMs * random.pick([0.4, 0.8])),
    silenceInsideMs: random.pick([1_200, 2_000, 3_000]),
    silenceOutsideMs: random.pick([2_000, 2_000, 4_000]),
    fall: random.whole(2, 4),
    rise: random.whole(4, 10),
    holdMs: 1_000 * random.whole(8, 40),
    joinPolicy: 'admitted',
    writeBurst: isTight ? random.whole(2, 4) : 40,
    writesPerSecond: isTight ? 1 : 4,
  };
}

function drawSnapshot(
  random: Random,
  layout: Random,
  priorities: Random,
  elastic: Random,
  isTunnelled: boolean,
): Snapshot {
  const zones = random.chance(0.7) ? ['a', 'b', 'c'] : ['a', 'b'];
  const groups = ['hq', 'branch'].slice(0, random.whole(1, 2));
  return layOut({
    zones,
    groups: groups.map((name, index) => ({
      ...drawGroup(random, name, index, zones),
      ...(isTunnelled && { probe: `ike:500 tcp:10.${20 + 10 * index}.0.5:22` }),
      isActivePassive: layout.chance(0.25),
      priorities: drawPriorities(priorities),
      ...(elastic.chance(0.25) && { addressCount: elastic.whole(1, 2) }),
    })),
    tablesPerZone: random.whole(1, 2),
    hasUntaggedTable: random.chance(0.4),
    hasTableWithoutPreferred: random.chance(0.3),
    hasEdgeTable: layout.chance(0.3),
    hasProbeSubnets: isTunnelled,
    takenAt: Date.parse('2026-11-20T21:00:00Z'),
  });
}

function drawGroup(
  random: Random,
  name: string,
  index: number,
  zones: readonly string[],
): GroupLayout {
  const count = random.whole(2, 4);
  const far = 20 + 10 * index;
  return {
    name,
    zones: Array.from({ length: count }, (_, place) =>
      place < zones.length ? (zones[place] ?? 'a') : random.pick(zones),
    ),
    probe: random.pick([
      null,
      'openvpn:1194',
      'tcp:443',
      'ike:500 tcp:22',
      `ike:500|tcp:10.${far}.0.5:22`,
      'tls:443|openvpn-tcp:443',
    ]),
    destinations: [`10.${far}.0.0/16`, `2001:db8:${far}::/48`, `10.${far + 1}.0.0/16`].slice(
      0,
      random.whole(1, 3),
    ),
    listedCidrs: random.chance(0.3) ? [`10.${far + 2}.0.0/16`, `10.${far + 3}.0.0/16`] : [],
    pools: random.chance(0.3) ? { [random.whole(0, count - 1)]: `10.8.${index}.0/24` } : {},
    isPublic: true,
  };
}

/** In a third of the groups some members are spares that cost more, or are preferred to those without a priority. */
function drawPriorities(random: Random): Readonly<Record<number, number>> {
  if (!random.chance(0.35)) return {};
  return Object.fromEntries(
    [0, 1, 2, 3].flatMap((index) =>
      random.chance(0.6) ? [[index, random.pick([0, 50, 100, 200, 999])]] : [],
    ),
  );
}

/** One in each appliance's own probe subnet. */
const ownVantages = ({ routeTables }: Snapshot): readonly VantageSetup[] =>
  routeTables
    .filter(({ name }) => name.startsWith('probe-'))
    .map(({ name, subnetIds }) => ({ id: name, subnetIds, isInVpc: true, closedTo: [] }));

/** Always one that every appliance lets in. */
function drawVantages(random: Random, snapshot: Snapshot): readonly VantageSetup[] {
  const here: VantageSetup = { id: 'here', subnetIds: [], isInVpc: false, closedTo: [] };
  const inside = (zone: number): VantageSetup => ({
    id: `probe-${zone}`,
    subnetIds: [privateSubnetId(zone)],
    isInVpc: true,
    closedTo: random.chance(0.15) ? [random.pick(snapshot.instances).instanceId] : [],
  });
  return random.pick([
    () => [here],
    () => [here],
    () => [here, inside(0)],
    () => [here, inside(0), inside(1)],
    () => [{ ...inside(0), closedTo: [] }, inside(1)],
  ])();
}
