/** Each state of a way in words of its own: colour is never the only sign. */
import { expect, test } from '@jest/globals';
import { describeWay } from '../../lib/map/routes.ts';
import type { MapWay } from '../../lib/map/scene.ts';
import { aWay } from './aScene.ts';

const name = (id: string) => id.replace('i-', 'vpn-');

test.each<[Partial<MapWay>, string, string]>([
  [{}, '✓ 10.20.0.0/16 → vpn-a1, preferred', 'good'],
  [{ preferred: null }, '✓ 10.20.0.0/16 → vpn-a1, no home', 'good'],
  [{ destinations: ['10.0.0.0/8', 'x', 'y'] }, '✓ 10.0.0.0/8 +2 → vpn-a1, preferred', 'good'],
  [{ state: 'failedOver', preferred: 'i-b1' }, '⇄ 10.20.0.0/16 → vpn-a1, away from vpn-b1', 'warn'],
  [{ state: 'lost' }, '✕ 10.20.0.0/16 → vpn-a1, LOST', 'bad'],
  [{ state: 'unsure' }, '? 10.20.0.0/16 → vpn-a1, unsure', 'warn'],
  [{ isPool: true, isPinned: true }, '✓ 10.20.0.0/16 → vpn-a1, preferred, pool, pinned', 'good'],
])('%j reads %j', (over, text, ink) => {
  expect(describeWay(aWay(over), name)).toEqual({ text, ink });
});
