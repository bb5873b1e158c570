/** Examines whether the topics have confirmed subscriptions. */
import type { DeploymentPort, StackResource } from '../../core/deploymentPort.ts';
import { counted } from '../../core/text.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

/** Without a subscription to these, no person is notified of an outage, or of the watcher's own end. */
const NEEDED: ReadonlySet<string> = new Set(['AlertsTopic', 'WatchdogTopic']);

export const examineTopics = (
  resources: readonly StackResource[],
  port: Pick<DeploymentPort, 'subscriptions'>,
  signal: AbortSignal,
): Promise<readonly Exam[]> =>
  Promise.all(
    resources
      .filter(({ type }) => type === 'AWS::SNS::Topic')
      .map(async ({ logicalId, physicalId }) => {
        const reading = await port.subscriptions(physicalId, signal);
        if (!reading.known) return unexamined('topics', logicalId, reading.why);
        const confirmed = reading.value.filter(({ isConfirmed }) => isConfirmed);
        const pending = reading.value.filter(({ isConfirmed }) => !isConfirmed);
        const protocols = [...new Set(confirmed.map(({ protocol }) => protocol))].join(', ');
        if (pending.length > 0) {
          return wrong(
            'topics',
            logicalId,
            `${counted(pending.length, 'subscription')} not confirmed (${pending.map(({ protocol }) => protocol).join(', ')})`,
            'open the message that AWS sent to it and confirm',
          );
        }
        if (confirmed.length > 0) {
          return well(
            'topics',
            logicalId,
            `${counted(confirmed.length, 'subscription')} (${protocols})`,
          );
        }
        return NEEDED.has(logicalId)
          ? wrong(
              'topics',
              logicalId,
              'it has no subscriber',
              `aws sns subscribe --topic-arn ${physicalId} --protocol email --notification-endpoint ADDRESS`,
            )
          : well('topics', logicalId, 'it has no subscriber; it is optional');
      }),
  );
