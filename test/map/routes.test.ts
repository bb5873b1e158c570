/** Each state of a group of routes as text: colour is never the only sign. */
import { expect, test } from '@jest/globals';
import { describeRouteGroup } from '../../lib/map/routes.ts';
import type { MapRouteGroup } from '../../lib/map/scene.ts';
import { aRouteGroup } from './aScene.ts';

const name = (id: string) => id.replace('i-', 'vpn-');

test.each<[Partial<MapRouteGroup>, string, string]>([
  [{}, '✓ 10.20.0.0/16 → vpn-a1, preferred', 'good'],
  [{ preferred: null }, '✓ 10.20.0.0/16 → vpn-a1, none preferred', 'good'],
  [{ destinations: ['10.0.0.0/8', 'x', 'y'] }, '✓ 10.0.0.0/8 +2 → vpn-a1, preferred', 'good'],
  [
    { state: 'failedOver', preferred: 'i-b1' },
    '⇄ 10.20.0.0/16 → vpn-a1, failed over from vpn-b1',
    'warn',
  ],
  [{ state: 'lost' }, '✕ 10.20.0.0/16 → vpn-a1, LOST', 'bad'],
  [{ state: 'unsure' }, '? 10.20.0.0/16 → vpn-a1, unsure', 'warn'],
  [{ isPool: true, isPinned: true }, '✓ 10.20.0.0/16 → vpn-a1, preferred, pool, pinned', 'good'],
])('%j reads %j', (over, text, colour) => {
  expect(describeRouteGroup(aRouteGroup(over), name)).toEqual({ text, colour });
});
