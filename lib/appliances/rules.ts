/** The safety rules that a move must pass, each the smallest function that can be named; the table's order is their rank. */

import { isElastic } from '../core/elasticAddress.ts';
import { describeGateway, isGatewayId } from '../core/lastResort.ts';
import { describePause, pauseNow } from '../core/pause.ts';
import { type Pin, pinOf } from '../core/pin.ts';
import { shellQuoted } from '../core/text.ts';
import { describeMs, type Instant } from '../core/time.ts';
import { freeIpOf, NO_FREE_IP } from './plan/freeIp.ts';
import { holdMsOf } from './plan/holdDown.ts';
import { whyUnfit } from './plan/lastResort.ts';
import { targetInterfaceOf } from './plan/targetInterface.ts';
import { admissionOf } from './state/admission.ts';
import { refill } from './state/budget.ts';
import { isDrilled } from './state/drill.ts';
import { isDoubted, tunnelHold } from './state/failback.ts';
import { describeLeave, isOutweighed } from './state/leave.ts';
import { isResting, type PendingWrite, waitMsOf } from './state/pending.ts';
import type { Memory } from './state.ts';
import type { Assessment } from './types/assessment.ts';
import type { Move, Rule } from './types/plan.ts';
import type { Policy } from './types/policy.ts';
import { type Appliance, familiesOf } from './types/topology.ts';
import { isDead } from './types/verdict.ts';
import { ADDRESSES_ONLY, type World } from './types/world.ts';

/** Everything that a decision may look at. */
export interface Scene {
  readonly world: World;
  readonly assessment: Assessment;
  readonly memory: Memory;
  readonly policy: Policy;
  readonly now: Instant;
  /** By instance id. */
  readonly appliances: ReadonlyMap<string, Appliance>;
  /** Managed routes by next hop, with the moves decided so far. */
  readonly loads: Map<string, number>;
  /** How many writes are allowed so far in this plan. */
  readonly allowedCount: number;
}

export interface Hold {
  readonly rule: Rule;
  readonly because: string;
  readonly until: Instant | null;
}

export interface PlanRule {
  readonly rule: Rule;
  /** `choice`: asked of every target that a move could have; `order`: asked once, in the order of harm. */
  readonly when: 'choice' | 'order';
  /** Why this move is held; null when the rule allows it. */
  readonly holds: (move: Move, scene: Scene) => Omit<Hold, 'rule'> | null;
}

export const RULES: readonly PlanRule[] = [
  { rule: 'S1', when: 'choice', holds: observationIsPartial },
  { rule: 'S7', when: 'choice', holds: anotherLeads },
  { rule: 'S3', when: 'choice', holds: massIsSuspect },
  { rule: 'S2', when: 'choice', holds: targetIsNotAdmitted },
  { rule: 'S2', when: 'choice', holds: targetIsUnfit },
  { rule: 'S2', when: 'choice', holds: lastResortIsEarly },
  { rule: 'S14', when: 'choice', holds: targetLeaves },
  { rule: 'S4', when: 'choice', holds: tooSoon },
  { rule: 'S5', when: 'choice', holds: preferredHasNotRisen },
  { rule: 'S5', when: 'choice', holds: tunnelIsNotProven },
  { rule: 'S6', when: 'choice', holds: writeDidNotTake },
  { rule: 'paused', when: 'order', holds: peoplePaused },
  { rule: 'observe', when: 'order', holds: onlyObserves },
  { rule: 'S8', when: 'order', holds: budgetIsSpent },
];

type Finding = Omit<Hold, 'rule'> | null;

const hold = (because: string, until: Instant | null = null): Finding => ({ because, until });

/** S1: a gap over the whole region stops every write; a gap in one zone, or of Elastic addresses, only the moves that it concerns. */
function observationIsPartial(move: Move, { world, appliances }: Scene): Finding {
  const target = appliances.get(move.to);
  const gap = world.gaps.find(
    ({ zone }) =>
      zone === null ||
      zone === target?.zone ||
      (zone === ADDRESSES_ONLY && isElastic(move.tableId)),
  );
  return gap === undefined ? null : hold(`${gap.what} cannot be read: ${gap.why}`);
}

