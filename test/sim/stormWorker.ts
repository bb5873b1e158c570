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

parentPort?.on('message', async (seed: string) => {
  const { livedMs, writes, violations, tell } = await liveThrough(seed);
  const failure = violations.length === 0 ? null : tell();
  const news: StormNews = { seed, livedMs, writes, failure };
  parentPort?.postMessage(news);
});
