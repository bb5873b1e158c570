/** Findings about probes that prove nothing, or only that an appliance is slow. Pure. */

import type { Finding } from '../../core/finding.ts';
import type { Instant } from '../../core/time.ts';
import type { ProbeKind } from '../../probe/types.ts';
import type { Memory } from '../state.ts';
import type { Policy } from '../types/policy.ts';
import type { Appliance } from '../types/topology.ts';
import type { Verdict } from '../types/verdict.ts';
import { targetKey, type Unreachable, type World } from '../types/world.ts';
import { subjectOf } from './appliance.ts';
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
  return finding(appliance, late, now, {
    reason: 'LateAnswers',
    summary: `${appliance.name} (${appliance.instanceId}, ${appliance.zone}) is slow: ${whys.join('; ')}. A route that leads to it stays, and no route is moved to it until it answers in time.`,
    hint: `Find out what slows it down (CPU, bandwidth allowance, number of connections). If it always takes so long, deploy with probeTimeoutMs=${enoughMs}.`,
  });
}

function findMute(
  appliance: Appliance,
  verdict: Verdict,
  mute: readonly ClauseResult[],
  world: World,
  memory: Memory,
  now: Instant,
): readonly Finding[] {
  const { name } = appliance;
  const texts = mute.map(({ clause }) => clause.map(({ text }) => text).join('|'));
  const reasonsOf = ({ clause }: ClauseResult): readonly (Unreachable['reason'] | undefined)[] =>
    clause.flatMap(({ text }) =>
      world.vantages.map(
        ({ unreachables }) => unreachables.get(targetKey(appliance.instanceId, text))?.reason,
      ),
    );
  const say = (words: Words) => [finding(appliance, mute, now, words)];
  if (mute.some((one) => reasonsOf(one).every((reason) => reason === 'unreachable'))) {
    return say({
      reason: 'ProbeImpossible',
      summary: `${name} has no address that any vantage can reach, so EC2's own checks alone judge it: a hung VPN service is not seen, and no route is moved to it.`,
      hint: 'Set probeSubnets, so that probes leave from inside the VPC, or write a reachable address in vpn-medic:probe.',
    });
  }
  if (mute.some((one) => reasonsOf(one).includes('behind-tunnel'))) {
    if (verdict.kind === 'up' && verdict.isProven) return [];
    return say({
      reason: 'ProbeCannotProve',
      summary: `${texts.join(' ')} of ${name} lies behind the tunnel and no vantage's subnet leads through it, and no other probe proves it, so no route is moved to it.`,
      hint: `Give it a probe subnet whose own table leads through it, and write a probe of the appliance itself beside it: ike:500 ${texts[0] ?? ''}`,
    });
  }
  if (!hasAskedLong(appliance, world, memory, now)) return [];
  const kinds = new Set(mute.flatMap(({ clause }) => clause.map(({ kind }) => kind)));
  const isRefused = mute.every(({ clause }) =>
    clause.every(({ text }) => isAlwaysRefused(targetKey(appliance.instanceId, text), world)),
  );
  return say({
    reason: 'ProbeNeverAnswered',
    summary: `${texts.join(' ')} of ${name} has never answered from any vantage: its silence says nothing, and no route is moved to it.`,
    hint: isRefused
      ? 'The machine refuses the connection: no service listens on that port, or a firewall rejects the probe. Correct vpn-medic:probe, or start the service.'
      : [
          'Let the probe in (security group, firewall), or correct vpn-medic:probe.',
          ...[...kinds].flatMap((kind) => SILENT_BY_DESIGN[kind] ?? []),
        ].join(' '),
  });
}

/** Daemons that do not answer a stranger, though they work. */
const SILENT_BY_DESIGN: Readonly<Partial<Record<ProbeKind, string>>> = {
  ike: "Some IKE servers answer configured peers only, and IKEv1 servers answer no IKEv2: add the probes' addresses as a peer, or probe another port, as tcp:22.",
  openvpn:
    'OpenVPN with tls-auth or tls-crypt does not answer: probe another port, as tcp:22, or a host behind the tunnel.',
  'openvpn-tcp':
    'OpenVPN with tls-auth or tls-crypt does not answer: probe its port with tcp instead.',
};

const isAlwaysRefused = (key: string, { vantages }: World): boolean =>
  vantages.every(({ histories }) => {
    const misses = histories.get(key)?.misses ?? [];
    return misses.length > 0 && misses.every(({ why }) => /refused/.test(why));
  });

/** Whether the appliance runs and has been probed for at least five rounds. */
function hasAskedLong(appliance: Appliance, world: World, memory: Memory, now: Instant): boolean {
  const signals = world.signals.get(appliance.instanceId);
  const past = memory.appliances.get(appliance.instanceId);
  const asked = world.vantages.some(({ histories }) =>
    appliance.probes.flat().some(({ text }) => {
      const history = histories.get(targetKey(appliance.instanceId, text));
      return (history?.misses.length ?? 0) >= 5;
    }),
  );
  const isRunning = signals?.state.known === true && signals.state.value === 'running';
  return asked && past !== undefined && past.seenAt <= now && isRunning;
}

type Words = Pick<Finding, 'reason' | 'summary' | 'hint'>;

const finding = (
  appliance: Appliance,
  clauseResults: readonly ClauseResult[],
  now: Instant,
  words: Words,
): Finding => ({
  ...words,
  subject: subjectOf(appliance),
  severity: 'warning',
  evidence: clauseResults.flatMap(({ lines }) => lines),
  since: now,
});