/** S7: only the leader moves routes; without its table, or in a single pass, only what EC2 itself confirms. */
function anotherLeads(move: Move, { world: { lease } }: Scene): Finding {
  switch (lease.kind) {
    case 'leader':
      return null;
    case 'singlePass':
      return move.isEc2Confirmed
        ? null
        : hold('a single pass moves only what EC2 itself confirms as failed');
    case 'unreachable':
      return lease.wasLeader && move.isEc2Confirmed
        ? null
        : hold(`the state table cannot be reached: ${lease.why}`);
    case 'standby':
      return hold('this watcher is a standby', lease.until);
    case 'lost':
      return hold(`the newer leader is ${lease.to}`);
    default:
      return lease satisfies never;
  }
}

/** S3: in a mass failure of its group or VPC only what EC2 itself confirms moves. */
function massIsSuspect(move: Move, { assessment }: Scene): Finding {
  if (move.isEc2Confirmed) return null;
  const mass = assessment.findings.find(
    ({ reason, subject: { id } }) =>
      reason === 'MassFailureSuspect' && (id === move.group || id === move.vpcId),
  );
  return mass === undefined ? null : hold(`a mass failure of ${mass.subject.name} is suspected`);
}

/** S2: a tag alone makes no next hop of an instance that came later. */
function targetIsNotAdmitted(move: Move, { world, memory, policy, appliances }: Scene): Finding {
  const target = appliances.get(move.to);
  if (target === undefined) return null;
  const table = world.topology.tables.find(({ tableId }) => tableId === move.tableId);
  const admission = admissionOf(target, table, { memory, policy });
  if (admission.isAdmitted) return null;
  const fix = `if it belongs there: vpn-medic admit ${shellQuoted(target.instanceId)}`;
  return hold(
    `${target.name} is not admitted to group ${move.group}: ${admission.because}; ${fix}`,
  );
}

/** S2: same group, an interface of the same role in the route's VPC with an address of its family, running, in use, forwarding, and just proven alive. */
function targetIsUnfit(move: Move, scene: Scene): Finding {
  const { world, assessment, appliances, memory, now } = scene;
  if (isGatewayId(move.to)) {
    const table = world.topology.tables.find(({ tableId }) => tableId === move.tableId);
    const why = whyUnfit(move, table, memory, now);
    return why === null ? null : hold(`${describeGateway(move.to)} is not eligible: ${why}`);
  }
  const target = appliances.get(move.to);
  const signals = world.signals.get(move.to);
  const verdict = assessment.verdicts.get(move.to);
  if (target === undefined || signals === undefined || verdict === undefined) {
    return hold('no other appliance of the group is known');
  }
  const no = (why: string) => hold(`${target.name} is not eligible: ${why}`);
  if (target.group !== move.group) return no(`not of group ${move.group}`);
  const route = { ...move, targetId: move.fromTargetId };
  const arm = targetInterfaceOf(target, appliances.get(move.from), route, world.topology);
  if (arm.kind === 'none') return no(arm.why);
  if (arm.kind === 'unclear') return no(`${arm.why}. ${arm.fix}`);
  if (!signals.state.known) return no(signals.state.why);
  if (signals.state.value !== 'running') return no(`EC2 says ${signals.state.value}`);
  if (!signals.interfaces.known) return no(signals.interfaces.why);
  const { interfaceId, families } = arm.interface;
  const link = signals.interfaces.value.find((one) => one.interfaceId === interfaceId);
  if (link === undefined) return no(`it has lost its interface ${interfaceId}`);
  if (link.status !== 'in-use') return no(`its interface ${interfaceId} is ${link.status}`);
  if (isElastic(move.tableId)) {
    if (freeIpOf(link, move.tableId) === null)
      return no(
        `${NO_FREE_IP}. Run: aws ec2 assign-private-ip-addresses --network-interface-id ${interfaceId} --secondary-private-ip-address-count 1`,
      );
  } else if (link.hasSourceDestCheck) {
    return no(`the source/destination check of its interface ${interfaceId} is on`);
  }
  const needed = familiesOf(move.destination, world.topology);
  const lacking = needed.find((one) => !families.includes(one));
  if (lacking !== undefined) {
    return no(`its interface ${interfaceId} has no ${FAMILY_NAMES[lacking]} address`);
  }
  if (verdict.kind === 'down') return no(`it is down itself: ${verdict.why}`);
  if (verdict.kind === 'unknown') return no(verdict.why);
  if (verdict.ipv6DownWhy !== undefined && needed.includes('ipv6')) return no(verdict.ipv6DownWhy);
  return verdict.isProven ? null : no(verdict.lacks ?? 'not proven');
}

