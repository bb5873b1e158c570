/** JSON as the AWS CLI prints it, back into what the SDK hands over: times as dates, blobs as bytes. */
import { NormalizedSchema } from '@smithy/core/schema';
import { type Instant, parseInstant, toDate } from '../core/time.ts';
import type { SchemaRef } from './client.ts';

/**
 * The same value with times and blobs by the SDK's own description of the answer. A field that the SDK does not know, and
 * a value of another kind than the SDK hands over, is left out: the adapters meet it as missing.
 */
export const revived = (schema: SchemaRef | undefined, value: unknown): unknown =>
  schema === undefined ? value : reviveBy(NormalizedSchema.of(schema), value);

function reviveBy(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isTimestampSchema()) return dateOf(value);
  if (schema.isBlobSchema()) {
    return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  }
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return undefined;
    const of = schema.getValueSchema();
    return value.map((one: unknown) => reviveBy(of, one)).filter((one) => one !== undefined);
  }
  if (schema.isStringSchema()) return isPlain(value) ? String(value) : undefined;
  if (schema.isNumericSchema()) return numberOf(value);
  if (schema.isBooleanSchema()) return booleanOf(value);
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  if (schema.isMapSchema()) {
    const of = schema.getValueSchema();
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, reviveBy(of, one)]));
  }
  if (!schema.isStructSchema()) return value;
  const revivedFields: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    if (!Object.hasOwn(value, name)) continue;
    revivedFields.push([name, reviveBy(member, Reflect.get(value, name))]);
  }
  return Object.fromEntries(revivedFields);
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** A text, or a number of seconds since 1970, as the AWS CLI prints it for some services. */
function dateOf(value: unknown): Date | undefined {
  const at: Instant | null =
    typeof value === 'number'
      ? value * 1_000
      : typeof value === 'string'
        ? parseInstant(value)
        : null;
  return at === null || !Number.isFinite(at) ? undefined : toDate(at);
}
