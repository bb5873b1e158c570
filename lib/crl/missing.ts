/** Which revoked certificates an older list names and a newer one does not. Pure. */
import { eachSerial } from './entries.ts';
import type { Crl } from './parse.ts';

/** Serial numbers (lower-case hex) of `older` that `newer` lacks, in the order of `older`. */
export function missingSerials(older: Crl, newer: Crl): readonly string[] {
  if (older.survey.count === 0) return [];
  const present = new Set<string>();
  eachSerial(newer.entries, (serial) => present.add(serial));
  const missing: string[] = [];
  eachSerial(older.entries, (serial) => {
    if (!present.has(serial)) missing.push(Buffer.from(serial, 'latin1').toString('hex'));
  });
  return missing;
}