/** S2: a gateway carries a route only once every other appliance has had the time to be proven alive, or is known to be down. */
function lastResortIsEarly(move: Move, { world, assessment, now }: Scene): Finding {
  if (!isGatewayId(move.to) || isGatewayId(move.from)) return null;
  const { verdicts, leaves } = assessment;
  const isAnyLeft = world.topology.appliances.some(
    ({ instanceId, group }) =>
      group === move.group && instanceId !== move.from && !isDead(verdicts.get(instanceId)),
  );
  const verdict = verdicts.get(move.from);
  const since = verdict?.kind === 'down' ? verdict.since : leaves.get(move.from)?.at;
  const until = (since ?? now) + PROOF_MS;
  return !isAnyLeft || now >= until
    ? null
    : hold(`an appliance of group ${move.group} may still prove alive`, until);
}

/** Within so long three good probes prove an appliance (S2). */
const PROOF_MS = 10_000;

const FAMILY_NAMES = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

/**
 * S14: what leaves is no target, of a failover only the last one left: it is alive, and what the route leads to is not.
 * A client pool has no other; a person's pin that is newer than the notice counts.
 */
function targetLeaves(move: Move, { assessment, memory, appliances, now }: Scene): Finding {
  const leave = assessment.leaves.get(move.to);
  if (leave === undefined || move.kind === 'failover' || move.kind === 'pool') return null;
  if (move.kind === 'pin' && isOutweighed(leave, pinTo(move, memory, now))) return null;
  return hold(`${appliances.get(move.to)?.name ?? move.to} ${describeLeave(leave)}`, leave.until);
}

/**
 * S4: failback only after the hold-down; after three failovers within an hour the route stays where it lives until that is
 * acknowledged. A person's pin waits only for failovers since it was made. Nothing that has happened, or is stored, holds
 * a move away from the dead; what leaves an instance that ends is held only where another tool has just pointed it back.
 */
function tooSoon(move: Move, scene: Scene): Finding {
  const { memory, policy, now } = scene;
  if (move.kind === 'leave') {
    const until = (memory.leftAts.get(move.routeKey) ?? 0) + LEFT_REST_MS;
    return now >= until ? null : hold('it was pointed back', until);
  }
  if (move.kind === 'failover') return null;
  if (move.kind === 'pin' && knowsThePast(move, scene)) return null;
  // Its group may have had another name when the route failed over.
  const past =
    memory.groups.get(move.group) ??
    [...memory.groups.values()].find(({ failovers }) => failovers[move.routeKey] !== undefined);
  if (past === undefined) return null;
  if (past.pinnedAts[move.routeKey] !== undefined) {
    return hold(
      `pinned after three failovers within an hour: vpn-medic ack ${shellQuoted(move.group)}`,
    );
  }
  // A leader that was replaced while it wrote has left its intention alone: when the route was moved, and no failover.
  const isPlanned =
    move.kind === 'pin' || isDrilled(memory.drills, { key: move.routeKey, group: move.group });
  const movedAt = isPlanned ? null : memory.preferred.get(move.routeKey)?.movedAt;
  const lastAt = Math.max(past.lastFailoverAt, movedAt ?? past.lastFailoverAt);
  const until = lastAt + holdMsOf(past, policy);
  return now >= until
    ? null
    : hold(`the group last failed over ${describeMs(now - lastAt)} ago`, until);
}

/** How often a route is moved off what leaves, against another tool that points it back. */
const LEFT_REST_MS = 60_000;

/** The operator's clock may be ahead of ours by so much; a pin from further ahead counts as older. */
const SKEW_MS = 5_000;

