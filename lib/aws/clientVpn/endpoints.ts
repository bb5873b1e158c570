/** Client VPN of one region as a port. Read only: this file knows no call that changes anything. */
import {
  type ClientVpnConnection,
  type ClientVpnEndpoint,
  DescribeClientVpnTargetNetworksCommand,
  DescribeSubnetsCommand,
  type TargetNetwork,
} from '@aws-sdk/client-ec2';
import type { EndpointPort } from '../../clientVpn/ports.ts';
import type {
  AssociationFact,
  AssociationState,
  AuthenticationKind,
  EndpointFact,
  EndpointSettings,
  EndpointState,
  SessionFact,
} from '../../clientVpn/types/endpoint.ts';
import { known, type Reading } from '../../core/reading.ts';
import { type Clock, parseInstant } from '../../core/time.ts';
import {
  type CallResult,
  call,
  everyPage,
  everyPart,
  listOf,
  pieces,
  reading,
  Unreadable,
} from '../call.ts';
import { type CallHook, READ_MS } from '../client.ts';
import { ec2Client } from '../ec2/client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from '../ec2/context.ts';
import { CLIENT_VPN_PAGE_MAX, listConnections, listEndpoints } from './list.ts';

export function endpointPort(region: string, clock: Clock, onCall?: CallHook): EndpointPort {
  const client = ec2Client(region, onCall);
  const context: Ec2Context = { client, service: 'ec2', clock };
  return {
    endpoints: (signal) => readEndpoints(context, signal),
    associations: (endpointIds, signal) => readAssociations(context, endpointIds, signal),
    sessions: (endpointId, signal) => readSessions(context, endpointId, signal),
  };
}

const readEndpoints = (
  context: Ec2Context,
  signal: AbortSignal,
): Promise<Reading<readonly EndpointFact[]>> =>
  reading(context, 'DescribeClientVpnEndpoints', () =>
    listEndpoints(context, (one) => [endpointFact(one)], signal),
  );

function endpointFact(endpoint: ClientVpnEndpoint): EndpointFact {
  const endpointId = endpoint.ClientVpnEndpointId;
  if (!endpointId) throw new Unreadable('an endpoint without an id');
  const tags = endpoint.Tags ?? [];
  const name = tags.find(({ Key }) => Key === 'Name')?.Value ?? endpoint.Description ?? '';
  return {
    endpointId,
    name,
    state: wordOf(endpoint.Status?.Code, ENDPOINT_STATES),
    stateMessage: endpoint.Status?.Message ?? '',
    dnsName: endpoint.DnsName ?? '',
    transport: TRANSPORTS.find((one) => one === endpoint.TransportProtocol) ?? 'unknown',
    port: endpoint.VpnPort ?? 443,
    clientCidr: endpoint.ClientCidrBlock || null,
    authentication: (endpoint.AuthenticationOptions ?? []).flatMap(
      ({ Type }) => AUTHENTICATIONS.get(Type ?? '') ?? [],
    ),
    hasConnectHandler: endpoint.ClientConnectOptions?.Enabled === true,
    settings: settingsOf(endpoint),
    tags: Object.fromEntries(
      tags.flatMap(({ Key, Value }) =>
        Key?.startsWith('vpn-medic:') ? [[Key, Value ?? ''] as const] : [],
      ),
    ),
  };
}

const settingsOf = (endpoint: ClientVpnEndpoint): EndpointSettings => {
  const { Enabled: hasBanner, BannerText: banner } = endpoint.ClientLoginBannerOptions ?? {};
  const { Enabled: isLogged, CloudwatchLogGroup: logGroup } = endpoint.ConnectionLogOptions ?? {};
  return {
    vpcId: endpoint.VpcId || null,
    isLogged: isLogged ?? null,
    logGroup: (isLogged === true && logGroup) || null,
    isSplit: endpoint.SplitTunnel ?? null,
    sessionHours: endpoint.SessionTimeoutHours ?? null,
    banner: hasBanner === true ? (banner ?? null) : null,
    certificateArn: endpoint.ServerCertificateArn || null,
    directoryIds: (endpoint.AuthenticationOptions ?? []).flatMap(
      ({ ActiveDirectory }) => ActiveDirectory?.DirectoryId || [],
    ),
    handlerArn: endpoint.ClientConnectOptions?.LambdaFunctionArn || null,
  };
};

