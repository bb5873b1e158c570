/** What moves transit gateway routes reads and writes. Types only; `lib/aws` and `lib/simulator` implement it. */
import type { ConnectionPath } from '../core/connectionPath.ts';
import type { Reading } from '../core/reading.ts';
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { Clock } from '../core/time.ts';
import type { AttachmentFact, TransitRouteFact, TransitTableFact } from './types/transit.ts';

/** No call throws for what AWS answers. Lists are whole or unknown. */
export interface TransitGatewayPort {
  /** Every table that carries the tag `vpn-medic:group`. */
  tables(signal: AbortSignal): Promise<Reading<readonly TransitTableFact[]>>;
  /** The static routes of one table. */
  routes(tableId: string, signal: AbortSignal): Promise<Reading<readonly TransitRouteFact[]>>;
  /** The attachments of these connections; ids that EC2 does not know are absent. */
  attachments(
    connectionIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Reading<readonly AttachmentFact[]>>;
  /** Points one existing static route at one attachment. Never creates, never deletes. */
  replaceRoute(write: TransitRouteWrite, signal: AbortSignal): Promise<WriteAnswer>;
}

export interface TransitRouteWrite {
  readonly tableId: string;
  readonly destination: string;
  readonly attachmentId: string;
}

export interface TransitPorts {
  readonly clock: Clock;
  readonly region: string;
  readonly transit: TransitGatewayPort;
  /** Every connection of the region, read now. */
  readonly paths: (signal: AbortSignal) => Promise<Reading<readonly ConnectionPath[]>>;
}
