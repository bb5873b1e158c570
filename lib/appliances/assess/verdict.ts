/** The verdict on one appliance: EC2's own state first, then the probes. Pure. */

import type { Instant } from '../../core/time.ts';
import type { ApplianceMemory } from '../state.ts';
import type { InterfaceFact } from '../types/inventory.ts';
import type { Policy } from '../types/policy.ts';
import type { Appliance } from '../types/topology.ts';
import type { DownVerdict, UpVerdict, Verdict } from '../types/verdict.ts';
import type { Ec2Signals, VantageObservation } from '../types/world.ts';
import { withoutIpv6 } from './ipv6.ts';
import { type ClauseResult, evaluateProbes, TUNNEL_SIGNS } from './probes.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly clauseResults: readonly ClauseResult[];
}

/** Not running or no interface: down at once. Else the probes decide; where none can prove anything, EC2 alone counts. */
export function judge(
  appliance: Appliance,
  signals: Ec2Signals,
  vantages: readonly VantageObservation[],
  past: ApplianceMemory | undefined,
  policy: Policy,
  now: Instant,
): Judgement {
  const clauseResults = withoutIdleStandIn(evaluateProbes(appliance, vantages, policy, now));
  const by = (results: readonly ClauseResult[]): Verdict =>
    judgeByState(signals, results, past, now) ??
    judgeByChecks(
      judgeByProbes(results, signals, past, policy),
      results,
      appliance,
      signals,
      past,
      now,
    );
  return { verdict: withoutIpv6(by(clauseResults), by, clauseResults, appliance), clauseResults };
}

/** The probe that stands in for far sides says nothing where it never answered, nor against a far side that answers. */
function withoutIdleStandIn(all: readonly ClauseResult[]): readonly ClauseResult[] {
  const isAnswering = all.some((one) => one.kind === 'up' && !isStandIn(one));
  return all.filter((one) => !isStandIn(one) || (one.kind !== 'unreachable' && !isAnswering));
}

const isStandIn = ({ clause }: ClauseResult): boolean =>
  clause.some(({ isImplied }) => isImplied === true);

/**
 * A failed status check is one witness: against answers it makes the appliance degraded, without them it is down. A
 * process that has just begun has neither.
 */
function judgeByChecks(
  byProbes: Verdict,
  clauseResults: readonly ClauseResult[],
  appliance: Appliance,
  signals: Ec2Signals,
  past: ApplianceMemory | undefined,
  now: Instant,
): Verdict {
  const { checks } = signals;
  const lost = lostArm(appliance, signals);
  const impaired = checks.known
    ? (['system', 'instance', 'attachedEbs'] as const).filter(
        (check) => checks.value[check] === 'impaired',
      )
    : [];
  const isAnswering = byProbes.kind === 'up' && !byProbes.isByEc2Alone;
  const why = `EC2's ${impaired.map((check) => CHECK_NAMES[check]).join(' and ')} status check fails`;
  const isUnasked = byProbes.kind !== 'down' && clauseResults.some((one) => one.isUnasked);
  if (impaired.length > 0 && isUnasked && past?.downSince == null) {
    return { kind: 'unknown', why: `${why}, and its probes are not over yet` };
  }
  if (impaired.length > 0 && !isAnswering) {
    const since = past?.downSince ?? (byProbes.kind === 'down' ? byProbes.since : now);
    return { kind: 'down', cause: 'status-check', isEc2Confirmed: true, since, why };
  }
  if (lost !== null) {
    const since = past?.downSince ?? now;
    return { kind: 'down', cause: 'interface', isEc2Confirmed: false, since, why: lost };
  }
  return impaired.length > 0 && isAnswering
    ? { ...byProbes, isHealthy: false, degradedWhy: why }
    : byProbes;
}

function judgeByState(
  signals: Ec2Signals,
  clauseResults: readonly ClauseResult[],
  past: ApplianceMemory | undefined,
  now: Instant,
): DownVerdict | null {
  const since = past?.downSince ?? now;
  const { state } = signals;
  // What answered since EC2 lacked it is not gone.
  const hasAnsweredSince = (at: Instant) =>
    clauseResults.some(({ goodSentAts }) => goodSentAts.some((sentAt) => sentAt >= at));
  const isGone = state.known && state.value === 'gone' && !hasAnsweredSince(state.at);
  if (state.known && state.value !== 'running' && (state.value !== 'gone' || isGone)) {
    const why = state.value === 'gone' ? 'EC2 no longer knows it' : `EC2 says ${state.value}`;
    return { kind: 'down', cause: 'state', isEc2Confirmed: true, since, why };
  }
  return null;
}

