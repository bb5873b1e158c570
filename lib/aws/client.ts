/** Timeouts and retries of every AWS client: two quick attempts; the next pass is the retry after that. */

/** Called before every call with IAM's name of the action: `DescribeTags`. */
export type CallHook = (action: string) => void;

export interface Delays {
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly socketTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/**
 * Client settings: `requestMs` bounds the wait for an answer's beginning, and each later silence within it.
 * Standard retries wait under a second; adaptive ones would delay the failover.
 * Sockets stay at the SDK's default of 50, kept alive: reads take at most ten at a time (call.ts) and writes are
 * budgeted at 40, so that nothing queues. The SDK takes the endpoint from `AWS_ENDPOINT_URL`.
 */
export const delays = (requestMs: number = WRITE_MS, tryCount: number = 2): Delays => ({
  maxAttempts: tryCount,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: CONNECT_MS,
    requestTimeout: requestMs,
    socketTimeout: Math.max(requestMs, READ_MS),
    // Without it the SDK only prints a warning at the timeout, and goes on waiting.
    throwOnRequestTimeout: true,
  },
});

const CONNECT_MS = 1_000;
/** A route write answers in 0.13 to 0.29 s (time stamps in a vendor's published logs of 2018); ten times that is lost. */
const WRITE_MS = 2_500;
/** A page of a hundred route tables takes EC2 longer than a write does. */
export const READ_MS = 5_000;
