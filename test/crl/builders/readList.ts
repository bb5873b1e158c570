/** A list that must be readable, for tests of what is in it. */
import { type Crl, parseCrl } from '../../../lib/crl/x509/parse.ts';

/** @throws with the parser's own reason. */
export function readList(bytes: Uint8Array): Crl {
  const parsed = parseCrl(bytes);
  if (!parsed.ok) throw new Error(`${parsed.reason}: ${parsed.why}`);
  return parsed.crl;
}
