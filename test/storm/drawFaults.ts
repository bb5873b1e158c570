/** Which faults strike whom and when, drawn from the seed. */

import { isElastic } from '../../lib/core/elasticAddress.ts';
import type { Ec2Action, Fault, Spell } from '../../lib/simulator/faults.ts';
import type { VantageSetup } from '../../lib/simulator/probes.ts';
import type { Random } from '../../lib/simulator/random.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';

export function drawSpells(
  random: Random,
  snapshot: Snapshot,
  vantages: readonly VantageSetup[],
  faultsFromMs: number,
  endMs: number,
): readonly Spell[] {
  const scene: Scene = { random, snapshot, vantages };
  const weight = random.pick([0.15, 0.3, 0.5]);
  const enabled = DRAWERS.filter(() => random.chance(weight));
  const hasMeddler = random.chance(0.4);
  const count = random.whole(1, 8);
  const drawers =
    enabled.length === 0 ? [] : Array.from({ length: count }, () => random.pick(enabled));
  // Something has to die in most storms: that is what everything else disturbs.
  const deaths = Array.from({ length: random.whole(0, 3) }, () => random.pick(DEATHS));
  return [...drawers, ...deaths].flatMap((draw): readonly Spell[] => {
    const startMs = random.whole(faultsFromMs, endMs - 8_000);
    const lastsMs = random.chance(0.4)
      ? random.whole(200, 12_000)
      : random.whole(5_000, endMs - faultsFromMs);
    const spell = { fault: draw(scene), startMs, endMs: Math.min(endMs, startMs + lastsMs) };
    return [spell, ...more(spell, scene), ...(hasMeddler ? meddle(spell, scene, endMs) : [])];
  });
}

/** In some storms EC2 refuses the writes of one route for a while. */
export function drawRefusals(
  random: Random,
  snapshot: Snapshot,
  fromMs: number,
  endMs: number,
): readonly Spell[] {
  if (!random.chance(0.15)) return [];
  const destinations = snapshot.routeTables
    .filter(({ tableId }) => !isElastic(tableId))
    .flatMap(({ routes }) => routes.map(({ destination }) => destination));
  const startMs = random.whole(fromMs, endMs - 8_000);
  return [
    {
      fault: { kind: 'route-refused', destination: random.pick(destinations) },
      startMs,
      endMs: random.whole(startMs, endMs),
    },
  ];
}

/** Where Elastic addresses stand for groups: refused, not readable, or moved by another tool for a while. */
export function drawElastic(
  random: Random,
  { routeTables, instances, tags }: Snapshot,
  fromMs: number,
  endMs: number,
): readonly Spell[] {
  const elastic = routeTables.filter(({ tableId }) => isElastic(tableId));
  if (elastic.length === 0 || !random.chance(0.5)) return [];
  const { tableId, routes } = random.pick(elastic);
  const destination = routes[0]?.destination ?? '';
  const groupOf = (id: string) =>
    tags.find(({ resourceId, key }) => resourceId === id && key === 'vpn-medic:group')?.value;
  const members = instances.filter((one) => groupOf(one.instanceId) === groupOf(tableId));
  const startMs = random.whole(fromMs, endMs - 8_000);
  const { instanceId } = random.pick(members);
  const faults: readonly Fault[] = [
    { kind: 'route-refused', destination },
    { kind: 'api-unreadable', action: 'DescribeAddresses', why: 'UnauthorizedOperation' },
    { kind: 'rival-route', tableId, destination, instanceId, when: 'at-start' },
  ];
  return [{ fault: random.pick(faults), startMs, endMs: random.whole(startMs, endMs) }];
}

/** In some storms AWS browns out for a while. */
export function drawBrownouts(random: Random, fromMs: number, endMs: number): readonly Spell[] {
  if (!random.chance(0.2)) return [];
  const startMs = random.whole(fromMs, endMs - 8_000);
  return [
    {
      fault: { kind: 'brownout', chance: random.pick([0.1, 0.25, 0.5]) },
      startMs,
      endMs: random.whole(startMs, endMs),
    },
  ];
}

