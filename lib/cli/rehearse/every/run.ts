/** Every case of an account, shared out among worker threads. */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { casesOf, type FailureCase } from '../../../simulator/every/cases.ts';
import type { FailureOutcome } from '../../../simulator/every/play.ts';
import { type AccountFacts, rolesIn } from '../../../simulator/roles.ts';

export interface EveryOptions {
  readonly hasPairs: boolean;
  /** Called after each case. */
  readonly onDone: (doneCount: number, count: number) => void;
}

/** Their outcomes, in the order of the cases. Every case plays in an account of its own. */
export async function playEvery(
  facts: AccountFacts,
  { hasPairs, onDone }: EveryOptions,
): Promise<readonly FailureOutcome[]> {
  const cases = casesOf(rolesIn(facts), hasPairs);
  const outcomes: FailureOutcome[] = [];
  const waiting = cases.entries();
  let doneCount = 0;
  const work = async () => {
    const worker = new Worker(WORKER, { workerData: facts, execArgv: [...IMPORTS] });
    try {
      for (const [index, one] of waiting) {
        outcomes[index] = await ask(worker, one);
        doneCount += 1;
        onDone(doneCount, cases.length);
      }
    } finally {
      await worker.terminate();
    }
  };
  const count = Math.min(availableParallelism(), Math.ceil(cases.length / CASES_A_WORKER_MIN));
  await Promise.all(Array.from({ length: count }, work));
  return outcomes;
}

/** Beside this file: `worker.ts` in a clone, `worker.js` in the npm package. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/** In a clone: also a Node that strips no types runs the worker. */
const IMPORTS: readonly string[] =
  extname(import.meta.url) === '.ts'
    ? ['--import', new URL('../../../../typescript.mjs', import.meta.url).href]
    : [];

/** A worker takes half a second to start. */
const CASES_A_WORKER_MIN = 4;

function ask(worker: Worker, one: FailureCase): Promise<FailureOutcome> {
  return new Promise((resolve, reject) => {
    const end = (error: Error) => reject(error);
    worker.once('error', end);
    worker.once('message', (outcome: FailureOutcome) => {
      worker.off('error', end);
      resolve(outcome);
    });
    worker.postMessage(one);
  });
}
