/** Facts out of Site-to-Site replies, field by field: what is not named here stays behind. */
import type {
  CloudWatchLogOptions,
  CustomerGateway,
  GetVpnTunnelReplacementStatusResult,
  Tag,
  TunnelOption,
  VgwTelemetry,
  VpnConnection,
} from '@aws-sdk/client-ec2';
import { parseQuiet, QUIET_TAG, readQuietTag } from '../../core/quiet.ts';
import { parseGroup, TAG } from '../../core/tags.ts';
import type { Instant } from '../../core/time.ts';
import {
  type ConnectionFact,
  type CustomerGatewayFact,
  type GatewayFact,
  MAINTENANCE_TAG,
  type MaintenanceFact,
  TUNNELS_TAG,
  type TunnelFact,
  type TunnelOptionsFact,
} from '../../siteToSite/types/connection.ts';
import { Unreadable } from '../call.ts';
import { tagOf } from '../tagOf.ts';

export function connectionFact(raw: VpnConnection): ConnectionFact {
  const { VpnConnectionId: connectionId, Options: options } = raw;
  if (!connectionId) throw new Unreadable('a connection without an id');
  return {
    connectionId,
    name: textOf(raw.Tags, 'Name') ?? connectionId,
    stateWord: raw.State ?? 'nothing',
    state: STATES.find((state) => state === raw.State) ?? 'unknown',
    customerGatewayId: raw.CustomerGatewayId || null,
    gateway: gatewayFact(raw),
    association: associationOf(raw.GatewayAssociationState),
    isStatic: options?.StaticRoutesOnly ?? null,
    isAccelerated: options?.EnableAcceleration ?? false,
    transport: TRANSPORTS[options?.OutsideIpAddressType ?? ''] ?? 'public',
    ...(options?.TransportTransitGatewayAttachmentId && {
      transportAttachmentId: options.TransportTransitGatewayAttachmentId,
    }),
    bandwidth: options?.TunnelBandwidth === 'large' ? 'large' : 'standard',
    tunnels: tunnelFacts(raw.VgwTelemetry ?? [], options?.TunnelOptions ?? []),
    site: textOf(raw.Tags, 'vpn-medic:site'),
    ...groupOf(textOf(raw.Tags, TAG.group)),
    ignored: tagOf(raw.Tags, TAG.ignore),
    staticRouteCount: staticCidrsOf(raw).length,
    staticCidrs: staticCidrsOf(raw),
    ...tunnelsOf(textOf(raw.Tags, TUNNELS_TAG)),
    ...readQuietTag(textOf(raw.Tags, QUIET_TAG)),
    ...maintenanceOf(textOf(raw.Tags, MAINTENANCE_TAG)),
  };
}

const maintenanceOf = (tag: string | null): Pick<ConnectionFact, 'maintenanceWindow'> =>
  tag === null ? {} : { maintenanceWindow: parseQuiet(tag) };

const staticCidrsOf = ({ Routes = [] }: VpnConnection): readonly string[] =>
  Routes.flatMap(({ State, DestinationCidrBlock }) =>
    State === 'available' ? [DestinationCidrBlock ?? ''] : [],
  );

function groupOf(tag: string | null): Pick<ConnectionFact, 'group' | 'groupFault'> {
  if (tag === null) return { group: null, groupFault: null };
  const group = parseGroup(tag);
  return group.ok
    ? { group: group.value, groupFault: null }
    : { group: null, groupFault: group.why };
}

function tunnelsOf(tag: string | null): Pick<ConnectionFact, 'usesOneTunnel' | 'tunnelsFault'> {
  const word = tag?.trim() ?? '2';
  const isCount = word === '1' || word === '2';
  return {
    usesOneTunnel: word === '1',
    tunnelsFault: isCount ? null : `"${word.slice(0, 64)}" is neither 1 nor 2`,
  };
}

const STATES: readonly ConnectionFact['state'][] = ['pending', 'available', 'deleting', 'deleted'];
const TRANSPORTS: Readonly<Record<string, ConnectionFact['transport']>> = {
  PrivateIpv4: 'private',
  Ipv6: 'ipv6',
};

/** Exactly one of four owners, and none while a connection waits for its gateway. */
function gatewayFact(raw: VpnConnection): GatewayFact {
  if (raw.VpnGatewayId) return { kind: 'virtual-private', id: raw.VpnGatewayId };
  if (raw.TransitGatewayId) return { kind: 'transit', id: raw.TransitGatewayId };
  if (raw.CoreNetworkArn) return { kind: 'cloud-wan', id: raw.CoreNetworkArn };
  if (raw.VpnConcentratorId) return { kind: 'concentrator', id: raw.VpnConcentratorId };
  return { kind: 'none', id: '' };
}

function associationOf(word: string | undefined): ConnectionFact['association'] {
  if (word === 'associated' || word === 'not-associated') return word;
  return word === 'associating' || word === 'disassociating' ? 'changing' : null;
}

