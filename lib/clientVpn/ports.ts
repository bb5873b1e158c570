/** Client VPN endpoints: EC2's description of them, and probes. Types only. */

import type { Reading } from '../core/reading.ts';
import type { ProbeResult } from '../probe/types.ts';
import type {
  AssociationFact,
  EndpointFact,
  EndpointReachability,
  SessionFact,
} from './types/endpoint.ts';

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
