/** IKE knocks against scripted UDP responders, and the parser of their answers against any bytes. */
import { randomInt } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ikeSaInit, isIkeAnswer } from '../../../lib/probe/kinds/ike.ts';
import { result } from '../../../lib/probe/probe.ts';
import { aTarget, LOOPBACKS, openPeers, probeAwake, turns } from '../peer.ts';
import {
  ACCEPTED,
  COOKIE,
  INVALID_KE_PAYLOAD,
  ikeReply,
  NO_PROPOSAL_CHOSEN,
  notify,
} from '../replies.ts';

const peers = openPeers();
afterEach(peers.closeAll);

const answers = [
  ['a refusal', { payloads: NO_PROPOSAL_CHOSEN }],
  ['a wish for another group', { payloads: INVALID_KE_PAYLOAD }],
  ['a cookie', { payloads: COOKIE }],
  ['an acceptance', { payloads: ACCEPTED, firstPayload: 33 }],
  ['a notify type that is not registered', { payloads: notify(40_000) }],
] as const;

describe.each(LOOPBACKS)('ike on %s', (host) => {
  test.each(answers)('%s is up', async (_, reply) => {
    const port = await peers.udp(host, (packet, _copy, send) => send(ikeReply(packet, reply)));
    expect(await probeAwake(aTarget('ike', host, port), 2_000)).toMatchObject({ kind: 'up' });
  });

  test('silence is down after the timeout', async () => {
    const port = await peers.udp(host, () => undefined);
    expect(await probeAwake(aTarget('ike', host, port), 200)).toMatchObject({
      kind: 'down',
      why: 'no answer in 200 ms',
    });
  });

  test('a port where nothing listens is down at once, long before the timeout', async () => {
    const port = await peers.closed(host, 'udp');
    expect(await probeAwake(aTarget('ike', host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: 'refused (ECONNREFUSED)',
    });
  });

  test('a daemon that loses the first packet is up by the second', async () => {
    const port = await peers.udp(host, (packet, copy, send) => {
      if (copy === 2) send(ikeReply(packet));
    });
    expect(await probeAwake(aTarget('ike', host, port), 400)).toMatchObject({ kind: 'up' });
  });

  test('a daemon that would answer only a third packet is down: there are two', async () => {
    let copyMax = 0;
    const port = await peers.udp(host, (packet, copy, send) => {
      copyMax = Math.max(copyMax, copy);
      if (copy === 3) send(ikeReply(packet));
    });
    expect(await probeAwake(aTarget('ike', host, port), 400)).toMatchObject({ kind: 'down' });
    expect(copyMax).toBe(2);
  });

  test('an answer after the timeout is down, and harms nothing when it comes', async () => {
    const late: (() => void)[] = [];
    const port = await peers.udp(host, (packet, _copy, send) => {
      late.push(() => send(ikeReply(packet)));
    });
    expect(await probeAwake(aTarget('ike', host, port), 100)).toMatchObject({ kind: 'down' });
    expect(late.length).toBeGreaterThanOrEqual(1);
    for (const answer of late) answer();
    await turns(10);
  });

  test('noise before the true answer is passed over', async () => {
    const port = await peers.udp(host, (packet, _copy, send) => {
      send(Buffer.from('noise'));
      send(packet);
      send(ikeReply(packet, { spi: Buffer.alloc(8, 1) }));
      send(ikeReply(packet));
    });
    expect(await probeAwake(aTarget('ike', host, port), 2_000)).toMatchObject({ kind: 'up' });
  });

  test.each([
    ['garbage', () => Buffer.alloc(100, 0x5a)],
    ['its own request back', (packet: Buffer) => packet],
    ['an answer to another SPI', (packet: Buffer) => ikeReply(packet, { spi: Buffer.alloc(8, 9) })],
    ['an empty datagram', () => Buffer.alloc(0)],
  ])('%s alone is silence', async (_, bytes) => {
    const port = await peers.udp(host, (packet, _copy, send) => send(bytes(packet)));
    expect(await probeAwake(aTarget('ike', host, port), 200)).toMatchObject({
      kind: 'down',
      why: 'no answer in 200 ms',
    });
  });
});

// A loopback address of its own keeps out of the way of a daemon that owns the port on this machine, and of this very
// test when it runs twice.
const natHost =
  process.platform === 'linux' ? `127.45.${randomInt(256)}.${randomInt(1, 255)}` : '127.0.0.1';

test('on port 4500 question and answer carry the non-ESP marker', async () => {
  const marker = Buffer.alloc(4);
  const heads: string[] = [];
  const answer = (packet: Buffer, _copy: number, send: (bytes: Uint8Array) => void) => {
    heads.push(packet.subarray(0, 4).toString('hex'));
    send(Buffer.concat([marker, ikeReply(packet.subarray(4))]));
  };
  await peers.udp(natHost, answer, 4_500);
  expect(await probeAwake(aTarget('ike', natHost, 4_500), 2_000)).toMatchObject({ kind: 'up' });
  expect(heads[0]).toBe('00000000');
});

test.each([
  ['nothing', ''],
  ['an ESP packet’s SPI', '00000001'],
])('on port 4500 an answer behind %s instead of the marker is none', async (_, head) => {
  const answer = (packet: Buffer, _copy: number, send: (bytes: Uint8Array) => void) =>
    send(Buffer.concat([Buffer.from(head, 'hex'), ikeReply(packet.subarray(4))]));
  await peers.udp(natHost, answer, 4_500);
  expect(await probeAwake(aTarget('ike', natHost, 4_500), 200)).toMatchObject({ kind: 'down' });
});

test('a knock that is aborted after its packet is out is unknown', async () => {
  const stop = new AbortController();
  const port = await peers.udp('127.0.0.1', () => stop.abort());
  expect(await result(aTarget('ike', '127.0.0.1', port), 60_000, stop.signal)).toEqual({
    kind: 'unknown',
    why: 'aborted',
  });
});

test('a knock that is aborted before its packet is out is unknown, and sends none', async () => {
  let packetCount = 0;
  const port = await peers.udp('127.0.0.1', () => {
    packetCount += 1;
  });
  const stop = new AbortController();
  const answer = result(aTarget('ike', '127.0.0.1', port), 200, stop.signal);
  stop.abort();
  expect(await answer).toEqual({ kind: 'unknown', why: 'aborted' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(packetCount).toBe(0);
});

describe('the request', () => {
  test('is a whole IKE_SA_INIT: its lengths agree, and it holds SA, KE and nonce', () => {
    const request = ikeSaInit();
    expect(request.readUInt32BE(24)).toBe(request.length);
    expect([...request.subarray(16, 24)]).toEqual([33, 0x20, 34, 0x08, 0, 0, 0, 0]);
    const sizes: [number, number][] = [];
    for (let at = 28, type = 33; type !== 0; ) {
      const size = request.readUInt16BE(at + 2);
      sizes.push([type, size]);
      type = request.readUInt8(at);
      at += size;
    }
    // SA: 4 + 8 + 4 transforms of 8; KE: 4 + 4 + MODP-2048; nonce: 4 + 32.
    expect(sizes).toEqual([
      [33, 44],
      [34, 264],
      [40, 36],
    ]);
  });

  test('has an SPI and a nonce of its own each time, while the public key serves again', () => {
    const [one, other] = [ikeSaInit(), ikeSaInit()];
    expect(one.subarray(0, 8)).not.toEqual(other.subarray(0, 8));
    expect(one.subarray(-32)).not.toEqual(other.subarray(-32));
    expect(one.subarray(80, 336)).toEqual(other.subarray(80, 336));
  });

  test('never has an SPI of zero: its first byte is odd', () => {
    const firstBytes = Array.from({ length: 50 }, () => ikeSaInit().readUInt8(0));
    expect(firstBytes.every((byte) => byte % 2 === 1)).toBe(true);
  });

  test('has another public key after 1,000 of them', () => {
    const one = ikeSaInit().subarray(80, 336);
    for (let count = 0; count < 1_000; count += 1) ikeSaInit();
    expect(ikeSaInit().subarray(80, 336)).not.toEqual(one);
  });
});

describe('the reader of answers', () => {
  const request = ikeSaInit();
  const spi = request.subarray(0, 8);

  test.each([
    ['IKEv1', { version: 0x10 }],
    ['version 3', { version: 0x30 }],
    ['another exchange', { exchange: 37 }],
    ['a request, not a response', { flags: 0x00 }],
    ['a response that claims to come from the initiator', { flags: 0x28 }],
    ['another message id', { messageId: 1 }],
    ['a length one too small', { lengthOffset: -1 }],
    ['a length one too great', { lengthOffset: 1 }],
    ['no payload', { payloads: Buffer.alloc(0) }],
    ['a payload shorter than its own header', { payloads: Buffer.of(0, 0, 0, 3, 0, 0, 0, 14) }],
    [
      'a payload of no length, which would never end',
      { payloads: Buffer.of(41, 0, 0, 0, 0, 0, 0, 14) },
    ],
    ['a payload longer than the message', { payloads: Buffer.of(0, 0, 0, 9, 0, 0, 0, 14) }],
    ['a chain that does not end', { payloads: Buffer.of(41, 0, 0, 8, 0, 0, 0, 14) }],
    [
      'bytes after the last payload',
      { payloads: Buffer.concat([NO_PROPOSAL_CHOSEN, Buffer.of(0)]) },
    ],
  ])('ignores %s', (_, reply) => {
    expect(isIkeAnswer(ikeReply(request, reply), spi)).toBe(false);
    expect(isIkeAnswer(ikeReply(request), spi)).toBe(true);
  });

  test('takes a later minor version of IKEv2 for what it is', () => {
    expect(isIkeAnswer(ikeReply(request, { version: 0x21 }), spi)).toBe(true);
  });

  test('judges any bytes without throwing, behind any header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isHonestHeader) => {
        const tail = Buffer.from(bytes);
        const datagram = isHonestHeader ? ikeReply(request, { payloads: tail }) : tail;
        expect(typeof isIkeAnswer(datagram, spi)).toBe('boolean');
      }),
      { numRuns: 1_000 },
    );
  });

  test('never accepts an answer whose SPI differs in any bit', () => {
    fc.assert(
      fc.property(fc.nat(63), fc.constantFrom(...answers), (bit, [, reply]) => {
        const answer = ikeReply(request, reply);
        expect(isIkeAnswer(answer, spi)).toBe(true);
        answer.writeUInt8(answer.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(isIkeAnswer(answer, spi)).toBe(false);
      }),
    );
  });

  test('never accepts an answer that was cut short anywhere', () => {
    const whole = ikeReply(request, { payloads: ACCEPTED, firstPayload: 33 });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (size) => {
        expect(isIkeAnswer(whole.subarray(0, size), spi)).toBe(false);
      }),
    );
  });
});
