/** Notices to SNS: text for people and JSON for machines on one topic, chat's and pagers' own shapes on two others. */
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { Clock } from '../core/time.ts';
import type { NotificationPort, PublishAnswer } from '../incidents/ports.ts';
import { type Notification, type Signature, UNSIGNED } from '../incidents/types.ts';
import { type CallContext, call } from './call.ts';
import { type CallHook, delays, hooked } from './client.ts';
import { type Fault, tellFault } from './fault.ts';

export interface Topics extends Partial<Signature> {
  /** Null: nobody is told. A topic's region may be another one than the watched. */
  readonly alertsTopicArn: string | null;
  /** Null or left out: nobody reads there. */
  readonly chatTopicArn?: string | null;
  readonly pagerTopicArn?: string | null;
  /** The least severity that goes to the pager topic; left out: critical. */
  readonly pagerSeverity?: 'critical' | 'warning';
}

/**
 * Published when every topic has taken it. A topic that took it is not sent it again when another refused, as long as
 * this process lives. A try whose answer was lost is made again: a notice may come twice, rather than never.
 */
export function notificationPort(
  settings: Topics,
  clock: Clock,
  onCall?: CallHook,
): NotificationPort {
  const { alertsTopicArn, chatTopicArn, pagerTopicArn } = settings;
  const signature: Signature = {
    version: settings.version ?? UNSIGNED.version,
    dashboard: settings.dashboard ?? null,
    docsUrl: settings.docsUrl ?? null,
    accountName: settings.accountName ?? null,
    stage: settings.stage ?? null,
  };
  if (alertsTopicArn === null) {
    const why = 'no topic: set VPN_MEDIC_ALERTS_TOPIC_ARN';
    return { publish: () => Promise.resolve({ kind: 'failed', why }) };
  }
  const context: CallContext = { service: 'sns', clock };
  const topics = [
    topicOf(alertsTopicArn, 'VPN_MEDIC_ALERTS_TOPIC_ARN', context, alertInput, onCall),
    ...(chatTopicArn
      ? [topicOf(chatTopicArn, 'VPN_MEDIC_CHAT_TOPIC_ARN', context, chatInput, onCall)]
      : []),
    ...(pagerTopicArn
      ? [
          onlyFrom(
            settings.pagerSeverity ?? 'critical',
            topicOf(pagerTopicArn, 'VPN_MEDIC_PAGER_TOPIC_ARN', context, pagerInput, onCall),
          ),
        ]
      : []),
  ];
  /** Of notices that some topic refused: the topics that took it. */
  const taken = new Map<string, ReadonlySet<Topic>>();
  return {
    signature,
    async publish(notification, signal) {
      const key = `${notification.state} ${notification.incidentId}`;
      const before = taken.get(key) ?? new Set();
      const waiting = topics.filter((topic) => !before.has(topic));
      const answers = await Promise.all(waiting.map((topic) => topic(notification, signal)));
      const refused = answers.filter((answer) => answer.kind === 'failed');
      if (refused.length === 0) {
        taken.delete(key);
        return answers[0] ?? { kind: 'published', messageId: '' };
      }
      const took = waiting.filter((_topic, index) => answers[index]?.kind === 'published');
      taken.set(key, new Set([...before, ...took]));
      return { kind: 'failed', why: refused.map(({ why }) => why).join('; ') };
    },
  };
}

/** What pages wakes people: lesser severities are taken as sent. */
const onlyFrom =
  (severity: 'critical' | 'warning', topic: Topic): Topic =>
  (notification, signal) =>
    severity === 'warning' || notification.attributes['severity'] === 'critical'
      ? topic(notification, signal)
      : Promise.resolve({ kind: 'published', messageId: '' });

type Topic = (notification: Notification, signal: AbortSignal) => Promise<PublishAnswer>;

function topicOf(
  topicArn: string,
  setting: string,
  context: CallContext,
  inputOf: (notification: Notification) => Omit<PublishCommandInput, 'TopicArn'>,
  onCall: CallHook | undefined,
): Topic {
  // arn:aws:sns:REGION:ACCOUNT:NAME; the watched region may be another one.
  const region = topicArn.split(':')[3] ?? '';
  const client = hooked(new SNSClient({ region, ...delays() }), onCall);
  return async (notification, signal) => {
    const answer = await call(context, 'Publish', signal, () =>
      client.send(
        new PublishCommand({
          TopicArn: topicArn,
          MessageAttributes: attributesOf(notification),
          ...inputOf(notification),
        }),
        { abortSignal: signal },
      ),
    );
    if (answer.ok) return { kind: 'published', messageId: answer.value.MessageId ?? '' };
    return { kind: 'failed', why: tell(topicArn, setting, answer.fault) };
  };
}

const alertInput = (notification: Notification) => ({
  Subject: notification.subject,
  MessageStructure: 'json',
  Message: messageOf(notification),
});

/** Chat drops whatever it does not know: nothing but its own schema. */
const chatInput = ({ chat }: Notification) => ({ Message: chat });

const pagerInput = ({ pager }: Notification) => ({ Subject: pager.subject, Message: pager.json });

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

/** Each protocol's own rendering, cut down until SNS takes it: told in brief is better than not told. */
function messageOf(notification: Notification): string {
  const room = MESSAGE_BYTES_MAX - attributeBytes(notification);
  const full = renderings(notification.text, notification.json, notification.sms);
  if (byteCount(full) <= room) return full;
  // Six copies of the JSON weigh most: said once, as the default, it still reaches every machine.
  const once = (text: string) =>
    JSON.stringify({ default: notification.json, email: text, sms: notification.sms });
  const spare = room - byteCount(once(CUT));
  if (spare >= 0) return once(cutToJsonBytes(notification.text, spare) + CUT);
  const { state, incidentId, subject } = notification;
  return renderings(subject, JSON.stringify({ state, incidentId, subject }), notification.sms);
}

const renderings = (text: string, json: string, sms: string): string =>
  JSON.stringify({
    default: text,
    email: text,
    sms,
    'email-json': json,
    sqs: json,
    http: json,
    https: json,
    lambda: json,
    firehose: json,
  });

const attributesOf = (notification: Notification) =>
  Object.fromEntries(
    Object.entries(notification.attributes)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );

const attributeBytes = ({ attributes }: Notification): number =>
  Object.entries(attributes)
    .map(([name, value]) => byteCount(name) + byteCount('String') + byteCount(value))
    .reduce((sum, bytes) => sum + bytes, 0);

/** The longest beginning of `text` that takes at most `room` bytes inside a JSON string. */
function cutToJsonBytes(text: string, room: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += byteCount(JSON.stringify(character)) - 2;
    if (bytes > room) return text.slice(0, end);
    end += character.length;
  }
  return text;
}

const byteCount = (text: string): number => Buffer.byteLength(text, 'utf8');

const CUT = '\n[cut: too long for one message]';
/** SNS takes 262,144 bytes with attributes; a little is left for what else it may count. */
const MESSAGE_BYTES_MAX = 262_144 - 1_024;
