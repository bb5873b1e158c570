/** The stages of what pollEndpoints looks at: Client VPN endpoints, and the rows of the metric table. */
import { assessEndpoints } from './assess/endpoints.ts';
import { assessMetrics } from './assess/metrics.ts';
import { type EndpointMemory, recallEndpoints } from './model/endpointMemory.ts';
import type { EndpointWorld } from './model/endpointWorld.ts';
import type { Finding, Reason } from './model/finding.ts';
import type { WatchedRow } from './model/metricTable.ts';
import { type MetricMemory, type MetricWorld, recallMetrics } from './model/metricWorld.ts';
import { type EndpointEyes, type EndpointScope, observeEndpoints } from './observe/endpoints.ts';
import { type MetricEyes, observeMetrics } from './observe/metrics.ts';
import type { Stages } from './poll.ts';
import { endpointStory } from './tell/endpoints.ts';
import { metricStory } from './tell/metrics.ts';

/** Nothing is ever done to an endpoint: there is nothing to plan and nothing to act on. */
export function endpointStages(
  eyes: EndpointEyes,
  scope: EndpointScope,
): Stages<EndpointWorld, EndpointMemory, null, never> {
  return {
    scope: 'endpoints',
    recall: recallEndpoints,
    observe: (memory, signal) => observeEndpoints(eyes, scope, memory, signal),
    sees: ({ endpoints }) => endpoints !== null,
    assess: assessEndpoints,
    plan: () => null,
    act: async () => [],
    remember: (memory) => memory,
    measures: ({ endpoints }, findings) => (endpoints === null ? {} : measured(findings)),
    story: (world, findings) => endpointStory(world, findings),
  };
}

const measured = (findings: readonly Finding[]) => {
  const down = findings.filter(({ reason }) => CLOSED.has(reason));
  return { EndpointsDown: new Set(down.map(({ subject }) => subject.id)).size };
};

const CLOSED: ReadonlySet<Reason> = new Set(['EndpointUnavailable', 'EndpointUnreachable']);

export const metricStages = (
  eyes: MetricEyes,
  accountId: string,
  table: readonly WatchedRow[],
): Stages<MetricWorld, MetricMemory, null, never> => ({
  scope: 'metrics',
  recall: recallMetrics,
  observe: (memory, signal) => observeMetrics(eyes, accountId, table, memory, signal),
  sees: () => true,
  assess: assessMetrics,
  plan: () => null,
  act: async () => [],
  remember: (memory) => memory,
  story: (world, findings) => metricStory(world, findings),
});
