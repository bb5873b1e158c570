/** What one probe shows from one vantage. Pure. */

import type { Instant } from '../../core/time.ts';
import { isShutOut, type Miss, type ProbeHistory } from '../../probe/history.ts';
import type { Probe } from '../../probe/types.ts';
import { type Policy, silenceMsOf } from '../types/policy.ts';
import type { Appliance } from '../types/topology.ts';
import type { TunnelSign } from '../types/verdict.ts';
import {
  type FarSide,
  type RoundObservation,
  targetKey,
  type VantageObservation,
} from '../types/world.ts';
import { countedFarMisses, rowsThroughOthers } from './farSide.ts';

export interface ProbeObservation {
  readonly kind: 'up' | 'suspect' | 'down' | 'unknown' | 'unwitnessed' | 'unreachable';
  readonly tunnel: TunnelSign | null;
  readonly isProven: boolean;
  readonly goodCount: number;
  readonly goodSince: Instant | null;
  readonly downSince: Instant | null;
  readonly goodSentAts: readonly Instant[];
  readonly isSilent: boolean;
  readonly isLongSilent: boolean;
  readonly isUnasked: boolean;
  readonly lateMs: number | null;
  readonly refusal: Refusal | null;
  readonly line: string;
}

export interface Refusal {
  readonly vantageId: string;
  /** `closed`: each connection is accepted and closed at once. `silent`: no answer, while another vantage gets one. */
  readonly how: 'closed' | 'silent';
  readonly since: Instant;
}

export function evaluate(
  probe: Probe,
  appliance: Appliance,
  observation: VantageObservation,
  vantages: readonly VantageObservation[],
  policy: Policy,
  now: Instant,
): ProbeObservation {
  const { vantage, histories, unreachables, farSides } = observation;
  const key = targetKey(appliance.instanceId, probe.text);
  const history = histories.get(key);
  const unreachable = unreachables.get(key);
  const farSide = farSides?.get(key);
  const line = `${probe.text} from ${vantage.id}: ${history?.recent.join(', ') || (unreachable?.why ?? 'not asked yet')}`;
  const say: Say = (kind, rest = {}) => ({
    kind,
    isProven: false,
    goodCount: 0,
    goodSince: null,
    downSince: null,
    goodSentAts: history?.goodSentAts ?? [],
    isSilent: false,
    isLongSilent: false,
    isUnasked: unreachable === undefined && isUnasked(history),
    lateMs: history?.late?.tookMs ?? null,
    refusal: null,
    line,
    tunnel: farSide === undefined ? null : signOf(kind, rest.isProven === true),
    ...rest,
  });
  if (unreachable !== undefined || history === undefined) return say('unreachable');
  if (!history.hasAnswered) return say('unreachable');
  const lastMiss = history.misses.at(-1);
  const paceMs = paceMsOf(probe, policy);
  if (lastMiss !== undefined) {
    const asked = { probe, appliance, observation, vantages, policy, now, history, farSide };
    return whileMissing(asked, lastMiss, say);
  }
  if (history.wasSilent) return say('unknown', { isSilent: true, isLongSilent: true });
  const lastGoodSentAt = history.goodSentAts.at(-1);
  if (lastGoodSentAt === undefined || now - lastGoodSentAt > freshMs(paceMs, policy))
    return say('unknown');
  return say('up', {
    isProven: isProof(history, paceMs, now),
    goodCount: history.goodCount,
    goodSince: history.goodSince,
  });
}

type Say = (kind: ProbeObservation['kind'], rest?: Partial<ProbeObservation>) => ProbeObservation;

interface Asked {
  readonly probe: Probe;
  readonly appliance: Appliance;
  readonly observation: VantageObservation;
  readonly vantages: readonly VantageObservation[];
  readonly policy: Policy;
  readonly now: Instant;
  readonly history: ProbeHistory;
  readonly farSide: FarSide | undefined;
}

