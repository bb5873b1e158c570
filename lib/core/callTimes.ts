/** How long one attempt of a call to AWS waits for its answer, and how many attempts one call makes. */

export interface CallTimes {
  readonly attemptMs: number;
  readonly attempts: number;
}

/** A page of a hundred route tables takes EC2 longer than a write does. */
export const READ_TIMES: CallTimes = { attemptMs: 5_000, attempts: 3 };
/** A route write answers in 0.13 to 0.29 s (time stamps in a vendor's published logs of 2018), and may be repeated. */
export const WRITE_TIMES: CallTimes = { attemptMs: 1_000, attempts: 3 };
/** The lease is confirmed, and the pause is read, right before a route is written: a table that hangs must not hold that up for long. */
export const STORE_TIMES: CallTimes = { attemptMs: 700, attempts: 3 };
/** Every other call: an answer that takes ten times what a small request takes is lost. */
export const OTHER_TIMES: CallTimes = { attemptMs: 2_500, attempts: 2 };
