/** What must be known of an instance before a repair. */

import type { InstanceState } from '../../appliances/types/inventory.ts';
import type { Instant } from '../../core/time.ts';

export interface MachineObservation {
  readonly instanceId: string;
  readonly state: InstanceState;
  readonly launchedAt: Instant | null;
  /** EC2's reason for its last change of state, with code and message; empty when there is none. */
  readonly stateReason: string;
  /** EC2's code of it (`Client.UserInitiatedShutdown`); empty when there is none. */
  readonly stateCode: string;
  /** A public address that a stop would lose; null: none, or an Elastic one. */
  readonly fleetingPublicIp: string | null;
  /** Its type has disks that a stop would empty. */
  readonly hasInstanceStore: boolean;
  readonly isStopProtected: boolean;
  readonly encryptedVolumes: readonly EncryptedVolume[];
}

/** An attached volume that EC2 can only attach anew, at a start, with a grant on its key. */
export interface EncryptedVolume {
  readonly volumeId: string;
  /** ARN; empty: EC2 does not say. */
  readonly kmsKeyArn: string;
}

/** What KMS says of a key. */
export interface KeyFact {
  /** AWS's own key for volumes: every principal of the account that may use EBS may use it. */
  readonly isAwsManaged: boolean;
  /** `Enabled`, or why it cannot be used: `Disabled`, `PendingDeletion`, … */
  readonly state: string;
}
