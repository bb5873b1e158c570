/** The probe function: what it reads, what it answers, and what the watcher makes of an answer. */
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { handler } from '../../functions/probe.ts';
import type { ProbeTarget } from '../../lib/probe/types.ts';
import { parseProbeRequest, parseProbeResponse } from '../../lib/probe/wire.ts';
import { aTarget, openPeers } from './peer.ts';
import { ikeReply } from './replies.ts';
import { leftOpen, NOTHING, openThings } from './testPorts.ts';

const peers = openPeers();
afterEach(peers.closeAll);

const lastingMs = (ms: number) => ({ getRemainingTimeInMillis: () => ms });
const aRequest = (change: Readonly<Record<string, unknown>> = {}) => ({
  version: 1,
  timeoutMs: 800,
  targets: [aTarget('tcp', '127.0.0.1', 9)],
  ...change,
});
const targetsOf = (count: number): readonly ProbeTarget[] =>
  Array.from({ length: count }, (_, index) => ({
    ...aTarget('tcp', '127.0.0.1', 9),
    key: `${index}`,
  }));

function refusalOf(event: unknown): string {
  try {
    parseProbeRequest(event);
    return '';
  } catch (error) {
    return String(error);
  }
}

describe('the handler', () => {
  test('answers each target in the order of the request, also those that make no sense', async () => {
    const ikePort = await peers.udp('127.0.0.1', (packet, _copy, send) => send(ikeReply(packet)));
    const refusedPort = await peers.closed('127.0.0.1', 'tcp');
    const targets = [
      { key: 'no kind', kind: 'icmp', address: '127.0.0.1', port: 1 },
      { ...aTarget('tcp', '127.0.0.1', refusedPort), key: 'refused' },
      { ...aTarget('ike', '127.0.0.1', ikePort), key: 'up' },
      { key: 'a name', kind: 'tcp', address: 'localhost', port: 1 },
      { key: 'a bad port', kind: 'tcp', address: '127.0.0.1', port: 65_536 },
      { key: 'a port in text', kind: 'tcp', address: '127.0.0.1', port: '80' },
      { key: 'no address', kind: 'tcp', port: 80 },
    ];
    const response = await handler(aRequest({ targets, timeoutMs: 5_000 }), lastingMs(30_000));
    expect(response).toEqual({
      version: 1,
      answers: [
        { key: 'no kind', result: { kind: 'unknown', why: 'not a kind of probe: "icmp"' } },
        {
          key: 'refused',
          result: { kind: 'down', why: 'refused (ECONNREFUSED)', tookMs: expect.any(Number) },
        },
        { key: 'up', result: { kind: 'up', tookMs: expect.any(Number) } },
        { key: 'a name', result: { kind: 'unknown', why: 'not an IP address: "localhost"' } },
        { key: 'a bad port', result: { kind: 'unknown', why: 'not a port: 65536' } },
        { key: 'a port in text', result: { kind: 'unknown', why: 'not a port: "80"' } },
        { key: 'no address', result: { kind: 'unknown', why: 'not an IP address: nothing' } },
      ],
    });
  });

  test('answers before its own time runs out: what it still waits for is unknown', async () => {
    const port = await peers.udp('127.0.0.1', () => undefined);
    const request = aRequest({ targets: [aTarget('ike', '127.0.0.1', port)], timeoutMs: 10_000 });
    const { answers } = await handler(request, lastingMs(400));
    expect(answers.map(({ result }) => result)).toEqual([{ kind: 'unknown', why: 'aborted' }]);
  });

  test('leaves no timer behind that would keep the invocation waiting for its end', async () => {
    const before = await openThings();
    await handler(aRequest(), lastingMs(900_000));
    expect(leftOpen(before, await openThings(before))).toEqual(NOTHING);
  });

  test('answers nothing to a request for nothing', async () => {
    expect(await handler(aRequest({ targets: [] }), lastingMs(30_000))).toEqual({
      version: 1,
      answers: [],
    });
  });

  test('fails on a malformed event, naming the fault', async () => {
    await expect(handler(aRequest({ timeoutMs: 0 }), lastingMs(30_000))).rejects.toThrow(
      'reading a probe request: timeoutMs must be a whole number from 1 to 10000',
    );
  });
});