/** In some storms AWS announces the end of instances, or an operator drains them. */
export function drawLeaves(
  random: Random,
  snapshot: Snapshot,
  faultsFromMs: number,
  endMs: number,
): readonly Spell[] {
  if (!random.chance(0.25)) return [];
  const scene: Scene = { random, snapshot, vantages: [] };
  return Array.from({ length: random.whole(1, 3) }, (): Spell => {
    const instanceId = anyInstance(scene);
    const startMs = random.whole(faultsFromMs, endMs - 20_000);
    const fault: Fault = random.pick([
      { kind: 'spot-notice', instanceId },
      { kind: 'spot-notice', instanceId },
      { kind: 'rebalance-notice', instanceId },
      { kind: 'terminate-hook', instanceId, waitMs: 1_000 * random.whole(30, 120) },
      { kind: 'event-scheduled', instanceId, inMs: 1_000 * random.whole(10, 90) },
      { kind: 'person-drains', instanceId, forMs: 1_000 * random.whole(60, 600) },
    ]);
    return { fault, startMs, endMs: random.chance(0.5) ? endMs : random.whole(startMs, endMs) };
  });
}

/** In some storms a script of the pair moves the public address of a dead appliance to its peer, or nowhere. */
export function drawAddresses(
  random: Random,
  snapshot: Snapshot,
  faultsFromMs: number,
  endMs: number,
): readonly Spell[] {
  if (!random.chance(0.15)) return [];
  const scene: Scene = { random, snapshot, vantages: [] };
  const instanceId = anyInstance(scene);
  const peerId = anyInstance(scene);
  const startMs = random.whole(faultsFromMs, endMs - 20_000);
  const movedMs = startMs + 1_000 * random.whole(1, 15);
  const toId = random.chance(0.5) || peerId === instanceId ? null : peerId;
  return [
    { fault: { kind: 'host-dead', instanceId }, startMs, endMs },
    { fault: { kind: 'address-moved', instanceId, toId }, startMs: movedMs, endMs },
  ];
}

/** In some storms a person changes the probe tag of a dead appliance to one that nothing answers. */
export function drawProbeTags(
  random: Random,
  snapshot: Snapshot,
  faultsFromMs: number,
  endMs: number,
): readonly Spell[] {
  if (!random.chance(0.15)) return [];
  const { instanceId } = random.pick(snapshot.instances);
  const startMs = random.whole(faultsFromMs, endMs - 30_000);
  const taggedMs = startMs + 1_000 * random.whole(2, 15);
  return [
    { fault: { kind: 'host-dead', instanceId }, startMs, endMs },
    { fault: { kind: 'probe-retagged', instanceId }, startMs: taggedMs, endMs },
  ];
}

/** In some storms an operator asks for drills. Most begin before anything has failed. */
export function drawDrills(
  random: Random,
  { tags }: Snapshot,
  faultsFromMs: number,
  endMs: number,
): readonly Spell[] {
  if (!random.chance(0.3)) return [];
  const groups = tags.flatMap(({ resourceType, key, value }) =>
    resourceType === 'instance' && key === 'vpn-medic:group' ? [value] : [],
  );
  return [...new Set(groups)].flatMap((group): readonly Spell[] => {
    if (random.chance(0.4)) return [];
    const startMs = random.chance(0.7) ? faultsFromMs - 12_000 : random.whole(faultsFromMs, endMs);
    const fault: Fault = { kind: 'person-drills', group, forMs: 1_000 * random.whole(60, 300) };
    return [{ fault, startMs, endMs: random.chance(0.7) ? endMs : random.whole(startMs, endMs) }];
  });
}

/** Daemons that come back without their tunnels, tunnels that die alone, and far sides that are silent through all. */
export function drawTunnels(
  random: Random,
  snapshot: Snapshot,
  fromMs: number,
  endMs: number,
): readonly Spell[] {
  if (!random.chance(0.4)) return [];
  return Array.from({ length: random.whole(1, 2) }).flatMap((): readonly Spell[] => {
    const startMs = random.whole(fromMs, endMs - 8_000);
    const lastMs = random.whole(startMs + 4_000, endMs);
    const { instanceId } = random.pick(snapshot.instances);
    const dead = (id: string): Spell => ({
      fault: { kind: 'tunnel-dead', instanceId: id },
      startMs,
      endMs: lastMs,
    });
    if (random.chance(0.2)) return snapshot.instances.map((one) => dead(one.instanceId));
    if (random.chance(0.3)) return [dead(instanceId)];
    const backMs = Math.min(lastMs, startMs + random.whole(3_000, 20_000));
    return [
      { fault: { kind: 'process-dead', instanceId }, startMs, endMs: backMs },
      dead(instanceId),
    ];
  });
}

