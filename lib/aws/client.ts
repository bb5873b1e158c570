/** Timeouts and retries of every AWS client: two or three quick attempts; the next pass is the retry after that. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { OTHER_TIMES, READ_TIMES } from '../core/callTimes.ts';

/** As the SDK describes a shape. */
export type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

/** One call to AWS, before it is sent. */
export interface AwsCall {
  /** As the AWS CLI names it, with hyphens: `ec2`, `cloudwatch`, `ec2-instance-connect`. */
  readonly service: string;
  readonly region: string;
  /** As in the SDK: `DescribeTags`. */
  readonly operation: string;
  readonly input: object;
  /** Of the answer, as the SDK describes it; undefined: the SDK does not say. */
  readonly outputSchema: SchemaRef | undefined;
}

/** Called for every call: answers it, or sends it and hands over what AWS answered. */
export type CallHook = (call: AwsCall, send: () => Promise<unknown>) => Promise<unknown>;

interface SdkClient {
  readonly config: { readonly serviceId: string; readonly region: () => Promise<string> };
}

/** The same client, with every call of it going through `hook`. Without a hook it is left as it is. */
export function hooked<Client extends SdkClient>(
  client: Client,
  hook: CallHook | undefined,
): Client {
  if (hook === undefined) return client;
  const { serviceId, region } = client.config;
  const service = serviceId.toLowerCase().replaceAll(' ', '-');
  // Not a middleware: a test's mock of the client replaces `send`, and middlewares with it.
  const value = async (command: SdkCommand, ...rest: readonly unknown[]): Promise<unknown> => {
    const call: AwsCall = {
      service,
      region: await region(),
      operation: command.schema?.[NAME] ?? command.constructor.name.replace(/Command$/, ''),
      input: command.input,
      outputSchema: command.schema?.[OUTPUT],
    };
    const send: unknown = Reflect.get(Object.getPrototypeOf(client), 'send');
    if (typeof send !== 'function') throw new TypeError(`the ${serviceId} client cannot send`);
    return hook(call, () => Promise.resolve(Reflect.apply(send, client, [command, ...rest])));
  };
  Object.defineProperty(client, 'send', { value });
  return client;
}

interface SdkCommand {
  readonly input: object;
  /** Its name, which a minified class has lost, and what it answers. */
  readonly schema?: readonly [unknown, unknown, string, unknown, unknown, SchemaRef];
}

const [NAME, OUTPUT] = [2, 5] as const;

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
export const delays = (
  requestMs: number = OTHER_TIMES.attemptMs,
  tryCount: number = OTHER_TIMES.attempts,
): Delays => ({
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
export const READ_MS = READ_TIMES.attemptMs;
