/** Certificates that probes saw on an appliance and that are not valid, or not for long. Pure. */
import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { CertificateDates } from '../../probe/types.ts';
import type { Memory } from '../state.ts';
import type { Appliance } from '../types/topology.ts';
import { targetKey, type World } from '../types/world.ts';
import { subjectOf } from './appliance.ts';

/** One finding for an appliance: it ends when each of its certificates was seen to be valid for longer. */
export function findCertificates(
  appliance: Appliance,
  world: World,
  memory: Memory,
  now: Instant,
): readonly Finding[] {
  const bad = Object.entries(certificatesOf(appliance, world, memory)).flatMap(([probe, dates]) => {
    const why = faultOf(dates, now);
    return why === null ? [] : [`of ${probe} ${why}`];
  });
  if (bad.length === 0) return [];
  return [
    {
      reason: 'ProbeCertificateEnding',
      subject: subjectOf(appliance),
      severity: 'warning',
      summary: `${appliance.name}: the certificate ${bad.join('; the certificate ')}. Its probes answer all the same, and no route moves because of it.`,
      evidence: [],
      since: now,
      hint: APPLIANCE_FINDINGS.ProbeCertificateEnding.hint,
    },
  ];
}

/** By probe: what the newest answer that showed one had, at whichever vantage, else what is remembered. Only probes that the tag still names. */
export function certificatesOf(
  appliance: Appliance,
  { vantages }: World,
  memory: Memory,
): Readonly<Record<string, CertificateDates>> {
  const past = memory.appliances.get(appliance.instanceId)?.certificates ?? {};
  const seen: Record<string, CertificateDates> = {};
  for (const { text } of appliance.probes.flat()) {
    const [newest] = vantages
      .flatMap(({ histories }) => {
        const history = histories.get(targetKey(appliance.instanceId, text));
        return history?.certificate ?? [];
      })
      .toSorted((a, b) => b.seenAt - a.seenAt);
    const dates = newest ?? past[text];
    if (dates !== undefined) seen[text] = { startsAt: dates.startsAt, endsAt: dates.endsAt };
  }
  return seen;
}

/** An ordinary certificate of 90 days is renewed 30 days before its end, a shorter one after two thirds of its time. */
const EARLY_MS = 14 * 86_400_000;
const EARLY_PART = 1 / 6;

function faultOf({ startsAt, endsAt }: CertificateDates, now: Instant): string | null {
  if (now >= endsAt) return `ended at ${toIso(endsAt)}`;
  if (now < startsAt) return `begins only at ${toIso(startsAt)}`;
  const earlyMs = Math.min(EARLY_MS, (endsAt - startsAt) * EARLY_PART);
  return endsAt - now <= earlyMs ? `ends at ${toIso(endsAt)}` : null;
}
