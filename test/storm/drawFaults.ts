/** Which faults strike whom and when, drawn from the seed. */

import type { Ec2Action, Fault, Spell } from '../../lib/simulator/faults.ts';
import type { VantageSetup } from '../../lib/simulator/probes.ts';
import type { Dice } from '../../lib/simulator/random.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';

export function drawSpells(
  luck: Dice,
  snapshot: Snapshot,
  vantages: readonly VantageSetup[],
  dawnMs: number,
  endMs: number,
): readonly Spell[] {
  const scene: Scene = { luck, snapshot, vantages };
  const weight = luck.pick([0.15, 0.3, 0.5]);
  const enabled = DRAWERS.filter(() => luck.chance(weight));
  const hasMeddler = luck.chance(0.4);
  const count = luck.whole(1, 8);
  const drawers =
    enabled.length === 0 ? [] : Array.from({ length: count }, () => luck.pick(enabled));
  // Something has to die in most storms: that is what everything else disturbs.
  const deaths = Array.from({ length: luck.whole(0, 3) }, () => luck.pick(DEATHS));
  return [...drawers, ...deaths].flatMap((draw): readonly Spell[] => {
    const startMs = luck.whole(dawnMs, endMs - 8_000);
    const lastsMs = luck.chance(0.4) ? luck.whole(200, 12_000) : luck.whole(5_000, endMs - dawnMs);
    const spell = { fault: draw(scene), startMs, endMs: Math.min(endMs, startMs + lastsMs) };
    return [spell, ...more(spell, scene), ...(hasMeddler ? meddle(spell, scene, endMs) : [])];
  });
}

interface Scene {
  readonly luck: Dice;
  readonly snapshot: Snapshot;
  readonly vantages: readonly VantageSetup[];
}

type Drawer = (scene: Scene) => Fault;

/** Hosts like company in death: sometimes most of them go at once. */
function more(spell: Spell, { luck, snapshot }: Scene): readonly Spell[] {
  const { fault } = spell;
  if (fault.kind !== 'host-dead' || !luck.chance(0.15)) return [];
  const others = snapshot.instances.filter(() => luck.chance(0.7));
  return others.map(({ instanceId }) => ({ ...spell, fault: { ...fault, instanceId } }));
}

/** A person who sees the alarm too, and moves the dead appliance's routes by hand while we are at it. */
function meddle({ fault, startMs }: Spell, scene: Scene, endMs: number): readonly Spell[] {
  if (!('instanceId' in fault) || fault.kind === 'rival-route') return [];
  const { luck } = scene;
  return leadingRoutes(scene)
    .filter((one) => one.instanceId === fault.instanceId && luck.chance(0.5))
    .map(({ tableId, destination }) => ({
      fault: {
        kind: 'rival-route',
        tableId,
        destination,
        instanceId: luck.chance(0.2) ? null : peer(scene, fault.instanceId),
        when: 'at-start',
      },
      startMs: startMs + luck.whole(500, 7_500),
      endMs,
    }));
}

