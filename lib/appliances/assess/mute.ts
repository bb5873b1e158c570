/** Findings about probes that were never answered: why, and what to do. Pure. */

import type { Finding } from '../../core/finding.ts';
import type { Instant } from '../../core/time.ts';
import type { ProbeHistory } from '../../probe/history.ts';
import type { ProbeClause, ProbeKind } from '../../probe/types.ts';
import type { Memory } from '../state.ts';
import type { Appliance } from '../types/topology.ts';
import type { Verdict } from '../types/verdict.ts';
import { targetKey, type Unreachable, type World } from '../types/world.ts';
import { subjectOf } from './appliance.ts';
import type { ClauseResult } from './probes.ts';

/** One finding for all of them; none while it is not sure yet. */
export function findMute(
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
  const say = (words: Words) => [unprovenFinding(appliance, mute, now, words)];
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
  if (!hasRunLong(appliance, world, memory, now)) return [];
  const unknownWhy = alwaysUnknownWhy(appliance, mute, world);
  if (unknownWhy !== null) {
    return say({
      reason: 'ProbeNeverAnswered',
      summary: `${texts.join(' ')} of ${name} has never answered, and cannot be probed: ${unknownWhy}. That says nothing of it, and no route is moved to it.`,
      hint: isIpv6(appliance, mute)
        ? 'Deploy with probeIpv6Subnets set to those probe subnets that have an IPv6 CIDR block, or write an IPv4 address in vpn-medic:probe.'
        : 'The reason lies on the side of the probes, not of the appliance: remove it there.',
    });
  }
  if (!hasAskedLong(appliance, world)) return [];
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

const SEALED_OPENVPN =
  'OpenVPN with tls-auth or tls-crypt answers sealed packets only: name its key in vpn-medic:probe-key.';

/** Daemons that do not answer a stranger, though they work. */
const SILENT_BY_DESIGN: Readonly<Partial<Record<ProbeKind, string>>> = {
  ike: "Some IKE servers answer configured peers only, and IKEv1 servers answer no IKEv2: add the probes' addresses as a peer, or probe another port, as tcp:22.",
  openvpn: SEALED_OPENVPN,
  'openvpn-tcp': SEALED_OPENVPN,
  radius:
    "RADIUS servers answer the addresses and the secret of their clients only: add the probes' addresses as a client.",
};

const isAlwaysRefused = (key: string, { vantages }: World): boolean =>
  vantages.every(({ histories }) => {
    const misses = histories.get(key)?.misses ?? [];
    return misses.length > 0 && misses.every(({ why }) => /refused/.test(why));
  });

/** Probes before their silence is called one. */
const ASKED_COUNT = 5;

const historiesOf = (
  { instanceId }: Appliance,
  clauses: readonly ProbeClause[],
  { vantages }: World,
): readonly ProbeHistory[] =>
  vantages.flatMap(({ histories }) =>
    clauses.flat().flatMap(({ text }) => histories.get(targetKey(instanceId, text)) ?? []),
  );

const hasAskedLong = (appliance: Appliance, world: World): boolean =>
  historiesOf(appliance, appliance.probes, world).some(
    ({ misses }) => misses.length >= ASKED_COUNT,
  );

/** Why, where each probe is unknown at every vantage by now; null: not so, or not sure yet. */
function alwaysUnknownWhy(
  appliance: Appliance,
  mute: readonly ClauseResult[],
  world: World,
): string | null {
  const clauses = mute.map(({ clause }) => clause);
  const histories = historiesOf(appliance, clauses, world);
  const isSure = histories.every(
    ({ recent, unknownWhy }) => recent.length >= ASKED_COUNT && unknownWhy !== null,
  );
  const whys = [...new Set(histories.map(({ unknownWhy }) => unknownWhy))];
  return isSure && whys.length > 0 ? whys.join('; ') : null;
}

const isIpv6 = ({ privateIp, publicIp }: Appliance, mute: readonly ClauseResult[]): boolean =>
  mute.every(({ clause }) =>
    clause.every(({ address }) =>
      address === null ? privateIp === null && publicIp === null : address.includes(':'),
    ),
  );

/** Whether the appliance runs, and was known before this pass. */
function hasRunLong(appliance: Appliance, world: World, memory: Memory, now: Instant): boolean {
  const signals = world.signals.get(appliance.instanceId);
  const past = memory.appliances.get(appliance.instanceId);
  const isRunning = signals?.state.known === true && signals.state.value === 'running';
  return past !== undefined && past.seenAt <= now && isRunning;
}

type Words = Pick<Finding, 'reason' | 'summary' | 'hint'>;

export const unprovenFinding = (
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
