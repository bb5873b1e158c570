/** Client VPN of one region as a port. Read only: this file knows no call that changes anything. */
import {
  type ClientVpnConnection,
  type ClientVpnEndpoint,
  DescribeClientVpnTargetNetworksCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type TargetNetwork,
} from '@aws-sdk/client-ec2';
import type {
  AssociationFact,
  AssociationState,
  AuthenticationKind,
  EndpointFact,
  EndpointState,
  SessionFact,
} from '../model/endpoint.ts';
import type { Reading } from '../model/reading.ts';
import type { EndpointPort } from '../ports/endpoints.ts';
import { type Clock, parseInstant } from '../time.ts';
import { type Attempt, attempt, everyPage, reading, Unreadable } from './attempt.ts';
import { type CallHook, patience, READ_MS } from './client.ts';
import { CLIENT_VPN_PAGE_MAX, listConnections, listEndpoints } from './clientVpn.ts';
import { type Ec2Line, FILTER_VALUES_MAX } from './ec2Line.ts';

export function endpointPort(region: string, clock: Clock, onCall?: CallHook): EndpointPort {
  const client = new EC2Client({ region, ...patience() });
  const line: Ec2Line = { client, service: 'ec2', clock, onCall };
  return {
    endpoints: (signal) => readEndpoints(line, signal),
    associations: (endpointId, signal) => readAssociations(line, endpointId, signal),
    sessions: (endpointId, signal) => readSessions(line, endpointId, signal),
  };
}

const readEndpoints = (
  line: Ec2Line,
  signal: AbortSignal,
): Promise<Reading<readonly EndpointFact[]>> =>
  reading(line, 'DescribeClientVpnEndpoints', () =>
    listEndpoints(line, (one) => [endpointFact(one)], signal),
  );

function endpointFact(endpoint: ClientVpnEndpoint): EndpointFact {
  const endpointId = endpoint.ClientVpnEndpointId;
  if (!endpointId) throw new Unreadable('an endpoint without an id');
  const transport = endpoint.TransportProtocol;
  if (transport !== 'tcp' && transport !== 'udp') {
    throw new Unreadable(`${endpointId} says its transport protocol is ${transport ?? 'nothing'}`);
  }
  const tags = endpoint.Tags ?? [];
  const name = tags.find(({ Key }) => Key === 'Name')?.Value ?? endpoint.Description ?? '';
  return {
    endpointId,
    name,
    state: wordOf(endpoint.Status?.Code, ENDPOINT_STATES),
    stateMessage: endpoint.Status?.Message ?? '',
    dnsName: endpoint.DnsName ?? '',
    transport,
    port: endpoint.VpnPort ?? 443,
    clientCidr: endpoint.ClientCidrBlock || null,
    authentication: (endpoint.AuthenticationOptions ?? []).flatMap(
      ({ Type }) => AUTHENTICATIONS.get(Type ?? '') ?? [],
    ),
    hasConnectHandler: endpoint.ClientConnectOptions?.Enabled === true,
    tags: Object.fromEntries(
      tags.flatMap(({ Key, Value }) =>
        Key?.startsWith('vpn-medic:') ? [[Key, Value ?? ''] as const] : [],
      ),
    ),
  };
}

const readAssociations = (
  line: Ec2Line,
  endpointId: string,
  signal: AbortSignal,
): Promise<Reading<readonly AssociationFact[]>> =>
  reading(line, 'DescribeClientVpnTargetNetworks', async () => {
    const networks = await unlessGone(
      everyPage(
        (nextToken) =>
          attempt(line, 'DescribeClientVpnTargetNetworks', signal, () =>
            line.client.send(
              new DescribeClientVpnTargetNetworksCommand({
                ClientVpnEndpointId: endpointId,
                MaxResults: CLIENT_VPN_PAGE_MAX,
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) => page.ClientVpnTargetNetworks ?? [],
      ),
    );
    if (!networks.ok) return networks;
    const zones = await zonesOf(line, networks.value, signal);
    return {
      ok: true,
      value: networks.value.map((network) => ({
        associationId: network.AssociationId ?? '',
        endpointId,
        state: wordOf(network.Status?.Code, ASSOCIATION_STATES),
        zones: network.AvailabilityZones?.length
          ? network.AvailabilityZones
          : (zones.get(network.TargetNetworkId ?? '') ?? []),
      })),
    };
  });

/** By subnet id. Zones that cannot be read are a gap in an answer that is of use without them. */
async function zonesOf(
  line: Ec2Line,
  networks: readonly TargetNetwork[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const subnetIds = networks.flatMap(({ AvailabilityZones, TargetNetworkId }) =>
    !AvailabilityZones?.length && TargetNetworkId?.startsWith('subnet-') ? [TargetNetworkId] : [],
  );
  if (subnetIds.length === 0) return new Map();
  const answer = await attempt(line, 'DescribeSubnets', signal, () =>
    line.client.send(
      new DescribeSubnetsCommand({
        // A filter, since one subnet id that is gone would fail a call by ids.
        Filters: [{ Name: 'subnet-id', Values: subnetIds.slice(0, FILTER_VALUES_MAX) }],
      }),
      { abortSignal: signal, requestTimeout: READ_MS },
    ),
  );
  if (!answer.ok) return new Map();
  return new Map(
    (answer.value.Subnets ?? []).flatMap(({ SubnetId, AvailabilityZone }) =>
      SubnetId && AvailabilityZone ? [[SubnetId, [AvailabilityZone]] as const] : [],
    ),
  );
}

const readSessions = (
  line: Ec2Line,
  endpointId: string,
  signal: AbortSignal,
): Promise<Reading<readonly SessionFact[]>> =>
  reading(line, 'DescribeClientVpnConnections', () =>
    unlessGone(listConnections(line, endpointId, (one) => [sessionFact(one)], signal)),
  );

const sessionFact = (session: ClientVpnConnection): SessionFact => ({
  sessionId: session.ConnectionId ?? '',
  user: session.Username || session.CommonName || '',
  isActive: session.Status?.Code === 'active',
  establishedAt: parseInstant(asIso(session.ConnectionEstablishedTime ?? '')),
  ingressBytes: countOf(session.IngressBytes),
  egressBytes: countOf(session.EgressBytes),
});

/** EC2 writes `2026-11-20 21:00:04`, in UTC and without saying so (samples of the CLI reference, read 2026-11-20). */
const asIso = (text: string): string =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;

/** Counters come as text. */
const countOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;

async function unlessGone<T>(
  asking: Promise<Attempt<readonly T[]>>,
): Promise<Attempt<readonly T[]>> {
  const answer = await asking;
  const isGone = !answer.ok && answer.fault.code === 'InvalidClientVpnEndpointId.NotFound';
  return isGone ? { ok: true, value: [] } : answer;
}

const wordOf = <T extends string>(text: string | undefined, words: readonly T[]): T | 'unknown' =>
  words.find((word) => word === text) ?? 'unknown';

const ENDPOINT_STATES: readonly Exclude<EndpointState, 'unknown'>[] = [
  'pending-associate',
  'available',
  'deleting',
  'deleted',
  'pending',
];
const ASSOCIATION_STATES: readonly Exclude<AssociationState, 'unknown'>[] = [
  'associating',
  'associated',
  'association-failed',
  'disassociating',
  'disassociated',
];
const AUTHENTICATIONS: ReadonlyMap<string, AuthenticationKind> = new Map([
  ['certificate-authentication', 'certificate'],
  ['directory-service-authentication', 'directory'],
  ['federated-authentication', 'federated'],
]);