/** Instances of somebody else that are tagged for a group, some with a claim to its destinations; most storms have none. */
export function drawStrangers(
  random: Random,
  snapshot: Snapshot,
  faultsFromMs: number,
  endMs: number,
): readonly Spell[] {
  if (!random.chance(0.3)) return [];
  const scene: Scene = { random, snapshot, vantages: [] };
  return Array.from({ length: random.whole(1, 2) }, () => {
    const { destination, instanceId } = random.pick(leadingRoutes(scene));
    return {
      fault: {
        kind: 'stranger',
        likeInstanceId: instanceId ?? anyInstance(scene),
        instanceProfile: random.chance(0.5)
          ? 'arn:aws:iam::123456789012:instance-profile/web'
          : null,
        pool: destination.startsWith('pl-') || random.chance(0.5) ? null : destination,
      },
      startMs: random.whole(faultsFromMs, endMs - 20_000),
      endMs,
    };
  });
}

interface Scene {
  readonly random: Random;
  readonly snapshot: Snapshot;
  readonly vantages: readonly VantageSetup[];
}

type Drawer = (scene: Scene) => Fault;

/** Hosts like company in death: sometimes most of them go at once. */
function more(spell: Spell, { random, snapshot }: Scene): readonly Spell[] {
  const { fault } = spell;
  if (fault.kind !== 'host-dead' || !random.chance(0.15)) return [];
  const others = snapshot.instances.filter(() => random.chance(0.7));
  return others.map(({ instanceId }) => ({ ...spell, fault: { ...fault, instanceId } }));
}

/** A person who sees the alarm too, and moves the dead appliance's routes by hand while we are at it. */
function meddle({ fault, startMs }: Spell, scene: Scene, endMs: number): readonly Spell[] {
  if (!('instanceId' in fault) || fault.kind === 'rival-route') return [];
  const { random } = scene;
  return leadingRoutes(scene)
    .filter((one) => one.instanceId === fault.instanceId && random.chance(0.5))
    .map(({ tableId, destination }) => ({
      fault: {
        kind: 'rival-route',
        tableId,
        destination,
        instanceId: random.chance(0.2) ? null : peer(scene, fault.instanceId),
        when: 'at-start',
      },
      startMs: startMs + random.whole(500, 7_500),
      endMs,
    }));
}

const anyInstance = ({ random, snapshot }: Scene): string =>
  random.pick(snapshot.instances).instanceId;
const anyVantage = ({ random, vantages }: Scene): string => random.pick(vantages).id;
const anyZone = ({ random, snapshot }: Scene): string => random.pick(snapshot.instances).zone;

const DEATHS: readonly Drawer[] = [
  (scene) => ({ kind: 'process-dead', instanceId: anyInstance(scene) }),
  (scene) => ({ kind: 'host-dead', instanceId: anyInstance(scene) }),
  (scene) => ({ kind: 'host-dead', instanceId: anyInstance(scene) }),
];

/** What blinds the whole region comes oftener than what blinds a zone. */
const READS: readonly Ec2Action[] = [
  'DescribeTags',
  'DescribeTags',
  'DescribeRouteTables',
  'DescribeSubnets',
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'DescribeRouteTables',
  'GetManagedPrefixListEntries',
  'ReplaceRoute',
];

