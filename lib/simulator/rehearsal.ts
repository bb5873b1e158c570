/** Runs a scenario in a simulated account: its events while it runs, then one record for each fault. */

import { DEFAULT_POLICY, type Policy } from '../appliances/types/policy.ts';
import type { Poll } from '../watcher/poll/pass.ts';
import type { SimAccount } from './account.ts';
import { AS_DEPLOYED, Deployment } from './deployment.ts';
import { type FaultRecord, openRecords } from './faultRecords.ts';
import { describeFault, recoveredText } from './faults/describe.ts';
import type { Spell } from './faults.ts';
import { REPAIRS_HELP } from './instanceControl.ts';
import { openFixture } from './open.ts';
import { openEndpointPoller, openPoller } from './poller.ts';
import type { Roles } from './roles.ts';
import type { Scenario } from './scenario/types.ts';
import type { Timeline, TimelineEvent } from './timeline.ts';

export interface RehearsalOptions {
  readonly seed: number | string;
  readonly policy?: Policy;
}

export interface Rehearsal {
  readonly faults: readonly FaultRecord[];
  readonly ranMs: number;
  readonly writeCount: number;
  readonly notificationCount: number;
  /** Our own bugs: invocations that ended otherwise than by returning. */
  readonly crashes: readonly { readonly by: string; readonly error: unknown }[];
}

/** @throws {Error} when the account lacks what the scenario needs. */
export async function* rehearse(
  roles: Roles,
  scenario: Scenario,
  { seed, policy = DEFAULT_POLICY }: RehearsalOptions,
): AsyncGenerator<TimelineEvent, Rehearsal> {
  const spells = scenario.spellsIn(roles);
  if (spells === null) {
    throw new Error(`running ${scenario.name}: the account has none of the resources it fails`);
  }
  const { account, clock, nameOf, timeline } = openFixture(roles, seed);
  const records = openRecords(account, spells);
  allowRepairs(account, roles, scenario);
  const deployment = new Deployment(account, {
    seed,
    policy,
    ...AS_DEPLOYED,
    repairs: REPAIRS_HELP,
    onTick(by, tick) {
      timeline.tick(by, tick, clock.monotonicMs());
      records.tick(tick);
    },
    onNotifications: (by, notifications) =>
      timeline.notifications(by, notifications, clock.monotonicMs()),
  });
  for (const spell of spells)
    schedule(account, timeline, spell, describeFault(spell.fault, nameOf));
  let isOver = false;
  const answered = (scope: string) => ({
    seed,
    onPoll(by: string, { findings, notifications, report }: Polled) {
      // A pass that was stopped half-way has found nothing.
      if (isOver) return;
      records.polled(scope, findings);
      timeline.polled(scope, by, findings, clock.monotonicMs());
      timeline.actions(by, report.actions, clock.monotonicMs());
      timeline.notifications(by, notifications, clock.monotonicMs());
    },
  });
  const pollers = [
    ...(roles.vpn.connections.length > 0
      ? [openPoller(account, { ...answered('connections'), loops: isOfConnections(spells) })]
      : []),
    ...(roles.endpoints.length > 0 ? [openEndpointPoller(account, answered('endpoints'))] : []),
  ];
  const isPolled = scenario.isPolled === true;
  if (!isPolled) deployment.start();
  for (const poller of pollers) poller.start();
  while (clock.monotonicMs() < scenario.lastsMs) {
    await clock.run(clock.monotonicMs() + (isPolled ? POLL_STEP_MS : STEP_MS));
    records.sample();
    yield* timeline.take();
  }
  isOver = true;
  deployment.stop();
  for (const poller of pollers) poller.stop();
  await clock.run(clock.monotonicMs() + STOP_MS);
  const { log } = account;
  return {
    faults: spells.map((spell) => {
      const { fault, startMs, endMs } = spell;
      const record = records.of(spell, nextStartMs(spells, spell));
      return { text: describeFault(fault, nameOf), startMs, endMs, ...record };
    }),
    ranMs: clock.monotonicMs(),
    writeCount: [...log.writes, ...log.transitWrites].filter(({ effectMs }) => effectMs !== null)
      .length,
    notificationCount: log.notifications.filter(({ answer }) => answer === 'published').length,
    crashes: [...deployment.crashes, ...pollers.flatMap((poller) => poller.crashes)],
  };
}

type Polled = Pick<Poll<unknown>, 'findings' | 'notifications' | 'report'>;

function schedule(
  { faults, clock }: SimAccount,
  timeline: Timeline,
  { fault, startMs, endMs }: Spell,
  text: string,
): void {
  faults.add(fault, startMs, endMs);
  clock.at(startMs, () => timeline.note({ atMs: startMs, kind: 'fault', by: null, text }));
  clock.at(endMs, () =>
    timeline.note({ atMs: endMs, kind: 'recovered', by: null, text: recoveredText(text) }),
  );
}

/** Where no connection fails, reading them every 10 s shows nothing, and takes most of the time. */
const isOfConnections = (spells: readonly Spell[]): boolean =>
  spells.some(({ fault }) => 'connectionId' in fault || 'customerGatewayId' in fault);

/** Sets the tags that allow repairs in this scenario. */
export function allowRepairs(
  { network }: SimAccount,
  roles: Roles,
  { repairOf }: Pick<Scenario, 'repairOf'>,
): void {
  const repair = repairOf?.(roles) ?? null;
  if (repair === null) return;
  const resource = { resourceId: repair.instanceId, resourceType: 'instance' };
  for (const [key, value] of repairTags(repair.steps)) {
    network.setTag({ ...resource, key: `vpn-medic:${key}`, value });
  }
}

/** The host key is a dummy: a simulated account accepts no logins. */
const repairTags = (steps: string): readonly (readonly [string, string])[] => [
  ['repair', steps],
  ['service', 'strongswan'],
  ['host-key', `SHA256:${'A'.repeat(43)}`],
];

const STEP_MS = 100;
const POLL_STEP_MS = 1_000;
const STOP_MS = 5_000;

const nextStartMs = (spells: readonly Spell[], spell: Spell): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...spells.map(({ startMs }) => startMs).filter((startMs) => startMs > spell.startMs),
  );
