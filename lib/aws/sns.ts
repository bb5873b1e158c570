/** Notifications to SNS: each channel's message to its topic. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Clock } from '../core/time.ts';
import {
  CHANNELS,
  type Channel,
  messageOf,
  type SendSettings,
  topicVariableOf,
} from '../incidents/channels.ts';
import type { NotificationPort, PublishAnswer } from '../incidents/ports.ts';
import { type Notification, type Signature, UNSIGNED } from '../incidents/types.ts';
import { type CallContext, call } from './call.ts';
import { type CallHook, delays, hooked } from './client.ts';
import { type Fault, tellFault } from './errors.ts';

export interface Topics extends Partial<Signature>, Partial<SendSettings> {
  /**
   * By channel; null or left out: it has no topic, and without the first nothing is sent at all. A topic's region may be
   * another one than the watched.
   */
  readonly topicArns: Readonly<Record<string, string | null>>;
}

/**
 * Published when the topic of every channel has taken it. A topic that took it is not sent it again when another refused
 * and the same notification is published again; one that refused is left alone for 10 s, so that it holds up no other
 * channel. A try whose answer was lost is made again: a notification may come twice, rather than never.
 */
export function notificationPort(
  { topicArns, pagerSeverity = 'critical', ...own }: Topics,
  clock: Clock,
  onCall?: CallHook,
): NotificationPort {
  const signature: Signature = {
    version: own.version ?? UNSIGNED.version,
    dashboard: own.dashboard ?? null,
    docsUrl: own.docsUrl ?? null,
    accountName: own.accountName ?? null,
    stage: own.stage ?? null,
  };
  const [first] = CHANNELS;
  if (first === undefined || !topicArns[first.name]) {
    const why = `no topic: set ${first === undefined ? 'one' : topicVariableOf(first)}`;
    return { publish: () => Promise.resolve({ kind: 'failed', why }) };
  }
  const context: CallContext = { service: 'sns', clock };
  const topics = CHANNELS.flatMap((channel): readonly Topic[] => {
    const topicArn = topicArns[channel.name];
    if (!topicArn) return [];
    const send = topicOf(topicArn, channel, context, onCall);
    return [{ takes: ({ severity }) => channel.send(severity, { pagerSeverity }), send }];
  });
  /** Of notifications that some topic refused: the topics that took it. */
  const taken = new WeakMap<Notification, ReadonlySet<Topic>>();
  const refusals = new Map<Topic, { readonly atMs: number; readonly why: string }>();
  const publishTo = async (
    topic: Topic,
    notification: Notification,
    signal: AbortSignal,
  ): Promise<PublishAnswer> => {
    const last = refusals.get(topic);
    if (last !== undefined && clock.monotonicMs() - last.atMs < REFUSED_MS) {
      return { kind: 'failed', why: last.why };
    }
    const answer = await topic.send(notification, signal);
    if (answer.kind === 'published') refusals.delete(topic);
    else refusals.set(topic, { atMs: clock.monotonicMs(), why: answer.why });
    return answer;
  };
  return {
    signature,
    async publish(notification, signal) {
      const before = taken.get(notification) ?? new Set();
      const waiting = topics.filter((one) => !before.has(one) && one.takes(notification));
      const answers = await Promise.all(
        waiting.map((topic) => publishTo(topic, notification, signal)),
      );
      const refused = answers.filter((answer) => answer.kind !== 'published');
      if (refused.length === 0) return answers[0] ?? { kind: 'published', messageId: '' };
      const took = waiting.filter((_topic, index) => answers[index]?.kind === 'published');
      taken.set(notification, new Set([...before, ...took]));
      const why = refused.map(({ why: one }) => one).join('; ');
      return { kind: before.size + took.length === 0 ? 'failed' : 'partly', why };
    },
  };
}

/** A topic that refused is asked again after this. */
const REFUSED_MS = 10_000;

interface Topic {
  readonly takes: (notification: Notification) => boolean;
  readonly send: (notification: Notification, signal: AbortSignal) => Promise<PublishAnswer>;
}

function topicOf(
  topicArn: string,
  channel: Channel,
  context: CallContext,
  onCall: CallHook | undefined,
): Topic['send'] {
  // arn:aws:sns:REGION:ACCOUNT:NAME; the watched region may be another one.
  const region = topicArn.split(':')[3] ?? '';
  const client = hooked(new SNSClient({ region, ...delays() }), onCall);
  return async (notification, signal) => {
    const message = messageOf(notification, channel.name);
    const answer = await call(context, 'Publish', signal, () =>
      client.send(
        new PublishCommand({
          TopicArn: topicArn,
          MessageAttributes: attributesOf(notification),
          ...(message.subject !== null && { Subject: message.subject }),
          ...(message.isPerProtocol === true && { MessageStructure: 'json' }),
          Message: message.body,
        }),
        { abortSignal: signal },
      ),
    );
    if (!answer.ok) {
      return { kind: 'failed', why: tell(topicArn, topicVariableOf(channel), answer.fault) };
    }
    // SNS names every message that it has taken: without that it counts as lost, and is sent again.
    const { MessageId: messageId } = answer.value;
    return messageId
      ? { kind: 'published', messageId }
      : { kind: 'failed', why: `sns:Publish to ${topicArn} answered without the message's id` };
  };
}

function tell(topicArn: string, setting: string, fault: Fault): string {
  if (fault.code === 'NotFoundException') {
    return `there is no topic ${topicArn} (${fault.code}): set ${setting} to the stack's topic`;
  }
  return tellFault(
    fault,
    `sns:Publish to ${topicArn}`,
    "grant it to the function's role, with kms:GenerateDataKey* and kms:Decrypt where the topic has a key of its own",
  );
}

const attributesOf = (notification: Notification) =>
  Object.fromEntries(
    Object.entries(notification.attributes)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
