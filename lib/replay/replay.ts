/** Plays captures through the functions as deployed: recorded answers, real adapters, a virtual clock. */

import type { Policy } from '../appliances/types/policy.ts';
import type { CallHook } from '../aws/client.ts';
import type { Capture } from '../capture/types.ts';
import type { ItemWrite } from '../core/ports.ts';
import { type Instant, toIso } from '../core/time.ts';
import type { CrlSettings } from '../crl/types/policy.ts';
import type { Signature } from '../incidents/types.ts';
import { VirtualClock } from '../simulator/clock.ts';
import { Table } from '../simulator/store.ts';
import type { Answers } from './answers.ts';
import { scheduleCrls, scheduleRegion } from './functions.ts';
import { memoryStore } from './memoryStore.ts';
import { type Buckets, openObjects } from './objects.ts';
import { openRegion } from './region.ts';
import { openSchedule } from './schedule.ts';
import { openTimeline, type TimelineEntry } from './timeline.ts';

export interface ReplayOptions {
  readonly policy: Policy;
  readonly signature: Signature;
  readonly crl: Omit<CrlSettings, 'mode'>;
  /** What the state table holds at the beginning. */
  readonly state: readonly ItemWrite[];
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
  const all = captures
    .flatMap(({ region, answers }) => answers.map((answer) => ({ ...answer, region })))
    .toSorted((a, b) => a.at - b.at);
  const startAt = all[0]?.at ?? 0;
  const endAt = all.at(-1)?.at ?? 0;
  const clock = new VirtualClock(startAt);
  const timeline = openTimeline(clock);
  const schedule = openSchedule(clock, endAt - startAt);
  const table = new Table();
  for (const item of options.state) table.put(item, startAt);
  const missing = new Set<string>();
  const hooks = new Map<string, CallHook>();
  const answersOf = new Map<string, Answers>();
  const objects = openObjects(
    all.filter(({ service }) => service === 's3'),
    BUCKETS,
    clock,
  );
  const byRegion = Map.groupBy(all, ({ region }) => region);
  const regions = [...new Set(captures.map(({ region }) => region))];
  const common = { accountId: captures[0]?.account ?? '', regions, clock, schedule, ...options };
  const portsOf = (region: string) => ({
    region,
    clock,
    store: memoryStore(table, clock),
    notifications: timeline.notifications(region, options.signature),
    events: timeline.events(region),
    logger: timeline.logger(region),
  });
  const functions: string[] = [];
  for (const region of regions) {
    const mine = byRegion.get(region) ?? [];
    const opened = openRegion(mine, objects, clock, (what) => missing.add(what));
    answersOf.set(region, opened.answers);
    hooks.set(region, opened.onCall);
    functions.push(...scheduleRegion({ ...common, base: portsOf(region), ...opened }));
  }
  if (all.some(({ service }) => service === 's3')) {
    const [home = ''] = regions;
    scheduleCrls({
      ...common,
      base: portsOf(home),
      buckets: BUCKETS,
      arrivals: objects.arrivals.map((one) => ({ ...one, atMs: one.at - startAt })),
      onCall: byRegionOf(hooks, answersOf),
    });
    functions.push('publishCrl');
  }
  const crashes = await schedule.run();
  return {
    timeline: timeline.entries(),
    startAt,
    endAt,
    functions: [...new Set(functions)],
    crashes: crashes.map(
      ({ name, atMs, error }) => `${name} failed at ${toIso(startAt + atMs)}: ${describe(error)}`,
    ),
    missing: [...missing].toSorted(),
    unused: totals([...answersOf.values()].map((answers) => answers.unused())),
  };
}

const BUCKETS: Buckets = { source: 'vpn-medic-crl', published: 'vpn-medic-crl-public' };

/** The publisher reads several regions; one without any answer about Client VPN is taken as one without endpoints. */
const byRegionOf =
  (hooks: ReadonlyMap<string, CallHook>, answersOf: ReadonlyMap<string, Answers>): CallHook =>
  (call, send) => {
    const hasEndpoints = answersOf.get(call.region)?.has('ec2', [ENDPOINTS]) === true;
    if (call.operation === ENDPOINTS && !hasEndpoints) {
      return Promise.resolve({ ClientVpnEndpoints: [] });
    }
    const hook = hooks.get(call.region);
    if (hook === undefined) throw new Error(`a call in ${call.region}, which is not captured`);
    return hook(call, send);
  };

const ENDPOINTS = 'DescribeClientVpnEndpoints';

function totals(counts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of counts.flatMap((one) => [...one])) {
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return sums;
}

/** With its causes. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
