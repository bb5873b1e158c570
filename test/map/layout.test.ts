/** Everything has its place, at every width. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Box, layOut, NO_ZONE, WIDTH_PX_MIN } from '../../lib/map/layout.ts';
import { zoneOf } from '../builders/facts.ts';
import { anAppliance, aRouteGroup, aScene, aTable } from './aScene.ts';

const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

interface Account {
  readonly appliances: readonly string[];
  readonly tables: readonly (string | null)[];
  readonly width: number;
}

describe('any account at any width', () => {
  const letters = fc.constantFrom('a', 'b', 'c', 'd');
  const account = fc.record({
    appliances: fc.array(letters, { maxLength: 12 }),
    tables: fc.array(fc.option(letters), { maxLength: 12 }),
    width: fc.integer({ min: 100, max: 2_500 }),
  });
  const layoutOf = ({ appliances, tables, width }: Account) =>
    layOut(
      aScene({
        zones: [
          ...new Set([...appliances, ...tables.flatMap((one) => one ?? [])].map(zoneOf)),
        ].toSorted(),
        appliances: appliances.map((letter, index) =>
          anAppliance({ id: `i-${index}`, zone: zoneOf(letter), pools: index % 2 ? ['x'] : [] }),
        ),
        tables: tables.map((letter, index) =>
          aTable({
            id: `rtb-${index}`,
            zone: letter === null ? null : zoneOf(letter),
            routeGroups: [aRouteGroup(), aRouteGroup()].slice(index % 2),
          }),
        ),
      }),
      width,
    );

  test('lies within the picture, nothing over anything else, nothing left out', () => {
    fc.assert(
      fc.property(account, (asked) => {
        const layout = layoutOf(asked);
        const things = [layout.tables, layout.appliances, layout.sites, layout.endpoints].flat();
        expect(things.length).toBe(asked.appliances.length + asked.tables.length + 2);
        for (const { box } of [...things, ...layout.zones]) {
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.y).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(layout.width + 0.01);
          expect(box.y + box.height).toBeLessThanOrEqual(layout.height + 0.01);
        }
        for (const [index, { box }] of things.entries()) {
          for (const other of things.slice(index + 1)) expect(overlaps(box, other.box)).toBe(false);
        }
      }),
    );
  });

  test('is as wide as asked, and never narrower than can be read', () => {
    fc.assert(
      fc.property(account, (asked) => {
        expect(layoutOf(asked).width).toBe(Math.max(WIDTH_PX_MIN, asked.width));
      }),
    );
  });
});

test.each([
  [420, false],
  [390, true],
])('two zones at %j px stand below each other: %j', (width, isStacked) => {
  expect(layOut(aScene(), width).isStacked).toBe(isStacked);
});

test('a table that no zone owns stands in a column of its own, and no such column without one', () => {
  const names = (zone: string | null) =>
    layOut(aScene({ tables: [aTable({ zone })] }), 900).zones.map(({ what }) => what);
  expect(names(null)).toEqual([zoneOf('a'), zoneOf('b'), NO_ZONE]);
  expect(names(zoneOf('a'))).toEqual([zoneOf('a'), zoneOf('b')]);
});
