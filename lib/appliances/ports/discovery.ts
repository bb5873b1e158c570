/** Finds what looks like an appliance and is not tagged yet, and tags it: for the command line. Types only. */
import type { Reading } from '../../core/reading.ts';
import type { InterfaceFact } from '../types/inventory.ts';

export interface DiscoveryPort {
  /** Interfaces of instances whose source/destination check is off: only these can forward packets. */
  forwarders(signal: AbortSignal): Promise<Reading<readonly InterfaceFact[]>>;
  /** Name and description of the image that each instance was launched from; absent: EC2 does not show it any more. */
  images(
    instanceIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<ReadonlyMap<string, string>>>;
  /** The certificates of Client VPN endpoints: the server's, and what client certificates are checked against. */
  certificates(signal: AbortSignal): Promise<Reading<readonly EndpointCertificate[]>>;
  /** Adds one tag to one resource, or replaces its value. Null: done; else why not. */
  tag(write: TagWrite, signal: AbortSignal): Promise<string | null>;
}

export interface TagWrite {
  readonly resourceId: string;
  readonly key: string;
  readonly value: string;
}

export interface EndpointCertificate {
  readonly endpointId: string;
  readonly pem: string;
}
