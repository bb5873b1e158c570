/**
 * Goal: our knock tells a live daemon from a dead one and from a silent one, on real daemons.
 * Method: charon, openvpn, nginx, openssl and a plain listener, on loopback or in a network namespace of the test's own.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { result } from '../../lib/probe/probe.ts';
import type { ProbeKind, ProbeResult, ProbeTarget } from '../../lib/probe/types.ts';
import { startCharon } from './daemons/charon.ts';
import { haveDaemons, havePrograms, OPENSSL } from './daemons/debian.ts';
import { type Keys, makeKeys } from './daemons/keys.ts';
import { type Namespace, openNamespace } from './daemons/namespace.ts';
import { startNginx } from './daemons/nginx.ts';
import { startOpenvpn } from './daemons/openvpn.ts';
import { startTcpDaemon } from './daemons/tcpListener.ts';
import { startTlsServer } from './daemons/tlsServer.ts';
import { didNotRun } from './didNotRun.ts';
import { until } from './pause.ts';

// A guard against hanging: an emulator that starts beside other work has been seen to take 20 s.
jest.setTimeout(300_000);

const TIMEOUT_MS = 800;
/** This process may stand still beside other work, and says so by `unknown`: then it asks again. */
const ask = (
  kind: ProbeKind,
  address: string,
  port: number,
  more: Pick<ProbeTarget, 'readsCertificate'> = {},
): Promise<ProbeResult> =>
  until(`a certain answer to ${kind}`, async () => {
    const target = { key: 'lab', kind, address, port, ...more };
    const answered = await result(target, TIMEOUT_MS, AbortSignal.timeout(30_000));
    return answered.kind === 'unknown' ? null : answered;
  });

/** A daemon that has opened its port may still be busy starting. */
const untilUp = (kind: ProbeKind, address: string, port: number) =>
  until(`${kind} to answer`, async () => (await ask(kind, address, port)).kind === 'up');

const hadKeys = await havePrograms([OPENSSL]);
if (hadKeys.kind === 'lacking') didNotRun('a TLS daemon', hadKeys.why);
const describeWithKeys = hadKeys.kind === 'had' ? describe : describe.skip;
let keys: Keys;

beforeAll(async () => {
  if (hadKeys.kind === 'had') keys = await makeKeys();
});

afterAll(() => keys?.remove());

describe('a plain TCP daemon', () => {
  test('is up, down at once when killed, up when back, down when silent, up when back', async () => {
    const daemon = await startTcpDaemon();
    const look = () => ask('tcp', '127.0.0.1', daemon.port);
    try {
      expect(await look()).toMatchObject({ kind: 'up' });
      await daemon.kill();
      expect(await look()).toMatchObject({ kind: 'down', why: expect.stringMatching(/refused/i) });
      await daemon.revive();
      expect(await look()).toMatchObject({ kind: 'up' });
      await daemon.silence();
      expect(await look()).toMatchObject({
        kind: 'down',
        why: expect.not.stringMatching(/refus/i),
      });
      await daemon.revive();
      expect(await look()).toMatchObject({ kind: 'up' });
    } finally {
      await daemon.close();
    }
  });
});

describeWithKeys('a TLS daemon', () => {
  test('is up by tls and by tcp, and down by both when killed', async () => {
    const server = await startTlsServer(keys);
    expect(await ask('tls', '127.0.0.1', server.port)).toMatchObject({ kind: 'up' });
    expect(await ask('tcp', '127.0.0.1', server.port)).toMatchObject({ kind: 'up' });
    const shown = new X509Certificate(await readFile(keys.serverCert));
    const certificate = {
      startsAt: Date.parse(shown.validFrom),
      endsAt: Date.parse(shown.validTo),
    };
    expect(await ask('tls', '127.0.0.1', server.port, { readsCertificate: true })).toMatchObject({
      kind: 'up',
      certificate,
    });
    await server.kill();
    expect(await ask('tls', '127.0.0.1', server.port)).toMatchObject({ kind: 'down' });
    expect(await ask('tcp', '127.0.0.1', server.port)).toMatchObject({ kind: 'down' });
  });

  test('is not what a plain listener is: open by tcp, down by tls', async () => {
    const daemon = await startTcpDaemon();
    try {
      expect(await ask('tcp', '127.0.0.1', daemon.port)).toMatchObject({ kind: 'up' });
      expect(await ask('tls', '127.0.0.1', daemon.port)).toMatchObject({ kind: 'down' });
    } finally {
      await daemon.close();
    }
  });
});

const had = await haveDaemons();
if (had.kind === 'lacking') didNotRun('charon, openvpn and nginx in network namespaces', had.why);

if (had.kind === 'had') {
  describe('daemons in a namespace', () => {
    let namespace: Namespace;

    beforeAll(async () => {
      namespace = await openNamespace();
    });

    afterAll(() => namespace.close());

    test('charon answers ike on 500 and 4500, is silent while packets are dropped, answers again, and is down when killed', async () => {
      const charon = await startCharon(namespace, keys.dir);
      await untilUp('ike', namespace.address, 500);
      expect(await ask('ike', namespace.address, 4500)).toMatchObject({ kind: 'up' });
      await namespace.drop();
      expect(await ask('ike', namespace.address, 500)).toMatchObject({ kind: 'down' });
      await namespace.pass();
      expect(await ask('ike', namespace.address, 500)).toMatchObject({ kind: 'up' });
      await charon.kill();
      expect(await ask('ike', namespace.address, 500)).toMatchObject({ kind: 'down' });
    });

    test.each(['udp', 'tcp'] as const)(
      'openvpn over %s answers a hard reset, is silent while packets are dropped, and is down when killed',
      async (protocol) => {
        const kind = protocol === 'udp' ? 'openvpn' : 'openvpn-tcp';
        const port = protocol === 'udp' ? 1194 : 1195;
        const server = await startOpenvpn(namespace, keys, { protocol, port, seal: 'none' });
        await untilUp(kind, namespace.address, port);
        await namespace.drop();
        expect(await ask(kind, namespace.address, port)).toMatchObject({ kind: 'down' });
        await namespace.pass();
        expect(await ask(kind, namespace.address, port)).toMatchObject({ kind: 'up' });
        await server.kill();
        expect(await ask(kind, namespace.address, port)).toMatchObject({ kind: 'down' });
      },
    );

    test('nginx answers tls, is silent while packets are dropped, answers again, and is down when killed', async () => {
      const nginx = await startNginx(namespace, keys, 443);
      await untilUp('tls', namespace.address, 443);
      await namespace.drop();
      expect(await ask('tls', namespace.address, 443)).toMatchObject({ kind: 'down' });
      await namespace.pass();
      expect(await ask('tls', namespace.address, 443)).toMatchObject({ kind: 'up' });
      await nginx.kill();
      expect(await ask('tls', namespace.address, 443)).toMatchObject({ kind: 'down' });
    });

    test('openvpn with tls-crypt is alive and yet silent to a hard reset that is not sealed', async () => {
      const candidate = { protocol: 'udp', port: 1196, seal: 'tls-crypt' } as const;
      const server = await startOpenvpn(namespace, keys, candidate);
      expect(await ask('openvpn', namespace.address, candidate.port)).toMatchObject({
        kind: 'down',
      });
      await until('its refusal in its log', () =>
        server.log().includes('tls-crypt unwrapping failed'),
      );
    });
  });
}
