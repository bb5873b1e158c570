/** Goal: one notice reaches people and machines in their own words, and always fits. Method: SNS mocked. */
import { PublishCommand, SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { notificationPort } from '../../lib/aws/sns.ts';
import type { Severity } from '../../lib/core/finding.ts';
import type { Notification } from '../../lib/incidents/types.ts';
import { aNotification } from '../builders/notification.ts';
import { clock } from './strict.ts';

const topicArn = 'arn:aws:sns:eu-central-1:123456789012:alerts';
const mock = mockClient(SNSClient);
let notifications = notificationPort({ topicArns: { alerts: topicArn } }, clock);
const { signal } = new AbortController();
const notification = aNotification();

beforeEach(() => {
  notifications = notificationPort({ topicArns: { alerts: topicArn } }, clock);
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});

test('people get text, machines get JSON, a short message its own', async () => {
  const { input, message } = await published(notification);
  expect(input).toMatchObject({
    TopicArn: topicArn,
    Subject: notification.subject,
    MessageStructure: 'json',
  });
  expect(message).toEqual({
    default: notification.text,
    email: notification.text,
    sms: notification.sms,
    'email-json': notification.json,
    sqs: notification.json,
    http: notification.json,
    https: notification.json,
    lambda: notification.json,
    firehose: notification.json,
  });
});

test('attributes go along for filters, but none that is empty: SNS would refuse the notice', async () => {
  const { input } = await published(notification);
  expect(input.MessageAttributes).toEqual({
    severity: { DataType: 'String', StringValue: 'critical' },
  });
});

test('the answer is SNS’s id for it', async () => {
  mock.on(PublishCommand).resolves({ MessageId: 'm-1' });
  expect(await notifications.publish(notification, signal)).toEqual({
    kind: 'published',
    messageId: 'm-1',
  });
});

test('the topic’s own region is asked, not the watched one', async () => {
  mock.on(PublishCommand).resolves({});
  await notifications.publish(notification, signal);
  const client: unknown = mock.commandCalls(PublishCommand)[0]?.thisValue;
  expect(client instanceof SNSClient && (await client.config.region())).toBe('eu-central-1');
});

describe('size', () => {
  test('a long text is whole while it fits, whatever its letters weigh', async () => {
    const text = 'ü"\n'.repeat(10_000);
    expect((await roomFor(text)).message).toMatchObject({ default: text, email: text });
  });

  test.each([
    ['ASCII', 'x'],
    ['letters of two bytes', 'ü'],
    ['a sign of four bytes', '🔔'],
    ['line ends and quotes, which JSON doubles', '\n"'],
  ])('a text too long is cut, JSON stays whole: %s', async (_, letters) => {
    const { message, bytes } = await roomFor(letters.repeat(300_000));
    expect(message['email']).toMatch(/\[cut: too long for one message\]$/);
    expect(message['email']?.isWellFormed()).toBe(true);
    expect(message).toMatchObject({ default: notification.json, sms: notification.sms });
    expect(bytes).toBeLessThanOrEqual(262_144);
    expect(bytes).toBeGreaterThan(255_000);
  });

  test('JSON that weighs too much six times is said once, and the text stays whole', async () => {
    const json = JSON.stringify({ evidence: 'x'.repeat(60_000) });
    const { message, bytes } = await roomFor('short', json);
    expect(message).toMatchObject({ default: json, sms: notification.sms });
    expect(message['email']).toMatch(/^short/);
    expect(bytes).toBeLessThanOrEqual(262_144);
  });

  test('JSON that never fits leaves the heart of it, in JSON too', async () => {
    const json = JSON.stringify({ evidence: 'x'.repeat(300_000) });
    const { message, bytes } = await roomFor('x', json);
    expect(message).toMatchObject({ default: notification.subject, email: notification.subject });
    expect(JSON.parse(message['sqs'] ?? '')).toEqual({
      state: 'opened',
      incidentId: notification.incidentId,
      subject: notification.subject,
    });
    expect(bytes).toBeLessThan(4_096);
  });

  test('attributes count too', async () => {
    const attributes = { long: 'y'.repeat(100_000) };
    const { bytes } = await published({ ...notification, text: 'x'.repeat(300_000), attributes });
    expect(bytes).toBeLessThanOrEqual(262_144 - 100_000);
  });
});

describe('a fault', () => {
  test.each([
    [
      'NotFoundException',
      404,
      `there is no topic ${topicArn} (NotFoundException): set VPN_MEDIC_ALERTS_TOPIC_ARN to the stack's topic`,
    ],
    [
      'AuthorizationErrorException',
      403,
      `sns:Publish to ${topicArn} denied (AuthorizationErrorException): grant it to the function's role, with kms:GenerateDataKey* and kms:Decrypt where the topic has a key of its own`,
    ],
    ['ThrottledException', 429, `sns:Publish to ${topicArn} throttled (ThrottledException)`],
    [
      'InternalErrorException',
      500,
      `sns:Publish to ${topicArn} got no usable answer (InternalErrorException)`,
    ],
  ])('is data, and names the fix: %s', async (name, httpStatusCode, why) => {
    mock.on(PublishCommand).rejects(
      new SNSServiceException({
        name,
        message: 'm',
        $fault: 'client',
        $metadata: { httpStatusCode },
      }),
    );
    expect(await notifications.publish(notification, signal)).toEqual({ kind: 'failed', why });
  });

  test('is also to have no topic', async () => {
    expect(
      await notificationPort({ topicArns: { alerts: null } }, clock).publish(notification, signal),
    ).toEqual({
      kind: 'failed',
      why: 'no topic: set VPN_MEDIC_ALERTS_TOPIC_ARN',
    });
  });
});

describe('three topics', () => {
  const chatTopicArn = 'arn:aws:sns:eu-central-1:123456789012:chat';
  const pagerTopicArn = 'arn:aws:sns:eu-central-1:123456789012:pager';
  const three = (own = clock) =>
    notificationPort(
      { topicArns: { alerts: topicArn, chat: chatTopicArn, pager: pagerTopicArn } },
      own,
    );
  const refusal = new SNSServiceException({
    name: 'KMSAccessDeniedException',
    message: 'm',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
  const calls = () =>
    mock.commandCalls(PublishCommand).map(({ args }) => args[0].input.TopicArn?.split(':').at(-1));

  test('each gets its own rendering, and all get the attributes', async () => {
    mock.on(PublishCommand).resolves({ MessageId: 'm-1' });
    expect(await three().publish(notification, signal)).toEqual({
      kind: 'published',
      messageId: 'm-1',
    });
    const inputs = mock.commandCalls(PublishCommand).map(({ args }) => args[0].input);
    expect(inputs).toMatchObject([
      { Subject: notification.subject, MessageStructure: 'json' },
      { Message: '{"version":"1.0"}' },
      { Subject: 'ALARM: "vpn-a"', Message: '{"NewStateValue":"ALARM"}' },
    ]);
    for (const { MessageAttributes } of inputs)
      expect(MessageAttributes).toHaveProperty('severity');
    expect(inputs[1]).not.toHaveProperty('Subject');
  });

  test('one that refuses is tried again alone, after 10 s: the others have it already', async () => {
    let ms = 0;
    const port = three({ ...clock, monotonicMs: () => ms });
    mock.on(PublishCommand).resolves({ MessageId: 'm-1' });
    mock.on(PublishCommand, { TopicArn: pagerTopicArn }).rejects(refusal);
    const why = expect.stringContaining(':pager');
    expect(await port.publish(notification, signal)).toEqual({ kind: 'partly', why });
    mock.resetHistory();
    ms = 9_999;
    expect(await port.publish(notification, signal)).toEqual({ kind: 'partly', why });
    expect(calls()).toEqual([]);
    ms = 10_000;
    mock.on(PublishCommand, { TopicArn: pagerTopicArn }).resolves({ MessageId: 'm-2' });
    expect(await port.publish(notification, signal)).toMatchObject({ kind: 'published' });
    expect(calls()).toEqual(['pager']);
  });

  test('another notification of the same incident is sent to all, also where one refused the first', async () => {
    const port = three();
    mock.on(PublishCommand).resolves({ MessageId: 'm-1' });
    mock.on(PublishCommand, { TopicArn: pagerTopicArn }).rejects(refusal);
    await port.publish(notification, signal);
    mock.resetHistory();
    await port.publish({ ...notification }, signal);
    expect(calls()).toEqual(['alerts', 'chat']);
  });

  test('nothing is taken where all refuse', async () => {
    mock.on(PublishCommand).rejects(refusal);
    expect(await three().publish(notification, signal)).toEqual({
      kind: 'failed',
      why: expect.stringContaining(':alerts'),
    });
  });
});

const roomFor = (text: string, json = notification.json) =>
  published(aNotification({ text, json }));

async function published(some: Notification) {
  mock.reset();
  mock.on(PublishCommand).resolves({ MessageId: 'm-1' });
  await notifications.publish(some, signal);
  const input = mock.commandCalls(PublishCommand)[0]?.args[0].input;
  if (input?.Message === undefined) throw new Error('nothing was published');
  const message: Record<string, string> = JSON.parse(input.Message);
  return { input, message, bytes: Buffer.byteLength(input.Message) };
}

describe('the pager topic', () => {
  const pagerTopicArn = 'arn:aws:sns:eu-central-1:123456789012:pager';
  const paged = async (severity: Severity, pagerSeverity?: 'critical' | 'warning') => {
    mock.on(PublishCommand).resolves({ MessageId: 'm-1' });
    const port = notificationPort(
      {
        topicArns: { alerts: topicArn, pager: pagerTopicArn },
        ...(pagerSeverity && { pagerSeverity }),
      },
      clock,
    );
    await port.publish(aNotification({ severity }), signal);
    return mock
      .commandCalls(PublishCommand)
      .some(({ args: [{ input }] }) => input.TopicArn === pagerTopicArn);
  };

  test('gets what is critical, and no warning', async () => {
    expect(await paged('critical')).toBe(true);
    mock.resetHistory();
    expect(await paged('warning')).toBe(false);
  });

  test('gets warnings too where the deployment says so', async () => {
    expect(await paged('warning', 'warning')).toBe(true);
  });
});
