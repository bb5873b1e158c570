/** What an event about an instance leads to: the leader looks now, or, without a leader, one pass on what EC2 confirms. */
import type { Ports } from '../appliances/ports.ts';
import { identitiesOf } from '../appliances/state/admission.ts';
import type { StoredLeave } from '../appliances/state/leave.ts';
import { type ParsedState, parseState, stateId } from '../appliances/state/stored.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { Tick } from '../appliances/types/tick.ts';
import type { Report } from '../core/report.ts';
import type { Switch } from '../core/switches.ts';
import { openAuditLog } from '../incidents/history/log.ts';
import { openNotifier } from '../incidents/notifier.ts';
import { isAlive, leaseId, parseLease } from './lease/item.ts';
import { requestLook } from './lease/lookRequest.ts';
import { type Lease, openLease } from './lease.ts';
import { storeLeave } from './leaveNotice.ts';
import { openRunSummary, type Summary } from './runSummary.ts';
import { singlePass } from './singlePass.ts';
import { withRequests } from './state/requests.ts';
import { openState } from './state.ts';

export interface EventOptions {
  /** Null: read off the instances. */
  readonly accountId: string | null;
  readonly policy: Policy;
  /** What the deployment leaves out. */
  readonly off?: readonly Switch[];
  /** Ids of instances, and names of auto scaling groups; empty: the event is of the region. */
  readonly about: readonly string[];
  /** What the event announces of the instance; absent or null: nothing. */
  readonly leave?: StoredLeave | null;
  /** Unique among processes. */
  readonly leader: string;
}

export type EventAnswer =
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'passed'; readonly tick: Tick; readonly summary: Summary };

/**
 * The event says "look now", and what AWS announces of an instance and no read can show. What is about no appliance costs
 * one read.
 * @throws {NoticeNotStored}
 */
export async function onEvent(
  ports: Ports,
  options: EventOptions,
  signal: AbortSignal,
): Promise<EventAnswer> {
  const { store, clock, region } = ports;
  const { about, leave = null } = options;
  const id = leaseId(region, 'appliances');
  const reading = await store.read([id, stateId(region)], signal);
  if (!reading.known && leave === null)
    return ignored(`the state table cannot be read: ${reading.why}`);
  const items = reading.known ? reading.value : [];
  const item = (of: string) => items.find((one) => one.id === of);
  const stored = parseState(item(stateId(region))?.body, clock.now());
  const isForeign =
    about.length > 0 && stored !== null && !about.some((one) => isOurs(one, stored));
  // A hook of ours waits for an answer, also for an instance that was not seen yet.
  if (isForeign && leave?.hook == null) {
    return ignored(`${about.join(' and ')} is no appliance of ${region}`);
  }
  if (leave !== null) await storeLeave(store, clock, region, leave, signal);
  const lease = parseLease(item(id));
  if (lease !== null && isAlive(lease, clock.now())) {
    const answer = await requestLook(store, clock, id, signal);
    if (answer.kind === 'requested') return ignored(`the leader ${lease.leader} looks now`);
    if (answer.kind === 'unreachable') return ignored(answer.why);
  }
  return passAsLeader(ports, options, signal);
}

/** An appliance, or the auto scaling group of one that has carried routes. */
const isOurs = (name: string, { memory }: ParsedState): boolean => {
  const [group = ''] = identitiesOf({ instanceProfile: null, autoScalingGroup: name });
  return (
    memory.appliances.has(name) ||
    [...memory.admissions.values()].some(({ identities }) => identities.includes(group))
  );
};

async function passAsLeader(
  ports: Ports,
  options: EventOptions,
  signal: AbortSignal,
): Promise<EventAnswer> {
  const { store, clock, region } = ports;
  const lease = openLease(store, clock, {
    region,
    scope: 'appliances',
    leader: options.leader,
    mode: options.policy.mode,
    off: options.off ?? [],
    standbyMs: 0,
    mayTakeOver: () => false,
  });
  await lease.keep(signal);
  const held = lease.state();
  if (held.kind !== 'leader') return ignored('another process leads by now');
  try {
    const answer = await passWith(ports, options, lease, held.token, signal);
    // A request that came during the pass may be about something that the pass had read before.
    const isAsked = lease.takeLookRequest() || (await lease.release(signal)) === 'lookRequested';
    return isAsked ? await passWith(ports, options, lease, held.token, signal) : answer;
  } finally {
    // A request during the second pass waits for the next leader, and must not keep the lease.
    if ((await lease.release(signal)) === 'lookRequested') await lease.release(signal);
  }
}

async function passWith(
  ports: Ports,
  { accountId, policy }: EventOptions,
  lease: Lease,
  token: number,
  signal: AbortSignal,
): Promise<EventAnswer> {
  const { store, clock, region, logger } = ports;
  const stateStore = openState(store, clock, region);
  const [memory, requests] = await Promise.all([
    stateStore.recall(policy, signal),
    stateStore.requests(signal),
  ]);
  if (!memory.known || requests === null) return ignored('the state table cannot be read');
  const begun = { ...withRequests(memory.value, requests), pause: stateStore.pause.current() };
  const reports: Report[] = [];
  const { tick, probeCount, tookMs } = await singlePass(
    ports,
    begun,
    {
      accountId,
      policy,
      lease: () =>
        lease.state().kind === 'leader' ? { kind: 'singlePass', token } : lease.state(),
      mayWrite: async () => ((await lease.confirm(signal)) ? 'confirmedByEc2' : 'none'),
      askPause: () => stateStore.pause.ask(signal),
      report: (report) => reports.push(report),
      intend: () => {},
    },
    signal,
  );
  const summary = openRunSummary(region, logger);
  summary.note(tick, tookMs);
  // First what the next decision needs: a topic that hangs must not cost the memory of a failover.
  await stateStore.keep(tick.memory, token, signal);
  const record = openAuditLog(ports, 'appliances');
  const notifier = openNotifier(ports, {
    scope: 'appliances',
    mode: policy.mode,
    mayResolve: false,
    lead: lease,
  });
  for (const report of reports) {
    record.note(report);
    summary.notified(await notifier.tell(report, signal));
  }
  await notifier.flush(signal);
  return { kind: 'passed', tick, summary: summary.summary('once', probeCount) };
}

const ignored = (why: string): EventAnswer => ({ kind: 'ignored', why });
