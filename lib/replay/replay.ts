/** Plays captures through the functions as deployed: recorded answers, real adapters, a virtual clock. */
import type { Policy } from '../appliances/types/policy.ts';
import type { CallHook } from '../aws/client.ts';
import { endpointPort } from '../aws/clientVpn/endpoints.ts';
import { metricPort } from '../aws/cloudWatch.ts';
import { ec2Port } from '../aws/ec2/ec2.ts';
import { vpnPort } from '../aws/siteToSite/connections.ts';
import type { Answer, Capture } from '../capture/types.ts';
import { type Instant, toIso } from '../core/time.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { Signature } from '../incidents/types.ts';
import { VirtualClock } from '../simulator/clock.ts';
import { Table } from '../simulator/store.ts';
import { poll } from '../watcher/poll.ts';
import { connectionStages } from '../watcher/scopes/connections.ts';
import { endpointStages } from '../watcher/scopes/endpoints.ts';
import { watch } from '../watcher/watch.ts';
import { type Answers, openAnswers } from './answers.ts';
import { recordedAws } from './aws.ts';
import { memoryStore } from './memoryStore.ts';
import { openOverlay } from './overlay.ts';
import { recordedProbes } from './probes.ts';
import { openSchedule, type Schedule } from './schedule.ts';
import { openTimeline, type Timeline, type TimelineEntry } from './timeline.ts';
import { withoutUnrecorded } from './unrecorded.ts';

export interface ReplayOptions {
  readonly policy: Policy;
  readonly signature: Signature;
}

export interface Replay {
  readonly timeline: readonly TimelineEntry[];
  readonly startAt: Instant;
  readonly endAt: Instant;
  /** Functions that ran. */
  readonly functions: readonly string[];
  /** Functions that threw, one sentence each: a bug of vpn-medic. */
  readonly crashes: readonly string[];
  /** Reads that the capture holds no answer to: what they would say is unknown. */
  readonly missing: readonly string[];
  /** Recorded answers that no function asked for, by operation. */
  readonly unused: ReadonlyMap<string, number>;
}

/** `captures`: of one account, at least one; those of one region are played as one. */
export async function replay(
  captures: readonly Capture[],
  options: ReplayOptions,
): Promise<Replay> {
  const ats = captures.flatMap(({ answers }) => [answers[0]?.at ?? 0, answers.at(-1)?.at ?? 0]);
  const startAt = Math.min(...ats);
  const endAt = Math.max(...ats);
  const clock = new VirtualClock(startAt);
  const timeline = openTimeline(clock);
  const schedule = openSchedule(clock, endAt - startAt);
  const table = new Table();
  const byRegion = Map.groupBy(captures, ({ region }) => region);
  const functions: string[] = [];
  const missing = new Set<string>();
  const unused = new Map<string, number>();
  const asked: Answers[] = [];
  for (const [region, some] of byRegion) {
    const answers = some.flatMap((one) => one.answers).toSorted((a, b) => a.at - b.at);
    const recorded = openAnswers(answers.filter(({ service }) => !OWN.has(service)));
    asked.push(recorded);
    const setup: RegionSetup = {
      accountId: some[0]?.account ?? '',
      regionCount: byRegion.size,
      answers: recorded,
      onCall: recordedAws(recorded, openOverlay(clock), clock, (name) => missing.add(name)),
      probed: answers.filter(({ service }) => service === 'probe'),
      base: basePorts(region, clock, table, timeline, options.signature),
      clock,
      options,
    };
    functions.push(...scheduleRegion(schedule, setup));
  }
  const crashes = await schedule.run();
  for (const answers of asked) {
    for (const [name, count] of answers.unused()) unused.set(name, (unused.get(name) ?? 0) + count);
  }
  return {
    timeline: timeline.entries(),
    startAt,
    endAt,
    functions: [...new Set(functions)],
    crashes: crashes.map(
      ({ name, atMs, error }) => `${name} failed at ${toIso(startAt + atMs)}: ${String(error)}`,
    ),
    missing: [...missing].toSorted(),
    unused,
  };
}

/** Lines that are no answers of AWS. */
const OWN: ReadonlySet<string> = new Set(['probe', 'medic']);

interface RegionSetup {
  readonly accountId: string;
  readonly regionCount: number;
  readonly answers: Answers;
  readonly onCall: CallHook;
  readonly probed: readonly Answer[];
  readonly base: RegionPorts;
  readonly clock: VirtualClock;
  readonly options: ReplayOptions;
}

const basePorts = (
  region: string,
  clock: VirtualClock,
  table: Table,
  timeline: Timeline,
  signature: Signature,
): RegionPorts => ({
  region,
  clock,
  store: memoryStore(table, clock),
  notifications: timeline.notifications(region, signature),
  events: timeline.events(region),
  logger: timeline.logger(region),
});

const MINUTE_MS = 60_000;
/** As in deploy/watchAppliances.yml: the next watcher takes over before this one's time is over. */
const WATCH_MS = 90_000;
/** A watcher with less time left than this ends in order. */
const END_MS = 3_000;

/** A function runs when the capture holds an answer that it begins with. */
function scheduleRegion(schedule: Schedule, setup: RegionSetup): readonly string[] {
  const { answers, base, onCall, clock, accountId, regionCount, options, probed } = setup;
  const { region } = base;
  const { policy } = options;
  const { mode } = policy;
  const { probes, endpointProbes } = recordedProbes(probed, clock);
  const metrics = metricPort(region, clock, onCall);
  const names: string[] = [];
  if (answers.has('ec2', APPLIANCE_READS)) {
    const ports = { ...base, ec2: ec2Port(region, clock, onCall), probes };
    let count = 0;
    names.push('watchAppliances');
    schedule.every({
      name: 'watchAppliances',
      everyMs: MINUTE_MS,
      run: ({ startedMs, endMs, signal }) => {
        count += 1;
        const lastMs = Math.min(startedMs + WATCH_MS, endMs + END_MS);
        return watch(ports, {
          accountId,
          policy,
          watcherId: `watchAppliances ${count}`,
          remainingMs: () => lastMs - clock.monotonicMs(),
          signal,
          repairs: null,
        });
      },
    });
  }
  if (answers.has('ec2', ['DescribeVpnConnections'])) {
    const ports = { ...base, vpn: vpnPort(region, clock, onCall), metrics };
    const stages = withoutUnrecorded(connectionStages(ports, { accountId, health: [] }));
    names.push('pollConnections');
    schedule.every({
      name: 'pollConnections',
      everyMs: MINUTE_MS,
      run: ({ signal }) => poll(ports, stages, mode, signal),
    });
  }
  if (answers.has('ec2', ['DescribeClientVpnEndpoints'])) {
    const endpoints = endpointPort(region, clock, onCall);
    const ports = { ...base, endpoints, endpointProbes, metrics };
    const stages = withoutUnrecorded(endpointStages(ports, { accountId, regionCount, policy }));
    names.push('pollEndpoints');
    schedule.every({
      name: 'pollEndpoints',
      everyMs: 5 * MINUTE_MS,
      run: ({ signal }) => poll(ports, stages, mode, signal),
    });
  }
  return names;
}

const APPLIANCE_READS = ['DescribeTags', 'DescribeInstances', 'DescribeRouteTables'];
