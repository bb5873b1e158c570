/** WireGuard probes against a scripted daemon, and against everything that is none. */
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { keyedOf } from '../../../lib/probe/kinds.ts';
import { result } from '../../../lib/probe/probe.ts';
import type { ProbeTarget } from '../../../lib/probe/types.ts';
import { askAwake, aTarget, LOOPBACKS, never, openPeers } from '../peer.ts';
import { testKeys } from '../testKeys.ts';
import { leftOpen, NOTHING, openThings } from '../testPorts.ts';
import { wireguardDaemon } from '../wireguardDaemon.ts';

const peers = openPeers();
afterEach(peers.closeAll);

const daemon = wireguardDaemon();
const stranger = wireguardDaemon();
const keys = testKeys({
  '/right': daemon.keyText,
  '/wrong': stranger.keyText,
  '/no-psk': daemon.keyText.replace(/\nPresharedKey.*/, ''),
  '/garbage': 'not a configuration',
});

const targetAt = (host: string, port: number, keyName = '/right'): ProbeTarget => ({
  ...aTarget('wireguard', host, port),
  keyName,
});
const ask = (target: ProbeTarget, timeoutMs: number) =>
  askAwake(() => result(target, timeoutMs, never, keys));
const SILENT = { kind: 'down', why: 'no answer in 200 ms' };

describe.each(LOOPBACKS)('on %s', (host) => {
  test('an answer that only the owner of the key can give is up', async () => {
    const port = await peers.udp(host, (packet, _copy, send) => {
      const answer = daemon.answer(packet);
      if (answer !== null) send(answer);
    });
    expect(await ask(targetAt(host, port), 5_000)).toEqual({
      kind: 'up',
      tookMs: expect.any(Number),
      keyId: '/right 1',
    });
  });

  test('a cookie of a daemon under load is up', async () => {
    const port = await peers.udp(host, (packet, _copy, send) => send(daemon.cookie(packet)));
    expect(await ask(targetAt(host, port), 5_000)).toMatchObject({ kind: 'up' });
  });

  test('a refusal is down at once, a hung daemon at the timeout', async () => {
    const closed = await peers.closed(host, 'udp');
    expect(await ask(targetAt(host, closed), 60_000)).toMatchObject({
      kind: 'down',
      why: expect.stringContaining('refused'),
    });
    const hung = await peers.udp(host, () => undefined);
    expect(await ask(targetAt(host, hung), 200)).toMatchObject(SILENT);
  });
});

const HOST = '127.0.0.1';

test('each packet is a new initiation with a later timestamp, also the one that is sent again', async () => {
  let count = 0;
  const port = await peers.udp(HOST, (packet, copy, send) => {
    expect(copy).toBe(1);
    const answer = daemon.answer(packet);
    count += 1;
    // The first answer is lost on its way.
    if (answer !== null && count > 1) send(answer);
  });
  expect(await ask(targetAt(HOST, port), 5_000)).toMatchObject({ kind: 'up' });
  expect(count).toBeGreaterThan(1);
});

test.each(['/wrong', '/no-psk'])('with the key %s the answer, if any, is none', async (keyName) => {
  const port = await peers.udp(HOST, (packet, _copy, send) => {
    const answer = daemon.answer(packet);
    if (answer !== null) send(answer);
  });
  expect(await ask(targetAt(HOST, port, keyName), 200)).toMatchObject(SILENT);
});

