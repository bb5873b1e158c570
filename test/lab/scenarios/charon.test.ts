/**
 * Goal: a strongSwan appliance whose host falls silent loses its routes, and gets them back when it answers again.
 * Method: two real charons in network namespaces, probed by `ike`; a packet filter drops everything at one of them.
 */
import { expect, test } from '@jest/globals';
import { twoAppliances } from '../account/wish.ts';
import { startCharon } from '../daemons/charon.ts';
import { didNotRun, haveDaemons } from '../daemons/debian.ts';
import { makeKeys } from '../daemons/keys.ts';
import { type Daemon, openNamespace } from '../daemons/namespace.ts';
import { openLab } from '../lab.ts';
import { until } from '../pause.ts';
import { expectOnlyPermittedWrites, movesOf, QUICK, untilCarriedBy } from './stage.ts';

const MS_MAX = 180_000;
const had = await haveDaemons();

/** Of those that the end of its log still shows. */
const answerCountOf = (daemon: Daemon): number =>
  daemon.log().split('sending NO_PROPOSAL_CHOSEN').length - 1;

if (had.kind === 'lacking') {
  test('without strongSwan, what did not run is said aloud', () => {
    didNotRun('failover between two strongSwan appliances', had.why);
    expect(had.why).not.toBe('');
  });
} else {
  test(
    'strongSwan silent behind a packet filter: six routes leave, and come home when it answers again',
    async () => {
      const keys = await makeKeys();
      const [a, b] = [await openNamespace(), await openNamespace()];
      const daemons = [await startCharon(a, keys.dir), await startCharon(b, keys.dir)];
      const lab = await openLab(
        twoAppliances({ probeA: `ike:${a.address}:500`, probeB: `ike:${b.address}:500` }),
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