describe('a request', () => {
  test.each([
    ['no object', null, 'the event must be an object'],
    ['a list', [], 'the event must be an object'],
    ['of no version', aRequest({ version: undefined }), 'version must be 1'],
    ['of version 2', aRequest({ version: 2 }), 'version must be 1'],
    ['with a timeout of 0', aRequest({ timeoutMs: 0 }), 'timeoutMs must be a whole number'],
    [
      'with a timeout of 10,001',
      aRequest({ timeoutMs: 10_001 }),
      'timeoutMs must be a whole number',
    ],
    ['with a timeout of 1.5', aRequest({ timeoutMs: 1.5 }), 'timeoutMs must be a whole number'],
    ['with a timeout in text', aRequest({ timeoutMs: '800' }), 'timeoutMs must be a whole number'],
    ['without targets', aRequest({ targets: undefined }), 'targets must be a list'],
    [
      'with 1,001 targets',
      aRequest({ targets: targetsOf(1_001) }),
      'targets must be at most 1000 long',
    ],
    ['with a target that is none', aRequest({ targets: [7] }), 'targets[0] must be an object'],
    ['with a target without a key', aRequest({ targets: [{}] }), 'targets[0].key must be a text'],
    ['with an empty key', aRequest({ targets: [{ key: '' }] }), 'targets[0].key must be a text'],
    [
      'with a key twice',
      aRequest({ targets: [...targetsOf(2), ...targetsOf(1)] }),
      'the keys of targets must be all different',
    ],
  ])('that is %s is refused by name', (_, event, message) => {
    expect(() => parseProbeRequest(event)).toThrow(message);
  });

  test.each([
    ['1 ms', aRequest({ timeoutMs: 1 })],
    ['10,000 ms', aRequest({ timeoutMs: 10_000 })],
    ['1,000 targets', aRequest({ targets: targetsOf(1_000) })],
  ])('with %s is read', (_, event) => {
    const { timeoutMs, targets, refusals } = parseProbeRequest(event);
    expect({ timeoutMs, targets }).toEqual({ timeoutMs: event.timeoutMs, targets: event.targets });
    expect(refusals).toEqual([]);
  });

  test('of any JSON is read or refused with our own words', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, target) => {
        for (const event of [value, aRequest({ targets: [target] })]) {
          expect(refusalOf(event)).toMatch(/^$|^Error: reading a probe request: .* must be /);
        }
      }),
    );
  });
});

describe('a response', () => {
  const asked = [
    { ...aTarget('tcp', '127.0.0.1', 1), key: 'one' },
    { ...aTarget('tcp', '127.0.0.1', 2), key: 'two' },
  ];
  const up = { kind: 'up', tookMs: 1.25 };
  const down = { kind: 'down', why: 'no answer in 800 ms', tookMs: 801 };

  test('gives each target its own answer, in the order of asking', () => {
    const answers = [
      { key: 'two', result: down },
      { key: 'a stranger', result: up },
      { key: 'one', result: up },
    ];
    expect(parseProbeResponse({ version: 1, answers }, asked)).toEqual([
      { key: 'one', result: up },
      { key: 'two', result: down },
    ]);
  });

  test('keeps the dates of a certificate, and drops those that are no dates', () => {
    const withDates = (certificate: unknown) => {
      const answers = [{ key: 'one', result: { ...up, certificate } }];
      return parseProbeResponse({ version: 1, answers }, asked)[0]?.result;
    };
    const dates = { startsAt: 1, endsAt: 2 };
    expect(withDates(dates)).toEqual({ ...up, certificate: dates });
    expect(withDates({ startsAt: 1, endsAt: '2' })).toEqual(up);
    expect(withDates(null)).toEqual(up);
  });

  test.each([
    ['no object', 'Task timed out'],
    ['null', null],
    ['of another version', { version: 2, answers: [] }],
    ['an error that Lambda wrote', { errorType: 'Error', errorMessage: 'reading a probe request' }],
    ['without a list', { version: 1, answers: {} }],
  ])('that is %s leaves every target unknown', (_, payload) => {
    const result = { kind: 'unknown', why: 'the probe function gave no answers' };
    expect(parseProbeResponse(payload, asked)).toEqual([
      { key: 'one', result },
      { key: 'two', result },
    ]);
  });

  test.each([
    ['no result', {}],
    ['another kind', { result: { kind: 'sideways', tookMs: 1 } }],
    ['up without a time', { result: { kind: 'up' } }],
    ['up in a negative time', { result: { kind: 'up', tookMs: -1 } }],
    ['down without a why', { result: { kind: 'down', tookMs: 1 } }],
    ['down without a time', { result: { kind: 'down', why: 'refused' } }],
    ['unknown without a why', { result: { kind: 'unknown' } }],
  ])('with %s leaves that target unknown and hides no other', (_, broken) => {
    const answers = [
      { key: 'one', ...broken },
      { key: 'two', result: up },
    ];
    expect(parseProbeResponse({ version: 1, answers }, asked)).toEqual([
      { key: 'one', result: { kind: 'unknown', why: 'the probe function gave no answer for it' } },
      { key: 'two', result: up },
    ]);
  });

  test('of any JSON gives exactly one answer for each target', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, result) => {
        for (const payload of [value, { version: 1, answers: [{ key: 'one', result }, value] }]) {
          const keys = parseProbeResponse(payload, asked).map(({ key }) => key);
          expect(keys).toEqual(['one', 'two']);
        }
      }),
    );
  });
});
