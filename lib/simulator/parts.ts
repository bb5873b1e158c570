/** What the ports of the simulated account are made of. */
import type { CallLog } from './callLog.ts';
import type { VirtualClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Vitals } from './groundTruth.ts';
import type { Estate } from './network.ts';
import type { Dice } from './random.ts';

export interface Parts {
  readonly clock: VirtualClock;
  readonly estate: Estate;
  readonly faults: Faults;
  readonly vitals: Vitals;
  readonly log: CallLog;
  /** One for each purpose, so that one part's luck is not another's. */
  readonly luck: {
    readonly ec2: Dice;
    readonly probes: Dice;
    readonly store: Dice;
    readonly notices: Dice;
    readonly repairs: Dice;
  };
}