/**
 * Why it cannot carry what it carried: an interface that routes lead to, or led to, is not in use; or it has none at all.
 * A status that we do not know is neither in use nor lost.
 */
function lostArm({ interfaces: arms }: Appliance, { interfaces }: Ec2Signals): string | null {
  if (!interfaces.known) return null;
  if (interfaces.value.length === 0) return 'its network interface is gone';
  if (interfaces.value.every(isUseless)) return describeLink(interfaces.value[0]);
  for (const { interfaceId, deviceIndex, hasCarried, movedTo } of arms) {
    const link = interfaces.value.find((one) => one.interfaceId === interfaceId);
    if (!hasCarried || movedTo !== null || !isUseless(link)) continue;
    return link === undefined
      ? `it has lost its network interface ${interfaceId} (device ${deviceIndex})`
      : describeLink(link);
  }
  return null;
}

const isUseless = (link: InterfaceFact | undefined): boolean =>
  link?.status !== 'in-use' && link?.status !== 'unknown';

const describeLink = (link: InterfaceFact | undefined): string =>
  `its network interface ${link?.interfaceId ?? ''} is ${link?.status ?? 'gone'}`;

const CHECK_NAMES = {
  system: 'system',
  instance: 'instance',
  attachedEbs: 'attached EBS',
} as const;

function judgeByProbes(
  clauseResults: readonly ClauseResult[],
  signals: Ec2Signals,
  past: ApplianceMemory | undefined,
  policy: Policy,
): Verdict {
  const { state, checks } = signals;
  const down = clauseResults.find(({ kind }) => kind === 'down');
  if (down?.downSince != null) {
    return {
      kind: 'down',
      cause: 'probes',
      isEc2Confirmed: false,
      // Of a long silence only the newest misses are kept.
      since: Math.min(down.downSince, past?.downSince ?? down.downSince),
      why: lateWhy(down, policy) ?? `${textOf(down)} does not answer in time`,
      ...(down.lateMs !== null && { isLate: true }),
    };
  }
  const unproven = unprovenSince(clauseResults, signals, past, policy);
  if (unproven !== null) return unproven;
  const unsure = clauseResults.find(({ kind }) => kind === 'unknown');
  if (unsure !== undefined) return { kind: 'unknown', why: `${textOf(unsure)} cannot be judged` };
  const results = clauseResults.filter((one) => !isMute(one));
  const audible = results.filter(({ kind }) => kind !== 'unreachable');
  const [unwitnessed] = clauseResults.filter(({ kind }) => kind === 'unwitnessed');
  if (audible.length === 0 && unwitnessed !== undefined) {
    return { kind: 'unknown', why: `${textOf(unwitnessed)} answers through no appliance` };
  }
  if (audible.length === 0) {
    if (!state.known) return { kind: 'unknown', why: `no probe result counts, and ${state.why}` };
    if (!checks.known) return { kind: 'unknown', why: `no probe result counts, and ${checks.why}` };
    return {
      kind: 'up',
      isHealthy: false,
      isProven: false,
      lacks: 'no probe of it has ever answered',
      since: null,
      isByEc2Alone: true,
    };
  }
  const lacks = lackOf(results, policy);
  return {
    kind: 'up',
    isHealthy: lacks === null && results.every(({ goodCount }) => goodCount >= policy.rise),
    isProven: lacks === null,
    lacks,
    since: lacks === null ? Math.max(...results.flatMap(({ goodSince }) => goodSince ?? [])) : null,
    isByEc2Alone: false,
    ...(clauseResults.some(({ lateMs }) => lateMs !== null) && { isLate: true }),
    ...tunnelOf(clauseResults),
  };
}

/** The best sign; `unsent` where a clause asks for the tunnel and no vantage's subnet leads through it. */
function tunnelOf(clauseResults: readonly ClauseResult[]): Pick<UpVerdict, 'tunnel'> {
  const sent = clauseResults.flatMap(({ tunnel }) => tunnel ?? []);
  const best = TUNNEL_SIGNS.find((sign) => sent.includes(sign));
  if (best !== undefined) return { tunnel: best };
  return clauseResults.some(({ isFarSide }) => isFarSide) ? { tunnel: 'unsent' } : {};
}

