/** Findings about probes that prove nothing, or only that an appliance is slow. Pure. */

import type { Finding } from '../../core/finding.ts';
import type { Instant } from '../../core/time.ts';
import type { Memory } from '../state.ts';
import type { Policy } from '../types/policy.ts';
import type { Appliance } from '../types/topology.ts';
import type { World } from '../types/world.ts';
import { findMute, unprovenFinding } from './mute.ts';
import type { ClauseResult } from './probes.ts';
import { type Judgement, lateWhy } from './verdict.ts';

/** One finding an appliance for what was answered too late, and one for what was never answered. */
export function findUnproven(
  appliance: Appliance,
  world: World,
  judgement: Judgement | undefined,
  memory: Memory,
  policy: Policy,
  now: Instant,
): readonly Finding[] {
  if (judgement === undefined) return [];
  const { verdict, clauseResults } = judgement;
  const state = world.signals.get(appliance.instanceId)?.state;
  // A stopped machine has no public address and answers nothing: that says nothing about its probes.
  if (state?.known && state.value !== 'running') return [];
  const late = clauseResults.filter(({ lateMs }) => lateMs !== null);
  const isSlow = late.length > 0 && (verdict.kind !== 'down' || verdict.isLate === true);
  const mute = clauseResults.filter(
    ({ kind, lateMs }) => kind === 'unreachable' && lateMs === null,
  );
  return [
    ...(isSlow ? [lateAnswers(appliance, late, policy, now)] : []),
    ...(mute.length > 0 ? findMute(appliance, verdict, mute, world, memory, now) : []),
  ];
}

function lateAnswers(
  appliance: Appliance,
  late: readonly ClauseResult[],
  policy: Policy,
  now: Instant,
): Finding {
  const slowestMs = Math.max(...late.map(({ lateMs }) => lateMs ?? 0));
  const enoughMs = Math.ceil((slowestMs * 1.5) / 100) * 100;
  const whys = late.flatMap((one) => lateWhy(one, policy) ?? []);
  return unprovenFinding(appliance, late, now, {
    reason: 'LateAnswers',
    summary: `${appliance.name} (${appliance.instanceId}, ${appliance.zone}) is slow: ${whys.join('; ')}. A route that leads to it stays, and no route is moved to it until it answers in time.`,
    hint: `Find out what slows it down (CPU, bandwidth allowance, number of connections). If it always takes so long, deploy with probeTimeoutMs=${enoughMs}.`,
  });
}