test('an answer that was made for another initiation, changed, cut, or sealed by a stranger is ignored', async () => {
  let before: Buffer | null = null;
  const hostile = [
    (answer: Buffer) =>
      Buffer.concat([answer.subarray(0, 8), Buffer.alloc(4), answer.subarray(12)]),
    (answer: Buffer) => Buffer.concat([answer.subarray(0, 44), Buffer.alloc(48)]),
    (answer: Buffer) => answer.subarray(0, 91),
    (answer: Buffer) => Buffer.concat([answer, Buffer.alloc(1)]),
    (answer: Buffer, packet: Buffer) => stranger.cookie(packet) ?? answer,
    (_answer: Buffer, packet: Buffer) => {
      const cookie = daemon.cookie(packet);
      cookie.writeUInt8(cookie.readUInt8(63) ^ 1, 63);
      return cookie;
    },
    (answer: Buffer, packet: Buffer) => {
      const old = before ?? Buffer.alloc(92);
      before = Buffer.from(answer);
      packet.copy(old, 8, 4, 8);
      return old;
    },
  ];
  for (const change of hostile) {
    const port = await peers.udp(HOST, (packet, _copy, send) => {
      const answer = daemon.answer(packet);
      if (answer !== null) send(change(answer, packet));
    });
    expect(await ask(targetAt(HOST, port), 200)).toMatchObject(SILENT);
  }
});

test('the right answer from another address or port is ignored', async () => {
  const elsewhere = createSocket('udp4');
  await new Promise<void>((resolve) => elsewhere.bind(0, '127.0.0.2', resolve));
  const receiver = createSocket('udp4');
  receiver.on('message', (packet, from) => {
    const answer = daemon.answer(packet);
    if (answer !== null) elsewhere.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => receiver.bind(0, HOST, resolve));
  expect(await ask(targetAt(HOST, receiver.address().port), 200)).toMatchObject(SILENT);
  elsewhere.close();
  receiver.close();
});

test('any bytes are ignored, and break nothing', async () => {
  const junk = fc.sample(fc.uint8Array({ maxLength: 200 }), 300);
  const port = await peers.udp(HOST, (packet, _copy, send) => {
    for (const bytes of junk) {
      send(bytes);
      // As an answer and as a cookie to this very packet.
      const reply = Buffer.alloc(92, bytes[0] ?? 0);
      reply.writeUInt32LE(2, 0);
      packet.copy(reply, 8, 4, 8);
      send(reply);
    }
  });
  expect(await ask(targetAt(HOST, port), 200)).toMatchObject(SILENT);
});

test.each([
  ['/garbage', /^the key \/garbage is none for wireguard: it holds no line "PrivateKey/],
  ['/absent', /^the key \/absent: Systems Manager answered ParameterNotFound$/],
])('the key %s is unknown, never down', async (keyName, why) => {
  const answer = await ask(targetAt(HOST, 9, keyName), 200);
  expect(answer).toEqual({
    kind: 'unknown',
    why: expect.stringMatching(why),
    isKeyFault: true,
  });
});

test('without the name of a key it is a fault of the key; in a process that reads none it is not', async () => {
  const unnamed = await result(aTarget('wireguard', HOST, 9), 200, never, keys);
  expect(unnamed).toMatchObject({ kind: 'unknown', isKeyFault: true });
  expect(await result(targetAt(HOST, 9), 200, never)).toEqual({
    kind: 'unknown',
    why: 'this process reads no keys of probes',
  });
});

test.each([
  ['PrivateKey = AAAA', 'PrivateKey'],
  [daemon.keyText.replace(/PresharedKey = .*/, 'PresharedKey = short'), 'PresharedKey'],
  [daemon.keyText.replace(/PublicKey = .*/, `PublicKey = ${'A'.repeat(43)}=`), 'PublicKey'],
])('a text that is no key is refused, and what is said of it holds none of it', (text, named) => {
  const read = keyedOf('wireguard')?.read(text);
  expect(read).toMatchObject({ ok: false, why: expect.stringContaining(named) });
  const secrets = text.split('\n').flatMap((line) => line.split(' = ')[1] ?? []);
  for (const secret of secrets) expect(JSON.stringify(read)).not.toContain(secret);
});

test('2,000 rounds leave nothing open', async () => {
  const port = await peers.udp(HOST, (packet, _copy, send) => {
    const answer = daemon.answer(packet);
    if (answer !== null) send(answer);
  });
  await ask(targetAt(HOST, port), 5_000);
  const before = await openThings();
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(
      Array.from({ length: 100 }, () => result(targetAt(HOST, port), 60, never, keys)),
    );
  }
  expect(leftOpen(before, await openThings(before))).toEqual(NOTHING);
}, 120_000);
