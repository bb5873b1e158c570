/** Large memories made small enough for one item of the state table, which holds at most 400 KB and is paid for by the KB. */
import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { parseStored } from './storedText.ts';

/** Below this people can still read the item as it is. */
const PLAIN_MAX = 20_000;
/** A body that claims to be larger is garbage, not memory: an item holds no more than that of what the product stores. */
const BYTES_MAX = 4 * 1_024 * 1_024;

const Packed = v.object({ gzip: v.string() });

/** `text` is the JSON of `body`. */
export const packed = (body: unknown, text: string): unknown =>
  text.length <= PLAIN_MAX ? body : { gzip: gzipSync(text).toString('base64') };

/** What was packed, or the body itself; null for garbage. */
export function unpacked(body: unknown): unknown {
  const parsed = v.safeParse(Packed, body);
  if (!parsed.success) return body;
  try {
    const bytes = Buffer.from(parsed.output.gzip, 'base64');
    return parseStored(gunzipSync(bytes, { maxOutputLength: BYTES_MAX }).toString());
  } catch {
    return null;
  }
}
