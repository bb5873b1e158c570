/** Goal: one check shows the whole account: appliances, sites, tunnels and endpoints, with what is wrong with each. Method: run in this process over the simulated account. */
import { expect, test } from '@jest/globals';
import { SimAccount } from '../../../lib/simulator/account.ts';
import { defaultAccount } from '../../../lib/simulator/defaults/account.ts';
import { defaultVpn } from '../../../lib/simulator/defaults/connections.ts';
import { DEFAULT_ENDPOINTS } from '../../../lib/simulator/defaults/endpoints.ts';
import { USUAL_DELAYS } from '../../../lib/simulator/delays.ts';
import type { Fault } from '../../../lib/simulator/faults.ts';
import { cliOver, START_AT } from '../open.ts';

const vpn = defaultVpn(START_AT - 86_400_000);
const [connection] = vpn.connections;
const [staff] = DEFAULT_ENDPOINTS;

async function check(faults: readonly Fault[], ...argv: readonly string[]) {
  const account = new SimAccount({
    snapshot: defaultAccount(START_AT),
    seed: 7,
    vantages: [{ id: 'here', subnetIds: [], isInVpc: false, closedTo: [] }],
    pace: USUAL_DELAYS,
    skewMsMax: 0,
    vpn,
    endpoints: DEFAULT_ENDPOINTS,
  });
  for (const fault of faults) account.faults.add(fault, 0, 1e9);
  await account.clock.run(60_000);
  return cliOver(account, ['check', ...argv]);
}

test('all well: appliances, sites with their tunnels, endpoints', async () => {
  const { out } = await check([]);
  expect(out).toContain('hq-a');
  expect(out).toContain('Site hq: 4 of 4 tunnels up, 2 customer devices');
  for (const { tunnels } of vpn.connections) {
    for (const { outsideIp } of tunnels) expect(out).toContain(outsideIp);
  }
  expect(out).toMatch(
    /staff +cvpn-endpoint-\S+ +available +answers \(tcp 443\) +eu-west-1a eu-west-1b/,
  );
  expect(out).toMatch(/partners +cvpn-endpoint-\S+ +available +answers \(udp 443\)/);
  expect(out).not.toMatch(/WARNING (Tunnel|Endpoint)|CRITICAL/);
});

test('what is wrong with a tunnel and with an endpoint, beside each other', async () => {
  const { out, exit } = await check([
    {
      kind: 'tunnel-down',
      connectionId: connection?.connectionId ?? '',
      outsideIp: connection?.tunnels[0]?.outsideIp ?? '',
      isBgp: false,
    },
    { kind: 'associations-lost', endpointId: staff?.endpointId ?? '', leaves: 1 },
  ]);
  expect(out).toContain('Site hq: 3 of 4 tunnels up');
  expect(out).toMatch(/WARNING TunnelDown/);
  expect(out).toMatch(/WARNING EndpointSingleZone staff/);
  expect(exit).toBe(2);
});