/** The newest answer is older than the newest miss. */
function whileMissing(
  { probe, appliance, observation, vantages, policy, now, history, farSide }: Asked,
  lastMiss: Miss,
  say: Say,
): ProbeObservation {
  const { vantage, rounds } = observation;
  const silenceMs = silenceMsOf(policy, vantage);
  const paceMs = paceMsOf(probe, policy);
  // No probe was sent since: a vantage that cannot be asked proves neither up nor down.
  if (now - lastMiss.sentAt > freshMs(paceMs, policy)) return say('unknown');
  // Slow is not dead, and no proof of health either.
  if (history.late !== null) return say('suspect');
  if (farSide !== undefined) {
    const rows = rowsThroughOthers(farSide, appliance.instanceId, vantages);
    const { instanceId } = appliance;
    const run = countedFarMisses(history.misses, rows, observation, instanceId, holeMs(paceMs));
    if (isSilence(run, silenceMs, policy)) {
      const downSince = run[0]?.sentAt ?? now;
      return say('down', { downSince, isSilent: true, isLongSilent: true });
    }
    // A witness is probed once an interval: until then it may still come.
    return say(isSilence(history.misses, silenceMs + paceMs, policy) ? 'unwitnessed' : 'suspect');
  }
  const refusedBy = (how: Refusal['how'], since: Instant) => ({
    refusal: { vantageId: vantage.id, how, since },
  });
  // Of the kinds whose daemon we know to close so on a ban; of a web server it is a fault.
  const isBanKind = probe.kind === 'tls' || probe.kind === 'openvpn-tcp';
  const silentFrom = isBanKind ? history.misses.findLastIndex(isShutOut) + 1 : 0;
  const silent = history.misses.slice(silentFrom);
  const [first] = silent;
  if (first === undefined) {
    const lastHeard = history.misses.findLastIndex((one) => !isShutOut(one));
    const since = history.misses[lastHeard + 1]?.sentAt ?? lastMiss.sentAt;
    return say('suspect', refusedBy('closed', since));
  }
  const run = countedMisses(silent, rounds, appliance.instanceId, paceMs);
  const isLongSilent = history.wasSilent || isSilence(silent, silenceMs, policy);
  const silence = { isSilent: true, isLongSilent };
  if (isSilence(run, silenceMs, policy)) {
    const downSince = run[0]?.sentAt ?? now;
    return say('down', { downSince, ...silence, ...refusedBy('silent', first.sentAt) });
  }
  return say(run.length > 0 ? 'suspect' : 'unknown', silence);
}

const isUnasked = (history: ProbeHistory | undefined): boolean =>
  history === undefined ||
  (history.misses.length === 0 &&
    history.goodSentAts.length === 0 &&
    history.unknownWhy === null &&
    !history.wasSilent);

function signOf(kind: ProbeObservation['kind'], isProven: boolean): TunnelSign | null {
  switch (kind) {
    case 'up':
      return isProven ? 'proven' : 'answering';
    case 'down':
      return 'lost';
    case 'unwitnessed':
      return 'silent';
    case 'suspect':
    case 'unknown':
      return 'unsure';
    case 'unreachable':
      return null;
    default:
      return kind satisfies never;
  }
}

/** An answer or a miss older than this says nothing about now. */
export const freshMs = (paceMs: number, policy: Policy): number =>
  3 * paceMs + policy.probeTimeoutMs;

/** Between two probes of a target that is not suspect. */
export const paceMsOf = ({ everyMs = 0 }: Probe, policy: Policy): number =>
  Math.max(policy.probeIntervalMs, everyMs);

/** A target with a pace of its own needs the time of three probes. */
function isProof({ goodSentAts }: ProbeHistory, paceMs: number, now: Instant): boolean {
  const oldest = goodSentAts.at(-PROOF_COUNT);
  return (
    oldest !== undefined &&
    now - oldest <= (paceMs > PACE_MS ? (PROOF_COUNT + 0.5) * paceMs : PROOF_MS)
  );
}

/**
 * The newest unbroken run of misses that count. A miss counts only when another appliance answered in the same
 * round: then the vantage worked, and the silence is the target's own. A round without any answer breaks the run,
 * because a dead target and a blind vantage then look alike, and so does a gap of a whole interval without a probe;
 * a round that is still under way is left out.
 */
function countedMisses(
  misses: readonly Miss[],
  rounds: readonly RoundObservation[],
  instanceId: string,
  paceMs: number,
): readonly Miss[] {
  const counted: Miss[] = [];
  let later: Miss | undefined;
  // Both are in the order of sending.
  let at = rounds.length - 1;
  for (const miss of misses.toReversed()) {
    while ((rounds[at]?.sentAt ?? miss.sentAt) > miss.sentAt) at -= 1;
    const round = rounds[at];
    if (round?.sentAt !== miss.sentAt) break;
    if (later !== undefined && later.sentAt - miss.sentAt > holeMs(paceMs)) break;
    if (round.answeredBy.some((id) => id !== instanceId)) counted.push(miss);
    else if (round.isOver) break;
    later = miss;
  }
  return counted.toReversed();
}

/** Longer than a round that comes late, shorter than one that is left out. */
const holeMs = (paceMs: number): number => 1.75 * paceMs;

/** `fall` full misses, and a missed probe at least the minimum silence after the first. */
function isSilence(run: readonly Miss[], silenceMs: number, policy: Policy): boolean {
  const first = run[0];
  const last = run.at(-1);
  return (
    first !== undefined &&
    last !== undefined &&
    run.filter(({ isFull }) => isFull).length >= policy.fall &&
    last.sentAt - first.sentAt >= silenceMs
  );
}

/** S2: three answers, none older than this. */
export const PROOF_MS = 10_000;
export const PROOF_COUNT = 3;
/** The slowest pace at which three answers fit into that time. */
const PACE_MS = 3_000;
