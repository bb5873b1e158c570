/** Notices to one SNS topic: text for people, JSON for machines, attributes for filter policies. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notice } from '../model/incident.ts';
import type { NoticePort } from '../ports.ts';
import type { Clock } from '../time.ts';
import { attempt, type Line } from './attempt.ts';
import { type CallHook, patience } from './client.ts';
import { type Fault, tellFault } from './fault.ts';

/** A try whose answer was lost is made again: a notice may come twice, rather than never. */
export function noticePort(topicArn: string | null, clock: Clock, onCall?: CallHook): NoticePort {
  if (topicArn === null) {
    const why = 'no topic: set VPN_MEDIC_ALERTS_TOPIC_ARN';
    return { publish: () => Promise.resolve({ kind: 'failed', why }) };
  }
  // arn:aws:sns:REGION:ACCOUNT:NAME; the watched region may be another one.
  const region = topicArn.split(':')[3] ?? '';
  const client = new SNSClient({ region, ...patience() });
  const line: Line = { service: 'sns', clock, onCall };
  return {
    publish: async (notice, signal) => {
      const answer = await attempt(line, 'Publish', signal, () =>
        client.send(
          new PublishCommand({
            TopicArn: topicArn,
            Subject: notice.subject,
            MessageStructure: 'json',
            Message: messageOf(notice),
            MessageAttributes: attributesOf(notice),
          }),
          { abortSignal: signal },
        ),
      );
      if (answer.ok) return { kind: 'published', messageId: answer.value.MessageId ?? '' };
      return { kind: 'failed', why: tell(topicArn, answer.fault) };
    },
  };
}

function tell(topicArn: string, fault: Fault): string {
  if (fault.code === 'NotFoundException') {
    return `there is no topic ${topicArn} (${fault.code}): set VPN_MEDIC_ALERTS_TOPIC_ARN to the stack's topic`;
  }
  return tellFault(
    fault,
    `sns:Publish to ${topicArn}`,
    "grant it to the function's role, with kms:GenerateDataKey* and kms:Decrypt where the topic has a key of its own",
  );
}

/** Each protocol's own rendering, cut down until SNS takes it: told in brief is better than not told. */
function messageOf(notice: Notice): string {
  const room = MESSAGE_BYTES_MAX - attributeBytes(notice);
  const full = renderings(notice.text, notice.json, notice.subject);
  if (byteCount(full) <= room) return full;
  // Six copies of the JSON weigh most: said once, as the default, it still reaches every machine.
  const once = (text: string) =>
    JSON.stringify({ default: notice.json, email: text, sms: notice.subject });
  const spare = room - byteCount(once(CUT));
  if (spare >= 0) return once(cutToJsonBytes(notice.text, spare) + CUT);
  const { state, incidentId, subject } = notice;
  return renderings(subject, JSON.stringify({ state, incidentId, subject }), subject);
}

const renderings = (text: string, json: string, subject: string): string =>
  JSON.stringify({
    default: text,
    email: text,
    // A short message is paid for by 140 bytes.
    sms: subject,
    'email-json': json,
    sqs: json,
    http: json,
    https: json,
    lambda: json,
    firehose: json,
  });

const attributesOf = (notice: Notice) =>
  Object.fromEntries(
    Object.entries(notice.attributes)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );

const attributeBytes = ({ attributes }: Notice): number =>
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
