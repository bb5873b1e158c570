/** One look at the Client VPN endpoints of a region, and at who is connected: what the poll never asks for. */
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
import { LOOK_POLICY, type ObserverSetup } from '../pass.ts';

export interface EndpointLook {
  readonly world: EndpointWorld;
  readonly findings: readonly Finding[];
  readonly memory: EndpointMemory;
  /** By endpoint id. */
  readonly sessions: ReadonlyMap<string, Reading<readonly SessionFact[]>>;
}

export async function lookAtEndpoints(
  observerSetup: ObserverSetup,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<EndpointLook> {
  const { region, clock, viewpoint } = observerSetup;
  const [endpoints, metrics, reachability, past] = await Promise.all([
    clients.endpoints(region),
    clients.metrics(region),
    viewpoint === 'none' ? nobodyProbes : clients.endpointReachability(),
    recall(observerSetup, signal),
  ]);
  const observer = { region, clock, endpoints, metrics, endpointProbes: reachability };
  const scope = { accountId: '', regionCount: 1, policy: LOOK_POLICY };
  const world = await observeEndpoints(observer, scope, past, signal);
  const { findings, memory } = assessEndpoints(world, past, clock.now());
  const ids = (world.endpoints ?? []).map(({ fact }) => fact.endpointId);
  const sessions = await Promise.all(
    ids.map(async (id) => [id, await endpoints.sessions(id, signal)] as const),
  );
  return { world, findings, memory, sessions: new Map(sessions) };
}

const nobodyProbes: EndpointProbePort = {
  send: async () => ({ kind: 'unknown', why: 'nobody knocks (--no-probes)' }),
};

/** What the deployed poll has learnt of what is usual; what it has heard at the doors, it has heard elsewhere. */
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
