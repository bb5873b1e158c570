/**
 * What a pass without AWS calls costs: reading the topology, and assess + plan, of 100 appliances, 200 tables and 5,000
 * routes, seen from three vantages. Usage: node bench/core.ts [runs]; 200 by default, after as many to warm up.
 * Prints a table and JSON; exit 1 when assess + plan takes longer than 20 ms (p95).
 */
import { assess } from '../lib/appliances/assess.ts';
import { readTopology } from '../lib/appliances/observe/topology.ts';
import { plan } from '../lib/appliances/plan.ts';
import { DEFAULT_POLICY } from '../lib/appliances/types/policy.ts';
import type { Appliance } from '../lib/appliances/types/topology.ts';
import { targetKey, type World } from '../lib/appliances/types/world.ts';
import { known } from '../lib/core/reading.ts';
import { anObservation, each } from '../test/builders/evidence.ts';
import {
  anInstance,
  anInterface,
  anInventory,
  aRouteFact,
  aSubnet,
  aTableFact,
  eniOf,
  NOW,
  zoneOf,
} from '../test/builders/facts.ts';
import { applianceMemory, aWorld, memoryOf } from '../test/builders/world.ts';

const APPLIANCES = 100;
const GROUPS = 10;
const TABLES = 200;
const ROUTES_A_TABLE = 25;
const P95_MS_MAX = 20;
const ZONES = ['a', 'b', 'c'] as const;
/** Rounds that a vantage remembers of a dead target's last quarter minute. */
const ROUNDS = 60;

const runs = Number(process.argv[2] ?? 200);
const ids = Array.from(
  { length: APPLIANCES },
  (_, index) => `i-${ZONES[index % 3] ?? 'a'}${String(index).padStart(3, '0')}`,
);
const groupOf = (index: number): string => `group-${index % GROUPS}`;

const inventory = anInventory({
  instances: ids.map((id) => anInstance(id)),
  interfaces: ids.map((id) => anInterface(id)),
  subnets: Array.from({ length: TABLES }, (_, index) =>
    aSubnet(`subnet-${index}`, zoneOf(ZONES[index % 3] ?? 'a')),
  ),
  tables: Array.from({ length: TABLES }, (_, index) => {
    const members = ids.filter((_id, at) => groupOf(at) === groupOf(index));
    const preferred = members.find((id) => id.charAt(2) === ZONES[index % 3]) ?? '';
    return aTableFact(`rtb-${String(index).padStart(3, '0')}`, {
      subnetIds: [`subnet-${index}`],
      routes: Array.from({ length: ROUTES_A_TABLE }, (_unused, at) =>
        aRouteFact(`10.${index}.${at}.0/24`, eniOf(preferred)),
      ),
    });
  }),
  tags: Object.fromEntries([
    ...ids.map((id, index) => [id, { group: groupOf(index) }] as const),
    ...Array.from(
      { length: TABLES },
      (_, index) => [`rtb-${String(index).padStart(3, '0')}`, { group: groupOf(index) }] as const,
    ),
  ]),
});

function worldWith(isDead: (one: Appliance) => boolean): World {
  const topology = readTopology(inventory, new Map());
  const { appliances, routes, tables } = topology;
  const vantages = ['v1', 'v2', 'v3'].map((id) =>
    anObservation(
      Object.fromEntries(
        appliances.map((one) => [
          targetKey(one.instanceId, 'ike:500'),
          each((isDead(one) ? '-' : '+').repeat(ROUNDS), NOW - ROUNDS * 250, 250),
        ]),
      ),
      { id },
    ),
  );
  return aWorld({ appliances, routes, tables, topology, vantages });
}

const memory = memoryOf({
  appliances: new Map(ids.map((id) => [id, applianceMemory()])),
  budget: { tokens: 40, at: NOW },
});
const dead = ids[0] ?? '';
const worlds = {
  quiet: worldWith(() => false),
  'one appliance dead': worldWith(({ instanceId }) => instanceId === dead),
  'one zone dead': worldWith(({ zone }) => zone === zoneOf('a')),
  'one zone stopped': stopped(worldWith(() => false)),
};

/** EC2 itself says that all of zone a is stopped. */
function stopped(world: World): World {
  const signals = new Map(
    [...world.signals].map(([id, one]) => [
      id,
      id.startsWith('i-a') ? { ...one, state: known('stopped' as const, NOW) } : one,
    ]),
  );
  return { ...world, signals };
}

interface Cost {
  readonly what: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Processor time of a run, on average: what remains of it on a busy machine. */
  readonly cpuMs: number;
  readonly result: string;
}

function measure(what: string, job: () => string): Cost {
  let result = '';
  for (let run = 0; run < runs; run += 1) result = job();
  const before = process.cpuUsage();
  const wallMs = Array.from({ length: runs }, () => {
    const startedAt = performance.now();
    job();
    return performance.now() - startedAt;
  }).toSorted((x, y) => x - y);
  const { user, system } = process.cpuUsage(before);
  const at = (share: number) => Number((wallMs[Math.ceil(runs * share) - 1] ?? 0).toFixed(2));
  const cpuMs = Number(((user + system) / 1_000 / runs).toFixed(2));
  return { what, p50Ms: at(0.5), p95Ms: at(0.95), cpuMs, result };
}

const passes = Object.entries(worlds).map(([what, world]) =>
  measure(`assess + plan, ${what}`, () => {
    const assessment = assess(world, memory, DEFAULT_POLICY, NOW);
    const { actions, held } = plan(world, assessment, memory, DEFAULT_POLICY, NOW);
    return `${assessment.findings.length} findings, ${actions.length} moves, ${held.length} held`;
  }),
);
const topology = measure('readTopology', () => {
  const { routes, faults } = readTopology(inventory, new Map());
  return `${routes.length} routes, ${faults.length} faults`;
});

const costs = [...passes, topology];
console.table(costs);
const isFast = passes.every(({ p95Ms }) => p95Ms <= P95_MS_MAX);
console.log(JSON.stringify({ runs, p95MsMax: P95_MS_MAX, isFast, costs }));
process.exitCode = isFast ? 0 : 1;
