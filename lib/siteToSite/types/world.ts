/** What one pass over the Site-to-Site connections of a region read. */

import type { Gone } from '../../core/gone.ts';
import type { LogEvent } from '../../core/logs.ts';
import type { Point } from '../../core/metric.ts';
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import type {
  ConnectionFact,
  CustomerGatewayFact,
  HealthNote,
  MaintenanceFact,
} from './connection.ts';

export interface ConnectionWorld {
  readonly at: Instant;
  readonly accountId: string;
  readonly region: string;
  readonly connections: Reading<readonly ConnectionFact[]>;
  /** Known before and left out of the list now, as far as they are remembered. */
  readonly absent: readonly ConnectionFact[];
  readonly customerGateways: Reading<readonly CustomerGatewayFact[]>;
  /** By connection id: static routes of its transit gateway that lead to it, of those whose tunnels have no routes. */
  readonly staticRoutes: ReadonlyMap<string, Reading<number>>;
  /** Transit gateways without ECMP. Null: not due, or no two connections are on one. */
  readonly withoutEcmp: Reading<readonly string[]> | null;
  /** Null: not read in this pass. */
  readonly series: Reading<readonly string[]> | null;
  /** Null: not due. By tunnel id; a tunnel without series is not in it. */
  readonly metrics: MetricReadings | null;
  /** By tunnel id, of connections that are down at first sight: whether it was up in the last two weeks; null: no point. Absent: not read. */
  readonly everUp?: ReadonlyMap<string, boolean | null>;
  /** By tunnel id: hourly points of two weeks, of those whose turn it is. */
  readonly histories: ReadonlyMap<string, Reading<History>>;
  /** By tunnel id, of those whose turn it is. */
  readonly maintenances: ReadonlyMap<string, Reading<MaintenanceFact>>;
  /** By connection id, of those that have just lost a tunnel and write logs that may be read. */
  readonly logs: ReadonlyMap<string, Reading<readonly LogEvent[]>>;
  /** Connections and tunnels that were there in an earlier pass, and are deleted or being deleted now; sites that lost theirs so. */
  readonly gone: Gone;
  /** The AWS Health events that led to this pass. */
  readonly health: readonly HealthNote[];
}

export interface MetricReadings {
  /** Ends of the window, multiples of the period. */
  readonly from: Instant;
  readonly to: Instant;
  readonly tunnels: ReadonlyMap<string, Reading<TunnelPoints>>;
}

export interface TunnelPoints {
  readonly state: readonly Point[];
  readonly bytesIn: readonly Point[];
  readonly bytesOut: readonly Point[];
  /** Absurd points that were left out. */
  readonly droppedCount: number;
}

export interface History {
  readonly bytesIn: readonly Point[];
  readonly bytesOut: readonly Point[];
}
