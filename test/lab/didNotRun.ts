/** Parts of the lab that did not run: reported at once, listed again at the end of the run, a failure in CI. */
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../../.lab');
const FILE = `${FOLDER}/did-not-run.txt`;

/**
 * Reports that a part of the lab did not run, and why.
 *
 * @throws in CI, where that is a failure.
 */
export function didNotRun(what: string, why: string): void {
  const sentence = `DID NOT RUN: ${what}: ${why}`;
  mkdirSync(FOLDER, { recursive: true });
  appendFileSync(FILE, `${sentence}\n`);
  process.stderr.write(`${sentence}\n`);
  if (isCi()) throw new Error(sentence);
}

/** What a run that starts now has not left out yet. */
export const forgetDidNotRun = (): void => rmSync(FILE, { force: true });

/** One sentence for each part that did not run since then. */
export function readDidNotRun(): readonly string[] {
  try {
    return readFileSync(FILE, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

const isCi = (): boolean => !['', 'false', undefined].includes(process.env['CI']);
