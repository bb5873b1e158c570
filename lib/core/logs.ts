/** Events of CloudWatch Logs, and the port that reads them. Types only. */
import type { Reading } from './reading.ts';
import type { Instant } from './time.ts';

export interface LogEvent {
  readonly at: Instant;
  readonly stream: string;
  /** As it was written: it may hold anything. */
  readonly message: string;
}

export interface LogQuery {
  /** The name of one log group. */
  readonly group: string;
  readonly since: Instant;
  /** Words that each event holds; without them every event. */
  readonly words?: readonly string[];
}

export interface LogPort {
  /** Oldest first; at most the first 3,000 since then. Never throws for what AWS answers. */
  events(query: LogQuery, signal: AbortSignal): Promise<Reading<readonly LogEvent[]>>;
}