function tunnelFacts(
  telemetry: readonly VgwTelemetry[],
  options: readonly TunnelOption[],
): readonly TunnelFact[] {
  const saids = Map.groupBy(telemetry, (one) => one.OutsideIpAddress ?? '');
  const settings = new Map(options.map((one) => [one.OutsideIpAddress ?? '', one]));
  const ips = new Set([...saids.keys(), ...settings.keys()].filter((ip) => ip !== ''));
  return [...ips].toSorted().map((outsideIp) => {
    const said = saids.get(outsideIp) ?? [];
    const set = settings.get(outsideIp);
    const statuses = new Set(said.map(({ Status }) => statusOf(Status)));
    const [first] = said;
    return {
      outsideIp,
      // Said twice and not the same: nothing is known.
      status: statuses.size === 1 ? ([...statuses][0] ?? null) : null,
      words: wordsOf(first),
      acceptedRouteCount: countOf(first?.AcceptedRouteCount),
      changedAt: instantOf(first?.LastStatusChange),
      options: set === undefined ? null : optionsFact(set),
    };
  });
}

const statusOf = (word: string | undefined): TunnelFact['status'] =>
  word === 'UP' ? 'up' : word === 'DOWN' ? 'down' : null;

const wordsOf = (said: VgwTelemetry | undefined): string =>
  [said?.Status, said?.StatusMessage]
    .filter((word) => word !== undefined && word !== '')
    .join(', ')
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .slice(0, WORDS_MAX);

/** Free text, passed on: longer than any that was ever seen. */
const WORDS_MAX = 200;

const optionsFact = (raw: TunnelOption): TunnelOptionsFact => ({
  ikeVersions: valuesOf(raw.IkeVersions),
  dhGroups: [...(raw.Phase1DHGroupNumbers ?? []), ...(raw.Phase2DHGroupNumbers ?? [])].flatMap(
    ({ Value }) => Value ?? [],
  ),
  integrity: valuesOf([
    ...(raw.Phase1IntegrityAlgorithms ?? []),
    ...(raw.Phase2IntegrityAlgorithms ?? []),
  ]),
  dpdAction: DPD_ACTIONS.find((word) => word === raw.DpdTimeoutAction) ?? null,
  startsIke: raw.StartupAction === 'start',
  isLogged: raw.LogOptions?.CloudWatchLogOptions?.LogEnabled ?? false,
  isBgpLogged: raw.LogOptions?.CloudWatchLogOptions?.BgpLogEnabled ?? false,
  logGroups: logGroupsOf(raw.LogOptions?.CloudWatchLogOptions),
  hasLifecycleControl: raw.EnableTunnelLifecycleControl ?? false,
});

const logGroupsOf = (options: CloudWatchLogOptions | undefined): readonly string[] => [
  ...new Set(
    [
      options?.LogEnabled === true ? options.LogGroupArn : undefined,
      options?.BgpLogEnabled === true ? options.BgpLogGroupArn : undefined,
    ].flatMap((arn) => /:log-group:([^:*]+)/.exec(arn ?? '')?.[1] ?? []),
  ),
];

const DPD_ACTIONS = ['clear', 'none', 'restart'] as const;

const valuesOf = (list: readonly { readonly Value?: string | undefined }[] | undefined) =>
  (list ?? []).flatMap(({ Value }) => Value ?? []);

export function customerGatewayFact(raw: CustomerGateway): readonly CustomerGatewayFact[] {
  const { CustomerGatewayId: customerGatewayId } = raw;
  if (!customerGatewayId) return [];
  return [
    {
      customerGatewayId,
      name: textOf(raw.Tags, 'Name') ?? customerGatewayId,
      ip: raw.IpAddress || null,
      deviceName: raw.DeviceName || null,
      asn: raw.BgpAsnExtended || raw.BgpAsn || null,
      site: textOf(raw.Tags, 'vpn-medic:site'),
    },
  ];
}

export function maintenanceFact(raw: GetVpnTunnelReplacementStatusResult): MaintenanceFact {
  if (!raw.VpnConnectionId) throw new Unreadable('a status that names no connection');
  const details = raw.MaintenanceDetails;
  const word = (details?.PendingMaintenance ?? '').toLowerCase();
  return {
    // A free string in the API model: everything but a clear no counts.
    isPending: !['', 'false', 'none', 'no'].includes(word),
    autoAppliedAfter: instantOf(details?.MaintenanceAutoAppliedAfter),
    lastAppliedAt: instantOf(details?.LastMaintenanceApplied),
  };
}

/** An empty one says nothing. */
const textOf = (tags: readonly Tag[] | undefined, key: string): string | null =>
  tagOf(tags, key) || null;

const countOf = (count: number | undefined): number | null =>
  count !== undefined && Number.isInteger(count) && count >= 0 ? count : null;

function instantOf(date: Date | undefined): Instant | null {
  const at = date?.getTime() ?? Number.NaN;
  return at > 0 ? at : null;
}
