/** The stages of the endpoints' and the metrics' scope. */
import { assessEndpoints } from '../../clientVpn/assess.ts';
import {
  type EndpointObserver,
  type EndpointScope,
  observeEndpoints,
} from '../../clientVpn/observe.ts';
import { endpointReport } from '../../clientVpn/report.ts';
import { type EndpointMemory, recallEndpoints } from '../../clientVpn/state.ts';
import type { EndpointWorld } from '../../clientVpn/types/world.ts';
import type { Finding } from '../../core/finding.ts';
import type { Reason } from '../../core/reasons.ts';
import { assessMetrics } from '../../metrics/assess.ts';
import { type MetricObserver, observeMetrics } from '../../metrics/observe.ts';
import { metricReport } from '../../metrics/report.ts';
import { type MetricMemory, recallMetrics } from '../../metrics/state.ts';
import type { WatchedRow } from '../../metrics/table.ts';
import { type MetricWorld } from '../../metrics/types.ts';
import type { Stages } from '../poll.ts';

/** Nothing is ever done to an endpoint: there is nothing to plan and nothing to act on. */
export function endpointStages(
  observer: EndpointObserver,
  scope: EndpointScope,
): Stages<EndpointWorld, EndpointMemory, null, never> {
  return {
    scope: 'endpoints',
    recall: recallEndpoints,
    observe: (memory, signal) => observeEndpoints(observer, scope, memory, signal),
    sees: ({ endpoints }) => endpoints !== null,
    assess: assessEndpoints,
    plan: () => null,
    act: async () => [],
    remember: (memory) => memory,
    measures: ({ endpoints }, findings) => (endpoints === null ? {} : measured(findings)),
    report: (world, findings) => endpointReport(world, findings),
  };
}

const measured = (findings: readonly Finding[]) => {
  const down = findings.filter(({ reason }) => CLOSED.has(reason));
  return { EndpointsDown: new Set(down.map(({ subject }) => subject.id)).size };
};

const CLOSED: ReadonlySet<Reason> = new Set(['EndpointUnavailable', 'EndpointUnreachable']);

export const metricStages = (
  observer: MetricObserver,
  accountId: string,
  table: readonly WatchedRow[],
): Stages<MetricWorld, MetricMemory, null, never> => ({
  scope: 'metrics',
  recall: recallMetrics,
  observe: (memory, signal) => observeMetrics(observer, accountId, table, memory, signal),
  sees: () => true,
  assess: assessMetrics,
  plan: () => null,
  act: async () => [],
  remember: (memory) => memory,
  report: (world, findings) => metricReport(world, findings),
});
