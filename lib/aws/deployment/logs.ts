/** Structured log entries of a function, by a field that they have. */
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { DeploymentPort, LogEntry } from '../../core/deploymentPort.ts';
import { parseJson } from '../../core/json.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, everyPageBy, listOf, reading } from '../call.ts';
import { delays } from '../client.ts';

const CALL_MS = 20_000;
/** Of all pages: of a fortnight there are many. */
const SEARCH_MS = 90_000;

/** Every page: one may be empty and have a next one. A search that does not end in time is unknown. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html (read 2026-11-29) */
export function readLogged(region: string, clock: Clock): DeploymentPort['logged'] {
  const client = new CloudWatchLogsClient({ region, ...delays(CALL_MS) });
  const context: CallContext = { service: 'logs', clock };
  return (functionName, field, withinMs, signal) =>
    reading(context, 'FilterLogEvents', async () => {
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(SEARCH_MS)]);
      const search = {
        logGroupName: `/aws/lambda/${functionName}`,
        startTime: clock.now() - withinMs,
        filterPattern: `{ $.${field} = * }`,
      };
      const entries = await everyPageBy(
        (nextToken) =>
          call(context, 'FilterLogEvents', abortSignal, () =>
            client.send(new FilterLogEventsCommand({ ...search, nextToken }), { abortSignal }),
          ),
        ({ events }): readonly LogEntry[] =>
          listOf(events).map(({ timestamp = 0, message = '' }) => ({
            at: timestamp,
            body: parseJson(message),
          })),
        ({ nextToken }) => nextToken,
      );
      if (!entries.ok) return entries;
      return { ok: true, value: entries.value.toSorted((a, b) => b.at - a.at) };
    });
}
