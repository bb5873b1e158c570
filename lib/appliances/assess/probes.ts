/** One appliance's probes, clause by clause: what all vantages together show. Pure. */

import type { Instant } from '../../core/time.ts';
import type { Probe, ProbeClause } from '../../probe/types.ts';
import type { Policy } from '../types/policy.ts';
import type { Appliance } from '../types/topology.ts';
import type { TunnelSign } from '../types/verdict.ts';
import { targetKey, type VantageObservation } from '../types/world.ts';
import {
  evaluate,
  freshMs,
  PROOF_MS,
  type ProbeObservation,
  paceMsOf,
  type Refusal,
} from './probeAtVantage.ts';

/** The aggregated result of one probe clause over all vantages. */
export interface ClauseResult {
  readonly clause: ProbeClause;
  /**
   * `unreachable`: no vantage where it proves anything. `unknown`: it could, and nothing is certain. `unwitnessed`: it goes
   * through the tunnel, and its far side is silent through every appliance, which says nothing of this one.
   */
  readonly kind: ProbeObservation['kind'];
  /** It is sent through the tunnel where it is sent at all: its far side may be silent for reasons of its own. */
  readonly isFarSide: boolean;
  /** What its probes through the tunnel prove, at the best vantage; null: none is sent. */
  readonly tunnel: TunnelSign | null;
  /** Answered 3 probes within the last 10 s, and missed none since, at a majority. */
  readonly isProven: boolean;
  /** An address that EC2 shows as the appliance's own answered within that time, at one vantage at least. */
  readonly isOwnProven: boolean;
  /** Answers in a row, at a majority. */
  readonly goodCount: number;
  readonly goodSince: Instant | null;
  /** For `down`: the first unanswered probe. */
  readonly downSince: Instant | null;
  /** When the remembered answered probes were sent, at all vantages. */
  readonly goodSentAts: readonly Instant[];
  /** At every vantage that can reach it, the last probe went unanswered, counted or not. */
  readonly isSilent: boolean;
  /** Answered nowhere now, and at one vantage at least silent for as long as a verdict would need, or since before a jump. */
  readonly isLongSilent: boolean;
  /** A vantage that can reach it has had neither an answer nor a miss yet: its silence says nothing. */
  readonly isUnasked: boolean;
  /** It answers, and later than the timeout: the slowest of the newest late answers; null: not so. */
  readonly lateMs: number | null;
  /** Vantages that it has answered before, and refuses now. */
  readonly refusals: readonly Refusal[];
  /** One line a vantage, for evidence. */
  readonly lines: readonly string[];
}

/** One result a clause; an appliance without readable probes has none. */
export function evaluateProbes(
  appliance: Appliance,
  vantages: readonly VantageObservation[],
  policy: Policy,
  now: Instant,
): readonly ClauseResult[] {
  return appliance.probes.map((clause) => {
    const all = vantages.map((observation) =>
      clause.map((probe) => evaluate(probe, appliance, observation, vantages, policy, now)),
    );
    const observations = all.map(bestOf);
    const isOwnProven = vantages.some((one) => hasOwnAnswer(clause, appliance, one, policy, now));
    const isFarSide =
      vantages.length > 0 &&
      clause.every((probe) => vantages.some((one) => isFar(probe, appliance, one)));
    const signs = all.flat().flatMap(({ tunnel }) => tunnel ?? []);
    const tunnel = TUNNEL_SIGNS.find((sign) => signs.includes(sign)) ?? null;
    return { ...clauseResult(clause, observations, policy), isOwnProven, isFarSide, tunnel };
  });
}

/** Best first: an answer at one vantage is an answer. */
export const TUNNEL_SIGNS: readonly TunnelSign[] = [
  'proven',
  'answering',
  'lost',
  'unsure',
  'silent',
];

/** Through the tunnel, or it would be if the vantage's subnet led through the appliance. */
function isFar(
  { text }: Probe,
  { instanceId }: Appliance,
  { farSides, unreachables }: VantageObservation,
): boolean {
  const key = targetKey(instanceId, text);
  return farSides?.has(key) === true || unreachables.get(key)?.reason === 'behind-tunnel';
}

