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
    const fault = faultOf(dates, now);
    return fault === null ? [] : [{ ...fault, text: `of ${probe} ${fault.why}` }];
  });
  if (bad.length === 0) return [];
  return [
    {
      reason: 'ProbeCertificateEnding',
      subject: subjectOf(appliance),
      severity: bad.some(({ isNear }) => isNear) ? 'critical' : 'warning',
      summary: `${appliance.name}: the certificate ${bad.map(({ text }) => text).join('; the certificate ')}. Its probes answer all the same, and no route moves because of it.`,
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

/** The shares are of a shorter one's time: one of 90 days is renewed 30 days before its end, one of 6 days after the half. */
const WARNING = { leftMs: 30 * 86_400_000, part: 1 / 4 };
const CRITICAL = { leftMs: 7 * 86_400_000, part: 1 / 12 };

/** `isNear`: clients refuse it, or will within days. */
function faultOf(
  { startsAt, endsAt }: CertificateDates,
  now: Instant,
): { readonly why: string; readonly isNear: boolean } | null {
  if (now >= endsAt) return { why: `ended at ${toIso(endsAt)}`, isNear: true };
  if (now < startsAt) return { why: `begins only at ${toIso(startsAt)}`, isNear: true };
  const isWithin = ({ leftMs, part }: typeof WARNING) =>
    endsAt - now <= Math.min(leftMs, (endsAt - startsAt) * part);
  return isWithin(WARNING) ? { why: `ends at ${toIso(endsAt)}`, isNear: isWithin(CRITICAL) } : null;
}
