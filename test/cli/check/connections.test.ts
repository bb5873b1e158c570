/** Goal: check shows sites, connections and tunnels, what is wrong with them, and what it could not read. Method: run in this process, connections in memory. */
import { expect, test } from '@jest/globals';
import { known, type Reading, unknown } from '../../../lib/core/reading.ts';
import type { ConnectionFact } from '../../../lib/siteToSite/types/connection.ts';
import { aConnection, aGateway, DOWN, SILENT, T1 } from '../../builders/connections.ts';
import { cli, emptyVpn, START_AT, simAccount, simulatedClients } from '../open.ts';

async function check(connections: Reading<readonly ConnectionFact[]>, ...argv: readonly string[]) {
  const account = simAccount();
  const { clients, ports } = simulatedClients(account);
  let hasEnded = false;
  const running = cli(['check', ...argv], {
    clock: ports.clock,
    env: { AWS_REGION: 'eu-west-1' },
    clients: {
      ...clients,
      vpn: async () => ({
        ...emptyVpn(ports.clock),
        connections: async () => connections,
        customerGateways: async () => known([aGateway('a'), aGateway('b')], START_AT),
      }),
    },
  }).finally(() => {
    hasEnded = true;
  });
  await account.clock.run(account.clock.monotonicMs() + 120_000, () => hasEnded);
  return running;
}

const PAIR = known(
  [
    aConnection('a', { site: 'hq', one: DOWN, two: SILENT }),
    aConnection('b', { site: 'hq', isAccelerated: true, transport: 'private' }),
  ],
  START_AT,
);

test('a site with its tunnels, what each is, and what is wrong', async () => {
  const { out, exit } = await check(PAIR);
  expect(exit).toBe(2);
  expect(out).toContain('Site hq: 2 of 4 tunnels up, 2 customer devices');
  expect(out).toMatch(/berlin-a +vpn-0a +hq +198\.51\.100\.1 +DOWN +0 /);
  expect(out).toMatch(/198\.51\.100\.2 +unknown +\? /);
  expect(out).toMatch(
    /berlin-b, accelerated, private +vpn-0b +hq +198\.51\.100\.1 +up +1 .*not read yet/,
  );
  expect(out).toContain('TunnelDown');
});

test('the same as data', async () => {
  const { out } = await check(PAIR, '--json');
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    sites: [
      { id: 'site/hq', upCount: 2, tunnelCount: 4, devices: ['203.0.113.97', '203.0.113.98'] },
    ],
    connections: [
      {
        connectionId: 'vpn-0a',
        site: 'hq',
        routing: 'bgp',
        traits: [],
        tunnels: [{ status: 'down', words: 'DOWN, IPSEC IS DOWN' }, { status: 'unknown' }],
      },
      {
        connectionId: 'vpn-0b',
        traits: ['accelerated', 'private'],
        tunnels: [{ status: 'up' }, { status: 'up' }],
      },
    ],
    findings: expect.arrayContaining([
      expect.objectContaining({
        reason: 'TunnelDown',
        severity: 'warning',
        subject: expect.objectContaining({ id: T1 }),
      }),
    ]),
  });
});

test('an ignored connection is listed as information only', async () => {
  const facts = known(
    [aConnection('a', { ignored: 'lab', one: DOWN, two: DOWN }), aConnection('b')],
    START_AT,
  );
  const { out } = await check(facts, '--json');
  const { connections, findings } = JSON.parse(out);
  expect(connections[0]).toMatchObject({ ignored: 'lab', site: null });
  const ofIt = findings.filter(({ subject }: { subject: { id: string } }) =>
    subject.id.startsWith('vpn-0a'),
  );
  expect(new Set(ofIt.map(({ severity }: { severity: string }) => severity))).toEqual(
    new Set(['info']),
  );
});

test('connections that cannot be read are a doubt, and the appliances are there all the same', async () => {
  const { out } = await check(unknown('ec2:DescribeVpnConnections denied', START_AT), '--json');
  const report = JSON.parse(out);
  expect(report.objections).toContain(
    'connections cannot be read: ec2:DescribeVpnConnections denied',
  );
  expect(report.appliances.length).toBeGreaterThan(0);
  expect(report.connections).toEqual([]);
});

test('without connections nothing is said of them', async () => {
  const { out } = await check(known([], START_AT));
  expect(out).not.toContain('Site-to-Site');
});
