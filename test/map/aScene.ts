/** A map with one of everything, to be changed by the test that needs it otherwise. */
import type { MapAppliance, MapRouteGroup, MapScene, MapTable } from '../../lib/map/scene.ts';
import { ACCOUNT, NOW, REGION, zoneOf } from '../builders/facts.ts';

export const anAppliance = (over: Partial<MapAppliance> = {}): MapAppliance => ({
  id: 'i-a1',
  name: 'vpn-a1',
  group: 'hq',
  zone: zoneOf('a'),
  health: 'well',
  why: 'every probe answers',
  routeCount: 1,
  pools: [],
  ignored: null,
  ...over,
});

export const aRouteGroup = (over: Partial<MapRouteGroup> = {}): MapRouteGroup => ({
  destinations: ['10.20.0.0/16'],
  nextHop: 'i-a1',
  preferred: 'i-a1',
  state: 'preferred',
  isPool: false,
  isPinned: false,
  ...over,
});

export const aTable = (over: Partial<MapTable> = {}): MapTable => ({
  id: 'rtb-1',
  name: 'private-a',
  zone: zoneOf('a'),
  routeGroups: [aRouteGroup()],
  ...over,
});

export const aScene = (over: Partial<MapScene> = {}): MapScene => ({
  accountId: ACCOUNT,
  region: REGION,
  at: NOW,
  mode: 'act',
  zones: [zoneOf('a'), zoneOf('b')],
  appliances: [
    anAppliance(),
    anAppliance({ id: 'i-b1', name: 'vpn-b1', zone: zoneOf('b'), routeCount: 0 }),
  ],
  tables: [aTable()],
  sites: [
    {
      id: 'site-1',
      name: 'Berlin',
      connections: [
        {
          id: 'vpn-1',
          name: 'berlin-1',
          gateway: 'tgw-1',
          tunnels: [
            { id: 'vpn-1/203.0.113.1', name: '203.0.113.1', health: 'well', why: 'BGP up' },
            { id: 'vpn-1/203.0.113.2', name: '203.0.113.2', health: 'down', why: 'IPSEC IS DOWN' },
          ],
        },
      ],
    },
  ],
  endpoints: [
    {
      id: 'cvpn-endpoint-1',
      name: 'staff',
      zones: [zoneOf('a')],
      health: 'well',
      why: '12 clients',
    },
  ],
  incidents: [],
  held: [],
  gaps: [],
  ...over,
});
