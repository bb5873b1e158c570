/** Goal: events reach the bus in batches it takes; what it does not take is given back with a why. Method: EventBridge mocked. */
import {
  EventBridgeClient,
  EventBridgeServiceException,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { eventPort } from '../../lib/aws/eventBridge.ts';
import type { BusEvent } from '../../lib/incidents/ports.ts';
import { clock } from './strict.ts';

const mock = mockClient(EventBridgeClient);
const { signal } = new AbortController();
const quick = { ...clock, sleep: async () => {} };
const events = eventPort('eu-west-1', 'ops', quick);

const some = (count: number, over: Partial<BusEvent> = {}): readonly BusEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `e-${index + 1}`,
    detailType: 'vpn-medic Incident Opened',
    at: 1_764_000_000_000,
    resources: ['i-1'],
    detail: '{"a":1}',
    ...over,
  }));
const ok = { EventId: 'x' };
const slow = { ErrorCode: 'ThrottlingException', ErrorMessage: 'slower' };
const sizes = () =>
  mock.commandCalls(PutEventsCommand).map(({ args: [{ input }] }) => input.Entries?.length ?? 0);
const fault = (name: string, httpStatusCode = 400) =>
  new EventBridgeServiceException({
    name,
    message: 'm',
    $fault: 'client',
    $metadata: { httpStatusCode },
  });

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});

test('an entry names bus, source, type, resources and detail', async () => {
  mock.on(PutEventsCommand).resolves({ Entries: [ok] });
  expect(await events.put(some(1), signal)).toEqual([]);
  expect(mock.commandCalls(PutEventsCommand)[0]?.args[0].input).toEqual({
    Entries: [
      {
        EventBusName: 'ops',
        Source: 'vpn-medic',
        DetailType: 'vpn-medic Incident Opened',
        Resources: ['i-1'],
        Detail: '{"a":1}',
      },
    ],
  });
});

test('without a bus nothing is sent', async () => {
  const none = eventPort('eu-west-1', null, quick);
  expect(none.isOpen).toBe(false);
  expect(await none.put(some(1), signal)).toEqual([]);
  expect(sizes()).toEqual([]);
});

test('a bus given by ARN is asked in its own region', async () => {
  mock.on(PutEventsCommand).resolves({ Entries: [ok] });
  const arn = 'arn:aws:events:eu-central-1:123456789012:event-bus/ops';
  await eventPort('eu-west-1', arn, quick).put(some(1), signal);
  const { thisValue } = mock.commandCalls(PutEventsCommand)[0] ?? {};
  const region = thisValue instanceof EventBridgeClient ? await thisValue.config.region() : null;
  expect(region).toBe('eu-central-1');
});

describe('batches', () => {
  test.each([
    [10, [10]],
    [11, [10, 1]],
  ])('of %i entries are sent as %j', async (count, expected) => {
    mock.on(PutEventsCommand).resolves({ Entries: Array.from({ length: 10 }, () => ok) });
    await events.put(some(count), signal);
    expect(sizes()).toEqual(expected);
  });

  test('are no larger than a request may be', async () => {
    mock.on(PutEventsCommand).resolves({ Entries: [ok, ok] });
    await events.put(some(2, { detail: `"${'x'.repeat(119_000)}"` }), signal);
    expect(sizes()).toEqual([1, 1]);
    mock.resetHistory();
    await events.put(some(2, { detail: `"${'x'.repeat(117_000)}"` }), signal);
    expect(sizes()).toEqual([2]);
  });
});

describe('what the bus refuses', () => {
  test('for the moment is sent once more, and only that', async () => {
    mock
      .on(PutEventsCommand)
      .resolvesOnce({ FailedEntryCount: 1, Entries: [ok, slow, ok] })
      .resolvesOnce({ Entries: [ok] });
    expect(await events.put(some(3), signal)).toEqual([]);
    expect(sizes()).toEqual([3, 1]);
  });

  test('twice is given back as worth another try', async () => {
    mock
      .on(PutEventsCommand)
      .resolvesOnce({ Entries: [ok, slow] })
      .resolvesOnce({ Entries: [slow] });
    expect(await events.put(some(2), signal)).toMatchObject([
      { event: { id: 'e-2' }, isWorthRetrying: true, why: expect.stringContaining('slower') },
    ]);
  });

  test('for good is given back at once', async () => {
    const bad = { ErrorCode: 'InvalidArgument', ErrorMessage: 'bad detail' };
    mock.on(PutEventsCommand).resolvesOnce({ Entries: [bad, ok] });
    expect(await events.put(some(2), signal)).toMatchObject([
      { event: { id: 'e-1' }, isWorthRetrying: false, why: expect.stringContaining('bad detail') },
    ]);
    expect(sizes()).toEqual([2]);
  });

  test('by not answering for an entry counts as not sent', async () => {
    mock
      .on(PutEventsCommand)
      .resolvesOnce({ Entries: [ok] })
      .resolvesOnce({ Entries: [ok] });
    expect(await events.put(some(2), signal)).toEqual([]);
    expect(sizes()).toEqual([2, 1]);
  });
});

test.each([
  ['ThrottlingException', true, 'throttled'],
  ['ResourceNotFoundException', false, 'there is no event bus ops'],
  ['AccessDeniedException', false, "grant it on that bus to the function's role"],
])(
  'a whole request that fails with %s: worth another try %s',
  async (name, isWorthRetrying, why) => {
    mock.on(PutEventsCommand).rejects(fault(name));
    const unsent = await events.put(some(2), signal);
    expect(unsent).toHaveLength(2);
    expect(unsent[0]).toMatchObject({ isWorthRetrying, why: expect.stringContaining(why) });
  },
);

test('our own mistake crashes loudly', async () => {
  mock.on(PutEventsCommand).rejects(new TypeError('x is not a function'));
  await expect(events.put(some(1), signal)).rejects.toThrow('calling events:PutEvents');
});
