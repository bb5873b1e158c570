/**
 * Goal: every kind of probe tells a live daemon from a hung and a killed one, and takes no answer from another address.
 * Method: the real daemons in a network namespace of the test's own; a hung one is stopped by SIGSTOP, and for the other
 * address its kernel rewrites the source of each true answer.
 */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { result } from '../../lib/probe/probe.ts';
import type { ProbeKind, ProbeResult } from '../../lib/probe/types.ts';
import { testKeys } from '../probe/testKeys.ts';
import { startCharon } from './daemons/charon.ts';
import { DAEMONS, haveDaemons, RADIUS, WIREGUARD } from './daemons/debian.ts';
import { startFreeradius } from './daemons/freeradius.ts';
import { type Keys, makeKeys } from './daemons/keys.ts';
import { type Daemon, type Namespace, openNamespace } from './daemons/namespace.ts';
import { startNginx } from './daemons/nginx.ts';
import { type OpenvpnSeal, startOpenvpn } from './daemons/openvpn.ts';
import { startWireguard } from './daemons/wireguard.ts';
import { didNotRun } from './didNotRun.ts';
import { until } from './pause.ts';

jest.setTimeout(300_000);

const TIMEOUT_MS = 800;
/** Of TEST-NET-2 (RFC 5737). */
const OTHER_ADDRESS = '198.51.100.9';
const SECRET = 'of-the-lab';

interface Started {
  readonly daemon: Daemon;
  readonly keyText?: string;
}

type Start = (namespace: Namespace, keys: Keys, port: number) => Promise<Started>;

const charon: Start = async (namespace, { dir }) => ({ daemon: await startCharon(namespace, dir) });

const nginx =
  (isOverTls: boolean): Start =>
  async (namespace, keys, port) => ({
    daemon: await startNginx(namespace, keys, port, isOverTls),
  });

const openvpn =
  (protocol: 'udp' | 'tcp', seal: OpenvpnSeal): Start =>
  async (namespace, keys, port) => {
    const daemon = await startOpenvpn(namespace, keys, { protocol, port, seal });
    return seal === 'none' ? { daemon } : { daemon, keyText: daemon.keyText };
  };

const wireguard: Start = async (namespace, { dir }, port) => {
  const daemon = await startWireguard(namespace, dir, port);
  return { daemon, keyText: daemon.peerKeyText };
};

const radius: Start = async (namespace, { dir }, port) => ({
  daemon: await startFreeradius(namespace, dir, port, SECRET),
  keyText: `Secret = ${SECRET}`,
});

const had = await haveDaemons([...WIREGUARD, ...DAEMONS, RADIUS]);
if (had.kind === 'lacking') didNotRun('a daemon of every kind of probe', had.why);

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

    test.each<readonly [ProbeKind, string, number, Start, 'up' | 'down']>([
      // The kernel accepts for a process that stands still.
      ['tcp', 'nginx', 8_079, nginx(false), 'up'],
      ['http', 'nginx', 8_080, nginx(false), 'down'],
      ['https', 'nginx', 8_443, nginx(true), 'down'],
      ['tls', 'nginx', 8_444, nginx(true), 'down'],
      ['ike', 'charon', 500, charon, 'down'],
      ['ike', 'charon', 4_500, charon, 'down'],
      ['openvpn', 'OpenVPN', 1_201, openvpn('udp', 'none'), 'down'],
      ['openvpn', 'OpenVPN with tls-auth', 1_202, openvpn('udp', 'tls-auth'), 'down'],
      ['openvpn', 'OpenVPN with tls-crypt', 1_203, openvpn('udp', 'tls-crypt'), 'down'],
      ['openvpn', 'OpenVPN with tls-crypt-v2', 1_204, openvpn('udp', 'tls-crypt-v2'), 'down'],
      ['openvpn-tcp', 'OpenVPN', 1_205, openvpn('tcp', 'none'), 'down'],
      ['openvpn-tcp', 'OpenVPN with tls-crypt', 1_206, openvpn('tcp', 'tls-crypt'), 'down'],
      ['wireguard', 'WireGuard', 51_820, wireguard, 'down'],
      ['radius', 'FreeRADIUS', 1_812, radius, 'down'],
    ])(
      '%s of %s at %i: up; down when its answers come from another address, and when killed; when hung as stated',
      async (kind, _name, port, start, whenHung) => {
        const { daemon, keyText } = await start(namespace, keys, port);
        const own = testKeys(keyText === undefined ? {} : { '/own': keyText });
        const target = {
          key: 'lab',
          kind,
          address: namespace.address,
          port,
          ...(keyText !== undefined && { keyName: '/own' }),
        };
        // A stall of this process is no answer: then it asks again.
        const ask = (): Promise<ProbeResult['kind']> =>
          until(`a certain answer to ${kind}`, async () => {
            const answered = await result(target, TIMEOUT_MS, AbortSignal.timeout(30_000), own);
            return answered.kind === 'unknown' ? null : answered.kind;
          });
        const untilUp = () => until(`${kind} to answer`, async () => (await ask()) === 'up');

        await untilUp();
        const disguise = await namespace.answerFrom(OTHER_ADDRESS);
        expect(await ask()).toBe('down');
        expect(await disguise.packetCount()).toBeGreaterThan(0);
        await disguise.end();
        await untilUp();
        process.kill(daemon.pid, 'SIGSTOP');
        expect(await ask()).toBe(whenHung);
        process.kill(daemon.pid, 'SIGCONT');
        await untilUp();
        await daemon.kill();
        expect(await ask()).toBe('down');
      },
    );
  });
}
