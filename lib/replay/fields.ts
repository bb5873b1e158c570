/** Values out of JSON whose shape is not known. Pure. */
import type { Fields } from '../capture/types.ts';
import { fieldsOf } from '../core/json.ts';

/** Empty for what is no list. */
export const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.map(fieldsOf) : [];

/** Empty for what is no text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The name of the error that answers a read which is not recorded, and of a probe's. */
export const MISSING = 'NotInCapture';

/** An error as the SDK makes it of AWS's answer; of a name such as `ECONNRESET`, as Node makes it. */
export function awsError(name: string, message: string): Error {
  const error = Object.assign(new Error(message), { name });
  // A fault of the network has a code, and no answer of AWS.
  if (/^E[A-Z_]+$/.test(name)) return Object.assign(error, { code: name });
  const httpStatusCode = /Internal|Unavailable/.test(name) ? 500 : 400;
  return Object.assign(error, { $fault: 'client', $metadata: { httpStatusCode } });
}
