/**
 * Goal: a capture stands in place of the account, for every command that reads one: the same findings, and what is not
 * recorded is unknown, never empty. Method: captures written from a simulated account.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../lib/simulator/defaults/clientVpn.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import { type Captured, captureText } from '../builders/capture.ts';
import { makeTempFolder } from '../tempFolder.ts';
import { cli, cliOver, START_AT, simAccount } from './open.ts';

let folder = '';
beforeAll(() => {
  folder = makeTempFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

const WHOLE: Captured = {
  snapshot: defaultAccount(START_AT),
  vpn: defaultVpn(START_AT),
  endpoints: DEFAULT_ENDPOINTS,
};

function fileOf(over: Partial<Captured> = {}): string {
  const path = join(folder, 'account.jsonl');
  writeFileSync(path, captureText({ ...WHOLE, ...over }));
  return path;
}

const checked = async (over: Partial<Captured> = {}, ...argv: readonly string[]) => {
  const { exit, out } = await cli(['check', '--json', '--capture', fileOf(over), ...argv]);
  return { exit, ...JSON.parse(out) };
};

test('check finds of a capture what it finds of the account, and opens no AWS client', async () => {
  const live = JSON.parse((await cliOver(simAccount(), ['check', '--json'])).out);
  const { exit, appliances, routes, findings, capture } = await checked();
  expect(exit).toBe(2);
  expect(capture).toBe(fileOf());
  const healths = (all: readonly Record<string, string>[]) =>
    all.map(({ name, health }) => `${name} ${health}`);
  expect(healths(appliances)).toEqual(healths(live.appliances));
  expect(routes).toEqual(live.routes);
  expect(findings.map(({ reason }: { reason: string }) => reason)).toContain('TableNotTagged');
});

test('connections and endpoints of the capture are judged: a connection without tunnels is down', async () => {
  const [first] = defaultVpn(START_AT).connections;
  if (first === undefined) throw new Error('no connection');
  const down = { status: 'down', words: 'DOWN, IPSEC IS DOWN', acceptedRouteCount: 0 } as const;
  const tunnels = first.tunnels.map((one) => ({ ...one, ...down }));
  const vpn = { ...defaultVpn(START_AT), connections: [{ ...first, tunnels }] };
  const { findings, endpoints, sites } = await checked({ vpn });
  expect(findings.map(({ reason }: { reason: string }) => reason)).toContain('ConnectionDown');
  expect(sites).toHaveLength(1);
  expect(endpoints.map(({ name }: { name: string }) => name)).toEqual(['staff', 'partners']);
});

test('what is not recorded is unknown and said so, and is no finding about the account', async () => {
  const { exit, objections, findings } = await checked({
    over: { DescribeVpnConnections: null, DescribeClientVpnEndpoints: null },
    snapshot: { ...WHOLE.snapshot, routeTables: WHOLE.snapshot.routeTables.slice(1, 4) },
  });
  expect(exit).toBe(1);
  // Of the account as it is: only daemons are proven there.
  const reasons = findings.map(({ reason }: { reason: string }) => reason);
  expect([...new Set(reasons)]).toEqual(['TunnelNotProven']);
  expect(objections).toEqual(['connections: not in the capture', 'endpoints: not in the capture']);
});

test('a capture of connections alone is checked: appliances are not in it', async () => {
  const none = Object.fromEntries(
    ['DescribeTags', 'DescribeInstances', 'DescribeRouteTables'].map((name) => [name, null]),
  );
  const { connections, objections } = await checked({ over: none });
  expect(connections).toHaveLength(3);
  expect(objections).toContain('tags: not in the capture');
});

test('an appliance that is silent in the capture is unsure; without the probes all are', async () => {
  const healthOf = (appliances: readonly Record<string, string>[]) =>
    appliances.filter(({ health }) => health === 'unsure').map(({ name }) => name);
  const silent = WHOLE.snapshot.instances
    .filter(({ name }) => name === 'hq-b')
    .flatMap(({ publicIp }) => publicIp ?? []);
  expect(healthOf((await checked({ silent })).appliances)).toEqual(['hq-b']);
  expect(healthOf((await checked({}, '--no-probes')).appliances)).toHaveLength(5);
});

test.each([
  [['check', '--vantages'], '--vantages and --capture exclude each other'],
  [['check', '--region', 'eu-north-1'], 'is of eu-west-1'],
])('%j over a capture of eu-west-1 is refused', async (argv, why) => {
  const { exit, err } = await cli([...argv, '--capture', fileOf()]);
  expect(exit).toBe(1);
  expect(err).toContain(why);
});

test('cost counts what the capture holds', async () => {
  const { exit, out } = await cli(['cost', '--json', '--capture', fileOf()]);
  expect(exit).toBe(0);
  expect(JSON.parse(out).inventory).toMatchObject({
    applianceCount: 5,
    connectionCount: 3,
    tunnelCount: 6,
    endpointCount: 2,
  });
});

test('what is down in the capture is down in a rehearsal of it, and said', async () => {
  const statuses = WHOLE.snapshot.statuses.map((one) =>
    one.instanceId === WHOLE.snapshot.instances.find(({ name }) => name === 'hq-b')?.instanceId
      ? { ...one, system: 'impaired' as const }
      : one,
  );
  const silent = WHOLE.snapshot.instances
    .filter(({ name }) => name === 'hq-b')
    .flatMap(({ publicIp }) => publicIp ?? []);
  const path = fileOf({ snapshot: { ...WHOLE.snapshot, statuses }, silent });
  const { err, out } = await cli(['rehearse', '--capture', path, '--fail', 'host:hq-a']);
  expect(err).toContain('down in the capture, and in the rehearsal: hq-b');
  expect(out).toContain('hq-a -> hq-c');
  expect(out).not.toContain('hq-a -> hq-b');
}, 120_000);
