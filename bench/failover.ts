/**
 * How long a dead appliance's six routes take to be on a living one: the built watcher, default settings, a real AWS
 * API over HTTP, real listeners. The fault falls at a random moment, by turns a process killed (refused) and a host
 * gone silent. Measured from the fault to the answer of the sixth ReplaceRoute.
 *
 * Usage: node bench/failover.ts [runs] [--latency-ms N] [--cpu-percent P] [--failing-percent P]
 * 24 runs by default. The emulator answers within some 10 ms; N is added to every call of every API (AWS's ReplaceRoute
 * was once seen to take 130 to 290 ms). With a failing percentage the proxy of test/lab/emulator/brownout.ts strikes that
 * share of all calls. With P the watcher has only so much of one processor (needs root). Prints a table and JSON; exit 1 when a bound is missed.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type AccountSpec, SIX_DESTINATIONS } from '../test/lab/account/options.ts';
import { startTcpDaemon, type TcpDaemon } from '../test/lab/daemons/tcpListener.ts';
import { applianceOf, type Lab, openLab, tableOf } from '../test/lab/lab.ts';
import { pause, until } from '../test/lab/pause.ts';
import { openCpuQuota } from './cpuQuota.ts';

const WORST_MS_MAX = 4_000;
const HALF_MS_MAX = 3_200;
const RUN_MS_MAX = 30_000;

type FaultKind = 'refused' | 'silent';

interface Run {
  readonly kind: FaultKind;
  /** From the fault to the answer of the sixth ReplaceRoute; null when they were not all moved in 30 s. */
  readonly tookMs: number | null;
  /** From the fault to the arrival of the first ReplaceRoute: what detection and decision took. */
  readonly firstWriteMs: number;
  /** Every call in that time, for the slow ones: `2871 ms +6 ReplaceRoute`. */
  readonly calls: readonly string[];
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      'latency-ms': { type: 'string', default: '0' },
      'cpu-percent': { type: 'string' },
      'failing-percent': { type: 'string', default: '0' },
    },
  });
  const count = Number(positionals[0] ?? 24);
  const standby = await startTcpDaemon(2 * count);
  const victims: TcpDaemon[] = [];
  for (let index = 0; index < count; index++) victims.push(await startTcpDaemon());
  const cpuPercent = values['cpu-percent'];
  const quota = cpuPercent === undefined ? null : openCpuQuota(Number(cpuPercent));
  const lab = await openLab(candidateFor(victims, standby));
  lab.gateway.faults.delay('*', Number(values['latency-ms']));
  try {
    const watcher = await lab.startWatcher({ own: {} });
    quota?.hold(watcher.pid);
    await until('the watcher to know every appliance', () => {
      if (watcher.hasEnded()) throw new Error(`the watcher ended: ${watcher.log().slice(-4_000)}`);
      return victims.every((victim) => victim.probeCount() >= 5);
    });
    lab.gateway.faults.brownOut('bench', Number(values['failing-percent']) / 100);
    const runs: Run[] = [];
    for (const [index, victim] of victims.entries()) {
      const run = await oneRun(lab, nameOf(index), victim, index % 2 === 0 ? 'refused' : 'silent');
      runs.push(run);
      const { kind, tookMs, firstWriteMs } = run;
      process.stderr.write(
        `run ${index + 1}/${count} ${kind}: ${describe(tookMs)} (first write ${describe(firstWriteMs)})\n`,
      );
      if ((tookMs ?? RUN_MS_MAX) > WORST_MS_MAX) process.stderr.write(`${run.calls.join('\n')}\n`);
    }
    report(runs);
    if (quota !== null) {
      const { waitedCount, periodCount } = quota.waits();
      console.log(
        `${cpuPercent} % of a processor: held up in ${waitedCount} of ${periodCount} periods`,
      );
    }
  } finally {
    await lab.close();
    quota?.close();
    await Promise.all([standby, ...victims].map((daemon) => daemon.close()));
  }
}

