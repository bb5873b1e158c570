/** Sites on the map, from what the poll remembers. */
import { expect, test } from '@jest/globals';
import { mapSites } from '../../lib/map/siteToSite.ts';
import { assessConnections } from '../../lib/siteToSite/assess.ts';
import { recallConnections } from '../../lib/siteToSite/state.ts';
import {
  aConnection,
  aWorldOf,
  BGP_DOWN,
  DOWN,
  IP1,
  IP2,
  SILENT,
} from '../builders/connections.ts';
import { NOW } from '../builders/facts.ts';

/** Through the memory as it is stored. */
const sitesAfter = (...connections: Parameters<typeof aWorldOf>[0]) =>
  mapSites(storedAfter(...connections), true);

const storedAfter = (...connections: Parameters<typeof aWorldOf>[0]) => {
  const { memory } = assessConnections(aWorldOf(connections), recallConnections(null), NOW);
  return recallConnections(JSON.parse(JSON.stringify(memory)));
};

test('each site has its connections, each connection its tunnels, ordered', () => {
  const sites = sitesAfter(
    aConnection('a', { site: 'Berlin' }),
    aConnection('b', { site: 'Oslo' }),
  );
  expect(sites.map(({ name }) => name)).toEqual(['Berlin', 'Oslo']);
  expect(sites[0]?.connections).toMatchObject([
    { name: 'berlin-a', gateway: 'vgw-0a', tunnels: [{ name: IP1 }, { name: IP2 }] },
  ]);
});

test.each([
  ['up', {}, 'well', /^well since/],
  ['down', DOWN, 'down', /^IPsec down since/],
  ['without BGP', BGP_DOWN, 'down', /^IPsec up, BGP down since/],
  ['silent', SILENT, 'unsure', /reports nothing/],
] as const)('a tunnel that is %s is shown as such', (_what, one, health, why) => {
  const [tunnel] = sitesAfter(aConnection('a', { one }))[0]?.connections[0]?.tunnels ?? [];
  expect(tunnel).toMatchObject({ health, why: expect.stringMatching(why) });
});

test.each([
  ['up', {}, 'well since'],
  ['down', DOWN, 'IPsec down since'],
] as const)(
  'a tunnel that was %s when nothing polls any more is neither up nor down',
  (_what, one, was) => {
    const [site] = mapSites(storedAfter(aConnection('a', { one })), false);
    const [tunnel] = site?.connections[0]?.tunnels ?? [];
    expect(tunnel?.health).toBe('unsure');
    expect(tunnel?.why).toMatch(new RegExp(`^at the last poll ${was} .*; nothing polls now$`));
  },
);

test('nothing remembered is no site', () => {
  expect(mapSites(recallConnections('garbage'), true)).toEqual([]);
});
