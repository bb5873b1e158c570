/** One pass over the Client VPN endpoints of a region and their sessions, which the poll never reads. */
import { assessEndpoints } from '../../clientVpn/assess.ts';
import { observeEndpoints } from '../../clientVpn/observe.ts';
import type { EndpointProbePort } from '../../clientVpn/ports.ts';
import { type EndpointMemory, noEndpointMemory, recallEndpoints } from '../../clientVpn/state.ts';
import type { SessionFact } from '../../clientVpn/types/endpoint.ts';
import type { EndpointWorld } from '../../clientVpn/types/world.ts';
import type { Finding } from '../../core/finding.ts';
import { unpacked } from '../../core/packed.ts';
import type { Reading } from '../../core/reading.ts';
import type { AwsClients } from '../awsClients.ts';
import { type ObserverSetup, PASS_POLICY } from '../pass.ts';

export interface EndpointPass {
  readonly world: EndpointWorld;
  readonly findings: readonly Finding[];
  readonly memory: EndpointMemory;
  /** By endpoint id. */
  readonly sessions: ReadonlyMap<string, Reading<readonly SessionFact[]>>;
}

export async function readEndpoints(
  observerSetup: ObserverSetup,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<EndpointPass> {
  const { region, clock, viewpoint } = observerSetup;
  const [endpoints, metrics, reachability, past] = await Promise.all([
    clients.endpoints(region),
    clients.metrics(region),
    viewpoint === 'none' ? noProbes : clients.endpointReachability(),
    recall(observerSetup, signal),
  ]);
  const observer = { region, clock, endpoints, metrics, endpointProbes: reachability };
  const scope = { accountId: '', regionCount: 1, policy: PASS_POLICY };
  const world = await observeEndpoints(observer, scope, past, signal);
  const { findings, memory } = assessEndpoints(world, past, clock.now());
  const ids = (world.endpoints ?? []).map(({ fact }) => fact.endpointId);
  const sessions = await Promise.all(
    ids.map(async (id) => [id, await endpoints.sessions(id, signal)] as const),
  );
  return { world, findings, memory, sessions: new Map(sessions) };
}

const noProbes: EndpointProbePort = {
  send: async () => ({ kind: 'unknown', why: 'not probed (--no-probes)' }),
};

/** The baselines of the deployed poll, without its probe answers, which came from elsewhere. */
async function recall(
  { store, region }: ObserverSetup,
  signal: AbortSignal,
): Promise<EndpointMemory> {
  const stored = await store?.read([`memory#endpoints#${region}`], signal);
  if (stored?.known !== true) return noEndpointMemory;
  const { endpoints } = recallEndpoints(unpacked(stored.value[0]?.body ?? null));
  return {
    ...noEndpointMemory,
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([id, past]) => [id, { ...past, hasAnswered: false }]),
    ),
  };
}
