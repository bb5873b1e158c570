/** The report and the metrics of the connections' scope. Pure. */
import type { Finding } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import {
  reportedHeldReplacement,
  reportedReplacement,
} from '../../siteToSite/report/replacements.ts';
import { connectionsReport } from '../../siteToSite/report.ts';
import type { ConnectionFact } from '../../siteToSite/types/connection.ts';
import { transitReport } from '../../transitGateway/report.ts';
import { causesOf } from './connectionCauses.ts';
import {
  isOfRoute,
  isOfTunnel,
  type ScopeOutcome,
  type ScopePlan,
  type ScopeWorld,
} from './connectionTypes.ts';

export function reportOf(
  world: ScopeWorld,
  findings: readonly Finding[],
  plan: ScopePlan,
  outcomes: readonly ScopeOutcome[],
): Report {
  const report = {
    ...connectionsReport(world, findings),
    causes: causesOf(findings),
  };
  const over =
    plan.transit === null || world.transit === null
      ? report
      : transitReport(world.transit, plan.transit, outcomes.filter(isOfRoute));
  return {
    ...report,
    actions: [...over.actions, ...outcomes.filter(isOfTunnel).map(reportedReplacement)],
    held: [...over.held, ...plan.replacements.held.map(reportedHeldReplacement)],
  };
}

/** A connection that is down is one finding; it counts as its two tunnels. */
export function tunnelsDown(findings: readonly Finding[]): number {
  const down = findings.filter(({ reason }) => DOWN.has(reason));
  return down.reduce((sum, { subject }) => sum + (subject.kind === 'connection' ? 2 : 1), 0);
}

/** As AWS says it; a status that is not known is left out. */
export const downByTunnel = (connections: readonly ConnectionFact[]): ReadonlyMap<string, number> =>
  new Map(
    connections.flatMap(({ connectionId, tunnels }) =>
      tunnels.flatMap(({ outsideIp, status }): [string, number][] =>
        status === null ? [] : [[`${connectionId} ${outsideIp}`, Number(status === 'down')]],
      ),
    ),
  );

const DOWN: ReadonlySet<Finding['reason']> = new Set(['ConnectionDown', 'TunnelDown', 'BgpDown']);