/** A fresh group each run: no hold and no flap of an earlier one has a say, and the dead are soon few again (S3). */
const candidateFor = (victims: readonly TcpDaemon[], standby: TcpDaemon): AccountSpec => ({
  groups: victims.map((victim, index) => ({
    name: nameOf(index),
    appliances: [
      { name: 'victim', zone: 'a', probe: victim.probe },
      { name: 'standby', zone: 'b', probe: standby.probe },
    ],
    tables: [{ zone: 'a', towards: 'victim', destinations: SIX_DESTINATIONS, isTagged: true }],
  })),
});

const nameOf = (index: number): string => `group-${index + 1}`;

async function oneRun(lab: Lab, group: string, victim: TcpDaemon, kind: FaultKind): Promise<Run> {
  // Any phase of the probe's second, and of everything else that has a rhythm.
  await pause(randomInt(0, 2_000));
  const at = kind === 'refused' ? await victim.kill() : await victim.silence();
  const { tableId } = tableOf(lab, 'a', group);
  const moves = () =>
    lab.gateway.callsOf('ReplaceRoute').filter((call) => call.params['RouteTableId'] === tableId);
  const seenBefore = lab.gateway.calls.length;
  const lastAt = await until(
    `the six routes of ${group}`,
    () => moves()[SIX_DESTINATIONS.length - 1]?.answeredAt ?? null,
    RUN_MS_MAX,
  ).catch(() => null);
  const standsRight =
    (await lab.ec2().targetsOf(tableId)).join() === applianceOf(lab, 'standby', group).interfaceId;
  await victim.revive();
  const answered = victim.probeCount();
  await until('the appliance to be up again', () => victim.probeCount() >= answered + 3);
  const during = lab.gateway.calls
    .slice(seenBefore)
    .filter((call) => call.arrivedAt <= (lastAt ?? 0));
  return {
    kind,
    tookMs: lastAt === null || !standsRight ? null : lastAt - at,
    firstWriteMs: (moves()[0]?.arrivedAt ?? Number.NaN) - at,
    calls: during.map((call) => {
      const tookMs = Math.round((call.answeredAt ?? Number.NaN) - call.arrivedAt);
      return `${Math.round(call.arrivedAt - at)} ms +${tookMs} ${call.action}`;
    }),
  };
}

function report(runs: readonly Run[]): void {
  const rows = [
    summaryOf(
      'refused',
      runs.filter((run) => run.kind === 'refused'),
    ),
    summaryOf(
      'silent',
      runs.filter((run) => run.kind === 'silent'),
    ),
    summaryOf('all', runs),
  ];
  console.log('fault     runs    p50 ms    p95 ms  worst ms');
  for (const { fault, count, p50Ms, p95Ms, worstMs } of rows) {
    const numbers = [p50Ms, p95Ms, worstMs].map((ms) => String(Math.round(ms)).padStart(10));
    console.log(`${fault.padEnd(8)}${String(count).padStart(6)}${numbers.join('')}`);
  }
  const content = runs.map(({ kind, tookMs, firstWriteMs }) => ({ kind, tookMs, firstWriteMs }));
  console.log(JSON.stringify({ rows, runs: content }));
  const all = rows[2];
  if (all === undefined || all.worstMs > WORST_MS_MAX || all.p50Ms > HALF_MS_MAX) {
    console.log(`MISSED: worst at most ${WORST_MS_MAX} ms, half within ${HALF_MS_MAX} ms`);
    process.exitCode = 1;
  }
}

/** A run that never ended counts as infinitely long. */
function summaryOf(fault: string, runs: readonly Run[]) {
  const sorted = runs
    .map((run) => run.tookMs ?? Number.POSITIVE_INFINITY)
    .toSorted((x, y) => x - y);
  // The smallest value that at least this share of the runs did not exceed.
  const share = (part: number): number =>
    sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY;
  return { fault, count: runs.length, p50Ms: share(0.5), p95Ms: share(0.95), worstMs: share(1) };
}

const describe = (ms: number | null): string =>
  ms === null ? 'not moved' : `${Math.round(ms)} ms`;

await main();
