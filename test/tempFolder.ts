/** Folders for what a test writes: inside the checkout, so that a run leaves nothing elsewhere. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';

const TEMP = resolve(import.meta.dirname, '../.lab/tmp');

/** A new empty folder under `.lab/tmp`. The caller removes it. */
export function makeTempFolder(): string {
  mkdirSync(TEMP, { recursive: true });
  return mkdtempSync(join(TEMP, 'test-'));
}
