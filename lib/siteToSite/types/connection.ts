/** Site-to-Site connections as EC2 describes them: plain facts without any pre-shared key. */
import type { Quiet, QuietTag } from '../../core/quiet.ts';
import type { Parsed } from '../../core/tags.ts';
import type { Instant } from '../../core/time.ts';

export interface ConnectionFact extends QuietTag {
  readonly connectionId: string;
  /** The tag `Name`, or the id. */
  readonly name: string;
  /** AWS's word for the state. */
  readonly stateWord: string;
  /** `unknown`: a word that is not documented. */
  readonly state: 'pending' | 'available' | 'deleting' | 'deleted' | 'unknown';
  readonly customerGatewayId: string | null;
  readonly gateway: GatewayFact;
  /** Whether the gateway's side has taken it up; null: not said. */
  readonly association: 'associated' | 'not-associated' | 'changing' | null;
  /** Static routes instead of BGP; null: not said. */
  readonly isStatic: boolean | null;
  readonly isAccelerated: boolean;
  /** `private`: over Direct Connect. */
  readonly transport: 'public' | 'private' | 'ipv6';
  /** Of a private connection: the attachment of the Direct Connect gateway below it. Absent: none is named. */
  readonly transportAttachmentId?: string;
  readonly bandwidth: 'standard' | 'large';
  /** Ordered by outside address. Usually two; none while nothing is known of them. */
  readonly tunnels: readonly TunnelFact[];
  /** The tag `vpn-medic:site`; null: none. */
  readonly site: string | null;
  /** The tag `vpn-medic:group`; null: none, or it is wrong. */
  readonly group: string | null;
  /** What is wrong with the tag `vpn-medic:group`; null: nothing. */
  readonly groupFault: string | null;
  /** The tag `vpn-medic:ignore`; null: none. */
  readonly ignored: string | null;
  /** Static routes that lead to it whatever BGP says: its own, and those of its transit gateway as far as they were read. */
  readonly staticRouteCount: number;
  /** Destinations of its own static routes. */
  readonly staticCidrs: readonly string[];
  /** The tag `vpn-medic:tunnels=1`: the customer device brings up one tunnel at a time, by design. */
  readonly usesOneTunnel: boolean;
  /** What is wrong with the tag `vpn-medic:tunnels`; null: nothing. */
  readonly tunnelsFault: string | null;
  /** The tag `vpn-medic:maintenance`: when a pending replacement of an endpoint may be applied. Absent: never. */
  readonly maintenanceWindow?: Parsed<Quiet>;
}

export const TUNNELS_TAG = 'vpn-medic:tunnels';
export const MAINTENANCE_TAG = 'vpn-medic:maintenance';

/** In place of AWS's word for the state of a connection that EC2 left out of its list. */
export const NOT_LISTED = 'not listed';

/** Neither it nor its tags were read: left out of the list, or followed while it is being deleted. */
export const isAbsent = ({ stateWord }: Pick<ConnectionFact, 'stateWord'>): boolean =>
  stateWord === NOT_LISTED || stateWord === 'deleting';

/** Whether it is there to carry traffic, now or later. A connection in an undocumented state is judged too. */
export const isStanding = ({ state }: Pick<ConnectionFact, 'state'>): boolean =>
  state !== 'deleting' && state !== 'deleted';

export interface GatewayFact {
  readonly kind: 'virtual-private' | 'transit' | 'cloud-wan' | 'concentrator' | 'none';
  /** Its id or ARN; empty for `none`. */
  readonly id: string;
}

/** No gateway's side has taken it up: it leads nowhere. */
export const isUnattached = ({
  association,
  gateway,
}: Pick<ConnectionFact, 'association' | 'gateway'>): boolean =>
  association === 'not-associated' || gateway.kind === 'none';

export interface TunnelFact {
  /** On AWS's side. */
  readonly outsideIp: string;
  /** Null: not given, or a status that we do not know. */
  readonly status: 'up' | 'down' | null;
  /** AWS's status text: `DOWN, IPSEC IS UP`. */
  readonly words: string;
  readonly acceptedRouteCount: number | null;
  /** When IKE, IPsec or BGP last changed; also moves with flaps between two passes. */
  readonly changedAt: Instant | null;
  /** Null: not said. */
  readonly options: TunnelOptionsFact | null;
}

export interface TunnelOptionsFact {
  /** What may be negotiated, in both phases; empty lists mean AWS's defaults, which allow everything. */
  readonly ikeVersions: readonly string[];
  readonly dhGroups: readonly number[];
  readonly integrity: readonly string[];
  /** What AWS does when the customer device is dead to it; null: not said. */
  readonly dpdAction: 'clear' | 'none' | 'restart' | null;
  /** AWS starts IKE by itself; otherwise the customer's device must. */
  readonly startsIke: boolean;
  /** Tunnel activity: IKE and IPsec. */
  readonly isLogged: boolean;
  /** Changes of the BGP session, and routes that come and go: a switch of its own. */
  readonly isBgpLogged: boolean;
  /** The names of the log groups of both; empty: none is written, or none is named. */
  readonly logGroups: readonly string[];
  /** Maintenance of its endpoint waits for a person's consent. */
  readonly hasLifecycleControl: boolean;
}

export interface CustomerGatewayFact {
  readonly customerGatewayId: string;
  readonly name: string;
  /** The device's outside address; null when it is known by certificate alone. */
  readonly ip: string | null;
  readonly deviceName: string | null;
  readonly asn: string | null;
  readonly site: string | null;
}

export interface MaintenanceFact {
  readonly isPending: boolean;
  /** When AWS does it by itself. */
  readonly autoAppliedAfter: Instant | null;
  readonly lastAppliedAt: Instant | null;
}

/** BGP is up, and AWS accepts no route from it. */
export const isBgpWithoutRoutes = (
  { status, words, acceptedRouteCount }: TunnelFact,
  { isStatic }: Pick<ConnectionFact, 'isStatic'>,
): boolean =>
  status === 'up' &&
  (isStatic === false || (isStatic === null && /\bBGP\b/i.test(words))) &&
  acceptedRouteCount === 0;

/** Some tunnel is up, and none with routes: whether the connection carries traffic depends on static routes to it. */
export const isWithoutRoutes = (connection: ConnectionFact): boolean => {
  const ups = connection.tunnels.filter(({ status }) => status === 'up');
  return ups.length > 0 && ups.every((one) => isBgpWithoutRoutes(one, connection));
};

/** One name for one tunnel: `vpn-0a1b2c3d/18.210.70.26`. */
export const tunnelId = (connectionId: string, outsideIp: string): string =>
  `${connectionId}/${outsideIp}`;

/** An AWS Health event, after the fact: it explains findings and never decides. */
export interface HealthNote {
  /** `communicationId`: the same event arrives several times. */
  readonly id: string;
  /** `AWS_VPN_REDUNDANCY_LOSS` */
  readonly code: string;
  readonly at: Instant;
  readonly connectionIds: readonly string[];
}
