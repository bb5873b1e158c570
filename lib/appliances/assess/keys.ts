/** Keys of probes that cannot be used. Pure. */
import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import type { Instant } from '../../core/time.ts';
import type { Appliance } from '../types/topology.ts';
import { targetKey, type World } from '../types/world.ts';
import { subjectOf } from './appliance.ts';

/** One finding for an appliance, while the newest answer of one of its probes at one vantage blames the key. */
export function findKeys(
  appliance: Appliance,
  { vantages }: World,
  now: Instant,
): readonly Finding[] {
  const faults = appliance.probes.flat().flatMap(({ text }) =>
    vantages.flatMap(({ vantage, histories }) => {
      const why = histories.get(targetKey(appliance.instanceId, text))?.keyFault;
      return why === undefined ? [] : [{ text, line: `${text} from ${vantage.id}: ${why}`, why }];
    }),
  );
  const [first] = faults;
  if (first === undefined) return [];
  return [
    {
      reason: 'ProbeKeyMissing',
      subject: subjectOf(appliance),
      severity: 'warning',
      summary: `${appliance.name} cannot be probed by ${first.text}: ${first.why}. Its silence says nothing, and no route is moved to it by this probe.`,
      evidence: faults.map(({ line }) => line),
      since: now,
      hint: APPLIANCE_FINDINGS.ProbeKeyMissing.hint,
    },
  ];
}
