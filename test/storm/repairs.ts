/**
 * Storms with the repair ladder on: appliances die in every way, repairs help, do nothing or do harm, machines boot for
 * minutes, orders come twice. S9 is checked against the truth; in the calm every machine must run and every ladder be over.
 */
import * as v from 'valibot';
import { covers } from '../../lib/core/cidr.ts';
import type { TagFact } from '../../lib/core/tags.ts';
import { storeId } from '../../lib/repairs/state.ts';
import type { RepairPhase } from '../../lib/repairs/types.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import type { InstanceControlCall } from '../../lib/simulator/callLog.ts';
import { AS_DEPLOYED, Deployment } from '../../lib/simulator/deployment.ts';
import type { Fault, Spell } from '../../lib/simulator/faults.ts';
import type { RepairOdds } from '../../lib/simulator/instanceControl.ts';
import type { GroupLayout } from '../../lib/simulator/layout/words.ts';
import { layOut } from '../../lib/simulator/layout.ts';
import { type Random, seededRandom } from '../../lib/simulator/random.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import type { Safety } from '../../lib/watcher/pass.ts';
import { TAKEN_AT } from './account.ts';
import { inScalingGroups, openScaling, type Replaced, sizesIn } from './scaling.ts';

export interface RepairStorm {
  readonly seed: string;
  readonly account: SimAccount;
  readonly violations: readonly string[];
}

const MINUTE_MS = 60_000;

/**
 * `safety`: null for the product as it is. Without the calm a product that lost a rule is judged by its storm alone.
 * `spoil` makes the product worse, to see that the promises would notice.
 */
export async function runRepairStorm(
  seed: string,
  safety: Safety | null,
  isCalmAwaited: boolean,
  spoil: (account: SimAccount) => void = () => {},
): Promise<RepairStorm> {
  const random = seededRandom(seed).fork('repair storm');
  const scaling = random.fork('scaling');
  const snapshot = drawScaling(scaling, drawNetwork(random.fork('network')));
  const timing = random.fork('timing');
  const account = new SimAccount({
    snapshot,
    seed,
    vantages: [{ id: 'here', subnetIds: [], isInVpc: false, closedTo: [] }],
    // Some machines boot for minutes.
    pace: {
      stopMs: 30_000,
      startMs: 8_000,
      bootMs: 1_000 * timing.pick([5, 20, 90, 200]),
      lingerMs: 60_000,
    },
    skewMsMax: timing.pick([0, 200, 1_500]),
  });
  const replaced = openScaling(account, sizesIn(snapshot, scaling), scaling.fork('answers'));
  spoil(account);
  const stormEndMs = MINUTE_MS * timing.whole(8, 16);
  const ids = snapshot.instances.map(({ instanceId }) => instanceId);
  for (const { fault, startMs, endMs } of drawSpells(random.fork('faults'), ids, stormEndMs)) {
    account.faults.add(fault, startMs, endMs);
  }
  const scaled = snapshot.instances.filter((one) => one.autoScalingGroup != null);
  if (scaled.length > 0 && scaling.chance(0.4)) {
    const { instanceId } = scaling.pick(scaled);
    const startMs = scaling.whole(20_000, stormEndMs - 180_000);
    const endMs = startMs + scaling.whole(20_000, 180_000);
    account.faults.add({ kind: 'terminated', instanceId }, startMs, endMs);
  }
  const deployment = new Deployment(account, {
    seed,
    policy: {
      mode: 'act',
      probeIntervalMs: 2_000,
      probeTimeoutMs: 800,
      silenceInsideMs: 2_000,
      silenceOutsideMs: 4_000,
      fall: 3,
      rise: 5,
      failback: 'probe',
      holdMs: 20_000,
      joinPolicy: 'admitted',
      writeBurst: 40,
      writesPerSecond: 4,
    },
    ...AS_DEPLOYED,
    repairs: drawRandom(random.fork('random')),
    ...(safety === null ? {} : { safety }),
  });
  deployment.start();
  await account.clock.run(stormEndMs);
  const violations = [
    ...checkS9(account, ids),
    ...checkReplaced(replaced),
    ...deployment.crashes.map(({ by, error }) => `${by} crashed: ${String(error)}`),
  ];
  if (isCalmAwaited) violations.push(...(await calmDown(account, ids)));
  deployment.stop();
  await account.clock.run(account.clock.monotonicMs() + 5_000);
  return { seed, account, violations };
}

