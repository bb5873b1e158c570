/** Health checks and records of Route 53, as the command line reads them. Types only. */
import type { Reading } from './reading.ts';

export interface DnsPort {
  healthChecks(signal: AbortSignal): Promise<Reading<readonly HealthCheckFact[]>>;
  /** Those that lead to other names, of every public hosted zone; unknown also where there are more than are read. */
  records(signal: AbortSignal): Promise<Reading<readonly DnsRecordFact[]>>;
}

/** Names are in lower case, without the dot at their end; empty: none. */
export interface HealthCheckFact {
  /** The name that it connects to. */
  readonly name: string;
  /** Of the CloudWatch alarm that it follows. */
  readonly alarmName: string;
}

export interface DnsRecordFact {
  readonly name: string;
  /** Names that it leads to; of an alias, its target. */
  readonly values: readonly string[];
  readonly hasHealthCheck: boolean;
}
