/** An instance changed its state, or is about to end: the leader looks, or one pass acts on what EC2 itself confirms. */
import { randomUUID } from 'node:crypto';
import { handlerOf, type IgnoredAnswer } from '../lib/aws/handler.ts';
import { memoizedPorts } from '../lib/aws/ports/appliances.ts';
import { systemClock as clock } from '../lib/core/time.ts';
import { readSettings } from '../lib/settings.ts';
import { readStateChange } from '../lib/watcher/events/instance.ts';
import { onEvent } from '../lib/watcher/onEvent.ts';

export const handler = handlerOf({
  settings: readSettings,
  parse: (event, { settings, accountId }) => readStateChange(event, accountId, settings.regions),
  run: async ({ region, about, leave }, { settings, accountId, requestId, signal }) => {
    const ports = memoizedPorts({ ...settings, region, clock });
    const leader = `${requestId || 'event'} ${randomUUID().slice(0, 8)}`;
    const { policy, off } = settings;
    const scope = { accountId, policy, off, about, leave, leader };
    const answer = await onEvent(ports, scope, signal);
    return answer.kind === 'passed'
      ? answer.summary
      : ({ version: 1, ignored: answer.why } satisfies IgnoredAnswer);
  },
});
