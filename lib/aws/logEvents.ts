/** Events of CloudWatch Logs, by one small request: they are read only while something is down. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import * as v from 'valibot';
import type { LogEvent, LogPort, LogQuery } from '../core/logs.ts';
import { regionalAddress } from '../core/serviceAddress.ts';
import type { Clock } from '../core/time.ts';
import { type CallContext, type CallResult, call, reading, Unreadable } from './call.ts';
import { type CredentialSource, signedPost } from './signedPost.ts';

export interface LogSettings {
  readonly region: string;
  readonly clock: Clock;
  /** Null: that of AWS. */
  readonly logsUrl: string | null;
  readonly credentials?: CredentialSource;
}

export function logPort({ region, clock, logsUrl, credentials = fromEnv() }: LogSettings): LogPort {
  const context: CallContext = { service: 'logs', clock };
  const url = new URL('/', logsUrl ?? regionalAddress('logs', region));
  const page = (query: LogQuery, nextToken: string | null, signal: AbortSignal): Promise<Page> => {
    const body = JSON.stringify({
      logGroupName: query.group,
      startTime: query.since,
      limit: PAGE_LENGTH,
      ...(query.words !== undefined && {
        filterPattern: query.words.map((word) => JSON.stringify(word)).join(' '),
      }),
      ...(nextToken !== null && { nextToken }),
    });
    const contentType = 'application/x-amz-json-1.1';
    const target = 'Logs_20140328.FilterLogEvents';
    const post = { url, service: 'logs', region, contentType, target, body };
    return signedPost(post, credentials, clock.now(), signal).then(parsed);
  };
  return {
    events: (query, signal) =>
      reading(context, 'FilterLogEvents', async (): Promise<CallResult<readonly LogEvent[]>> => {
        const found: LogEvent[] = [];
        let token: string | null = null;
        for (let count = 0; count < PAGES_MAX; count += 1) {
          const from: string | null = token;
          const answer: CallResult<Page> = await call(context, 'FilterLogEvents', signal, () =>
            page(query, from, signal),
          );
          if (!answer.ok) return answer;
          found.push(...answer.value.events);
          token = answer.value.nextToken;
          if (token === null) break;
        }
        return { ok: true, value: found.toSorted((a, b) => a.at - b.at) };
      }),
  };
}

const PAGE_LENGTH = 1_000;
const PAGES_MAX = 3;

interface Page {
  readonly events: readonly LogEvent[];
  readonly nextToken: string | null;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html (read 2026-11-29) */
const Answer = v.object({
  events: v.array(
    v.object({
      timestamp: v.number(),
      logStreamName: v.optional(v.string(), ''),
      message: v.string(),
    }),
  ),
  nextToken: v.optional(v.string()),
});

/** @throws {Unreadable} for an answer that lists no events. */
function parsed(text: string): Page {
  const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), Answer), text);
  if (!answer.success) throw new Unreadable('an answer without its list');
  return {
    events: answer.output.events.map(({ timestamp, logStreamName, message }) => ({
      at: timestamp,
      stream: logStreamName,
      message,
    })),
    nextToken: answer.output.nextToken ?? null,
  };
}