/** An address in a tag may be any host's; one that EC2 shows on the appliance's interfaces is its own. */
export const isOwnAddress = (
  { address }: Pick<Probe, 'address'>,
  { ownAddresses }: Pick<Appliance, 'ownAddresses'>,
): boolean => address === null || ownAddresses.includes(address);

function hasOwnAnswer(
  clause: ProbeClause,
  appliance: Appliance,
  { histories, farSides }: VantageObservation,
  policy: Policy,
  now: Instant,
): boolean {
  return clause.some((probe) => {
    const key = targetKey(appliance.instanceId, probe.text);
    const last = histories.get(key)?.goodSentAts.at(-1);
    return (
      last !== undefined &&
      // A route table led the packet into this appliance's interface: no other can have answered.
      (isOwnAddress(probe, appliance) || farSides?.has(key) === true) &&
      now - last <= Math.max(PROOF_MS, freshMs(paceMsOf(probe, policy), policy))
    );
  });
}

/** The alternatives of a clause at one vantage: the best of those that prove something. */
function bestOf(alternatives: readonly ProbeObservation[]): ProbeObservation {
  const order = ['up', 'suspect', 'unknown', 'down', 'unwitnessed', 'unreachable'] as const;
  return alternatives.reduce((a, b) => (order.indexOf(b.kind) < order.indexOf(a.kind) ? b : a));
}

type BareResult = Omit<ClauseResult, 'isOwnProven' | 'isFarSide' | 'tunnel'>;

function clauseResult(
  clause: ProbeClause,
  observations: readonly ProbeObservation[],
  policy: Policy,
): BareResult {
  const lines = observations.map(({ line }) => line);
  const audible = observations.filter(({ kind }) => kind !== 'unreachable');
  const speaking = audible.filter(({ kind }) => kind !== 'unknown' && kind !== 'unwitnessed');
  // What a vantage saw before it could no longer be asked counts only where no other one can be.
  const lates = (speaking.length > 0 ? speaking : observations).flatMap(
    ({ lateMs }) => lateMs ?? [],
  );
  const isAnswered = observations.some(({ kind }) => kind === 'up');
  const of = (kind: ProbeObservation['kind']) =>
    speaking.filter((observation) => observation.kind === kind);
  const majority = (part: readonly ProbeObservation[]) => part.length * 2 > speaking.length;
  const say = (kind: ClauseResult['kind'], rest: Partial<ClauseResult> = {}): BareResult => ({
    clause,
    kind,
    isProven: false,
    goodCount: 0,
    goodSince: null,
    downSince: null,
    goodSentAts: observations.flatMap(({ goodSentAts }) => goodSentAts),
    isSilent: audible.length > 0 && audible.every(({ isSilent }) => isSilent),
    // Vantages see the same deaths some milliseconds apart: the first that sees many must not act on the few that all see.
    isLongSilent:
      audible.some(({ isLongSilent }) => isLongSilent) &&
      !audible.some((observation) => observation.kind === 'up'),
    isUnasked: observations.some((observation) => observation.isUnasked),
    lateMs: lates.length === 0 ? null : Math.max(...lates),
    refusals: observations.flatMap(({ refusal }) =>
      refusal !== null && (refusal.how === 'closed' || isAnswered) ? refusal : [],
    ),
    lines,
    ...rest,
  });
  if (audible.length === 0) return say('unreachable');
  if (speaking.length === 0) {
    return say(audible.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'unwitnessed');
  }
  const downs = of('down');
  if (majority(downs)) {
    const downSince = Math.min(...downs.flatMap((observation) => observation.downSince ?? []));
    return say('down', { downSince });
  }
  const ups = of('up');
  if (!majority(ups)) return say('suspect');
  const risen = ups.filter(({ goodCount }) => goodCount >= policy.rise);
  return say('up', {
    lateMs: null,
    isProven: majority(ups.filter(({ isProven }) => isProven)),
    goodCount: majority(risen) ? policy.rise : Math.min(...ups.map(({ goodCount }) => goodCount)),
    goodSince: Math.max(...ups.flatMap((observation) => observation.goodSince ?? [])),
  });
}
