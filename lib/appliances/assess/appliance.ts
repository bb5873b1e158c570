/** Findings about one appliance. Pure. */

import type { Link } from '../../core/connectionEnds.ts';
import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { FAULT_FINDINGS } from '../../core/findings/tags.ts';
import { describeMs, type Instant, toIso } from '../../core/time.ts';
import { type Appliance, familiesOf, type Topology } from '../types/topology.ts';
import type { World } from '../types/world.ts';
import { linkText } from './links.ts';
import type { Judgement } from './verdict.ts';

export function findInAppliance(
  appliance: Appliance,
  world: World,
  judgement: Judgement | undefined,
  links: readonly Link[],
  now: Instant,
): readonly Finding[] {
  if (judgement === undefined) return [];
  return [
    ...findDown(appliance, world, judgement, links, now),
    ...findIpv6Down(appliance, world, judgement, now),
    ...findWiring(appliance, world, now),
  ];
}

/** A tag or wiring fault as a finding; those that keep routes from failing over are graver. */
export const findFaults = (topology: Topology, now: Instant): readonly Finding[] =>
  topology.faults.map((fault) => ({
    reason: fault.reason,
    subject: fault.subject,
    severity: FAULT_FINDINGS[fault.reason].severities[0],
    summary: fault.summary,
    evidence: [],
    since: now,
    hint: fault.fix,
  }));

function findDown(
  appliance: Appliance,
  world: World,
  { verdict, clauseResults }: Judgement,
  links: readonly Link[],
  now: Instant,
): readonly Finding[] {
  // Only for appliances that are not up: this runs for a hundred appliances a second.
  const evidence = () => [
    ...ec2Lines(appliance, world),
    ...clauseResults.flatMap(({ lines }) => lines),
  ];
  const isCarrying = () =>
    world.topology.routes.some((one) => one.nextHop === appliance.instanceId);
  const where = `${appliance.name} (${appliance.instanceId}, ${appliance.zone})`;
  switch (verdict.kind) {
    case 'up':
      return verdict.degradedWhy === undefined
        ? []
        : [
            {
              reason: 'ApplianceDegraded',
              subject: subjectOf(appliance),
              severity: 'warning',
              summary: `${where} answers its probes, but ${verdict.degradedWhy}: its routes stay, and it gets others only when no other appliance is healthy.`,
              evidence: evidence(),
              since: now,
              hint: APPLIANCE_FINDINGS.ApplianceDegraded.hint,
            },
          ];
    case 'unknown':
      return [
        {
          reason: 'ApplianceUnknown',
          subject: subjectOf(appliance),
          severity: 'info',
          summary: `${where} cannot be judged now: ${verdict.why}. Unknown is not down: nothing moves.`,
          evidence: evidence(),
          since: now,
          hint: APPLIANCE_FINDINGS.ApplianceUnknown.hint,
        },
      ];
    case 'down':
      if (verdict.isLate === true) return [];
      return [
        {
          reason: 'ApplianceDown',
          subject: subjectOf(appliance),
          severity: isCarrying() || links.length > 0 ? 'critical' : 'warning',
          summary: `${where} is down: ${verdict.why}, since ${toIso(verdict.since)}.${linkText(links)}`,
          evidence: evidence(),
          since: verdict.since,
          hint: HINTS[verdict.cause],
        },
      ];
    default:
      return verdict satisfies never;
  }
}

function findIpv6Down(
  appliance: Appliance,
  { topology }: World,
  { verdict, clauseResults }: Judgement,
  now: Instant,
): readonly Finding[] {
  if (verdict.kind !== 'up' || verdict.ipv6DownWhy === undefined) return [];
  const routes = topology.routes.filter(
    ({ group, destination }) =>
      group === appliance.group && familiesOf(destination, topology).includes('ipv6'),
  );
  // An address that was given up, where nothing leads by IPv6 any more.
  if (routes.length === 0 && !clauseResults.some(({ kind }) => kind === 'down')) return [];
  const isCarrying = routes.some(({ nextHop }) => nextHop === appliance.instanceId);
  return [
    {
      reason: 'Ipv6Down',
      subject: subjectOf(appliance),
      severity: isCarrying ? 'critical' : 'warning',
      summary: `${appliance.name} (${appliance.instanceId}, ${appliance.zone}) is down for IPv6, and answers otherwise: ${verdict.ipv6DownWhy}. Only its IPv6 routes leave it.`,
      evidence: clauseResults.flatMap(({ lines }) => lines),
      since: now,
      hint: APPLIANCE_FINDINGS.Ipv6Down.hint,
    },
  ];
}

/** The cause alone, out of the summary of ApplianceDown: for where its name and times stand beside it. */
export const causeOf = (summary: string): string =>
  / is down: (.*), since \d{4}-/s.exec(summary)?.[1] ?? summary;

const HINTS = {
  state: 'Start the instance again, or replace it.',
  'status-check': 'Stop and start the instance, so that it gets another host.',
  interface: 'Attach its network interface again.',
  probes: 'Log in and look at the VPN service; restart it when it hangs.',
} as const;

function ec2Lines(appliance: Appliance, world: World): readonly string[] {
  const signals = world.signals.get(appliance.instanceId);
  if (signals === undefined) return [];
  const { state, checks } = signals;
  return [
    `EC2 state: ${state.known ? state.value : `unknown (${state.why})`}`,
    checks.known
      ? `EC2 checks: system ${checks.value.system}, instance ${checks.value.instance}, attached EBS ${checks.value.attachedEbs}`
      : `EC2 checks: unknown (${checks.why})`,
  ];
}

function findWiring(appliance: Appliance, world: World, now: Instant): readonly Finding[] {
  const signals = world.signals.get(appliance.instanceId);
  const findings: Finding[] = [];
  const checked = signals?.interfaces.known
    ? signals.interfaces.value.filter(
        ({ interfaceId, hasSourceDestCheck }) =>
          hasSourceDestCheck &&
          (appliance.interfaces.length === 1 ||
            appliance.interfaces.some(
              (one) => one.interfaceId === interfaceId && (one.hasCarried || one.isChosen),
            )),
      )
    : [];
  if (checked.length > 0) {
    const ids = checked.map(({ interfaceId }) => interfaceId);
    findings.push({
      reason: 'SourceDestCheckOn',
      subject: subjectOf(appliance),
      severity: 'warning',
      summary: `${appliance.name}'s interface ${ids.join(' and ')} has the source/destination check on: it drops what it should forward, so no route is moved to it.`,
      evidence: [],
      since: now,
      hint: `Run: ${ids.map((interfaceId) => `aws ec2 modify-network-interface-attribute --network-interface-id ${interfaceId} --no-source-dest-check`).join(' && ')}`,
    });
  }
  for (const event of signals?.events ?? []) {
    const when =
      event.notBefore === null
        ? 'at an unknown time'
        : event.notBefore > now
          ? `at ${toIso(event.notBefore)}, in ${describeMs(event.notBefore - now)}`
          : `since ${toIso(event.notBefore)}`;
    findings.push({
      reason: 'ScheduledEvent',
      subject: subjectOf(appliance),
      severity: 'warning',
      summary: `AWS has scheduled ${event.code} for ${appliance.name} ${when}: ${event.description}.`,
      evidence: [],
      since: now,
      hint: APPLIANCE_FINDINGS.ScheduledEvent.hint,
    });
    break;
  }
  return findings;
}

export const subjectOf = (appliance: Appliance): Finding['subject'] => ({
  kind: 'appliance',
  id: appliance.instanceId,
  name: appliance.name,
  group: appliance.group,
  zone: appliance.zone,
});
