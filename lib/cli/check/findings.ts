/** Findings without those that only come from probing from this machine. Pure. */

import type { Finding } from '../../core/finding.ts';
import type { Reason } from '../../core/reasons.ts';
import { toIso } from '../../core/time.ts';
import type { Observation } from '../pass.ts';
import type { ConnectionPass } from './connectionPass.ts';
import type { EndpointPass } from './endpointPass.ts';
import type { FindingReport } from './report.ts';

/** By severity, then reason, then subject. */
export function reportFindings(
  { assessment, world, viewpoint }: Observation,
  endpoints: Pick<EndpointPass, 'findings' | 'world'>,
  connections: Pick<ConnectionPass, 'findings' | 'ignored'>,
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

const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** These depend on where probes leave from: the deployed watcher reports its own. */
const ABOUT_PROBES: ReadonlySet<Reason> = new Set([
  'ProbeNeverAnswered',
  'ProbeImpossible',
  'ProbeCannotProve',
]);