/** In half of the storms the members of some groups belong to auto scaling groups, and may be replaced. */
function drawScaling(random: Random, snapshot: Snapshot): Snapshot {
  if (random.chance(0.5)) return snapshot;
  const groups = ['hq', 'branch', 'shop'].filter(() => random.chance(0.7));
  const scaled = inScalingGroups(snapshot, new Set(groups));
  const ids = new Set(
    scaled.instances.flatMap((one) => (one.autoScalingGroup == null ? [] : [one.instanceId])),
  );
  return {
    ...scaled,
    tags: scaled.tags.map((tag) =>
      tag.key === 'vpn-medic:repair' && ids.has(tag.resourceId)
        ? { ...tag, value: random.pick(['replace', 'replace', 'restart-service replace']) }
        : tag,
    ),
  };
}

function drawNetwork(random: Random) {
  const zones = ['a', 'b', 'c'];
  const groups = ['hq', 'branch', 'shop']
    .slice(0, random.whole(1, 3))
    .map((name, index): GroupLayout => {
      const far = 20 + 10 * index;
      return {
        name,
        zones: [...zones, 'a'].slice(0, random.whole(2, 4)),
        probe: random.pick([null, 'openvpn:1194', 'tcp:443']),
        destinations: [`10.${far}.0.0/16`, `10.${far + 1}.0.0/16`].slice(0, random.whole(1, 2)),
        listedCidrs: [],
        pools: random.chance(0.3) ? { 0: `10.8.${index}.0/24` } : {},
        isPublic: true,
      };
    });
  const snapshot = layOut({
    zones,
    groups,
    tablesPerZone: 1,
    hasUntaggedTable: false,
    hasTableWithoutPreferred: false,
    takenAt: TAKEN_AT,
  });
  const tags = snapshot.instances.flatMap(({ instanceId }): readonly TagFact[] => {
    if (random.chance(0.1)) return [];
    const steps = random.pick([
      'restart-service',
      'restart-service reboot',
      'restart-service reboot stop-start',
      'reboot stop-start',
      'stop-start',
    ]);
    const tag = (key: string, value: string) => ({
      resourceId: instanceId,
      resourceType: 'instance',
      key,
      value,
    });
    return [
      tag('vpn-medic:repair', steps),
      tag('vpn-medic:service', 'strongswan'),
      tag('vpn-medic:host-key', `SHA256:${'A'.repeat(43)}`),
    ];
  });
  return { ...snapshot, tags: [...snapshot.tags, ...tags] };
}

const drawRandom = (random: Random): RepairOdds => ({
  helps: random.pick([1, 0.5, 0.5, 0]),
  harms: random.pick([0, 0, 0.3]),
  fails: random.pick([0, 0.2]),
  harmMs: 1_000 * random.whole(20, 300),
});

