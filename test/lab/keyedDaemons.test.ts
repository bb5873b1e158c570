/**
 * Goal: a probe with a key tells a live daemon from a dead and from a hung one, and never calls it down for a key that
 * it does not know. Method: the real daemons in a network namespace of the test's own.
 */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { result } from '../../lib/probe/probe.ts';
import type { ProbeKind, ProbeResult } from '../../lib/probe/types.ts';
import { testKeys } from '../probe/testKeys.ts';
import { haveDaemons, OPENSSL, WIREGUARD } from './daemons/debian.ts';
import { type Keys, makeKeys } from './daemons/keys.ts';
import { type Namespace, openNamespace } from './daemons/namespace.ts';
import { startWireguard } from './daemons/wireguard.ts';
import { didNotRun } from './didNotRun.ts';
import { until } from './pause.ts';

jest.setTimeout(300_000);

const TIMEOUT_MS = 800;

const had = await haveDaemons([...WIREGUARD, OPENSSL]);
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
  });
}
