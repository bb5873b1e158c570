/** S2 and S5 by ground truth: the new next hop is eligible, and has answered for long enough. */
import { isElastic } from '../../../lib/core/elasticAddress.ts';
import { isGatewayId } from '../../../lib/core/lastResort.ts';
import type { ProbeCall } from '../../../lib/simulator/callLog.ts';
import type { ProbeRecord } from '../probeRecord.ts';
import { groupsIn, instancesIn, linksIn, type Run, type Violation } from '../record.ts';
import { isFailover, lagOf, type WriteView } from '../writeView.ts';
import { checkLastResort } from './lastResort.ts';
import { isLeave } from './leaves.ts';
import { directClauses, isProven, READ_AGE_MS, TAG_AGE_MS } from './proof.ts';

/** S2: only managed routes; only to a running, in-use, forwarding appliance of the group that just answered. */
export function checkS2(run: Run, probes: ProbeRecord, view: WriteView): readonly Violation[] {
  const { write, toId, fromId, plannedMs } = view;
  const violation = (what: string): Violation => ({
    rule: 'S2',
    atMs: write.issuedMs,
    what: `${view.routeKey} -> ${toId ?? write.targetId}: ${what}`,
  });
  if (toId === null) return [violation('its target belongs to no instance')];
  if (isGatewayId(toId)) return checkLastResort(run, probes, view, toId).map(violation);
  if (run.account.network.isStranger(toId)) return [violation('it was never admitted')];
  if (fromId === null) return [violation('it led to nothing of ours before')];
  const sinceMs = plannedMs - TAG_AGE_MS - lagOf(run);
  const tableGroups = groupsIn(run, write.tableId, sinceMs, write.issuedMs);
  const fromGroups = groupsIn(run, fromId, 0, write.issuedMs);
  const toGroups = groupsIn(run, toId, sinceMs, write.issuedMs);
  const violations: Violation[] = [];
  if (!toGroups.some((group) => fromGroups.includes(group)))
    violations.push(violation('another group'));
  if (!toGroups.some((group) => tableGroups.includes(group))) {
    violations.push(violation('the table is not tagged for its group'));
  }
  const readMs = plannedMs - READ_AGE_MS - lagOf(run);
  const states = instancesIn(run, toId, readMs, write.issuedMs).map(({ state }) => state);
  if (!states.includes('running')) violations.push(violation(`it was ${states.join() || 'gone'}`));
  const links = linksIn(run, write.targetId, readMs, write.issuedMs);
  if (!links.some(({ status }) => status === 'in-use')) violations.push(violation('not in use'));
  if (!isElastic(write.tableId) && !links.some((link) => !link.hasSourceDestCheck))
    violations.push(violation('its check was on'));
  if (!isProven(run, probes, write.by, toId, plannedMs)) {
    violations.push(violation('it had not answered three probes in ten seconds'));
  }
  const owner = poolOwner(run, write.destination, sinceMs, write.issuedMs);
  if (owner !== null && run.account.network.successorOf(owner) !== toId && owner !== toId) {
    violations.push(violation('it is a pinned pool of another appliance'));
  }
  return violations;
}

/** Who claims that pool; nobody, when a person took the tags off the claimant at any moment of the span. */
export function poolOwner(
  run: Run,
  destination: string,
  fromMs: number,
  toMs: number,
): string | null {
  const tag = poolTag(run, destination);
  const isUntagged = run.options.spells.some(
    ({ fault, startMs, endMs }) =>
      fault.kind === 'rival-untag' &&
      fault.resourceId === tag?.resourceId &&
      startMs <= toMs &&
      endMs >= fromMs,
  );
  return isUntagged ? null : (tag?.resourceId ?? null);
}

/** The claim to that pool, as it was before the storm. */
export const poolTag = ({ options }: Run, destination: string) =>
  options.snapshot.tags.find(({ key, value }) => key === 'vpn-medic:pool' && value === destination);

/** S5: a route that leaves a living appliance goes to one that has answered everything for `rise` knocks. */
export function checkS5(run: Run, probes: ProbeRecord, view: WriteView): readonly Violation[] {
  const { write, toId, plannedMs } = view;
  if (isFailover(view) || isLeave(run, view) || toId === null || isGatewayId(toId)) return [];
  const { policy, vantages } = run.options;
  const hasAnsweredEnough = directClauses(probes, toId).every((keys) =>
    vantages.some(({ id }) =>
      keys.some(
        (key) => answersInARowOf(probes, id, key, toId, write.by, plannedMs) >= policy.rise,
      ),
    ),
  );
  if (hasAnsweredEnough) return [];
  return [
    {
      rule: 'S5',
      atMs: write.issuedMs,
      what: `${view.routeKey} left the living ${view.fromId ?? ''} for ${toId}, which had not answered ${policy.rise} times in a row`,
    },
  ];
}

/**
 * Answers in a row as this watcher may count them: its own, and if it has missed none, those that were heard before it
 * came; with those to the default probe, which stands in while the tags cannot be read.
 */
function answersInARowOf(
  probes: ProbeRecord,
  vantageId: string,
  key: string,
  instanceId: string,
  by: string,
  atMs: number,
): number {
  return [key, `${instanceId} ike:500`].reduce((sum, one, index) => {
    if (index > 0 && one === key) return sum;
    const own = probes.of(by, vantageId, one);
    const firstMs = own[0]?.sentMs ?? 0;
    const hasMissed = own.some(({ answer, doneMs }) => answer === 'down' && doneMs <= atMs);
    const before = hasMissed ? 0 : answersInARowAt(probes.of(null, vantageId, one), firstMs);
    return sum + answersInARowAt(own, atMs) + before;
  }, 0);
}

/** Answers in a row by that moment. */
function answersInARowAt(calls: readonly ProbeCall[], atMs: number): number {
  const answered = calls.filter(({ doneMs, answer }) => doneMs <= atMs && answer !== 'unknown');
  return answered.length - 1 - answered.findLastIndex(({ answer }) => answer === 'down');
}
