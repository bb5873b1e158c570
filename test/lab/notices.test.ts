/**
 * Goal: subscribers really receive what the renderings say: a queue and an HTTP endpoint of the alerts topic, and the
 * chat's and the pager's own shapes. Method: the real adapter, the emulator's topics, and what arrives.
 */
import {
  CreateTopicCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { notificationPort } from '../../lib/aws/sns.ts';
import { systemClock } from '../../lib/core/time.ts';
import { notificationOf } from '../../lib/incidents/notification.ts';
import type { IncidentChangeKind } from '../../lib/incidents/types.ts';
import { ACCOUNT, NOW } from '../builders/facts.ts';
import { anIncident, DOWN, DOWN_ID } from '../builders/notifier.ts';
import { clientSettings } from './account/clients.ts';
import { type Listener, startListener } from './account/listener.ts';
import { REGION } from './account/options.ts';
import { type Emulator, startEmulator } from './emulator/start.ts';
import { until } from './pause.ts';

// A guard against hanging: an emulator that starts beside other work has been seen to take 20 s.
jest.setTimeout(300_000);

let emulator: Emulator;
let alerts: Listener;
let chat: Listener;
let pager: Listener;
let queueUrl: string;
let port: ReturnType<typeof notificationPort>;

beforeAll(async () => {
  emulator = await startEmulator();
  [alerts, chat, pager] = await Promise.all([startListener(), startListener(), startListener()]);
  const sns = new SNSClient(clientSettings(emulator.url));
  const topicTo = async (name: string, endpoint: string): Promise<string> => {
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: endpoint }));
    return TopicArn;
  };
  const alertsTopicArn = await topicTo('alerts', alerts.url);
  queueUrl = tagged(await askQueue('CreateQueue', { QueueName: 'criticals' }), 'QueueUrl');
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn: alertsTopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${REGION}:123456789012:criticals`,
      ReturnSubscriptionArn: true,
    }),
  );
  await sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: 'FilterPolicy',
      AttributeValue: JSON.stringify({ severity: ['critical'] }),
    }),
  );
  process.env['AWS_ENDPOINT_URL'] = emulator.url;
  process.env['AWS_ACCESS_KEY_ID'] = 'lab';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'lab';
  port = notificationPort(
    {
      topicArns: {
        alerts: alertsTopicArn,
        chat: await topicTo('chat', chat.url),
        pager: await topicTo('pager', pager.url),
      },
    },
    systemClock,
  );
});

afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await Promise.all([alerts.close(), chat.close(), pager.close()]);
  await emulator.stop();
});

const notificationFor = (kind: IncidentChangeKind, severity: 'critical' | 'warning' = 'critical') =>
  notificationOf(
    { kind, lead: anIncident({ ...DOWN, severity }), members: [], covered: [] },
    {
      accountId: ACCOUNT,
      region: REGION,
      mode: 'act',
      actions: [],
      held: [],
      gone: new Set(),
      ignored: new Map(),
      signature: {
        version: '1.2.3',
        dashboard: null,
        docsUrl: null,
        accountName: null,
        stage: null,
      },
      isOnRecord: true,
      mayRepeat: false,
    },
    NOW,
  );

test('every subscriber gets its own form, and the end threads under the beginning', async () => {
  const { signal } = new AbortController();
  for (const kind of ['opened', 'resolved'] as const) {
    expect(await port.publish(notificationFor(kind), signal)).toMatchObject({ kind: 'published' });
  }
  await until('both notices at the HTTP subscriber', () => alerts.received.length === 2);
  expect(alerts.received.map(({ message }) => message)).toMatchObject([
    { version: 1, state: 'opened', event_action: 'trigger', dedup_key: DOWN_ID },
    { version: 1, state: 'resolved', event_action: 'resolve', dedup_key: DOWN_ID },
  ]);
  await until('both notices at the chat', () => chat.received.length === 2);
  expect(chat.received.map(({ message }) => message)).toMatchObject([
    { source: 'custom', metadata: { threadId: DOWN_ID } },
    { source: 'custom', metadata: { threadId: DOWN_ID } },
  ]);
  await until('both notices at the pager', () => pager.received.length === 2);
  expect(pager.received.map(({ subject }) => subject.split(':')[0])).toEqual(['ALARM', 'OK']);
  expect(pager.received.map(({ message }) => message)).toMatchObject([
    { NewStateValue: 'ALARM', AlarmName: 'vpn-medic ApplianceDown i-a1' },
    { NewStateValue: 'OK', AlarmName: 'vpn-medic ApplianceDown i-a1' },
  ]);
});

test('a queue that filters for critical ones gets those, in the machines’ form, and no warning', async () => {
  const { signal } = new AbortController();
  await askQueue('PurgeQueue', { QueueUrl: queueUrl });
  await port.publish(notificationFor('opened', 'warning'), signal);
  await port.publish(notificationFor('opened'), signal);
  const text = await until('a message in the queue', async () => {
    const answer = await askQueue('ReceiveMessage', {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: '10',
    });
    return answer.includes('<Message>') && answer;
  });
  expect(text.split('<Message>')).toHaveLength(2);
  const body: unknown = JSON.parse(JSON.parse(unescaped(tagged(text, 'Body'))).Message);
  expect(body).toMatchObject({ version: 1, severity: 'critical', incidentId: DOWN_ID });
});

/** SQS by its query API: one form, one answer in XML. */
async function askQueue(action: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(emulator.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // The emulator finds the service by the scope of the credentials.
      authorization: `AWS4-HMAC-SHA256 Credential=lab/20261120/${REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Action: action, Version: '2012-11-05', ...fields }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`sqs:${action} answered ${answer.status}: ${text.slice(0, 300)}`);
  return text;
}

const tagged = (xml: string, tag: string): string =>
  new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(xml)?.[1] ?? '';

const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
