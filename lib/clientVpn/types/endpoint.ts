/** Client VPN endpoints as EC2 describes them, uninterpreted; user names only in sessions. */
import { QUIET_TAG, type QuietTag, quietUntil, readQuietTag } from '../../core/quiet.ts';
import type { Instant } from '../../core/time.ts';

export interface EndpointFact {
  readonly endpointId: string;
  /** The `Name` tag, else the description, else empty. */
  readonly name: string;
  readonly state: EndpointState;
  /** EC2's own words on it; empty when it has none. */
  readonly stateMessage: string;
  /** A client replaces a leading `*` with a label of its own. Empty: EC2 gives none. */
  readonly dnsName: string;
  /** `unknown`: a word that we do not know. */
  readonly transport: 'tcp' | 'udp' | 'unknown';
  /** 443 or 1194. */
  readonly port: number;
  /** Null: clients get IPv6 addresses only. */
  readonly clientCidr: string | null;
  readonly authentication: readonly AuthenticationKind[];
  readonly hasConnectHandler: boolean;
  readonly settings: EndpointSettings;
  /** Our own tags (`vpn-medic:…`) only. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What its owner chose; null where EC2 does not say. */
export interface EndpointSettings {
  readonly vpcId: string | null;
  readonly isLogged: boolean | null;
  /** Of its connection log; null: none is written, or none is named. */
  readonly logGroup: string | null;
  /** Only what has a route goes through the tunnel; else all traffic of the client does. */
  readonly isSplit: boolean | null;
  readonly sessionHours: number | null;
  /** The text that clients show at login. */
  readonly banner: string | null;
  /** Of its server certificate. */
  readonly certificateArn: string | null;
  /** Those that log its users in. */
  readonly directoryIds: readonly string[];
  /** Of the Lambda function that decides on each login; null: none does. */
  readonly handlerArn: string | null;
}

/** Reasons that say that clients cannot connect. `NotYetUp` is not among them: it was never in use. */
export const SHUT: ReadonlySet<string> = new Set([
  'EndpointUnreachable',
  'EndpointUnavailable',
  'LongDown',
]);

/** Being deleted by its owner: not a fault. */
export const isLeaving = ({ state }: EndpointFact): boolean =>
  state === 'deleting' || state === 'deleted';

/** Ignored, or in its quiet hours (`vpn-medic:quiet`): no part of any count. */
export function isAway({ tags }: Pick<EndpointFact, 'tags'>, at: Instant): boolean {
  const { quiet } = quietOf({ tags });
  return (
    tags['vpn-medic:ignore'] !== undefined || (quiet !== null && quietUntil(quiet, at) !== null)
  );
}

export const quietOf = ({ tags }: Pick<EndpointFact, 'tags'>): QuietTag =>
  readQuietTag(tags[QUIET_TAG]);

/** What a probe connects to. */
export type EndpointReachability = Pick<EndpointFact, 'dnsName' | 'transport' | 'port'>;

/** `unknown`: a state that this version does not know; nothing is concluded from it. */
export type EndpointState =
  | 'pending-associate'
  | 'available'
  | 'deleting'
  | 'deleted'
  | 'pending'
  | 'unknown';

export type AuthenticationKind = 'certificate' | 'directory' | 'federated';

/** One subnet (or transit gateway zone) that an endpoint lets its clients into. */
export interface AssociationFact {
  readonly associationId: string;
  readonly endpointId: string;
  /** Empty for a transit gateway. */
  readonly subnetId: string;
  readonly state: AssociationState;
  /** EC2's own words on it; empty when it has none. */
  readonly stateMessage: string;
  /** Where its network interfaces are; empty when that could not be read. */
  readonly zones: readonly string[];
}

export type AssociationState =
  | 'associating'
  | 'associated'
  | 'association-failed'
  | 'disassociating'
  | 'disassociated'
  | 'unknown';

/** One client's connection. The user is personal data: shown by `check`, never logged, stored or notified. */
export interface SessionFact {
  readonly sessionId: string;
  readonly user: string;
  readonly isActive: boolean;
  readonly establishedAt: Instant | null;
  /** From the client, since the session began; null where EC2 gave no number. */
  readonly ingressBytes: number | null;
  readonly egressBytes: number | null;
}
