/**
 * One Lambda container of the lab: a process of its own that imports a built bundle, unchanged, and runs one invocation
 * at a time. Its parent talks to it in JSON; it ends with its parent.
 */
import { randomUUID } from 'node:crypto';
import { setServers } from 'node:dns';
import { pathToFileURL } from 'node:url';

export type HostOrder =
  | { readonly kind: 'invoke'; readonly event: unknown; readonly remainingMs: number }
  /** The running invocation has only so long left. */
  | { readonly kind: 'hurry'; readonly remainingMs: number };

export type HostReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly errorType: string; readonly errorMessage: string };

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const name = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'lab';
let deadlineAt = 0;

const context = () => ({
  functionName: name,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:${process.env['AWS_REGION']}:123456789012:function:${name}`,
  memoryLimitInMB: '256',
  awsRequestId: randomUUID(),
  logGroupName: `/aws/lambda/${name}`,
  logStreamName: 'lab',
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => Math.max(0, deadlineAt - performance.now()),
});

async function main(bundle: string): Promise<void> {
  // Where this container looks names up; a test's own server.
  const names = process.env['LAB_DNS'];
  if (names !== undefined) setServers([names]);
  // This container lives so much later than its test, which need not wait for what only time ends.
  const aheadMs = Number(process.env['LAB_AHEAD_MS'] ?? 0);
  const nowMs = Date.now;
  Date.now = () => nowMs() + aheadMs;
  const imported: unknown = await import(pathToFileURL(bundle).href);
  const handler = handlerOf(imported);
  process.on('message', (order: HostOrder) => {
    deadlineAt = performance.now() + order.remainingMs;
    if (order.kind === 'invoke') void invoke(handler, order.event);
  });
  process.on('disconnect', () => process.exit(0));
  report({ kind: 'ready' });
}

async function invoke(handler: Handler, event: unknown): Promise<void> {
  try {
    report({ kind: 'returned', value: (await handler(event, context())) ?? null });
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error));
    console.error(known);
    report({ kind: 'threw', errorType: known.name, errorMessage: known.message });
  }
}

function handlerOf(imported: unknown): Handler {
  const found: unknown =
    typeof imported === 'object' && imported !== null && 'handler' in imported
      ? imported.handler
      : null;
  if (typeof found !== 'function') throw new Error('the bundle exports no handler');
  return async (event, lambdaContext) => await found(event, lambdaContext);
}

const report = (what: HostReport): void => {
  process.send?.(what);
};

await main(process.argv[2] ?? '');
