/** The findings of this look, as check prints them. Pure. */

import { bySeverity, type Finding } from '../../core/finding.ts';
import type { Reason } from '../../core/reasons.ts';
import { toIso } from '../../core/time.ts';
import { isUnrecorded } from '../../replay/unrecorded.ts';
import type { Observation } from '../pass.ts';
import type { ConnectionPass } from './connections.ts';
import type { EndpointPass } from './endpoints.ts';
import type { ScopeLook } from './scopeLook.ts';
import type { FindingReport } from './types.ts';

/** By severity, then reason, then subject. */
export function reportFindings(
  { assessment, world, viewpoint }: Observation,
  endpoints: Pick<EndpointPass, 'findings' | 'world'>,
  connections: Pick<ConnectionPass, 'findings' | 'ignored'>,
  others: readonly ScopeLook[] = [],
): readonly FindingReport[] {
  const ignored = new Map([
    ...world.topology.ignored,
    ...connections.ignored,
    ...others.flatMap(({ ignored: some }) => [...some]),
    ...(endpoints.world.endpoints ?? []).flatMap(({ fact }) => {
      const why = fact.tags['vpn-medic:ignore'];
      return why === undefined ? [] : [[fact.endpointId, why] as const];
    }),
  ]);
  const ofEndpoints = endpoints.findings.filter(({ reason }) => reason !== 'SightLost');
  const ofOthers = others.flatMap(({ findings }) => findings);
  return [...assessment.findings, ...connections.findings, ...ofEndpoints, ...ofOthers]
    .filter(({ reason }) => viewpoint === 'functions' || !ABOUT_PROBES.has(reason))
    .filter((finding) => !isUnrecorded(finding))
    .map((finding) => asIgnored(finding, ignored.get(finding.subject.id)))
    .toSorted(bySeverity)
    .map(({ reason, severity, subject, summary, evidence, hint, since }) => ({
      reason,
      severity,
      subject,
      summary,
      evidence,
      hint,
      since: toIso(since),
      docs: docsOf(reason),
    }));
}

/** Tagged `vpn-medic:ignore`: listed as information only. */
const asIgnored = (finding: Finding, why: string | undefined): Finding =>
  why === undefined
    ? finding
    : {
        ...finding,
        severity: 'info',
        summary: `${finding.summary} (Ignored: ${why || 'no reason given'}.)`,
      };

/** The page that notifications link to. */
export const docsOf = (reason: Reason): string => `docs/runbook.md#${reason.toLowerCase()}`;

/** These depend on where probes leave from: the deployed watcher reports its own. */
const ABOUT_PROBES: ReadonlySet<Reason> = new Set([
  'ProbeNeverAnswered',
  'ProbeImpossible',
  'ProbeCannotProve',
]);
