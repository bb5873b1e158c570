/** Probes in the simulated account: the target answers by the ground truth, the vantage adds delay and loss. */

import type { ProbePort } from '../probe/ports.ts';
import type { ProbeAnswer, ProbeResult, ProbeTarget, Round, Vantage } from '../probe/types.ts';
import { nextHopInterfaceOf } from './dataPath.ts';
import { UNHEARD_PORT } from './faults/effects.ts';
import type { Response } from './groundTruth.ts';
import type { Invocation } from './invocation.ts';
import type { Parts } from './parts.ts';

export interface VantageSetup extends Vantage {
  /** Appliances whose security groups block this vantage. */
  readonly closedTo: readonly string[];
}

export function simProbes(
  parts: Parts,
  self: Invocation,
  setups: readonly VantageSetup[],
): ProbePort {
  return {
    async vantages(signal) {
      await self.pass(10 * parts.random.probes.whole(2, 6), signal);
      return setups.map(({ id, subnetIds, isInVpc }) => ({ id, subnetIds, isInVpc }));
    },
    send: (round, onAnswer, signal) =>
      probeAll(parts, self, setupOf(setups, round.vantageId), round, onAnswer, signal),
  };
}

interface Due {
  readonly answer: ProbeAnswer;
  readonly afterMs: number;
}

async function probeAll(
  parts: Parts,
  self: Invocation,
  setup: VantageSetup,
  round: Round,
  onAnswer: (answer: ProbeAnswer) => void,
  signal: AbortSignal,
): Promise<void> {
  const { clock, faults, log, random } = parts;
  const sentMs = clock.monotonicMs();
  const isUnaskable = faults
    .active('vantage-unaskable')
    .some(({ vantageId }) => vantageId === setup.id);
  const dues = round.targets.map((target): Due => {
    const result = isUnaskable ? UNASKABLE : probeOn(parts, setup, target, round.timeoutMs);
    const afterMs = result.kind === 'unknown' ? 50 : Math.ceil(result.tookMs);
    return { answer: { key: target.key, result }, afterMs };
  });
  // A probe function returns all results in one reply; the watcher's own probes return one by one.
  const replyMs = setup.isInVpc
    ? Math.max(0, ...dues.map(({ afterMs }) => afterMs)) + random.probes.whole(8, 25)
    : null;
  const waves = Map.groupBy(dues, ({ afterMs }) => replyMs ?? afterMs);
  let passedMs = 0;
  for (const [afterMs, wave] of [...waves].toSorted(([a], [b]) => a - b)) {
    await self.pass(afterMs - passedMs, signal);
    passedMs = afterMs;
    for (const { answer } of wave) {
      const answered = signal.aborted ? { key: answer.key, result: GIVEN_UP } : answer;
      const target = round.targets.find(({ key }) => key === answer.key);
      const entry: Parts['log']['results'][number] = {
        by: self.by,
        vantageId: setup.id,
        key: answer.key,
        kind: target?.kind ?? 'tcp',
        address: target?.address ?? '',
        sentMs,
        doneMs: clock.monotonicMs(),
        timeoutMs: round.timeoutMs,
        tookMs: answered.result.kind === 'unknown' ? 0 : answered.result.tookMs,
        answer:
          answered.result.kind === 'down' && answered.result.why === CLOSED
            ? 'closed'
            : answered.result.kind,
      };
      // It is no sign of life, so that nothing may be judged by it.
      if (target?.readsCertificate !== true) log.results.push(entry);
      onAnswer(answered);
    }
  }
}

const UNASKABLE: ProbeResult = { kind: 'unknown', why: 'the probe function cannot be invoked' };
const GIVEN_UP: ProbeResult = { kind: 'unknown', why: 'the round was given up' };

function probeOn(
  parts: Parts,
  setup: VantageSetup,
  target: ProbeTarget,
  timeoutMs: number,
): ProbeResult {
  const { faults, random } = parts;
  const wayMs = random.probes.whole(1, 4) + slownessOf(parts, setup.id);
  const isLost = faults.active('probe-loss').some(({ chance }) => random.probes.chance(chance));
  const isBlind = faults.active('vantage-blind').some(({ vantageId }) => vantageId === setup.id);
  const response = isLost || isBlind ? 'no-answer' : reach(parts, setup, target);
  const tookMs = wayMs + (typeof response === 'number' ? response : 0);
  if (response === 'no-answer' || tookMs >= timeoutMs) {
    return { kind: 'down', why: `no answer in ${timeoutMs} ms`, tookMs: timeoutMs };
  }
  if (response === 'refused') return { kind: 'down', why: 'connection refused', tookMs };
  return response === 'closed' ? { kind: 'down', why: CLOSED, tookMs } : { kind: 'up', tookMs };
}

function reach(
  { faults, network, groundTruth }: Parts,
  setup: VantageSetup,
  { address, kind, port }: ProbeTarget,
): Response | 'closed' {
  const instance = groundTruth.atAddress(address);
  if (instance === null) {
    const [subnetId] = setup.subnetIds;
    const through = subnetId === undefined ? null : nextHopInterfaceOf(network, subnetId, address);
    const nextHop = through === null ? null : (network.interfaces.get(through)?.instanceId ?? null);
    return nextHop !== null && groundTruth.isForwarding(nextHop) ? FAR_MS : 'no-answer';
  }
  if (setup.closedTo.includes(instance.instanceId) || port === UNHEARD_PORT) return 'no-answer';
  if (!setup.isInVpc && !groundTruth.isPublic(address)) return 'no-answer';
  const isOf = (one: { readonly instanceId: string }) => one.instanceId === instance.instanceId;
  if (address.includes(':') && faults.active('ipv6-dead').some(isOf)) return 'no-answer';
  const response = groundTruth.responseTo(kind, instance.instanceId);
  const ban = faults.active('banned').find((one) => isOf(one) && one.vantageId === setup.id);
  if (ban === undefined || typeof response !== 'number') return response;
  return ban.how === 'closes' && (kind === 'tls' || kind === 'openvpn-tcp')
    ? 'closed'
    : 'no-answer';
}

const CLOSED = 'closed by the far side without an answer';

/** Round trip through the tunnel. */
const FAR_MS = 12;

const slownessOf = ({ faults }: Parts, vantageId: string): number =>
  faults
    .active('vantage-slow')
    .filter((one) => one.vantageId === vantageId)
    .reduce((sum, { byMs }) => sum + byMs, 0);

function setupOf(setups: readonly VantageSetup[], vantageId: string): VantageSetup {
  const setup = setups.find(({ id }) => id === vantageId);
  if (setup === undefined) throw new Error(`probing from ${vantageId}: no such vantage`);
  return setup;
}
