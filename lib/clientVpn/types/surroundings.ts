/** What surrounds an endpoint, as AWS describes it: routes, rules, networks, certificate and directories. Read every quarter of an hour. */
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';

export interface Surroundings {
  readonly routes: Reading<readonly ClientRouteFact[]>;
  readonly rules: Reading<readonly AuthorizationRuleFact[]>;
  /** Of the endpoint's VPC; null: it names none. */
  readonly ranges: Reading<readonly RangeFact[]> | null;
  /** Of the VPCs that are peered with it. */
  readonly peers: Reading<readonly PeerRangeFact[]> | null;
  /** Client ranges of the other endpoints of the region. */
  readonly others: readonly OtherEndpoint[];
  /** Null: only what the client needs goes through the tunnel, so that none is needed. */
  readonly egress: Reading<EgressFact> | null;
  /** Null: the endpoint names none. */
  readonly certificate: Reading<CertificateFact> | null;
  /** Those that log its users in; null: no directory does. */
  readonly directories: Reading<readonly DirectoryFact[]> | null;
}

export interface ClientRouteFact {
  readonly destination: string;
  /** Empty: a transit gateway. */
  readonly subnetId: string;
  readonly state: 'creating' | 'active' | 'failed' | 'deleting' | 'unknown';
  /** EC2's own words on it; empty when it has none. */
  readonly stateMessage: string;
}

export interface AuthorizationRuleFact {
  readonly destination: string;
  readonly state: 'authorizing' | 'active' | 'failed' | 'revoking' | 'unknown';
  readonly stateMessage: string;
}

export interface RangeFact {
  readonly cidr: string;
  readonly vpcId: string;
}

export interface PeerRangeFact extends RangeFact {
  readonly peeringId: string;
  /** The VPC on the other side, which reaches it. */
  readonly nearVpcId: string;
}

export interface OtherEndpoint {
  readonly endpointId: string;
  readonly name: string;
  readonly cidr: string;
}

/** Whether the route table of a subnet leads out of its VPC by default. */
export interface EgressFact {
  /** By subnet; a subnet without a table of its own uses the main one. */
  readonly bySubnet: ReadonlyMap<string, boolean>;
  /** Of the VPC's main table; null: it was not among the answers. */
  readonly main: boolean | null;
}

export interface CertificateFact {
  readonly arn: string;
  /** ACM's word: `ISSUED`, `EXPIRED`, `REVOKED`, … */
  readonly status: string;
  /** Null: ACM does not say. */
  readonly endsAt: Instant | null;
  /** ACM's word for its managed renewal, `FAILED` for one; null: ACM does not renew it, or has not begun to. */
  readonly renewal: string | null;
  /** Empty when ACM gives none. */
  readonly renewalWhy: string;
}

export interface DirectoryFact {
  readonly directoryId: string;
  readonly name: string;
  /** AWS's word: `MicrosoftAD`, `ADConnector`, … */
  readonly kind: string;
  /** AWS's word: `Active`, `Impaired`, `Inoperable`, … */
  readonly stage: string;
  /** Empty when AWS gives none. */
  readonly stageWhy: string;
}

/** What of it could not be read, one line each. */
export const unreadOf = (
  endpointId: string,
  { routes, rules, ranges, peers, egress, certificate, directories }: Surroundings,
): readonly string[] =>
  Object.entries({ routes, rules, ranges, peers, egress, certificate, directories }).flatMap(
    ([what, reading]) =>
      reading === null || reading.known ? [] : [`${what} of ${endpointId}: ${reading.why}`],
  );
