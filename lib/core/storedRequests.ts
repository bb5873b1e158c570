/** Requests in the state table: written by operators or by the event function, read by a leader. Pure. */
import * as v from 'valibot';

/** Milliseconds since 1970. */
export const StoredAt = v.pipe(v.number(), v.minValue(0));
export const StoredText = v.pipe(v.string(), v.maxLength(2_000));
export const StoredInstanceId = v.pipe(v.string(), v.regex(/^i-[0-9a-f]{1,40}$/));

/**
 * Reads the list `name` of an item, whole. Null where one row does not fit `row` or there are more than `countMax`: garbage
 * requests nothing.
 */
export function requestReader<Row>(
  name: string,
  row: v.GenericSchema<unknown, Row>,
  countMax: number,
): (body: unknown) => readonly Row[] | null {
  const Body = v.object({ [name]: v.pipe(v.array(row), v.maxLength(countMax)) });
  return (body) => {
    const parsed = v.safeParse(Body, body);
    return parsed.success ? (parsed.output[name] ?? null) : null;
  };
}