const pinTo = ({ routeKey, group, to }: Move, { pins }: Memory, now: Instant): Pin | null =>
  pinOf(
    pins.filter((pin) => pin.to === to),
    { key: routeKey, group },
    now,
  );

function knowsThePast(move: Move, { memory, now }: Scene): boolean {
  const { routeKey, group } = move;
  const pin = pinTo(move, memory, now);
  const past = memory.groups.get(group);
  if (pin === null || past === undefined || pin.at > now + SKEW_MS) return false;
  return pin.at > Math.max(past.lastFailoverAt, past.pinnedAts[routeKey] ?? 0);
}

/** S5: failback, and a move to a pinned next hop, need the same probes as failover, for longer. What leaves cannot wait. */
function preferredHasNotRisen(move: Move, { assessment, policy }: Scene): Finding {
  if (move.kind === 'failover' || move.kind === 'leave') return null;
  const verdict = assessment.verdicts.get(move.to);
  if (verdict?.kind === 'up' && verdict.isHealthy) return null;
  const which = move.kind === 'pin' ? 'its target' : 'its preferred next hop';
  return hold(`${which} has not answered ${policy.rise} times in a row`);
}

/** S5: a daemon that answers proves no tunnel: a failback, and a drain, needs an answer through it, or a person, where a death calls it in doubt; a failback also where the tag does. */
function tunnelIsNotProven(move: Move, { assessment, memory, policy }: Scene): Finding {
  const verdict = assessment.verdicts.get(move.to);
  // What a drain leaves carries on as long as it has to; what AWS ends does not.
  const isDrain =
    move.kind === 'leave' && !move.isEc2Confirmed && isDoubted(move.to, verdict, memory, policy);
  if (move.kind !== 'failback' && !isDrain) return null;
  // A drill called nothing in doubt: that no probe is sent through it now is the drill's own doing.
  const isUnsent = verdict?.kind === 'up' && verdict.tunnel === 'unsent';
  if (isUnsent && isDrilled(memory.drills, { key: move.routeKey, group: move.group })) return null;
  const why = tunnelHold(move.to, verdict, memory, policy);
  return why === null ? null : hold(`${why}: vpn-medic failback ${shellQuoted(move.to)}`);
}

/** S6: a write that did not take is tried again ever more slowly; a refusal counts for its route, or for the table that it is about. */
function writeDidNotTake(move: Move, { memory, now }: Scene): Finding {
  for (const [routeKey, write] of memory.pending) {
    const isOwn = routeKey === move.routeKey && write.fromTargetId === move.fromTargetId;
    const isLike = write.isOfTable === true && routeKey.startsWith(`${move.tableId} `);
    if (isElastic(move.tableId) && isOnItsWay(routeKey, write, move)) {
      return hold(`another Elastic address is on its way to ${move.toTargetId}`);
    }
    if ((isOwn || isLike) && isResting(write, now)) {
      return hold(describePending(write), write.writtenAt + waitMsOf(write));
    }
  }
  return null;
}

/** Until it shows, what it is associated with looks free. */
const isOnItsWay = (routeKey: string, write: PendingWrite, move: Move): boolean =>
  isElastic(routeKey) &&
  routeKey !== move.routeKey &&
  write.toTargetId === move.toTargetId &&
  write.answer !== 'refused';

const describePending = ({ answer, tryCount, why }: PendingWrite): string =>
  answer === 'refused'
    ? why
    : `written ${tryCount === 1 ? 'once' : `${tryCount} times`} and not seen in the read-back`;

function peoplePaused(_move: Move, { memory, now }: Scene): Finding {
  const pause = pauseNow(memory.pause, now);
  return pause === null ? null : hold(describePause(pause), pause.until);
}

function onlyObserves(_move: Move, { policy }: Scene): Finding {
  return policy.mode === 'observe' ? hold('mode is observe: nothing is written') : null;
}

/** S8: the bucket is drained in the order of harm; the rest waits for the next tick. */
function budgetIsSpent(_move: Move, { memory, policy, now, allowedCount }: Scene): Finding {
  const { tokens } = refill(memory.budget, policy, now);
  return allowedCount + 1 <= tokens
    ? null
    : hold('the write budget is spent', now + Math.ceil(1_000 / policy.writesPerSecond));
}
