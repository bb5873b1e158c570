/** What the tags of one appliance say, and a fault for each tag that cannot be read. Pure. */
import { isHostLocal } from '../../core/cidr.ts';
import { parseQuiet, quietFaultText } from '../../core/quiet.ts';
import { readRepairTags } from '../../core/repairTags.ts';
import { PRIORITY_DEFAULT, parsePools, parsePriority, TAG } from '../../core/tags.ts';
import { DEFAULT_PROBES, parseProbes } from '../../probe/clauses.ts';
import { withKeys } from '../../probe/keyNames.ts';
import type { ProbeClause } from '../../probe/types.ts';
import { parseDrillTimes } from '../state/drill.ts';
import type { Appliance, Fault } from '../types/topology.ts';

export function probesOf(
  text: string | undefined,
  ownAddresses: readonly string[],
  isOfGroup: (one: { readonly publicIp: string | null }) => boolean,
  subject: Fault['subject'],
  faults: Fault[],
): readonly ProbeClause[] {
  if (text === undefined) return DEFAULT_PROBES;
  const probes = parseProbes(text);
  const foreign = probes.ok ? foreignProbe(probes.value, ownAddresses, isOfGroup) : null;
  if (probes.ok && foreign === null) return probes.value;
  const why = probes.ok ? `"${foreign?.text}" goes to ${foreign?.where}` : probes.why;
  faults.push(tagFault(subject, TAG.probe, why, "Until then EC2's own checks alone judge it."));
  return [];
}

export function withKeysOf(
  text: string | undefined,
  probes: readonly ProbeClause[],
  subject: Fault['subject'],
  faults: Fault[],
): readonly ProbeClause[] {
  if (text === undefined) return probes;
  const keyed = withKeys(probes, text);
  if (keyed.ok) return keyed.value;
  const effect = 'Until then its probes are sent without keys.';
  faults.push(tagFault(subject, TAG.probeKey, keyed.why, effect));
  return probes;
}

/** Such a probe is answered by the prober itself, its neighbour or another member: it proves nothing of the appliance. */
function foreignProbe(
  probes: readonly ProbeClause[],
  ownAddresses: readonly string[],
  isOfGroup: (one: { readonly publicIp: string | null }) => boolean,
): { readonly text: string; readonly where: string } | null {
  for (const { text, address } of probes.flat()) {
    if (address === null || ownAddresses.includes(address)) continue;
    if (isHostLocal(address))
      return { text, where: 'an address that never leaves the host or the link of the prober' };
    if (isOfGroup({ publicIp: address }))
      return {
        text,
        where: 'an Elastic address that moves with its group: the member that holds it answers',
      };
  }
  return null;
}

export function poolsOf(
  text: string | undefined,
  subject: Fault['subject'],
  faults: Fault[],
): readonly string[] {
  if (text === undefined) return [];
  const pools = parsePools(text);
  if (pools.ok) return pools.value;
  faults.push(tagFault(subject, TAG.pool, pools.why, 'Until then none of its pools is pinned.'));
  return [];
}

export function priorityOf(
  text: string | undefined,
  subject: Fault['subject'],
  faults: Fault[],
): Pick<Appliance, 'priority'> {
  if (text === undefined) return {};
  const priority = parsePriority(text);
  if (priority.ok) return { priority: priority.value };
  const effect = `Until then it counts as ${PRIORITY_DEFAULT}.`;
  faults.push(tagFault(subject, TAG.priority, priority.why, effect));
  return {};
}

export function repairOf(
  tags: ReadonlyMap<string, string>,
  subject: Fault['subject'],
  faults: Fault[],
): Pick<Appliance, 'repair'> {
  const repair = readRepairTags(tags, ({ key, why, effect }) =>
    faults.push(tagFault(subject, key, why, effect)),
  );
  return repair === null ? {} : { repair };
}

export const tagFault = (
  subject: Fault['subject'],
  key: string,
  why: string,
  effect: string,
): Fault => ({
  reason: 'TagInvalid',
  subject,
  summary: `The tag ${key} of ${subject.name} cannot be read: ${why}. ${effect}`,
  fix: `Mend the tag ${key} on ${subject.id}.`,
});

export function quietOf(
  tag: string | undefined,
  subject: Fault['subject'],
  faults: Fault[],
): Pick<Appliance, 'quiet'> {
  if (tag === undefined) return {};
  const parsed = parseQuiet(tag);
  if (parsed.ok) return { quiet: parsed.value };
  faults.push({
    reason: 'TagInvalid',
    subject,
    summary: quietFaultText(subject.name, parsed.why),
    fix: `Correct the tag ${TAG.quiet}, or remove it.`,
  });
  return {};
}

export function drillTimesOf(
  tag: string | undefined,
  subject: Fault['subject'],
  faults: Fault[],
): Pick<Appliance, 'drillTimes'> {
  if (tag === undefined) return {};
  const parsed = parseDrillTimes(tag);
  if (parsed.ok) return { drillTimes: parsed.value };
  faults.push({
    reason: 'TagInvalid',
    subject,
    summary: `The tag ${TAG.drill} of ${subject.name} cannot be read: ${parsed.why}. Until then its group is not drilled by it.`,
    fix: `Correct the tag ${TAG.drill}, or remove it.`,
  });
  return {};
}
