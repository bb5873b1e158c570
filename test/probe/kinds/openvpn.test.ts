/** OpenVPN knocks, over UDP and TCP, against scripted servers, and the parsers of their answers against any bytes. */
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  evaluateOpenvpnStream,
  hardReset,
  isOpenvpnAnswer,
} from '../../../lib/probe/kinds/openvpn.ts';
import { result } from '../../../lib/probe/probe.ts';
import { askAwake, aTarget, LOOPBACKS, never, openPeers, probeAwake } from '../peer.ts';
import { framed, openvpnReply } from '../replies.ts';
import { SEALS, sealedServer } from '../sealedOpenvpn.ts';
import { testKeys } from '../testKeys.ts';

const peers = openPeers();
afterEach(peers.closeAll);

const answers = [
  ['a hard reset', {}],
  ['a hard reset with options behind it', { tail: Buffer.alloc(10) }],
  ['a bare acknowledgement', { opcode: 5, tail: Buffer.alloc(0) }],
  ['a control packet that acknowledges ours among others', { opcode: 4, acks: [7, 0, 3] }],
] as const;

describe.each(LOOPBACKS)('openvpn on %s', (host) => {
  test.each(answers)('%s over UDP is up', async (_, reply) => {
    const port = await peers.udp(host, (packet, _copy, send) => send(openvpnReply(packet, reply)));
    expect(await probeAwake(aTarget('openvpn', host, port), 2_000)).toMatchObject({ kind: 'up' });
  });

  test.each(answers)('%s over TCP is up', async (_, reply) => {
    const port = await peers.tcp(host, (socket) =>
      socket.on('data', (chunk) => socket.write(framed(openvpnReply(chunk.subarray(2), reply)))),
    );
    expect(await probeAwake(aTarget('openvpn-tcp', host, port), 2_000)).toMatchObject({
      kind: 'up',
    });
  });

  test('a daemon that loses the first datagram is up by the second', async () => {
    const port = await peers.udp(host, (packet, copy, send) => {
      if (copy === 2) send(openvpnReply(packet));
    });
    expect(await probeAwake(aTarget('openvpn', host, port), 400)).toMatchObject({ kind: 'up' });
  });

  test.each([
    ['silence, as of a server with tls-auth', () => null],
    ['garbage', () => Buffer.alloc(26, 0x5a)],
    ['its own packet back', (packet: Buffer) => packet],
    ['an answer to another session', (p: Buffer) => openvpnReply(p, { session: Buffer.alloc(8) })],
  ])('%s over UDP is down', async (_, bytes) => {
    const port = await peers.udp(host, (packet, _copy, send) => {
      const answer = bytes(packet);
      if (answer !== null) send(answer);
    });
    expect(await probeAwake(aTarget('openvpn', host, port), 200)).toMatchObject({
      kind: 'down',
      why: 'no answer in 200 ms',
    });
  });

  test('a UDP port where nothing listens is down at once', async () => {
    const port = await peers.closed(host, 'udp');
    expect(await probeAwake(aTarget('openvpn', host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: 'refused (ECONNREFUSED)',
    });
  });

  test('a TCP port that accepts and keeps silent is down', async () => {
    const port = await peers.tcp(host, () => undefined);
    expect(await probeAwake(aTarget('openvpn-tcp', host, port), 200)).toMatchObject({
      kind: 'down',
      why: 'no answer in 200 ms',
    });
  });

  test('a TCP port that answers with a web page is down at once', async () => {
    const port = await peers.tcp(host, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await probeAwake(aTarget('openvpn-tcp', host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: 'answered in another protocol',
    });
  });

  test('a TCP port that sends packets without end, none of them for us, is down', async () => {
    const noise = framed(Buffer.alloc(1_000, 0x28));
    const port = await peers.tcp(host, (socket) => {
      const pour = setInterval(() => socket.write(noise), 1);
      socket.on('close', () => clearInterval(pour));
    });
    expect(await probeAwake(aTarget('openvpn-tcp', host, port), 60_000)).toMatchObject({
      kind: 'down',
      why: 'answered in another protocol',
    });
  });
});

test('over TCP the packet comes after its length, and the answer may trickle', async () => {
  const said: Buffer[] = [];
  const port = await peers.tcp('127.0.0.1', (socket) => {
    socket.on('data', (chunk) => {
      said.push(chunk);
      const bytes = [...framed(openvpnReply(chunk.subarray(2)))];
      const tick = setInterval(() => {
        const byte = bytes.shift();
        if (byte === undefined) return clearInterval(tick);
        socket.write(Buffer.of(byte));
      }, 2);
      socket.on('close', () => clearInterval(tick));
    });
  });
  expect(await probeAwake(aTarget('openvpn-tcp', '127.0.0.1', port), 10_000)).toMatchObject({
    kind: 'up',
  });
  const [first] = said;
  expect(first?.length).toBe(16);
  expect([...(first?.subarray(0, 3) ?? [])]).toEqual([0, 14, 0x38]);
});

test.each(['openvpn', 'openvpn-tcp'] as const)(
  'a knock of kind %s that is aborted while the server thinks is unknown',
  async (kind) => {
    const stop = new AbortController();
    const port =
      kind === 'openvpn'
        ? await peers.udp('127.0.0.1', () => stop.abort())
        : await peers.tcp('127.0.0.1', (socket) => socket.on('data', () => stop.abort()));
    expect(await result(aTarget(kind, '127.0.0.1', port), 60_000, stop.signal)).toEqual({
      kind: 'unknown',
      why: 'aborted',
    });
  },
);

describe.each(SEALS)('with the key of a server with %s', (name) => {
  const server = sealedServer(name);
  const keys = testKeys({ '/own': server.keyText, '/other': sealedServer(name).keyText });
  const ask = (kind: 'openvpn' | 'openvpn-tcp', port: number, keyName: string, timeoutMs: number) =>
    askAwake(() =>
      result({ ...aTarget(kind, '127.0.0.1', port), keyName }, timeoutMs, never, keys),
    );

  test('the sealed answer is up over UDP, also by the second packet, whose number is another', async () => {
    let count = 0;
    const port = await peers.udp('127.0.0.1', (packet, copy, send) => {
      expect(copy).toBe(1);
      count += 1;
      const answer = server.answer(packet);
      if (answer !== null && count > 1) send(answer);
    });
    expect(await ask('openvpn', port, '/own', 2_000)).toMatchObject({ kind: 'up' });
  });

  test('the sealed answer is up over TCP', async () => {
    const port = await peers.tcp('127.0.0.1', (socket) =>
      socket.on('data', (chunk) => {
        const answer = server.answer(chunk.subarray(2));
        if (answer !== null) socket.write(framed(answer));
      }),
    );
    expect(await ask('openvpn-tcp', port, '/own', 5_000)).toMatchObject({ kind: 'up' });
  });

  test('the answer of a stranger, and an answer without a seal, are none', async () => {
    const port = await peers.udp('127.0.0.1', (packet, _copy, send) => {
      const answer = server.answer(packet);
      if (answer !== null) send(answer);
      send(openvpnReply(packet));
    });
    const SILENT = { kind: 'down', why: 'no answer in 200 ms' };
    expect(await ask('openvpn', port, '/other', 200)).toMatchObject(SILENT);
  });
});

describe('the reader of answers', () => {
  const session = Buffer.from('0102030405060708', 'hex');
  const packet = hardReset(session);

  test('knows the packet that it answers: 14 bytes, opcode 7, nothing acknowledged', () => {
    expect(packet.toString('hex')).toBe('3801020304050607080000000000');
  });

  test.each([
    ['a client’s hard reset', { opcode: 7 }],
    ['a data packet', { opcode: 6 }],
    ['another key', { keyId: 1 }],
    ['no acknowledgement', { acks: [] }],
    ['an acknowledgement of another packet', { acks: [1] }],
    ['more acknowledgements than there can be', { acks: [0, 1, 2, 3, 4, 5, 6, 7, 8] }],
    ['a packet number cut short', { tail: Buffer.alloc(3) }],
  ])('ignores %s', (_, reply) => {
    expect(isOpenvpnAnswer(openvpnReply(packet, reply), session)).toBe(false);
    expect(isOpenvpnAnswer(openvpnReply(packet), session)).toBe(true);
  });

  test('takes eight acknowledgements, the most there can be', () => {
    const acks = [1, 2, 3, 4, 5, 6, 7, 0];
    expect(isOpenvpnAnswer(openvpnReply(packet, { acks }), session)).toBe(true);
  });

  test('judges any bytes without throwing, as a packet and as a stream', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isHonestStart) => {
        const start = isHonestStart ? openvpnReply(packet).subarray(0, 10) : Buffer.alloc(0);
        const input = Buffer.concat([start, bytes]);
        expect(typeof isOpenvpnAnswer(input, session)).toBe('boolean');
        expect(['alive', 'alien', 'more']).toContain(evaluateOpenvpnStream(input, session));
        expect(['alive', 'alien', 'more']).toContain(evaluateOpenvpnStream(framed(input), session));
      }),
      { numRuns: 1_000 },
    );
  });

  test('never accepts an answer whose session differs in any bit', () => {
    fc.assert(
      fc.property(fc.nat(63), fc.constantFrom(...answers), (bit, [, reply]) => {
        const answer = openvpnReply(packet, reply);
        expect(isOpenvpnAnswer(answer, session)).toBe(true);
        const other = Buffer.from(session);
        other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(isOpenvpnAnswer(openvpnReply(packet, { ...reply, session: other }), session)).toBe(
          false,
        );
      }),
    );
  });

  test('hears the same answer however the stream is cut, and after packets for others', () => {
    const stream = Buffer.concat([
      framed(openvpnReply(packet, { session: Buffer.alloc(8) })),
      framed(openvpnReply(packet)),
    ]);
    fc.assert(
      fc.property(fc.nat(stream.length), (size) => {
        const answered = evaluateOpenvpnStream(stream.subarray(0, size), session);
        expect(answered).toBe(size === stream.length ? 'alive' : 'more');
      }),
    );
  });

  test.each([
    ['2,049 bytes', 2_049, 'alien'],
    ['2,048 bytes', 2_048, 'more'],
    ['nothing', 0, 'alien'],
  ])('a stream that announces a packet of %s is heard as it should be', (_, length, answered) => {
    expect(evaluateOpenvpnStream(Buffer.of(length >> 8, length & 0xff), session)).toBe(answered);
  });
});
