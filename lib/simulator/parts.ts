/** What the ports of a simulated account share. */
import type { CallLog } from './callLog.ts';
import type { VirtualClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { GroundTruth } from './groundTruth.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';

export interface Parts {
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly faults: Faults;
  readonly groundTruth: GroundTruth;
  readonly log: CallLog;
  /** One generator for each purpose, so that a draw by one port does not change those of another. */
  readonly random: {
    readonly ec2: Random;
    readonly probes: Random;
    readonly store: Random;
    readonly notifications: Random;
    readonly repairs: Random;
  };
}