function drawSpells(random: Random, ids: readonly string[], endMs: number): readonly Spell[] {
  const spells: Spell[] = [];
  const add = (fault: Fault, longestMs: number) => {
    const startMs = random.whole(20_000, endMs - 40_000);
    spells.push({
      fault,
      startMs,
      endMs: Math.min(endMs, startMs + random.whole(20_000, longestMs)),
    });
  };
  for (let count = random.whole(3, 8); count > 0; count -= 1) {
    const instanceId = random.pick(ids);
    const kind = random.pick(['process-dead', 'process-dead', 'half-open', 'host-dead'] as const);
    add({ kind, instanceId }, endMs);
  }
  if (random.chance(0.3))
    add(
      {
        kind: 'impaired',
        instanceId: random.pick(ids),
        check: random.pick(['system', 'instance']),
        answers: false,
      },
      endMs,
    );
  if (random.chance(0.2)) add({ kind: 'stopped', instanceId: random.pick(ids) }, 120_000);
  if (random.chance(0.3)) add({ kind: 'api-throttled', action: 'all', chance: 0.4 }, 120_000);
  if (random.chance(0.3)) add({ kind: 'stale-reads', lagMs: 4_000 }, 120_000);
  if (random.chance(0.3)) add({ kind: 'store-flaky', chance: 0.3 }, 180_000);
  if (random.chance(0.3)) add({ kind: 'store-conflicts', chance: 0.4 }, 180_000);
  if (random.chance(0.2)) add({ kind: 'store-garbage' }, 30_000);
  if (random.chance(0.4)) add({ kind: 'events-doubled', chance: 0.7 }, endMs);
  if (random.chance(0.3)) add({ kind: 'watcher-killed' }, 30_000);
  if (random.chance(0.2)) add({ kind: 'all-dead', group: null }, 60_000);
  return spells;
}

/** A step is judged so long after it was asked for; the asking, the login and the look before it take up to 15 s. */
const judgedAfterMs = (phase: RepairPhase): number =>
  (phase === 'restart' ? 60_000 : 300_000) - 15_000;

const checkReplaced = (replaced: readonly Replaced[]): readonly string[] =>
  replaced.flatMap(({ instanceId, atMs, lack }) =>
    lack === null ? [] : [`S9 ${atMs} ms: replace of ${instanceId} while ${lack}`],
  );

/** From the last good answer that the plan may rely on to the step itself. */
const ALIVE_MS = 30_000;

function checkS9(account: SimAccount, ids: readonly string[]): readonly string[] {
  const { log, network, faults } = account;
  // Of one that has ended by now, too.
  const groupOf = (id: string) => network.tags.past(`${id} vpn-medic:group`)[0]?.value;
  const most = Math.ceil(ids.length * 0.2);
  // Without its book the product cannot know what it did before: then only what it sees can be asked of it.
  const spoiltMs = Math.min(
    Infinity,
    ...faults.spells.flatMap(({ fault, startMs }) =>
      fault.kind === 'store-garbage' ? [startMs] : [],
    ),
  );
  return log.instanceControl.flatMap((call, index) => {
    const violation = (what: string): readonly string[] => [
      `S9 ${call.atMs} ms: ${call.phase} of ${call.instanceId} ${what}`,
    ];
    if (call.phase === 'start') return [];
    const before = log.instanceControl.slice(0, index);
    const open = ids.filter(
      (id) => id !== call.instanceId && isInRepair(account, before, id, call.atMs),
    );
    const group = groupOf(call.instanceId);
    const isKnown = call.atMs < spoiltMs;
    return [
      ...(carriesAt(account, call) ? violation('while a route led through it') : []),
      ...(call.isLastHealthy ? violation('though it was the last healthy one of its group') : []),
      ...(log.results.some(
        ({ key, answer, sentMs }) =>
          answer === 'up' &&
          sentMs >= call.atMs - ALIVE_MS &&
          sentMs <= call.atMs &&
          !key.startsWith(`${call.instanceId} `) &&
          groupOf(key.split(' ')[0] ?? '') === group,
      )
        ? []
        : violation('while no other of its group was alive')),
      ...(isKnown && open.some((id) => groupOf(id) === group)
        ? violation('while another of its group was in repair')
        : []),
      ...(isKnown && open.length + 1 > most
        ? violation(`as number ${open.length + 1} of at most ${most}`)
        : []),
      ...(isKnown &&
      before.some((one) => one.instanceId === call.instanceId && one.phase === call.phase)
        ? violation('for the second time within the hour')
        : []),
    ];
  });
}

