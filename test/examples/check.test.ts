/** Goal: what check finds in an account, the replay of its capture finds too. Method: the made-up accounts, broken, by both commands. */
import { expect, test } from '@jest/globals';
import { parseCapture } from '../cases/parse.ts';
import { linesOf, playCaptures } from '../cases/play.ts';
import { cli } from '../cli/open.ts';
import { broken } from './broken.ts';
import { EXAMPLES, takenOf } from './captures.ts';
import { clientsOf } from './serve.ts';

test.each(EXAMPLES.map((made) => [made.file, broken(made)] as const))(
  '%s, broken: every critical finding of check is detected by the replay',
  async (_file, made) => {
    const clock = { now: () => made.at, monotonicMs: () => 0, sleep: async () => {} };
    const argv = ['check', '--json', '--region', made.region, '--state-table', 't'];
    const store = async () => ({
      read: async () => ({ known: true, value: [], at: made.at }) as const,
      write: async () => ({ kind: 'failed', why: 'read only' }) as const,
    });
    const { out } = await cli(argv, { clients: { ...clientsOf(made)(), store }, clock });
    const found: readonly { readonly reason: string; readonly severity: string }[] =
      JSON.parse(out).findings;
    const critical = found.filter(({ severity }) => severity === 'critical');
    const played = linesOf(await playCaptures([parseCapture(await takenOf(made))]), ['detected']);
    expect(critical.length).toBeGreaterThan(0);
    for (const { reason } of critical) {
      expect(played).toContainEqual(expect.stringContaining(` ${reason} `));
    }
  },
);
