/**
 * Goal: a daemon that bans by the number of connections bans probes at a pace of its own choice, never at the one that docs/probes.md
 * gives. Method: ocserv with Debian's limits in a network namespace, probed from an address of another network.
 */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { isShutOut } from '../../lib/probe/history.ts';
import { result } from '../../lib/probe/probe.ts';
import type { ProbeResult } from '../../lib/probe/types.ts';
import { DAEMONS, haveDaemons, OCSERV } from './daemons/debian.ts';
import { type Keys, makeKeys } from './daemons/keys.ts';
import { type Namespace, openNamespace } from './daemons/namespace.ts';
import { startOcserv } from './daemons/ocserv.ts';
import { didNotRun } from './didNotRun.ts';
import { pause, until } from './pause.ts';

jest.setTimeout(300_000);

const TIMEOUT_MS = 800;
/** As packaged: one point a connection. */
const SCORE_MAX = 80;
/** `tls:443@20` and 1,200 s, both divided by 100. */
const PACE_MS = 200;
const RESET_S = 12;

const had = await haveDaemons([...DAEMONS, OCSERV]);
if (had.kind === 'lacking') didNotRun('ocserv', had.why);

if (had.kind === 'had') {
  describe('ocserv', () => {
    let namespace: Namespace;
    let keys: Keys;

    beforeAll(async () => {
      namespace = await openNamespace();
      await namespace.reachFrom('198.19.255.1');
      keys = await makeKeys();
    });

    afterAll(async () => {
      await namespace.close();
      await keys.remove();
    });

    const ask = (port: number): Promise<ProbeResult> => {
      const target = { key: 'lab', kind: 'tls', address: namespace.address, port } as const;
      return result(target, TIMEOUT_MS, AbortSignal.timeout(30_000));
    };

    test('bans probes without a pace at 80 points: from then on each connection is accepted and closed at once, which is no silence', async () => {
      const port = 443;
      await startOcserv(namespace, keys, port, { scoreMax: SCORE_MAX, resetS: 1_200 });
      await until('the first answer', async () => (await ask(port)).kind === 'up');
      let answered = 1;
      while (answered <= SCORE_MAX && (await ask(port)).kind === 'up') answered += 1;
      expect(answered).toBeGreaterThan(SCORE_MAX / 2);
      expect(answered).toBeLessThan(SCORE_MAX);
      const after = await ask(port);
      expect(after.kind === 'down' && isShutOut(after)).toBe(true);
    });

    test('bans none at 60 in the time in which it counts to 80, however long', async () => {
      const port = 444;
      await startOcserv(namespace, keys, port, { scoreMax: SCORE_MAX, resetS: RESET_S });
      await until('the first answer', async () => (await ask(port)).kind === 'up');
      const kinds: string[] = [];
      for (let count = 0; count < 2 * SCORE_MAX; count += 1) {
        await pause(PACE_MS);
        kinds.push((await ask(port)).kind);
      }
      expect(kinds.filter((kind) => kind === 'down')).toEqual([]);
    });
  });
}