/** Touched, not answered since, and its time is not over. */
function isInRepair(
  { log, network }: SimAccount,
  before: readonly InstanceControlCall[],
  id: string,
  atMs: number,
): boolean {
  const last = before.findLast(({ instanceId }) => instanceId === id);
  if (last === undefined || atMs - last.atMs >= judgedAfterMs(last.phase)) return false;
  // Its auto scaling group has ended it.
  const state = network.instances.asOf(id, atMs)?.state;
  if (last.phase === 'replace' && state !== 'running') return false;
  return !log.results.some(
    ({ key, answer, sentMs }) =>
      answer === 'up' && key.startsWith(`${id} `) && sentMs > last.atMs && sentMs <= atMs,
  );
}

/** Then and a moment before: what somebody points there in between cannot be seen. */
function carriesAt({ network }: SimAccount, { instanceId, atMs }: InstanceControlCall): boolean {
  const link = network.interfaces.firstEver((one) => one.instanceId === instanceId);
  const pools = (network.tags.asOf(`${instanceId} vpn-medic:pool`, atMs)?.value ?? '')
    .split(' ')
    .filter((one) => one !== '');
  const carriesAsOf = (tableId: string, whenMs: number) =>
    (network.tables.asOf(tableId, whenMs)?.routes ?? []).some(
      ({ destination, interfaceId, origin }) =>
        origin === 'created' &&
        interfaceId === link?.interfaceId &&
        !pools.some((pool) => covers(pool, destination)),
    );
  return network.tables
    .all()
    .some(({ tableId }) => carriesAsOf(tableId, atMs) && carriesAsOf(tableId, atMs - 2_000));
}

const RepairState = v.object({
  ladders: v.record(v.string(), v.array(v.object({ end: v.nullable(v.unknown()) }))),
});

/** Every fault is over: within so long every machine runs and answers, and no ladder is open. */
async function calmDown(account: SimAccount, ids: readonly string[]): Promise<readonly string[]> {
  const { clock, network, groundTruth, table } = account;
  let why: string | null = 'not looked yet';
  for (let step = 0; step < 60 && why !== null; step += 1) {
    await clock.run(clock.monotonicMs() + 30_000);
    const now = ids.map((id) => network.successorOf(id));
    const down = now.find(
      (id) =>
        network.instances.get(id)?.state !== 'running' ||
        typeof groundTruth.responseTo('tcp', id) !== 'number',
    );
    const repairState = table.bodies().get(storeId(network.region));
    const open = v.is(RepairState, repairState)
      ? Object.entries(repairState.ladders).find(([, all]) => all.at(-1)?.end === null)
      : undefined;
    why =
      down !== undefined
        ? `${down} is ${network.instances.get(down)?.state}, and does not answer`
        : open !== undefined
          ? `the ladder of ${open[0]} is not over`
          : null;
  }
  return why === null ? [] : [`liveness: ${why}`];
}

async function main(): Promise<void> {
  const from = Number(process.argv[2] ?? 1);
  const count = Number(process.argv[3] ?? 20);
  for (let seed = from; seed < from + count; seed += 1) {
    const { violations, account } = await runRepairStorm(String(seed), null, true);
    const lines = [
      ...account.log.instanceControl.map(
        (one) => `${one.atMs} CALL ${one.phase} ${one.instanceId}`,
      ),
      ...account.faults.spells.map(
        (one) => `${one.startMs} FAULT ${JSON.stringify(one.fault)} until ${one.endMs}`,
      ),
      ...account.log.logger
        .filter((one) => one.level !== 'metric')
        .map((one) => `${one.atMs} ${one.by} ${one.message}`),
    ];
    if (process.argv[4] === 'trace')
      console.log(lines.toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b)).join('\n'));
    console.log(
      seed,
      account.log.instanceControl.map(({ phase }) => phase).join(' '),
      violations.slice(0, 4),
    );
  }
}

if (import.meta.main) await main();
