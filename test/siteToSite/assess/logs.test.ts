/** What the logs of a connection say of its outage: newest last, counted, cleaned, of this connection alone. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../../lib/core/reading.ts';
import { logLines } from '../../../lib/siteToSite/assess/logs.ts';
import { assessConnections } from '../../../lib/siteToSite/assess.ts';
import { readLogs } from '../../../lib/siteToSite/observe/logs.ts';
import type { ConnectionFact } from '../../../lib/siteToSite/types/connection.ts';
import { aConnection, aTunnel, aWorldOf, NOTHING, STRONG } from '../../builders/connections.ts';
import { NOW } from '../../builders/facts.ts';

const down = (over: Partial<ConnectionFact> = {}): ConnectionFact => {
  const connection = aConnection('a', over);
  const tunnels = connection.tunnels.map((one) =>
    aTunnel(one.outsideIp, {
      status: 'down',
      words: 'DOWN',
      changedAt: NOW - 60_000,
      options: { ...STRONG, logGroups: ['/vpn/a'] },
    }),
  );
  return { ...connection, tunnels };
};
const CONNECTION = down();
const { connectionId } = CONNECTION;
const ip = CONNECTION.tunnels[0]?.outsideIp ?? '';
const said = (details: string, at: number, stream = `${connectionId}-${ip}`) => ({
  at,
  stream,
  message: JSON.stringify({ details, ike_phase1_state: 'down' }),
});
const linesOf = (...events: readonly { at: number; stream: string; message: string }[]) =>
  logLines(CONNECTION, new Map([[connectionId, known(events, NOW)]]));

describe('lines', () => {
  test('the same words are counted, those of another connection are left out', () => {
    expect(
      linesOf(
        said('No Proposal Match Found by AWS', NOW - 120_000),
        said('Peer is not responsive - Declaring peer dead', NOW - 90_000),
        said('Peer is not responsive - Declaring peer dead', NOW - 30_000),
        said('of another', NOW, 'vpn-0other-192.0.2.1'),
      ),
    ).toEqual([
      expect.stringMatching(`^log, .*: ${ip}: No Proposal Match Found by AWS$`),
      expect.stringMatching(
        `^log, .*: ${ip}: Peer is not responsive - Declaring peer dead \\(2 times since .*\\)$`,
      ),
    ]);
  });

  test('the newest three of more, and a text entry as it is', () => {
    const lines = linesOf(...['a', 'b', 'c'].map((text, at) => said(text, NOW - 1_000 + at)), {
      at: NOW,
      stream: '',
      message: `${connectionId} ${ip} DPD timeout`,
    });
    expect(lines.map((line) => line.split(': ').at(-1))).toEqual([
      'b',
      'c',
      `${connectionId} ${ip} DPD timeout`,
    ]);
  });

  test('VpnLogDetail, and details within a message, are read; secrets are not shown', () => {
    const of = (entry: object) =>
      linesOf({ at: NOW, stream: connectionId, message: JSON.stringify(entry) });
    expect(of({ VpnLogDetail: 'one' })[0]).toMatch(/: one$/);
    expect(of({ type: 'BGPStatus', message: { details: 'two' } })[0]).toMatch(/: two$/);
    expect(of({ details: 'pre-shared-key: made-up-for-this-test' })[0]).toMatch(/: \(redacted\)$/);
  });

  test('what could not be read is said with the parameter, and what was not read is not said', () => {
    const denied = unknown('logs:FilterLogEvents: denied', NOW);
    expect(logLines(CONNECTION, new Map([[connectionId, denied]]))).toEqual([
      'the tunnel log cannot be read: logs:FilterLogEvents: denied (deploy parameter evidenceLogGroups)',
    ]);
    expect(logLines(CONNECTION, new Map())).toEqual([]);
  });
});

test('they are evidence of the outage', () => {
  const logs = new Map([[connectionId, known([said('Peer is dead', NOW)], NOW)]]);
  const { findings } = assessConnections(aWorldOf([CONNECTION], { logs }), NOTHING, NOW);
  for (const reason of ['ConnectionDown', 'TunnelDown']) {
    const found = findings.find((one) => one.reason === reason);
    expect(found?.evidence.at(-1)).toMatch(/Peer is dead$/);
  }
});

describe('reading', () => {
  const asked: string[] = [];
  const logs = {
    events: async ({ group }: { group: string }) => {
      asked.push(group);
      return known([], NOW);
    },
  };
  const read = async (...connections: readonly ConnectionFact[]) => {
    asked.length = 0;
    await readLogs({ logs }, connections, NOW, new AbortController().signal);
    return asked;
  };

  test('each group of a connection that has just lost a tunnel is asked once', async () => {
    expect(await read(CONNECTION)).toEqual(['/vpn/a']);
  });

  test.each<
    [string, (one: ConnectionFact['tunnels'][number]) => ConnectionFact['tunnels'][number]]
  >([
    ['is up', (one) => ({ ...one, status: 'up' })],
    ['went down long ago', (one) => ({ ...one, changedAt: 1 })],
    ['writes no log', (one) => ({ ...one, options: STRONG })],
  ])('none is asked of one that %s', async (_what, change) => {
    expect(await read({ ...CONNECTION, tunnels: CONNECTION.tunnels.map(change) })).toEqual([]);
  });

  test('at most three connections are asked in one pass', async () => {
    const many = ['a', 'b', 'c', 'd'].map((letter) => down({ connectionId: `vpn-0${letter}` }));
    expect(await read(...many)).toHaveLength(3);
  });
});
