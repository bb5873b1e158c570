/** Findings as a person at a terminal reads them: not those that are only this machine's short sight. Pure. */

import type { Finding } from '../../core/finding.ts';
import type { Reason } from '../../core/reasons.ts';
import { toIso } from '../../core/time.ts';
import type { Observation } from '../pass.ts';
import type { ConnectionLook } from './connectionPass.ts';
import type { EndpointLook } from './endpointPass.ts';
import type { FindingReport } from './report.ts';

/** The gravest first; those of one severity by reason, then subject. */
export function reportFindings(
  { assessment, world, viewpoint }: Observation,
  endpoints: Pick<EndpointLook, 'findings' | 'world'>,
  connections: Pick<ConnectionLook, 'findings' | 'ignored'>,
): readonly FindingReport[] {
  const ignored = new Map([
    ...world.topology.ignored,
    ...connections.ignored,
    ...(endpoints.world.endpoints ?? []).flatMap(({ fact }) => {
      const why = fact.tags['vpn-medic:ignore'];
      return why === undefined ? [] : [[fact.endpointId, why] as const];
    }),
  ]);
  const ofEndpoints = endpoints.findings.filter(({ reason }) => reason !== 'SightLost');
  return [...assessment.findings, ...connections.findings, ...ofEndpoints]
    .filter(({ reason }) => viewpoint === 'functions' || !ABOUT_PROBES.has(reason))
    .map((finding) => asIgnored(finding, ignored.get(finding.subject.id)))
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
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

/** Tagged `vpn-medic:ignore`: listed, and nobody's affair. */
const asIgnored = (finding: Finding, why: string | undefined): Finding =>
  why === undefined
    ? finding
    : {
        ...finding,
        severity: 'info',
        summary: `${finding.summary} (Ignored: ${why || 'no reason given'}.)`,
      };

/** The same place that notices name. */
export const docsOf = (reason: Reason): string => `docs/runbook.md#${reason.toLowerCase()}`;

const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** What depends on where the probes leave from: the deployed watcher sees from elsewhere, and tells its own. */
const ABOUT_PROBES: ReadonlySet<Reason> = new Set([
  'ProbeNeverAnswered',
  'ProbeImpossible',
  'ProbeCannotProve',
]);
