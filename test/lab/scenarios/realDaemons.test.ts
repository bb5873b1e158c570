/**
 * Goal: an appliance whose host falls silent loses its routes, and gets them back when it answers again.
 * Method: two real daemons in network namespaces, strongSwan's charon probed by `ike` and nginx by `tls`; a packet filter
 * drops everything at one of them.
 */
import { expect, test } from '@jest/globals';
import { twoAppliances } from '../account/options.ts';
import { startCharon } from '../daemons/charon.ts';
import { haveDaemons } from '../daemons/debian.ts';
import { type Keys, makeKeys } from '../daemons/keys.ts';
import { type Daemon, type Namespace, openNamespace } from '../daemons/namespace.ts';
import { startNginx } from '../daemons/nginx.ts';
import { didNotRun } from '../didNotRun.ts';
import { openLab } from '../lab.ts';
import { until } from '../pause.ts';
import { expectOnlyPermittedWrites, movesOf, QUICK, untilCarriedBy } from './open.ts';

const MS_MAX = 400_000;
const had = await haveDaemons();

interface Kind {
  readonly name: string;
  readonly start: (namespace: Namespace, keys: Keys) => Promise<Daemon>;
  readonly probeAt: (address: string) => string;
  /** What its log holds once for each knock that it answered. */
  readonly answer: string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'strongSwan',
    start: (namespace, keys) => startCharon(namespace, keys.dir),
    probeAt: (address) => `ike:${address}:500`,
    answer: 'sending NO_PROPOSAL_CHOSEN',
  },
  {
    name: 'nginx',
    start: (namespace, keys) => startNginx(namespace, keys, 443),
    probeAt: (address) => `tls:${address}:443`,
    answer: 'while SSL handshaking',
  },
];

if (had.kind === 'lacking') {
  test('without the daemons, what did not run is said aloud', () => {
    didNotRun('failover between two strongSwan and between two nginx appliances', had.why);
    expect(had.why).not.toBe('');
  });
} else {
  test.each(KINDS)(
    '$name silent behind a packet filter: six routes leave, and come home when it answers again',
    async ({ start, probeAt, answer }) => {
      /** Of those that the end of its log still shows. */
      const answerCountOf = (daemon: Daemon): number => daemon.log().split(answer).length - 1;
      const keys = await makeKeys();
      const [a, b] = [await openNamespace(), await openNamespace()];
      const daemons = [await start(a, keys), await start(b, keys)];
      const lab = await openLab(
        twoAppliances({ probeA: probeAt(a.address), probeB: probeAt(b.address) }),
      );
      try {
        await lab.startWatcher({ own: QUICK });
        await until('both to have answered six knocks', () =>
          daemons.every((daemon) => answerCountOf(daemon) >= 6),
        );
        await a.drop();
        await untilCarriedBy(lab, 'vpn-b');
        expect(movesOf(lab)).toHaveLength(6);
        await a.pass();
        await untilCarriedBy(lab, 'vpn-a');
        expect(movesOf(lab)).toHaveLength(12);
        expectOnlyPermittedWrites(lab);
      } finally {
        await lab.close();
        await a.close();
        await b.close();
        await keys.remove();
      }
    },
    MS_MAX,
  );
}
