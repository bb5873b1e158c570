/** What one pass read of the transit gateways of a region. */
import type { ConnectionPath } from '../../core/connectionPath.ts';
import type { Pin } from '../../core/pin.ts';
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type { AttachmentFact, TransitRouteFact, TransitTableFact } from './transit.ts';

export interface TransitWorld {
  readonly at: Instant;
  readonly region: string;
  /** Every connection of the region, as this pass knows it. */
  readonly paths: Reading<readonly ConnectionPath[]>;
  /** Tables that carry the tag `vpn-medic:group`. */
  readonly tables: Reading<readonly TransitTableFact[]>;
  /** By table id: its static routes. */
  readonly routes: ReadonlyMap<string, Reading<readonly TransitRouteFact[]>>;
  readonly attachments: Reading<readonly AttachmentFact[]>;
  /** Operators' pins of routes and groups of the region. */
  readonly pins: readonly Pin[];
}

/** A static route that leads to a member of one of its table's groups, or led there until its attachment went. */
export interface TransitRoute {
  readonly key: string;
  readonly tableId: string;
  readonly tableName: string;
  readonly transitGatewayId: string;
  readonly destination: string;
  readonly group: string;
  /** Where it leads; null: a blackhole without an attachment. */
  readonly attachmentId: string | null;
  /** The connection behind it; of a blackhole, the one that it led to last. */
  readonly connectionId: string;
  readonly isBlackhole: boolean;
  /** The table's tag `vpn-medic:preferred`; null: what was learnt counts. */
  readonly preferredTag: string | null;
}