const DRAWERS: readonly Drawer[] = [
  ...DEATHS,
  (scene) => ({ kind: 'half-open', instanceId: anyInstance(scene) }),
  (scene) => {
    const periodMs = 1_000 * scene.random.whole(2, 40);
    const downMs = Math.round(periodMs * scene.random.pick([0.2, 0.5, 0.8]));
    return { kind: 'flapping', instanceId: anyInstance(scene), periodMs, downMs };
  },
  (scene) => ({
    kind: 'slow',
    instanceId: anyInstance(scene),
    byMs: scene.random.pick([200, 500, 2_000]),
  }),
  (scene) => ({
    kind: 'banned',
    instanceId: anyInstance(scene),
    vantageId: anyVantage(scene),
    how: scene.random.pick(['closes', 'drops']),
  }),
  (scene) => ({ kind: 'stopped', instanceId: anyInstance(scene) }),
  (scene) => ({ kind: 'terminated', instanceId: anyInstance(scene) }),
  (scene) => ({
    kind: 'impaired',
    instanceId: anyInstance(scene),
    check: scene.random.pick(['system', 'instance', 'attachedEbs']),
    answers: scene.random.chance(0.5),
  }),
  (scene) => ({ kind: 'detached', instanceId: anyInstance(scene) }),
  (scene) => ({ kind: 'source-dest-check-on', instanceId: anyInstance(scene) }),
  (scene) => ({
    kind: 'zone-dead',
    zone: anyZone(scene),
    hidesInterfaces: scene.random.chance(0.3),
  }),
  (scene) => ({
    kind: 'all-dead',
    group: scene.random.chance(0.5) ? null : scene.random.pick(['hq', 'branch']),
  }),
  (scene) => ({ kind: 'vantage-blind', vantageId: anyVantage(scene) }),
  (scene) => ({ kind: 'vantage-unaskable', vantageId: anyVantage(scene) }),
  (scene) => ({
    kind: 'vantage-slow',
    vantageId: anyVantage(scene),
    byMs: scene.random.pick([100, 300, 900]),
  }),
  ({ random }) => ({ kind: 'probe-loss', chance: random.pick([0.01, 0.1, 0.4]) }),
  ({ random }) => ({
    kind: 'api-throttled',
    action: random.chance(0.4) ? 'all' : random.pick(READS),
    chance: random.pick([0.3, 0.8, 1]),
  }),
  ({ random }) => ({
    kind: 'api-unreadable',
    action: random.pick(READS),
    why: 'UnauthorizedOperation: You are not authorized to perform this operation.',
  }),
  ({ random }) => ({
    kind: 'api-lacking',
    action: random.pick(READS),
    everyNth: random.pick([2, 3, 5]),
    lacks: random.chance(0.5) ? 'all' : 'some',
  }),
  ({ random }) => ({ kind: 'api-slow', byMs: random.pick([200, 1_000, 5_000]) }),
  ({ random }) => ({
    kind: 'write-unclear',
    chance: random.pick([0.3, 1]),
    isAfterEffect: random.chance(0.5),
  }),
  ({ random }) => ({ kind: 'stale-reads', lagMs: random.pick([1_000, 3_000, 8_000]) }),
  () => ({ kind: 'store-unreachable' }),
  ({ random }) => ({ kind: 'store-flaky', chance: random.pick([0.1, 0.5]) }),
  ({ random }) => ({ kind: 'store-conflicts', chance: random.pick([0.1, 0.5]) }),
  () => ({ kind: 'store-garbage' }),
  () => ({ kind: 'notifications-failing' }),
  ({ random }) => ({
    kind: 'clock-step',
    byMs: random.pick([-4_000, -1_000, 1_000, 4_000]),
  }),
  ({ random }) => ({ kind: 'process-frozen', forMs: 1_000 * random.whole(2, 20) }),
  ({ random }) => ({ kind: 'state-ahead', byMs: 1_000 * random.whole(6, 3_600) }),
  rivalRoute,
  rivalRoute,
  rivalRoute,
  ({ random, snapshot }) => ({
    kind: 'rival-untag',
    resourceId: random.pick(snapshot.tags).resourceId,
  }),
  ({ random }) => ({ kind: 'events-lost', chance: random.pick([0.5, 1]) }),
  () => ({ kind: 'events-doubled', chance: 1 }),
  () => ({ kind: 'watcher-killed' }),
  () => ({ kind: 'schedule-missed' }),
];

function rivalRoute(scene: Scene): Fault {
  const { random } = scene;
  const { tableId, destination, instanceId } = random.pick(leadingRoutes(scene));
  return {
    kind: 'rival-route',
    tableId,
    destination,
    instanceId: random.chance(0.3) ? null : peer(scene, instanceId),
    when: random.pick(['at-start', 'at-next-read']),
  };
}

/** Of the route's own group: what belongs to another group's far side cannot be mended by anybody but a person. */
function peer({ random, snapshot }: Scene, instanceId: string | null): string {
  const groupOf = (id: string | null) =>
    snapshot.tags.find((tag) => tag.resourceId === id && tag.key === 'vpn-medic:group')?.value;
  const peers = snapshot.instances.filter((one) => groupOf(one.instanceId) === groupOf(instanceId));
  return random.pick(peers).instanceId;
}

/** Routes that lead through an appliance at the beginning; those of probe subnets nobody touches. */
const leadingRoutes = ({ snapshot: { interfaces, routeTables, tags } }: Scene) =>
  routeTables.flatMap(({ tableId, routes }) =>
    (isElastic(tableId) ||
    tags.some(({ resourceId, key }) => resourceId === tableId && key === 'vpn-medic:ignore')
      ? []
      : routes
    ).flatMap(({ destination, interfaceId }) => {
      const link = interfaces.find((one) => one.interfaceId === interfaceId);
      return link === undefined ? [] : [{ tableId, destination, instanceId: link.instanceId }];
    }),
  );
