/** Stored objects whose keys are names that people choose. Pure. */
import * as v from 'valibot';

/** Every own key of a stored object with its value: valibot's `record` leaves out the keys `constructor` and `prototype`. */
export function mapOf<T>(
  key: v.GenericSchema<unknown, string>,
  value: v.GenericSchema<unknown, T>,
): v.GenericSchema<unknown, ReadonlyMap<string, T>> {
  const entries = v.array(v.tuple([key, value]));
  return v.pipe(
    v.unknown(),
    v.transform((input) =>
      typeof input === 'object' && input !== null ? Object.entries(input) : input,
    ),
    entries,
    v.transform((all: v.InferOutput<typeof entries>): ReadonlyMap<string, T> => new Map(all)),
  );
}
