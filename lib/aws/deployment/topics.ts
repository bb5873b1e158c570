/** Who hears of a topic. */
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { DeploymentPort } from '../../core/deploymentPort.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, everyPage, listOf, reading } from '../call.ts';
import { delays, READ_MS } from '../client.ts';

/**
 * SNS writes `PendingConfirmation` in place of the ARN of a subscription that is not confirmed.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html (read 2026-11-29)
 */
export function readSubscriptions(region: string, clock: Clock): DeploymentPort['subscriptions'] {
  const client = new SNSClient({ region, ...delays(READ_MS) });
  const context: CallContext = { service: 'sns', clock };
  return (topicArn, signal) =>
    reading(context, 'ListSubscriptionsByTopic', () =>
      everyPage(
        (nextToken) =>
          call(context, 'ListSubscriptionsByTopic', signal, () =>
            client.send(
              new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: nextToken }),
              { abortSignal: signal },
            ),
          ),
        (page) =>
          listOf(page.Subscriptions).map(({ Protocol = '', SubscriptionArn = '' }) => ({
            protocol: Protocol,
            isConfirmed: SubscriptionArn.startsWith('arn:'),
          })),
      ),
    );
}
