/** One look at the Client VPN endpoints of a region, and at who is connected: what the poll never asks for. */
import { assessEndpoints } from '../../clientVpn/assess.ts';
import { observeEndpoints } from '../../clientVpn/observe.ts';
import type { DoorPort } from '../../clientVpn/ports.ts';
import { type EndpointMemory, noEndpointMemory, recallEndpoints } from '../../clientVpn/state.ts';
import type { SessionFact } from '../../clientVpn/types/endpoint.ts';
import type { EndpointWorld } from '../../clientVpn/types/world.ts';
import type { Finding } from '../../core/finding.ts';
import { unpacked } from '../../core/packed.ts';
import type { Reading } from '../../core/reading.ts';
import type { Doors } from '../awsClients.ts';
import { type Eyesight, LOOK_POLICY } from '../pass.ts';

export interface EndpointLook {
  readonly world: EndpointWorld;
  readonly findings: readonly Finding[];
  readonly memory: EndpointMemory;
  /** By endpoint id. */
  readonly sessions: ReadonlyMap<string, Reading<readonly SessionFact[]>>;
}

export async function lookAtEndpoints(
  eyesight: Eyesight,
  doors: Doors,
  signal: AbortSignal,
): Promise<EndpointLook> {
  const { region, clock, viewpoint } = eyesight;
  const [endpoints, metrics, door, past] = await Promise.all([
    doors.endpoints(region),
    doors.metrics(region),
    viewpoint === 'none' ? nobodyKnocks : doors.endpointDoor(),
    recall(eyesight, signal),
  ]);
  const eyes = { region, clock, endpoints, metrics, doors: door };
  const scope = { accountId: '', regionCount: 1, policy: LOOK_POLICY };
  const world = await observeEndpoints(eyes, scope, past, signal);
  const { findings, memory } = assessEndpoints(world, past, clock.now());
  const ids = (world.endpoints ?? []).map(({ fact }) => fact.endpointId);
  const sessions = await Promise.all(
    ids.map(async (id) => [id, await endpoints.sessions(id, signal)] as const),
  );
  return { world, findings, memory, sessions: new Map(sessions) };
}

const nobodyKnocks: DoorPort = {
  knock: async () => ({ kind: 'unknown', why: 'nobody knocks (--no-probes)' }),
};

/** What the deployed poll has learnt of what is usual; what it has heard at the doors, it has heard elsewhere. */
async function recall({ store, region }: Eyesight, signal: AbortSignal): Promise<EndpointMemory> {
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