/**
 * Once down, down until proof of life: each clause that has ever answered must answer a probe that was sent after the
 * death, at an address that EC2 has shown to be its own since: addresses move to the peer when an appliance hangs. A
 * clause that can no longer be sent, or that nothing was heard of since a clock jump, proves nothing.
 */
function unprovenSince(
  clauseResults: readonly ClauseResult[],
  { addressesAt }: Ec2Signals,
  past: ApplianceMemory | undefined,
  policy: Policy,
): DownVerdict | null {
  const downSince = past?.downSince ?? null;
  if (past === undefined || downSince === null) return null;
  const hasAnswered = ({ clause, kind }: ClauseResult) =>
    kind !== 'unreachable' ||
    clause.some(({ text }) => past.answered.some((one) => one.endsWith(` ${text}`)));
  const everAnswered = clauseResults.filter(hasAnswered);
  const voiced = everAnswered.filter((one) => one.kind !== 'unreachable' || !one.isFarSide);
  // What can be said of the others is proof of life; where nothing can be said there is none.
  const asked = voiced.length > 0 ? voiced : everAnswered;
  const silent = asked.find(({ goodSentAts }) => !goodSentAts.some((at) => at > downSince));
  const stillDown = (why: string): DownVerdict => ({
    kind: 'down',
    cause: 'probes',
    isEc2Confirmed: false,
    since: downSince,
    why,
  });
  // What it was known by is no longer probed: nothing can have been heard of it. A death by EC2's word ends by EC2's word.
  if (asked.length === 0 && past.downCause === 'probes') {
    return stillDown('no probe that it has ever answered is left');
  }
  if (silent !== undefined) {
    const late = lateWhy(silent, policy);
    return late === null
      ? stillDown(`${textOf(silent)} has not answered since`)
      : { ...stillDown(late), isLate: true };
  }
  const isOwn = ({ goodSentAts }: ClauseResult) =>
    goodSentAts.some((at) => at > downSince && addressesAt !== null && at <= addressesAt);
  const foreign = asked.find((one) => !isOwn(one));
  return foreign === undefined
    ? null
    : {
        ...stillDown(`${textOf(foreign)} answers, and whether at its own address is not read yet`),
        isAwaitingAddress: true,
      };
}

/** A far side that no vantage reaches through this appliance now, or that is silent through every one: it neither proves nor hinders. */
const isMute = ({ kind, isFarSide }: ClauseResult): boolean =>
  kind === 'unwitnessed' || (kind === 'unreachable' && isFarSide);

function lackOf(clauseResults: readonly ClauseResult[], policy: Policy): string | null {
  for (const one of clauseResults) {
    const late = lateWhy(one, policy);
    if (late !== null) return late;
  }
  const unreachable = clauseResults.find(({ kind }) => kind === 'unreachable');
  if (unreachable !== undefined) return `${textOf(unreachable)} cannot be reached from any vantage`;
  const suspect = clauseResults.find(({ kind }) => kind === 'suspect');
  if (suspect !== undefined) return `${textOf(suspect)} missed its last probe`;
  // Routes that are moved one after the other make a far side reachable midway: its first answers hold no further one back.
  const unproven = clauseResults.find(
    ({ isProven, isFarSide, kind }) => !isProven && !(isFarSide && kind === 'up'),
  );
  if (unproven !== undefined) return `${textOf(unproven)} has not yet answered 3 times in 10 s`;
  return clauseResults.some(({ isOwnProven }) => isOwnProven)
    ? null
    : 'no address of its own has answered a probe in 10 s: add a probe without an address to vpn-medic:probe';
}

/** `ike:500 answers after 900 ms, later than probeTimeoutMs (800 ms)`; null: it does not answer late. */
export const lateWhy = (result: ClauseResult, { probeTimeoutMs }: Policy): string | null =>
  result.lateMs === null
    ? null
    : `${textOf(result)} answers after ${Math.round(result.lateMs)} ms, later than probeTimeoutMs (${probeTimeoutMs} ms)`;

const textOf = ({ clause }: ClauseResult): string => clause.map(({ text }) => text).join('|');
