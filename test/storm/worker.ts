/** A worker thread that runs the storm of every seed it receives. */
import { parentPort } from 'node:worker_threads';
import { runStorm } from './storm.ts';

/** The result of one storm. */
export interface StormSummary {
  readonly seed: string;
  readonly ranMs: number;
  readonly writes: number;
  /** Null: all well. */
  readonly failure: string | null;
}

parentPort?.on('message', (seed: string) => {
  void report(seed);
});

async function report(seed: string): Promise<void> {
  const result = await runStorm(seed);
  const failure = result.violations.length === 0 ? null : result.report();
  const summary: StormSummary = {
    seed,
    ranMs: result.ranMs,
    writes: result.writes,
    failure,
  };
  parentPort?.postMessage(summary);
}