const TRANSPORTS = ['tcp', 'udp'] as const;

/** One call an endpoint, since EC2 takes one id only, and one for the zones of all their subnets. */
async function readAssociations(
  context: Ec2Context,
  endpointIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Reading<readonly AssociationFact[]>>> {
  const listed = new Map<string, Reading<readonly TargetNetwork[]>>();
  for (const some of pieces(endpointIds, NETWORKS_AT_ONCE)) {
    const lists = await Promise.all(some.map((id) => readNetworks(context, id, signal)));
    for (const [index, list] of lists.entries()) listed.set(some[index] ?? '', list);
  }
  const networks = [...listed.values()].flatMap((list) => (list.known ? list.value : []));
  const zones = await zonesOf(context, networks, signal);
  return new Map(
    [...listed].map(([endpointId, list]) => [
      endpointId,
      list.known
        ? known(
            list.value.map((network) => associationFact(endpointId, network, zones)),
            list.at,
          )
        : list,
    ]),
  );
}

/** A tenth of EC2's burst of 100. */
const NETWORKS_AT_ONCE = 10;

const readNetworks = (
  context: Ec2Context,
  endpointId: string,
  signal: AbortSignal,
): Promise<Reading<readonly TargetNetwork[]>> =>
  reading(context, 'DescribeClientVpnTargetNetworks', () =>
    unlessGone(
      everyPage(
        (nextToken) =>
          call(context, 'DescribeClientVpnTargetNetworks', signal, () =>
            context.client.send(
              new DescribeClientVpnTargetNetworksCommand({
                ClientVpnEndpointId: endpointId,
                MaxResults: CLIENT_VPN_PAGE_MAX,
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) => listOf(page.ClientVpnTargetNetworks),
      ),
    ),
  );

const associationFact = (
  endpointId: string,
  network: TargetNetwork,
  zones: ReadonlyMap<string, readonly string[]>,
): AssociationFact => ({
  associationId: network.AssociationId ?? '',
  endpointId,
  subnetId: network.TargetNetworkId ?? '',
  stateMessage: network.Status?.Message ?? '',
  state: wordOf(network.Status?.Code, ASSOCIATION_STATES),
  zones: network.AvailabilityZones?.length
    ? network.AvailabilityZones
    : (zones.get(network.TargetNetworkId ?? '') ?? []),
});

/** By subnet id. Unreadable zones are left empty: the rest of the answer is of use without them. */
async function zonesOf(
  context: Ec2Context,
  networks: readonly TargetNetwork[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const subnetIds = networks.flatMap(({ AvailabilityZones, TargetNetworkId }) =>
    !AvailabilityZones?.length && TargetNetworkId?.startsWith('subnet-') ? [TargetNetworkId] : [],
  );
  const answer = await reading(context, 'DescribeSubnets', () =>
    everyPart(pieces(subnetIds, FILTER_VALUES_MAX), (Values) =>
      call(context, 'DescribeSubnets', signal, async () => {
        const reply = await context.client.send(
          // A filter, since one subnet id that is gone would fail a call by ids.
          new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: [...Values] }] }),
          { abortSignal: signal, requestTimeout: READ_MS },
        );
        return listOf(reply.Subnets);
      }),
    ),
  );
  if (!answer.known) return new Map();
  return new Map(
    answer.value.flatMap(({ SubnetId, AvailabilityZone }) =>
      SubnetId && AvailabilityZone ? [[SubnetId, [AvailabilityZone]] as const] : [],
    ),
  );
}

const readSessions = (
  context: Ec2Context,
  endpointId: string,
  signal: AbortSignal,
): Promise<Reading<readonly SessionFact[]>> =>
  reading(context, 'DescribeClientVpnConnections', () =>
    unlessGone(listConnections(context, endpointId, (one) => [sessionFact(one)], signal)),
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
  asking: Promise<CallResult<readonly T[]>>,
): Promise<CallResult<readonly T[]>> {
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
