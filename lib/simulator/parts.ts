/** What the ports of the simulated account are made of. */
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
  /** One for each purpose, so that one part's luck is not another's. */
  readonly random: {
    readonly ec2: Random;
    readonly probes: Random;
    readonly store: Random;
    readonly notifications: Random;
    readonly repairs: Random;
  };
}
