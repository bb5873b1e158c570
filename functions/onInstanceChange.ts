/** An instance changed its state: one pass of the same loop, acting only on what EC2 itself confirms. */
import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { memoizedPorts } from '../lib/aws/ports/appliances.ts';
import { systemClock } from '../lib/core/time.ts';
import { readSettings } from '../lib/settings.ts';
import { accountOf, readStateChange } from '../lib/watcher/events/instance.ts';
import { onEvent } from '../lib/watcher/onEvent.ts';
import type { Summary } from '../lib/watcher/runSummary.ts';

type Answer = Summary | { readonly version: 1; readonly ignored: string };

async function onInstanceChange(
  event: unknown,
  context: Context,
  { signal }: { readonly signal: AbortSignal },
): Promise<Answer> {
  const settings = readSettings();
  const accountId = accountOf(context);
  const reading = readStateChange(event, accountId, settings.regions);
  const [preferred = ''] = settings.regions;
  const region = reading.kind === 'look' ? reading.region : preferred;
  const ports = memoizedPorts({ ...settings, region, clock: systemClock });
  if (reading.kind === 'ignored') {
    ports.logger.write('warn', `Event ignored: ${reading.why}`, {});
    return { version: 1, ignored: reading.why };
  }
  const { instanceId } = reading;
  const leader = `${context.awsRequestId || 'event'} ${randomUUID().slice(0, 8)}`;
  const { policy } = settings;
  const answer = await onEvent(ports, { accountId, policy, instanceId, leader }, signal);
  return answer.kind === 'passed' ? answer.summary : { version: 1, ignored: answer.why };
}

export const handler = middy().handler(onInstanceChange);
