/**
 * The SDK's event streams, in bundles: none, 16 KB less. Only calls that stream events need them (InvokeWithResponseStream
 * of Lambda), and neither a function nor the command line makes one.
 */
export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;

/** Called with `new` and without. */
export function EventStreamSerde(): never {
  throw new Error('this call streams events, which bundles leave out: see deploy/eventStreams.ts');
}

export const eventStreamSerdeProvider = (): never => EventStreamSerde();
