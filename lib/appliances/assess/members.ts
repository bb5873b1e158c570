/** Findings about who joined a group, and who was refused. Pure. */

import type { Finding } from '../../core/finding.ts';
import { shellQuoted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { joinOf } from '../state/admission.ts';
import type { Memory } from '../state.ts';
import type { Policy } from '../types/policy.ts';
import type { Appliance } from '../types/topology.ts';
import type { World } from '../types/world.ts';
import { subjectOf } from './appliance.ts';

/** So long a join stands as a finding: enough to be notified once. */
const JOINED_MS = 90_000;

/** One finding for each newcomer that is admitted, and for each that is not; none of members that were there first. */
export function findMembers(
  world: World,
  memory: Memory,
  policy: Policy,
  now: Instant,
): readonly Finding[] {
  return world.topology.appliances.flatMap((one): readonly Finding[] => {
    const known = memory.admissions.get(one.group)?.members[one.instanceId];
    if (known?.how === 'founder' || hasEnded(one, world)) return [];
    const admission = joinOf(one, { topology: world.topology, memory, policy });
    if (!admission.isAdmitted)
      return one.identity === undefined ? [] : [refusal(one, admission.because, now)];
    const isNew =
      known !== undefined && now - known.at < JOINED_MS && !isFirst(one, known.at, memory);
    return isNew ? [joining(one, admission.because, known.at)] : [];
  });
}

/** It was there when its group was first seen. */
const isFirst = ({ group }: Appliance, at: Instant, { admissions }: Memory): boolean =>
  Object.values(admissions.get(group)?.members ?? {}).every((one) => one.at >= at);

const joining = (one: Appliance, because: string, since: Instant): Finding => ({
  reason: 'MemberJoined',
  subject: subjectOf(one),
  severity: 'warning',
  summary: `${one.name} (${one.instanceId}, ${one.zone}) joined group ${one.group} and may carry its routes: ${because}.`,
  evidence: identityLines(one),
  since,
  hint: `If it does not belong there, run: vpn-medic admit ${shellQuoted(one.instanceId)} --revoke`,
});

const refusal = (one: Appliance, because: string, now: Instant): Finding => ({
  reason: 'MemberNotAdmitted',
  subject: subjectOf(one),
  severity: 'warning',
  summary: `${one.name} (${one.instanceId}, ${one.zone}) is tagged for group ${one.group} and is not admitted: ${because}. No route moves to it.`,
  evidence: identityLines(one),
  since: now,
  hint: `If it belongs there, run: vpn-medic admit ${shellQuoted(one.instanceId)}`,
});

const identityLines = ({ identity }: Appliance): readonly string[] =>
  identity === undefined
    ? []
    : [
        `instance profile: ${identity.instanceProfile ?? 'none'}`,
        `auto scaling group: ${identity.autoScalingGroup ?? 'none'}`,
      ];

function hasEnded({ instanceId }: Appliance, { signals, topology }: World): boolean {
  const state = signals.get(instanceId)?.state;
  const isEnded =
    state?.known === true && ['gone', 'terminated', 'shutting-down'].includes(state.value);
  return isEnded || topology.ignored.has(instanceId);
}
