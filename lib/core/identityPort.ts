/** Who our credentials belong to. Types only. */
import type { Reading } from './reading.ts';

export interface IdentityPort {
  caller(signal: AbortSignal): Promise<Reading<Caller>>;
}

export interface Caller {
  readonly accountId: string;
  /** `arn:aws:sts::111122223333:assumed-role/oncall/ana` */
  readonly arn: string;
}
