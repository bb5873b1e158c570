/** How long a storm over transit gateway routes lasts, and how much is in it. */
export const MINUTE = 60_000;
/** Two passes, and the wait for the lease between two invocations. */
export const LATE_MS = 35_000;

export interface Shape {
  readonly stormMs: number;
  readonly holdMs: number;
  /** Of the managed routes over the first connection. */
  readonly routeCount: number;
  readonly faultsMin: number;
  readonly faultsMax: number;
  readonly faultMsMax: number;
  /** Of the calm, its first and last so many ms have passes; null: all of it. */
  readonly watchedMs: number | null;
}

/** Three failovers within an hour keep a route where it is until the first is an hour old. */
export const CALM_MS = 75 * MINUTE;

/** More routes than one pass may write, and time for whatever grows with it. */
export const LONG: Shape = {
  stormMs: 40 * MINUTE,
  holdMs: 2 * MINUTE,
  routeCount: 22,
  faultsMin: 4,
  faultsMax: 12,
  faultMsMax: 10 * MINUTE,
  watchedMs: null,
};

/** Some 50 ms each: their calm is an hour of which the first and the last minutes have passes. */
export const SHORT: Shape = {
  stormMs: 4 * MINUTE,
  holdMs: 20_000,
  routeCount: 3,
  faultsMin: 2,
  faultsMax: 6,
  faultMsMax: 2 * MINUTE,
  watchedMs: 2 * MINUTE,
};
