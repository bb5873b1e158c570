/** RADIUS probes against a scripted server, and against everything that is none. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isRadiusAnswer } from '../../../lib/probe/kinds/radius.ts';
import { result } from '../../../lib/probe/probe.ts';
import type { ProbeTarget } from '../../../lib/probe/types.ts';
import { askAwake, aTarget, LOOPBACKS, never, openPeers } from '../peer.ts';
import { radiusReply } from '../replies.ts';
import { testKeys } from '../testKeys.ts';

const peers = openPeers();
afterEach(peers.closeAll);

const SECRET = randomBytes(12).toString('hex');
const keys = testKeys({
  '/status': `Secret = ${SECRET}\r\n`,
  '/user': `# of the NPS\nsecret=${SECRET}\nUser = probe@example.org \n`,
  '/wrong': 'Secret = another',
  '/none': 'User = probe',
  '/long': `Secret = x\nUser = ${'u'.repeat(254)}`,
});
const targetAt = (host: string, port: number, keyName: string): ProbeTarget => ({
  ...aTarget('radius', host, port),
  keyName,
});
const ask = (target: ProbeTarget, timeoutMs: number) =>
  askAwake(() => result(target, timeoutMs, never, keys));

/** The attributes of a request, by type. */
function attributesOf(packet: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 20; at < packet.length; at += packet.readUInt8(at + 1)) {
    found.set(packet.readUInt8(at), packet.subarray(at + 2, at + packet.readUInt8(at + 1)));
  }
  return found;
}

describe.each(LOOPBACKS)('radius on %s', (host) => {
  test.each([
    ['an accept', 2],
    ['a reject', 3],
    ['an accounting response', 5],
    ['a challenge', 11],
  ])('%s that the secret signs is up', async (_, code) => {
    const port = await peers.udp(host, (packet, _copy, send) =>
      send(radiusReply(packet, SECRET, { code })),
    );
    expect(await ask(targetAt(host, port, '/status'), 5_000)).toEqual({
      kind: 'up',
      tookMs: expect.any(Number),
      keyId: '/status 1',
    });
  });

  test('a refusal is down at once, silence at the timeout', async () => {
    const closed = await peers.closed(host, 'udp');
    expect(await ask(targetAt(host, closed, '/status'), 60_000)).toMatchObject({ kind: 'down' });
    const hung = await peers.udp(host, () => undefined);
    expect(await ask(targetAt(host, hung, '/status'), 200)).toMatchObject({
      kind: 'down',
      why: 'no answer in 200 ms',
    });
  });
});

const HOST = '127.0.0.1';

describe('what is sent', () => {
  const sentWith = async (keyName: string): Promise<Buffer> => {
    let sent: Buffer = Buffer.alloc(0);
    const port = await peers.udp(HOST, (packet, _copy, send) => {
      sent = packet;
      send(radiusReply(packet, SECRET));
    });
    expect(await ask(targetAt(HOST, port, keyName), 5_000)).toMatchObject({ kind: 'up' });
    return sent;
  };
  const isSigned = (packet: Buffer): boolean => {
    const sum = attributesOf(packet).get(80) ?? Buffer.alloc(0);
    const plain = Buffer.from(packet);
    plain.fill(0, 22, 38);
    return createHmac('md5', SECRET).update(plain).digest().equals(sum);
  };

  test('is a signed Status-Server without a user', async () => {
    const sent = await sentWith('/status');
    expect(sent.readUInt8(0)).toBe(12);
    expect(sent.readUInt16BE(2)).toBe(sent.length);
    expect([...attributesOf(sent).keys()]).toEqual([80, 32]);
    expect(isSigned(sent)).toBe(true);
  });

  test('is a signed Access-Request with a made-up password where the key names a user', async () => {
    const [one, two] = [await sentWith('/user'), await sentWith('/user')];
    expect(one.readUInt8(0)).toBe(1);
    expect(attributesOf(one).get(1)?.toString()).toBe('probe@example.org');
    expect(isSigned(one)).toBe(true);
    const passwordOf = (packet: Buffer) => {
      const mask = createHash('md5').update(SECRET).update(packet.subarray(4, 20)).digest();
      return attributesOf(packet)
        .get(2)
        ?.map((byte, at) => byte ^ mask.readUInt8(at));
    };
    expect(passwordOf(one)?.length).toBe(16);
    expect(passwordOf(one)).not.toEqual(passwordOf(two));
  });
});

test('a signature of another secret, another identifier, a cut packet and another code are ignored', async () => {
  const hostile = [
    (packet: Buffer) => radiusReply(packet, 'another'),
    (packet: Buffer) => radiusReply(packet, SECRET, { identifier: packet.readUInt8(1) ^ 1 }),
    (packet: Buffer) => radiusReply(packet, SECRET).subarray(0, 19),
    (packet: Buffer) => radiusReply(packet, SECRET, { code: 4 }),
    (packet: Buffer) => packet,
  ];
  for (const change of hostile) {
    const port = await peers.udp(HOST, (packet, _copy, send) => send(change(packet)));
    expect(await ask(targetAt(HOST, port, '/status'), 200)).toMatchObject({ kind: 'down' });
  }
  const port = await peers.udp(HOST, (packet, _copy, send) => send(radiusReply(packet, SECRET)));
  expect(await ask(targetAt(HOST, port, '/wrong'), 200)).toMatchObject({ kind: 'down' });
  expect(await ask(targetAt(HOST, port, '/status'), 5_000)).toMatchObject({ kind: 'up' });
});

test.each([
  ['/none', 'it holds no line "Secret = …"'],
  ['/long', 'its User is longer than 253 bytes'],
  ['/missing', 'ParameterNotFound'],
])('with the key %s the result is unknown, a fault of the key', async (keyName, why) => {
  const port = await peers.udp(HOST, () => undefined);
  expect(await ask(targetAt(HOST, port, keyName), 200)).toMatchObject({
    kind: 'unknown',
    isKeyFault: true,
    why: expect.stringContaining(why),
  });
});

// The example of RFC 5997, section 6.1.
const REQUEST = Buffer.from(
  '0cda00268a54f4686fb394c52866e302185d062350125a665e2e1e8411f3e243822097c84fa3',
  'hex',
);
const ANSWER = Buffer.from('02da0014ef0d552a4bf2d693ec2b6fe8b5411d66', 'hex');
const RFC_SECRET = Buffer.from('xyzzy5461');

test('reads the answer of RFC 5997, and no changed bit of it', () => {
  expect(isRadiusAnswer(ANSWER, REQUEST, RFC_SECRET)).toBe(true);
  // Padding behind the announced length is allowed.
  expect(isRadiusAnswer(Buffer.concat([ANSWER, Buffer.of(0)]), REQUEST, RFC_SECRET)).toBe(true);
  for (let bit = 0; bit < ANSWER.length * 8; bit += 1) {
    const changed = Buffer.from(ANSWER);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    expect(isRadiusAnswer(changed, REQUEST, RFC_SECRET)).toBe(false);
  }
});

test('judges any bytes without throwing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, isHonestStart) => {
      const start = isHonestStart ? ANSWER.subarray(0, 4) : Buffer.alloc(0);
      const input = Buffer.concat([start, bytes]);
      expect(isRadiusAnswer(input, REQUEST, RFC_SECRET)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});
