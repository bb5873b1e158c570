/** The shell of every function that calls AWS: a request id on each log line, the event parsed once, errors logged once. */
import { isNativeError } from 'node:util/types';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { functionLogger } from './logger.ts';

export interface Invocation<Settings> {
  readonly settings: Settings;
  /** Of the function itself; null where its ARN does not say. */
  readonly accountId: string | null;
  readonly requestId: string;
  readonly remainingMs: () => number;
  /** Aborted 5 ms before Lambda ends the invocation. */
  readonly signal: AbortSignal;
}

/** What a parser says of an event that is not for this function. */
export interface Ignored {
  readonly kind: 'ignored';
  readonly why: string;
}

export interface IgnoredAnswer {
  readonly version: 1;
  readonly ignored: string;
}

interface Parts<Settings, Event, Answer> {
  /** Read once for each invocation. */
  readonly settings: () => Settings;
  readonly parse: (event: unknown, invocation: Invocation<Settings>) => Event | Ignored;
  readonly run: (event: Event, invocation: Invocation<Settings>) => Promise<Answer>;
}

/**
 * What Lambda calls. An ignored event is logged and answered, and nothing runs. An error is one log line with all its
 * causes, and the invocation fails with it, so that Lambda counts it.
 */
export function handlerOf<Settings, Event, Answer>({
  settings,
  parse,
  run,
}: Parts<Settings, Event, Answer>) {
  return middy()
    .use(injectLambdaContext(functionLogger))
    .onError(({ error }) => logError(error))
    .handler(
      async (
        event: unknown,
        context: Context,
        { signal }: { readonly signal: AbortSignal },
      ): Promise<Answer | IgnoredAnswer> => {
        const invocation = {
          settings: settings(),
          accountId: accountOf(context),
          requestId: context.awsRequestId,
          remainingMs: () => context.getRemainingTimeInMillis(),
          signal,
        };
        const parsed = parse(event, invocation);
        if (!isIgnored(parsed)) return run(parsed, invocation);
        functionLogger.warn(`Event ignored: ${parsed.why}`);
        return { version: 1, ignored: parsed.why };
      },
    );
}

const isIgnored = (parsed: unknown): parsed is Ignored =>
  typeof parsed === 'object' && parsed !== null && 'kind' in parsed && parsed.kind === 'ignored';

/** From the function's own ARN. */
const accountOf = ({ invokedFunctionArn = '' }: Partial<Context>): string | null =>
  /^arn:[\w-]+:lambda:[\w-]+:(\d{12}):/.exec(invokedFunctionArn)?.[1] ?? null;

const logError = (error: unknown): void =>
  functionLogger.error(
    `Invocation failed: ${isNativeError(error) ? error.message : String(error)}`,
    {
      error: fieldsOf(error),
    },
  );

/** Deeper causes, and more parts of one error, are left out. */
const DEPTH_MAX = 6;
const PARTS_MAX = 20;

/** An error as data. Fields of its own are left out: they could hold a secret. */
function fieldsOf(error: unknown, depth: number = DEPTH_MAX): unknown {
  if (!isNativeError(error)) return String(error);
  const { name, message, stack, cause } = error;
  const parts: unknown = Reflect.get(error, 'errors');
  return {
    name,
    message,
    stack,
    ...(cause !== undefined && depth > 0 && { cause: fieldsOf(cause, depth - 1) }),
    ...(Array.isArray(parts) &&
      depth > 0 && {
        errors: parts.slice(0, PARTS_MAX).map((part) => fieldsOf(part, depth - 1)),
      }),
  };
}
