/** A thread that lives through storms, one seed after the other, for as long as it is handed any. */
import { parentPort } from 'node:worker_threads';
import { liveThrough } from './storm.ts';

/** What a thread says of one storm. */
export interface StormNews {
  readonly seed: string;
  readonly livedMs: number;
  readonly writes: number;
  /** Null: all well. */
  readonly failure: string | null;
}

parentPort?.on('message', (seed: string) => {
  void tell(seed);
});

async function tell(seed: string): Promise<void> {
  const result = await liveThrough(seed);
  const failure = result.violations.length === 0 ? null : result.tell();
  const notificationPlan: StormNews = {
    seed,
    livedMs: result.livedMs,
    writes: result.writes,
    failure,
  };
  parentPort?.postMessage(notificationPlan);
}
