/** What everything that is sent has in common. Types only. */
import type { Clock } from '../../../core/time.ts';
import type { ProbePort } from '../../../probe/ports.ts';
import type { Policy } from '../../types/policy.ts';

export interface ProbeNews {
  /** An answer may have changed a verdict. */
  onChange(): void;
  /** These instances' silence is nearly long enough for a verdict; called once for each silence of a target. */
  onRipening?(instanceIds: ReadonlySet<string>): void;
}

export interface Sending {
  readonly probes: ProbePort;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly news: ProbeNews;
  /** Probes sent so far. */
  count: number;
  /** Counts how often rows were forgotten: an answer to an older probe is dropped. */
  epoch: number;
}
