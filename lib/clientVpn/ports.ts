/** Client VPN endpoints: EC2's description of them, and probes. Types only. */

import type { Reading } from '../core/reading.ts';
import type { ProbeResult } from '../probe/types.ts';
import type {
  AssociationFact,
  EndpointFact,
  EndpointReachability,
  SessionFact,
} from './types/endpoint.ts';
import type {
  AuthorizationRuleFact,
  CertificateFact,
  ClientRouteFact,
  DirectoryFact,
  EgressFact,
  PeerRangeFact,
  RangeFact,
} from './types/surroundings.ts';

/** Read only. Lists are whole (every page) or unknown; partial is unknown. */
export interface EndpointPort {
  endpoints(signal: AbortSignal): Promise<Reading<readonly EndpointFact[]>>;
  /** Of each of these endpoints, every id with a reading of its own; an endpoint that is gone meanwhile has no associations. */
  associations(
    endpointIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Reading<readonly AssociationFact[]>>>;
  /** Active ones, and those that ended within the last hour. */
  sessions(endpointId: string, signal: AbortSignal): Promise<Reading<readonly SessionFact[]>>;
}

/** Read only, as `EndpointPort`. */
export interface SurroundingsPort extends CertificatePort, DirectoryPort {
  routes(endpointId: string, signal: AbortSignal): Promise<Reading<readonly ClientRouteFact[]>>;
  rules(
    endpointId: string,
    signal: AbortSignal,
  ): Promise<Reading<readonly AuthorizationRuleFact[]>>;
  /** Of these VPCs. */
  ranges(vpcIds: readonly string[], signal: AbortSignal): Promise<Reading<readonly RangeFact[]>>;
  /** Of both sides of every active peering of the region, also those of another account. */
  peers(signal: AbortSignal): Promise<Reading<readonly PeerRangeFact[]>>;
  /** Default routes of these VPCs, every id with an entry. */
  egress(
    vpcIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, EgressFact>>>;
}

export interface CertificatePort {
  /** One of ACM. */
  certificate(arn: string, signal: AbortSignal): Promise<Reading<CertificateFact>>;
}

export interface DirectoryPort {
  /** All that this region of the account has. */
  directories(signal: AbortSignal): Promise<Reading<readonly DirectoryFact[]>>;
}

export interface EndpointProbePort {
  /**
   * One probe as a client would connect, to a random name under the endpoint's. Never rejects. `down` when the name
   * is not in DNS or the far side is silent or refuses; whatever failed on our own side, DNS too, is `unknown`.
   */
  send(
    reachability: EndpointReachability,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ProbeResult>;
}
