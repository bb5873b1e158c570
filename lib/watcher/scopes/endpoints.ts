/** The stages of the endpoints' and the metrics' scope. */
import { assessEndpoints } from '../../clientVpn/assess.ts';
import {
  type EndpointObserver,
  type EndpointScope,
  observeEndpoints,
} from '../../clientVpn/observe.ts';
import { endpointReport } from '../../clientVpn/report.ts';
import { type EndpointMemory, recallEndpoints } from '../../clientVpn/state.ts';
import { isAway, SHUT } from '../../clientVpn/types/endpoint.ts';
import type { EndpointWorld } from '../../clientVpn/types/world.ts';
import type { Finding } from '../../core/finding.ts';
import type { Instant } from '../../core/time.ts';
import { assessMetrics } from '../../metrics/assess.ts';
import { type MetricObserver, observeMetrics } from '../../metrics/observe.ts';
import { metricReport } from '../../metrics/report.ts';
import { type MetricMemory, recallMetrics } from '../../metrics/state.ts';
import type { WatchedRow } from '../../metrics/table.ts';
import { type MetricWorld } from '../../metrics/types.ts';
import type { Stages } from '../poll/stages.ts';

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
    measures: ({ endpoints, at }, findings) =>
      endpoints === null
        ? {}
        : {
            ...measured(endpoints, findings, at),
            ...(scope.regionCount > 1 && {
              RegionDown: Number(findings.some(({ reason }) => reason === 'RegionDown')),
            }),
          },
    report: (world, findings) => endpointReport(world, findings),
  };
}

const measured = (
  endpoints: NonNullable<EndpointWorld['endpoints']>,
  findings: readonly Finding[],
  now: Instant,
) => {
  const away = new Set(
    endpoints.flatMap(({ fact }) => (isAway(fact, now) ? [fact.endpointId] : [])),
  );
  const down = findings.filter(
    ({ reason, severity, subject }) =>
      SHUT.has(reason) && severity === 'critical' && !away.has(subject.id),
  );
  return { EndpointsDown: new Set(down.map(({ subject }) => subject.id)).size };
};

export const metricStages = (
  observer: MetricObserver,
  accountId: string,
  table: readonly WatchedRow[],
  health: MetricWorld['health'] = [],
): Stages<MetricWorld, MetricMemory, null, never> => ({
  scope: 'metrics',
  recall: recallMetrics,
  observe: (memory, signal) => observeMetrics(observer, accountId, table, memory, signal, health),
  sees: () => true,
  assess: assessMetrics,
  plan: () => null,
  act: async () => [],
  remember: (memory) => memory,
  report: (world, findings) => metricReport(world, findings),
});
