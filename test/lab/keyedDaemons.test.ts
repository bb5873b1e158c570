/**
 * Goal: a probe with a key tells a live daemon from a dead and from a hung one, and never calls it down for a key that
 * it does not know. Method: the real daemons in a network namespace of the test's own.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { result } from '../../lib/probe/probe.ts';
import type { ProbeKind, ProbeResult } from '../../lib/probe/types.ts';
import { testKeys } from '../probe/testKeys.ts';
import { DAEMONS, haveDaemons, RADIUS, WIREGUARD } from './daemons/debian.ts';
import { startFreeradius } from './daemons/freeradius.ts';
import { type Keys, makeKeys } from './daemons/keys.ts';
import { type Namespace, openNamespace } from './daemons/namespace.ts';
import { startOpenvpn } from './daemons/openvpn.ts';
import { startWireguard } from './daemons/wireguard.ts';
import { didNotRun } from './didNotRun.ts';
import { until } from './pause.ts';

jest.setTimeout(300_000);

const TIMEOUT_MS = 800;

const had = await haveDaemons([...WIREGUARD, ...DAEMONS, RADIUS]);
if (had.kind === 'lacking') didNotRun('daemons that want a key', had.why);

if (had.kind === 'had') {
  describe('in a namespace', () => {
    let namespace: Namespace;
    let keys: Keys;

    beforeAll(async () => {
      namespace = await openNamespace();
      keys = await makeKeys();
    });

    afterAll(async () => {
      await namespace.close();
      await keys.remove();
    });

    /** A stall of this process is no answer: then it asks again. */
    const asking =
      (kind: ProbeKind, port: number, texts: Readonly<Record<string, string>>) =>
      (keyName: string): Promise<ProbeResult> =>
        until(`a certain answer to ${kind}`, async () => {
          const target = { key: 'lab', kind, address: namespace.address, port, keyName };
          const signal = AbortSignal.timeout(30_000);
          const answered = await result(target, TIMEOUT_MS, signal, testKeys(texts));
          return answered.kind === 'unknown' ? null : answered;
        });

    test('WireGuard answers its peer twice in a row, is silent to a stranger, when hung and while packets are dropped, and is down when killed', async () => {
      const daemon = await startWireguard(namespace, keys.dir, 51_820);
      const texts = { '/peer': daemon.peerKeyText, '/stranger': daemon.strangerKeyText };
      const ask = asking('wireguard', daemon.port, texts);
      const up = { kind: 'up', keyId: '/peer 1' };
      const silent = { kind: 'down', why: `no answer in ${TIMEOUT_MS} ms` };
      expect(await ask('/peer')).toMatchObject(up);
      expect(await ask('/peer')).toMatchObject(up);
      expect(await ask('/stranger')).toMatchObject(silent);
      daemon.hang();
      expect(await ask('/peer')).toMatchObject(silent);
      daemon.goOn();
      expect(await ask('/peer')).toMatchObject(up);
      await namespace.drop();
      expect(await ask('/peer')).toMatchObject(silent);
      await namespace.pass();
      expect(await ask('/peer')).toMatchObject(up);
      await daemon.kill();
      expect(await ask('/peer')).toMatchObject({ kind: 'down' });
    });

    test('two vantages that probe with the same key at the same instant are both answered', async () => {
      const daemon = await startWireguard(namespace, keys.dir, 51_821);
      const ask = asking('wireguard', daemon.port, { '/peer': daemon.peerKeyText });
      for (let round = 0; round < 5; round += 1) {
        const both = await Promise.all([ask('/peer'), ask('/peer')]);
        expect(both.map(({ kind }) => kind)).toEqual(['up', 'up']);
      }
      await daemon.kill();
    });

    test.each([
      ['tls-auth', 'udp', 2_001],
      ['tls-crypt', 'udp', 2_002],
      ['tls-crypt-v2', 'udp', 2_003],
      ['tls-auth', 'tcp', 2_004],
      ['tls-crypt', 'tcp', 2_005],
      ['tls-crypt-v2', 'tcp', 2_006],
    ] as const)(
      'OpenVPN with %s over %s answers its own seal, is silent to no seal, to that of another server, and when hung, and is down when killed',
      async (seal, protocol, port) => {
        const kind: ProbeKind = protocol === 'udp' ? 'openvpn' : 'openvpn-tcp';
        const daemon = await startOpenvpn(namespace, keys, { seal, protocol, port });
        const other = await startOpenvpn(namespace, keys, { seal, protocol, port: port + 10 });
        const texts = { '/own': daemon.keyText, '/other': other.keyText };
        await other.kill();
        const ask = asking(kind, port, texts);
        const up = { kind: 'up', keyId: '/own 1' };
        await until('the first answer', async () => (await ask('/own')).kind === 'up');
        expect(await ask('/own')).toMatchObject(up);
        expect(await ask('/other')).toMatchObject({ kind: 'down' });
        const target = { key: 'lab', kind, address: namespace.address, port };
        expect(await result(target, TIMEOUT_MS, AbortSignal.timeout(30_000))).not.toMatchObject({
          kind: 'up',
        });
        process.kill(daemon.pid, 'SIGSTOP');
        expect(await ask('/own')).toMatchObject({ kind: 'down' });
        process.kill(daemon.pid, 'SIGCONT');
        await until('it to answer again', async () => (await ask('/own')).kind === 'up');
        await daemon.kill();
        expect(await ask('/own')).toMatchObject({ kind: 'down' });
      },
    );

    test('FreeRADIUS answers a Status-Server and rejects a made-up password, is silent to another secret, and is down when killed', async () => {
      const port = 1_812;
      const secret = randomBytes(12).toString('hex');
      const daemon = await startFreeradius(namespace, keys.dir, port, secret);
      const ask = asking('radius', port, {
        '/status': `Secret = ${secret}`,
        '/user': `Secret = ${secret}\nUser = nobody`,
        '/other': 'Secret = another',
      });
      expect(await ask('/status')).toMatchObject({ kind: 'up', keyId: '/status 1' });
      expect(await ask('/user')).toMatchObject({ kind: 'up' });
      expect(await ask('/other')).toMatchObject({ kind: 'down' });
      process.kill(daemon.pid, 'SIGSTOP');
      expect(await ask('/status')).toMatchObject({ kind: 'down' });
      process.kill(daemon.pid, 'SIGCONT');
      expect(await ask('/status')).toMatchObject({ kind: 'up' });
      await daemon.kill();
      expect(await ask('/status')).toMatchObject({ kind: 'down' });
    });
  });
}
