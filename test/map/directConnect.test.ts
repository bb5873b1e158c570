/** Direct Connect on the map, from what the poll remembers. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../lib/core/reading.ts';
import { mapDirectConnect } from '../../lib/map/directConnect.ts';
import { drawMap, summaryOf } from '../../lib/map/draw.ts';
import { assessNetwork } from '../../lib/network/assess.ts';
import { NO_NETWORK_MEMORY, recallNetwork } from '../../lib/network/state.ts';
import type { NetworkWorld, VirtualInterfaceFact } from '../../lib/network/types.ts';
import { NOW } from '../builders/facts.ts';
import { anIncident } from '../builders/incidents.ts';
import { aNetworkWorld } from '../builders/network.ts';
import { aScene } from './aScene.ts';

const vif = (over: Partial<VirtualInterfaceFact> = {}): VirtualInterfaceFact => ({
  interfaceId: 'dxvif-a',
  name: 'frankfurt',
  connectionId: 'dxcon-a',
  device: 'device-1',
  gatewayId: 'dxgw-1',
  isUp: true,
  ...over,
});
const GATEWAY = {
  directConnectGatewayId: 'dxgw-1',
  gatewayIds: ['tgw-1', 'vgw-2'],
  interfaceIds: ['dxvif-a'],
};

/** Through the memory as it is stored. */
function after(
  directConnect: NetworkWorld['directConnect'],
  memory = NO_NETWORK_MEMORY,
): typeof memory {
  const next = assessNetwork(aNetworkWorld({ directConnect }), [], memory, NOW).memory;
  return recallNetwork(JSON.parse(JSON.stringify(next)));
}
const seen = (...interfaces: readonly VirtualInterfaceFact[]) =>
  after(known({ interfaces, gateways: [GATEWAY] }, NOW));
const AT = new Date(NOW).toISOString();

test('each gateway with where it leads to, and each virtual interface below it', () => {
  const own = vif({ interfaceId: 'dxvif-b', name: 'direct', gatewayId: 'vgw-9' });
  expect(mapDirectConnect(seen(vif(), own), null, true)).toMatchObject([
    {
      name: 'Direct Connect',
      connections: [
        { name: 'dxgw-1', gateway: 'tgw-1, vgw-2', tunnels: [{ name: 'frankfurt' }] },
        { name: 'vgw-9', gateway: 'its VPC', tunnels: [{ name: 'direct' }] },
      ],
    },
  ]);
});

describe('a virtual interface', () => {
  const judged = (isUp: boolean | null, isCurrent = true, incidents = [incident('X', 'y')]) =>
    mapDirectConnect(seen(vif({ isUp })), { incidents }, isCurrent)[0]?.connections[0]?.tunnels[0];
  const incident = (reason: string, id: string) =>
    anIncident({ reason, summary: 'It is down.', subject: { ...anIncident().subject, id } });

  test.each([
    [true, true, 'well', `BGP up when read at ${AT}`],
    [false, true, 'down', `BGP down when read at ${AT}`],
    [null, true, 'unsure', 'AWS does not say'],
    [true, false, 'unsure', `BGP up when read at ${AT}; nothing polls now`],
    [false, false, 'unsure', `BGP down when read at ${AT}; nothing polls now`],
  ])('up: %p, polled: %p', (isUp, isCurrent, health, why) => {
    expect(judged(isUp, isCurrent)).toMatchObject({ health, why });
  });

  test.each([
    ['DirectConnectBgpDown', 'dxvif-a', 'down'],
    ['DirectConnectBgpDown', 'dxvif-other', 'well'],
    ['DirectConnectDown', 'dxcon-a', 'down'],
    ['DirectConnectDown', 'dxcon-other', 'well'],
    ['TunnelDown', 'dxvif-a', 'well'],
  ])('that was up is, with an open %s of %s, %s', (reason, id, health) => {
    expect(judged(true, true, [incident(reason, id)])?.health).toBe(health);
  });
});

test('what was read stands while it cannot be read; where there is none, nothing is drawn', () => {
  const before = seen(vif());
  const blind = after(unknown('denied', NOW + 3_600_000), before);
  expect(blind.directConnect).toEqual(before.directConnect);
  expect(mapDirectConnect(NO_NETWORK_MEMORY, null, true)).toEqual([]);
  expect(mapDirectConnect(seen(), null, true)).toEqual([]);
});

test('it is drawn as a card of its own, and is no site', () => {
  const scene = aScene({ sites: mapDirectConnect(seen(vif()), null, true) });
  expect(drawMap(scene, 900).toString()).toContain('<title>Direct Connect</title>');
  expect(summaryOf(scene)).toContain('0 sites');
});
