/** Structured log entries of a function, by a field that they have. */
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { DeploymentPort } from '../../core/deploymentPort.ts';
import { parseJson } from '../../core/json.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, listOf, reading } from '../call.ts';
import { delays } from '../client.ts';

const SEARCH_MS = 20_000;
const ENTRIES_MAX = 1_000;

/** Searches one page alone: CloudWatch Logs may answer with less than there is. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html (read 2026-11-29) */
export function readLogged(region: string, clock: Clock): DeploymentPort['logged'] {
  const client = new CloudWatchLogsClient({ region, ...delays(SEARCH_MS) });
  const context: CallContext = { service: 'logs', clock };
  return (functionName, field, withinMs, signal) =>
    reading(context, 'FilterLogEvents', async () => {
      const answer = await call(context, 'FilterLogEvents', signal, () =>
        client.send(
          new FilterLogEventsCommand({
            logGroupName: `/aws/lambda/${functionName}`,
            startTime: clock.now() - withinMs,
            filterPattern: `{ $.${field} = * }`,
            limit: ENTRIES_MAX,
          }),
          { abortSignal: signal },
        ),
      );
      if (!answer.ok) return answer;
      const entries = listOf(answer.value.events)
        .map(({ timestamp = 0, message = '' }) => ({ at: timestamp, body: parseJson(message) }))
        .toSorted((a, b) => b.at - a.at);
      return { ok: true, value: entries };
    });
}
