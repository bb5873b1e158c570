/** The topics and the event bus that incidents are published to. Types only; `lib/aws` and `lib/simulator` implement them. */
import type { LoggerPort, StorePort } from '../core/ports.ts';
import type { Clock, Instant } from '../core/time.ts';
import type { Notification, Signature } from './types.ts';

/** What every scope of a region needs, whatever it watches. */
export interface RegionPorts {
  readonly region: string;
  readonly clock: Clock;
  readonly store: StorePort;
  readonly notifications: NotificationPort;
  readonly logger: LoggerPort;
  readonly events: EventPort;
}

export interface NotificationPort {
  /** What every notice is signed with; none: no signature. */
  readonly signature?: Signature;
  publish(notification: Notification, signal: AbortSignal): Promise<PublishAnswer>;
}

export type PublishAnswer =
  | { readonly kind: 'published'; readonly messageId: string }
  /** Some topics have it, and others refuse it: only these are sent it when the same notification is published again. */
  | { readonly kind: 'partly'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

export interface EventPort {
  /** False: no bus is configured, and nothing is to be sent. */
  readonly isOpen: boolean;
  /** Those that the bus did not take, each with why; empty when all went. What was lost on the way may come twice. */
  put(events: readonly BusEvent[], signal: AbortSignal): Promise<readonly Unsent[]>;
}

export interface BusEvent {
  /** Unique; the same again when it is sent again. */
  readonly id: string;
  /** `vpn-medic Incident Opened` */
  readonly detailType: string;
  readonly at: Instant;
  /** ARNs or ids of what it is about. */
  readonly resources: readonly string[];
  /** JSON text of an object, at most 200,000 bytes: an entry may hold 256 KB with everything. */
  readonly detail: string;
}

export interface Unsent {
  readonly event: BusEvent;
  readonly why: string;
  /** False: it would be refused again (too large, no such bus, no permission). */
  readonly isWorthRetrying: boolean;
}
