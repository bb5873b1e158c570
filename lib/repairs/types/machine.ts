/** What must be known of an instance before a repair. */

import type { InstanceState } from '../../appliances/types/inventory.ts';
import type { Instant } from '../../core/time.ts';

export interface MachineObservation {
  readonly instanceId: string;
  readonly state: InstanceState;
  readonly launchedAt: Instant | null;
  /** EC2's reason for its state; empty when there is none. */
  readonly stateReason: string;
  /** A public address that a stop would lose; null: none, or an Elastic one. */
  readonly fleetingPublicIp: string | null;
  /** Its type has disks that a stop would empty. */
  readonly hasInstanceStore: boolean;
  readonly isStopProtected: boolean;
}
