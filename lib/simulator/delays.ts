/** How long EC2 takes, in milliseconds. */
export interface Delays {
  /** `stopping` to `stopped`, `shutting-down` to `terminated`. */
  readonly stopMs: number;
  /** `pending` to `running`. */
  readonly startMs: number;
  /** `running` to answering; status checks are `initializing` for twice as long. */
  readonly bootMs: number;
  /** How long a terminated instance is still shown. */
  readonly lingerMs: number;
}

export const USUAL_DELAYS: Delays = {
  stopMs: 30_000,
  startMs: 10_000,
  bootMs: 20_000,
  lingerMs: 3_600_000,
};
