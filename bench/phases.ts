/**
 * Where the time from a death to the routes on a living appliance goes: the deployed loop in the simulated account, in
 * virtual time, exact and the same on every machine. Deaths fall evenly over the phases of the probes' second.
 *
 * Usage: node bench/phases.ts [deaths]; 50 for each kind by default. Prints a table, milliseconds at the median and at
 * worst: until the first missed probe is sent, the silence, until the first read of the last look begins (negative: while
 * the silence still lasts), from the end of the silence to the write, and the write until it takes effect.
 */
import { DEFAULT_POLICY, silenceMsOf } from '../lib/appliances/types/policy.ts';
import type { Fault } from '../lib/simulator/faults.ts';
import { layOut } from '../lib/simulator/layout.ts';
import { rolesOf } from '../lib/simulator/roles.ts';
import { deploy, idOf, someAccount, TAKEN_AT } from '../test/storm/account.ts';

interface Phases {
  readonly untilMissed: number;
  readonly silence: number;
  readonly untilRead: number;
  readonly untilWrite: number;
  readonly write: number;
  readonly all: number;
}

const KINDS = ['process-dead', 'host-dead'] as const;

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 50);
  const rows: Record<string, string | number>[] = [];
  for (const where of ['inside', 'outside'] as const) {
    for (const kind of KINDS) {
      const deaths: Phases[] = [];
      // Seven seconds in `count` steps: no two deaths of a hundred fall into the same phase.
      for (let index = 0; index < count; index += 1) {
        deaths.push(await oneDeath(where, kind, 20_000 + Math.round((index * 7_000) / count)));
      }
      rows.push({ where, kind, ...summaryOf(deaths) });
    }
  }
  console.table(rows);
}

async function oneDeath(
  where: 'inside' | 'outside',
  kind: (typeof KINDS)[number],
  deathMs: number,
): Promise<Phases> {
  const group = {
    name: 'hq',
    zones: ['a', 'b'],
    probe: null,
    destinations: ['10.20.0.0/16'],
    listedCidrs: [],
    pools: {},
    isPublic: where === 'outside',
  };
  const snapshot = layOut({
    zones: ['a', 'b'],
    groups: [group],
    tablesPerZone: 1,
    hasUntaggedTable: false,
    hasTableWithoutPreferred: false,
    takenAt: TAKEN_AT,
  });
  const account = someAccount({ snapshot, seed: deathMs, vantages: rolesOf(snapshot).vantages });
  const instanceId = idOf(account, 'hq-a');
  const fault: Fault = { kind, instanceId };
  account.faults.add(fault, deathMs, 3_600_000);
  deploy(account);
  const { clock, log } = account;
  await clock.run(deathMs + 6_000);
  const [write] = log.writes;
  const missed = log.results.filter(
    ({ key, sentMs, answer }) =>
      key.startsWith(instanceId) && sentMs >= deathMs && answer === 'down',
  );
  const first = Math.min(...missed.map(({ sentMs }) => sentMs));
  if (write?.effectMs == null) throw new Error(`a death at ${deathMs} ms: no route was moved`);
  const silenceMs = silenceMsOf(DEFAULT_POLICY, { isInVpc: where === 'inside' });
  const last = Math.min(
    ...missed.flatMap(({ sentMs }) => (sentMs >= first + silenceMs ? [sentMs] : [])),
  );
  const reads = log.reads.filter(
    ({ action, by, ids, issuedMs }) =>
      by === write.by &&
      action === 'DescribeRouteTables' &&
      ids.includes(write.tableId) &&
      issuedMs > deathMs &&
      issuedMs < write.issuedMs,
  );
  return {
    untilMissed: first - deathMs,
    silence: last - first,
    untilRead: (reads.at(-1)?.issuedMs ?? Number.NaN) - last,
    untilWrite: write.issuedMs - last,
    write: write.effectMs - write.issuedMs,
    all: write.effectMs - deathMs,
  };
}

function summaryOf(deaths: readonly Phases[]): Record<string, string> {
  const of = (name: keyof Phases) => {
    const sorted = deaths.map((one) => one[name]).toSorted((x, y) => x - y);
    return `${sorted[sorted.length >> 1]} / ${sorted.at(-1)}`;
  };
  return {
    untilMissed: of('untilMissed'),
    silence: of('silence'),
    untilRead: of('untilRead'),
    untilWrite: of('untilWrite'),
    write: of('write'),
    all: of('all'),
  };
}

await main();
