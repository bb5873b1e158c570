/** What a rehearsal reports, as JSON and as text. */
import type { Topology } from '../../appliances/types/topology.ts';
import type { FaultRecord } from '../../simulator/faultRecords.ts';
import type { TimelineEvent } from '../../simulator/timeline.ts';

/** Version 1: fields may be added, never renamed or taken away. Times are virtual milliseconds. */
export interface RehearsalReport {
  readonly version: 1;
  readonly seed: string;
  /** The file that the network came from; null: the built-in one. */
  readonly capture: string | null;
  /** `crashed`: an invocation of vpn-medic ended with an error, which is a bug. */
  readonly result: 'well' | 'crashed';
  readonly scenarios: readonly ScenarioReport[];
}

export interface ScenarioReport {
  readonly name: string;
  readonly says: string;
  readonly events: readonly TimelineEvent[];
  readonly faults: readonly FaultRecord[];
  readonly ranMs: number;
  readonly writeCount: number;
  readonly notificationCount: number;
  readonly crashes: readonly string[];
}

export interface FixtureParts {
  readonly seed: string;
  readonly capture: string | null;
  readonly topology: Topology;
}
