/** Knocks in the simulated account: who answers is the truth of `Vitals`, how it travels is the vantage's affair. */

import type { ProbePort } from '../probe/ports.ts';
import type { Knock, KnockAnswer, ProbeTarget, Round, Vantage } from '../probe/types.ts';
import { wayOut } from './dataPath.ts';
import type { Invocation } from './invocation.ts';
import type { Parts } from './parts.ts';

export interface VantageSetup extends Vantage {
  /** Appliances whose security groups do not let this vantage in. */
  readonly closedTo: readonly string[];
}

export function simProbes(
  parts: Parts,
  self: Invocation,
  setups: readonly VantageSetup[],
): ProbePort {
  return {
    async vantages(signal) {
      await self.pass(10 * parts.luck.probes.whole(2, 6), signal);
      return setups.map(({ id, subnetIds, isInVpc }) => ({ id, subnetIds, isInVpc }));
    },
    knock: (round, onAnswer, signal) =>
      knockAll(parts, self, setupOf(setups, round.vantageId), round, onAnswer, signal),
  };
}

interface Due {
  readonly answer: KnockAnswer;
  readonly afterMs: number;
}

async function knockAll(
  parts: Parts,
  self: Invocation,
  setup: VantageSetup,
  round: Round,
  onAnswer: (answer: KnockAnswer) => void,
  signal: AbortSignal,
): Promise<void> {
  const { clock, faults, log, luck } = parts;
  const sentMs = clock.monotonicMs();
  const isUnaskable = faults
    .active('vantage-unaskable')
    .some(({ vantageId }) => vantageId === setup.id);
  const dues = round.targets.map((target): Due => {
    const knock = isUnaskable ? UNASKABLE : knockOn(parts, setup, target, round.timeoutMs);
    const afterMs = knock.kind === 'unknown' ? 50 : Math.ceil(knock.tookMs);
    return { answer: { key: target.key, knock }, afterMs };
  });
  // A probe function answers for all of its targets in one reply; the watcher's own knocks come one by one.
  const replyMs = setup.isInVpc
    ? Math.max(0, ...dues.map(({ afterMs }) => afterMs)) + luck.probes.whole(8, 25)
    : null;
  const waves = Map.groupBy(dues, ({ afterMs }) => replyMs ?? afterMs);
  let passedMs = 0;
  for (const [afterMs, wave] of [...waves].toSorted(([a], [b]) => a - b)) {
    await self.pass(afterMs - passedMs, signal);
    passedMs = afterMs;
    for (const { answer } of wave) {
      const heard = signal.aborted ? { key: answer.key, knock: GIVEN_UP } : answer;
      const target = round.targets.find(({ key }) => key === answer.key);
      log.knocks.push({
        by: self.by,
        vantageId: setup.id,
        key: answer.key,
        kind: target?.kind ?? 'tcp',
        address: target?.address ?? '',
        sentMs,
        doneMs: clock.monotonicMs(),
        timeoutMs: round.timeoutMs,
        tookMs: heard.knock.kind === 'unknown' ? 0 : heard.knock.tookMs,
        answer: heard.knock.kind,
      });
      onAnswer(heard);
    }
  }
}

const UNASKABLE: Knock = { kind: 'unknown', why: 'the probe function cannot be invoked' };
const GIVEN_UP: Knock = { kind: 'unknown', why: 'the round was given up' };

function knockOn(parts: Parts, setup: VantageSetup, target: ProbeTarget, timeoutMs: number): Knock {
  const { faults, luck } = parts;
  const wayMs = luck.probes.whole(1, 4) + slownessOf(parts, setup.id);
  const isLost = faults.active('probe-loss').some(({ chance }) => luck.probes.chance(chance));
  const isBlind = faults.active('vantage-blind').some(({ vantageId }) => vantageId === setup.id);
  const manner = isLost || isBlind ? 'silent' : reach(parts, setup, target);
  const tookMs = wayMs + (typeof manner === 'number' ? manner : 0);
  if (manner === 'silent' || tookMs >= timeoutMs) {
    return { kind: 'down', why: `no answer in ${timeoutMs} ms`, tookMs: timeoutMs };
  }
  return manner === 'refused'
    ? { kind: 'down', why: 'connection refused', tookMs }
    : { kind: 'up', tookMs };
}

/** How long the answer takes to be given, or why there is none. */
function reach(
  { estate, vitals }: Parts,
  setup: VantageSetup,
  { address, kind }: ProbeTarget,
): number | 'refused' | 'silent' {
  const instance = vitals.atAddress(address);
  if (instance === null) {
    const [subnetId] = setup.subnetIds;
    const through = subnetId === undefined ? null : wayOut(estate, subnetId, address);
    const carrier = through === null ? null : (estate.interfaces.get(through)?.instanceId ?? null);
    return carrier !== null && vitals.isForwarding(carrier) ? FAR_MS : 'silent';
  }
  if (setup.closedTo.includes(instance.instanceId)) return 'silent';
  if (!setup.isInVpc && address !== instance.publicIp) return 'silent';
  const manner = vitals.manner(instance.instanceId, kind);
  switch (manner.kind) {
    case 'answers':
      return manner.afterMs;
    case 'refuses':
      return 'refused';
    case 'silent':
      return 'silent';
    default:
      return manner satisfies never;
  }
}

/** Through the tunnel and back. */
const FAR_MS = 12;

const slownessOf = ({ faults }: Parts, vantageId: string): number =>
  faults
    .active('vantage-slow')
    .filter((one) => one.vantageId === vantageId)
    .reduce((sum, { byMs }) => sum + byMs, 0);

function setupOf(setups: readonly VantageSetup[], vantageId: string): VantageSetup {
  const setup = setups.find(({ id }) => id === vantageId);
  if (setup === undefined) throw new Error(`knocking from ${vantageId}, which is no vantage`);
  return setup;
}
