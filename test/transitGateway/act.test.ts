/** Goal: what is written was right a moment before, by a leader that is not paused, and is read back. Method: ports in memory whose second answers differ from the first. */
import { expect, test } from '@jest/globals';
import type { ConnectionPath } from '../../lib/core/connectionPath.ts';
import { known, type Reading, unknown } from '../../lib/core/reading.ts';
import type { WriteAnswer } from '../../lib/core/routeWrite.ts';
import { actOnTransit } from '../../lib/transitGateway/act.ts';
import type { TransitMove, TransitOutcome } from '../../lib/transitGateway/types/plan.ts';
import type { TransitRouteFact } from '../../lib/transitGateway/types/transit.ts';
import { NOW, REGION } from '../builders/facts.ts';
import { calm, somePorts } from '../builders/ports.ts';
import {
  aPath,
  aRouteTo,
  DOWN_PATH,
  KEY,
  noTransit,
  ROUTE,
  TABLE,
  UNKNOWN_PATH,
} from '../builders/transit.ts';

const MOVE: TransitMove = {
  kind: 'failover',
  routeKey: KEY,
  tableId: TABLE,
  tableName: 'spokes',
  destination: ROUTE,
  group: 'core',
  from: 'vpn-0a',
  fromAttachmentId: 'tgw-attach-0a',
  to: 'vpn-0b',
  toAttachmentId: 'tgw-attach-0b',
  because: 'link-a is down',
};
const OTHER: TransitMove = {
  ...MOVE,
  routeKey: `${TABLE} 10.9.0.0/16`,
  destination: '10.9.0.0/16',
};

interface Account {
  readonly paths?: Reading<readonly ConnectionPath[]>;
  readonly routes?: Reading<readonly TransitRouteFact[]>;
  readonly answers?: readonly WriteAnswer[];
  /** False: a write has no effect that shows. */
  readonly shows?: boolean;
  readonly leads?: boolean;
  /** How often the pause is asked for before there is one. */
  readonly pausedAfter?: number;
  readonly readMs?: number;
  readonly moves?: readonly TransitMove[];
}

async function run(account: Account = {}) {
  const { clock } = somePorts();
  const { answers = [], shows = true, leads = true, moves = [MOVE], readMs = 0 } = account;
  const written: string[] = [];
  const moved = new Set<string>();
  let pauseAsked = 0;
  const own = ({ destination }: TransitMove) =>
    aRouteTo(moved.has(destination) && shows ? 'b' : 'a', destination);
  const acting = actOnTransit(
    {
      clock,
      region: REGION,
      paths: async () =>
        account.paths ?? known([aPath('a', { health: DOWN_PATH }), aPath('b')], NOW),
      transit: {
        ...noTransit,
        routes: async () => account.routes ?? known(moves.map(own), NOW),
        replaceRoute: async ({ destination, attachmentId }) => {
          written.push(`${destination} ${attachmentId}`);
          moved.add(destination);
          return answers[written.length - 1] ?? { kind: 'written' };
        },
      },
    },
    { actions: moves, held: [] },
    {
      confirmLease: async () => {
        await clock.sleep(readMs);
        return leads;
      },
      askPause: async () => {
        pauseAsked += 1;
        return pauseAsked > (account.pausedAfter ?? Number.POSITIVE_INFINITY) ? 'paused' : null;
      },
    },
    calm(),
  );
  await clock.run(clock.monotonicMs() + 60_000);
  return { said: (await acting).map(saidOf), written };
}

const saidOf = (outcome: TransitOutcome): string =>
  'why' in outcome ? `${outcome.kind}: ${outcome.why}` : outcome.kind;

const NONE: readonly string[] = [];

test('a move that is still right is written and read back', async () => {
  expect(await run()).toEqual({ said: ['done'], written: [`${ROUTE} tgw-attach-0b`] });
});

test('accepted and not shown is no success', async () => {
  expect((await run({ shows: false })).said).toEqual(['written']);
});

test('a lost answer whose effect shows is a success', async () => {
  expect((await run({ answers: [{ kind: 'unclear', why: 'lost' }] })).said).toEqual(['done']);
});

const UP_AGAIN = known([aPath('a'), aPath('b')], NOW);

test.each<readonly [string, Account, string]>([
  [
    'a connection that is up again',
    { paths: UP_AGAIN },
    'skipped: the connection that it leaves is not down any more',
  ],
  [
    'a target that is not known to be up any more',
    {
      paths: known([aPath('a', { health: DOWN_PATH }), aPath('b', { health: UNKNOWN_PATH })], NOW),
    },
    'deferred: its target is not known to be up any more',
  ],
  ['connections that cannot be read again', { paths: unknown('lost', NOW) }, 'deferred: lost'],
  ['a table that cannot be read again', { routes: unknown('lost', NOW) }, 'deferred: lost'],
  [
    'a route that another writer moved meanwhile',
    { routes: known([aRouteTo('c')], NOW) },
    'skipped: another writer moved the route meanwhile',
  ],
  [
    'a route that is not shown',
    { routes: known([], NOW) },
    'deferred: the table does not show the route any more',
  ],
  ['a lost lease', { leads: false }, 'deferred: the lease was lost before the write'],
  ['a pause', { pausedAfter: 0 }, 'deferred: paused'],
  ['reads that are 5,001 ms old', { readMs: 5_001 }, 'deferred: what was read is too old by now'],
])('%s: nothing is written', async (_what, account, why) => {
  expect(await run(account)).toEqual({ said: [why], written: NONE });
});

test('reads that are 5,000 ms old are fresh', async () => {
  expect((await run({ readMs: 5_000 })).said).toEqual(['done']);
});

test('a pause between two writes stops the second', async () => {
  const { said, written } = await run({ moves: [MOVE, OTHER], pausedAfter: 1 });
  expect(said).toEqual(['done', 'deferred: paused']);
  expect(written).toHaveLength(1);
});

test('after a throttled write no other is tried; after a refused one the next is', async () => {
  const throttled = { kind: 'throttled', why: 'limit' } as const;
  const refused = { kind: 'refused', why: 'denied' } as const;
  const moves = [MOVE, OTHER];
  expect((await run({ moves, answers: [throttled] })).said).toEqual([
    'deferred: limit',
    'deferred: EC2 throttled an earlier write',
  ]);
  expect((await run({ moves, answers: [refused] })).said).toEqual(['failed: denied', 'done']);
});

test('without a move nothing is read or written', async () => {
  expect(await run({ moves: [] })).toEqual({ said: [], written: NONE });
});
