/** JSON as the AWS CLI prints it, back into what the SDK hands over: times as dates, blobs as bytes. */
import { NormalizedSchema } from '@smithy/core/schema';
import { type Instant, parseInstant, toDate } from '../core/time.ts';
import type { SchemaRef } from './client.ts';

/**
 * The same value with times and blobs by the SDK's own description of the answer. A field that the SDK does not know, and
 * a time that is none, is left out: the adapters meet it as missing.
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
    return isPlain(of) ? value : value.map((one: unknown) => reviveBy(of, one));
  }
  if (typeof value !== 'object') return value;
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

const isPlain = (schema: NormalizedSchema): boolean =>
  schema.isStringSchema() || schema.isNumericSchema() || schema.isBooleanSchema();

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
