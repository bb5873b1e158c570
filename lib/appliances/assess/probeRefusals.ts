/** Findings about probes that are refused, as by a ban. Pure. */

import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { Appliance } from '../types/topology.ts';
import { subjectOf } from './appliance.ts';
import type { Refusal } from './probeAtVantage.ts';
import type { ClauseResult } from './probes.ts';
import type { Judgement } from './verdict.ts';

/** A daemon that restarts closes some connections, too. */
const REFUSED_MS = 10_000;

/** One finding an appliance: nothing is moved because of a refusal, so that it has to be notified. */
export function findRefusals(
  appliance: Appliance,
  judgement: Judgement | undefined,
  now: Instant,
): readonly Finding[] {
  if (judgement === undefined || judgement.verdict.kind === 'down') return [];
  const refused = judgement.clauseResults.flatMap((result) =>
    result.refusals
      .filter(({ since }) => now - since >= REFUSED_MS)
      .map((refusal) => ({ result, refusal })),
  );
  if (refused.length === 0) return [];
  const { name, instanceId, zone } = appliance;
  const texts = refused.map(({ result, refusal }) => describe(result, refusal));
  return [
    {
      reason: 'VantageRefused',
      subject: subjectOf(appliance),
      severity: 'warning',
      summary: `${name} (${instanceId}, ${zone}) refuses probes that it has answered before, as a ban does: ${texts.join('; ')}. No route is moved because of it; while no vantage is answered, none is moved to it, and its death is seen only by EC2.`,
      evidence: judgement.clauseResults.flatMap(({ lines }) => lines),
      since: Math.min(now, ...refused.map(({ refusal }) => refusal.since)),
      hint: APPLIANCE_FINDINGS.VantageRefused.hint,
    },
  ];
}

function describe({ clause }: ClauseResult, { vantageId, how, since }: Refusal): string {
  const text = clause.map((one) => one.text).join('|');
  switch (how) {
    case 'closed':
      return `it accepts and closes each connection of ${text} from ${vantageId} since ${toIso(since)}`;
    case 'silent':
      return `${text} has no answer for ${vantageId} since ${toIso(since)}, and answers another vantage`;
    default:
      return how satisfies never;
  }
}