const anyInstance = ({ luck, snapshot }: Scene): string => luck.pick(snapshot.instances).instanceId;
const anyVantage = ({ luck, vantages }: Scene): string => luck.pick(vantages).id;
const anyZone = ({ luck, snapshot }: Scene): string => luck.pick(snapshot.instances).zone;

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
    const periodMs = 1_000 * scene.luck.whole(2, 40);
    const downMs = Math.round(periodMs * scene.luck.pick([0.2, 0.5, 0.8]));
    return { kind: 'flapping', instanceId: anyInstance(scene), periodMs, downMs };
  },
  (scene) => ({
    kind: 'slow',
    instanceId: anyInstance(scene),
    byMs: scene.luck.pick([200, 500, 2_000]),
  }),
  (scene) => ({ kind: 'stopped', instanceId: anyInstance(scene) }),
  (scene) => ({ kind: 'terminated', instanceId: anyInstance(scene) }),
  (scene) => ({
    kind: 'impaired',
    instanceId: anyInstance(scene),
    check: scene.luck.pick(['system', 'instance', 'attachedEbs']),
    answers: scene.luck.chance(0.5),
  }),
  (scene) => ({ kind: 'detached', instanceId: anyInstance(scene) }),
  (scene) => ({ kind: 'check-on', instanceId: anyInstance(scene) }),
  (scene) => ({
    kind: 'zone-dead',
    zone: anyZone(scene),
    hidesInterfaces: scene.luck.chance(0.3),
  }),
  (scene) => ({
    kind: 'all-dead',
    group: scene.luck.chance(0.5) ? null : scene.luck.pick(['hq', 'branch']),
  }),
  (scene) => ({ kind: 'vantage-blind', vantageId: anyVantage(scene) }),
  (scene) => ({ kind: 'vantage-unaskable', vantageId: anyVantage(scene) }),
  (scene) => ({
    kind: 'vantage-slow',
    vantageId: anyVantage(scene),
    byMs: scene.luck.pick([100, 300, 900]),
  }),
  ({ luck }) => ({ kind: 'probe-loss', chance: luck.pick([0.01, 0.1, 0.4]) }),
  ({ luck }) => ({
    kind: 'api-throttled',
    action: luck.chance(0.4) ? 'all' : luck.pick(READS),
    chance: luck.pick([0.3, 0.8, 1]),
  }),
  ({ luck }) => ({
    kind: 'api-unreadable',
    action: luck.pick(READS),
    why: 'UnauthorizedOperation: You are not authorized to perform this operation.',
  }),
  ({ luck }) => ({ kind: 'api-slow', byMs: luck.pick([200, 1_000, 5_000]) }),
  ({ luck }) => ({
    kind: 'write-unclear',
    chance: luck.pick([0.3, 1]),
    isAfterEffect: luck.chance(0.5),
  }),
  ({ luck }) => ({ kind: 'stale-reads', lagMs: luck.pick([1_000, 3_000, 8_000]) }),
  () => ({ kind: 'store-unreachable' }),
  ({ luck }) => ({ kind: 'store-flaky', chance: luck.pick([0.1, 0.5]) }),
  ({ luck }) => ({ kind: 'store-conflicts', chance: luck.pick([0.1, 0.5]) }),
  () => ({ kind: 'store-garbage' }),
  () => ({ kind: 'notices-failing' }),
  ({ luck }) => ({
    kind: 'clock-step',
    byMs: luck.pick([-3_600_000, -30_000, -1_000, 1_000, 30_000, 3_600_000]),
  }),
  rivalRoute,
  rivalRoute,
  rivalRoute,
  ({ luck, snapshot }) => ({
    kind: 'rival-untag',
    resourceId: luck.pick(snapshot.tags).resourceId,
  }),
  ({ luck }) => ({ kind: 'events-lost', chance: luck.pick([0.5, 1]) }),
  () => ({ kind: 'events-doubled', chance: 1 }),
  () => ({ kind: 'watcher-killed' }),
  () => ({ kind: 'schedule-missed' }),
];

function rivalRoute(scene: Scene): Fault {
  const { luck } = scene;
  const { tableId, destination, instanceId } = luck.pick(leadingRoutes(scene));
  return {
    kind: 'rival-route',
    tableId,
    destination,
    instanceId: luck.chance(0.3) ? null : peer(scene, instanceId),
    when: luck.pick(['at-start', 'at-next-look']),
  };
}

/** Of the route's own group: what belongs to another group's far side cannot be mended by anybody but a person. */
function peer({ luck, snapshot }: Scene, instanceId: string | null): string {
  const groupOf = (id: string | null) =>
    snapshot.tags.find((tag) => tag.resourceId === id && tag.key === 'vpn-medic:group')?.value;
  const peers = snapshot.instances.filter((one) => groupOf(one.instanceId) === groupOf(instanceId));
  return luck.pick(peers).instanceId;
}

/** Routes that lead through an appliance at the beginning. */
const leadingRoutes = ({ snapshot: { interfaces, routeTables } }: Scene) =>
  routeTables.flatMap(({ tableId, routes }) =>
    routes.flatMap(({ destination, interfaceId }) => {
      const link = interfaces.find((one) => one.interfaceId === interfaceId);
      return link === undefined ? [] : [{ tableId, destination, instanceId: link.instanceId }];
    }),
  );
