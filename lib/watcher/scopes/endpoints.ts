/** The stages of what pollEndpoints looks at: Client VPN endpoints, and the rows of the metric table. */
import { assessEndpoints } from '../../clientVpn/assess.ts';
import {
  type EndpointEyes,
  type EndpointScope,
  observeEndpoints,
} from '../../clientVpn/observe.ts';
import { endpointStory } from '../../clientVpn/report.ts';
import { type EndpointMemory, recallEndpoints } from '../../clientVpn/state.ts';
import type { EndpointWorld } from '../../clientVpn/types/world.ts';
import type { Finding } from '../../core/finding.ts';
import type { Reason } from '../../core/reasons.ts';
import { assessMetrics } from '../../metrics/assess.ts';
import { type MetricEyes, observeMetrics } from '../../metrics/observe.ts';
import { metricStory } from '../../metrics/report.ts';
import type { WatchedRow } from '../../metrics/table.ts';
import { type MetricMemory, type MetricWorld, recallMetrics } from '../../metrics/types.ts';
import type { Stages } from '../poll.ts';

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
