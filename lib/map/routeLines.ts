/** The lines between tables and appliances, where there is room for them. Pure. */
import type { Box, MapLayout } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { describeRouteGroup } from './routes.ts';

/** One curve for each route group, from its table to its next hop; a dotted one to its preferred next hop when failed over. */
export function drawWays({ tables, appliances }: MapLayout): readonly Markup[] {
  const boxes = new Map(appliances.map(({ what, box }) => [what.id, box]));
  const topY = Math.min(...appliances.map(({ box }) => box.y));
  return tables.flatMap(({ what, box }) =>
    what.routeGroups.flatMap((routeGroup, index) => {
      const start = {
        x: box.x + (box.width * (index + 1)) / (what.routeGroups.length + 1),
        y: box.y + box.height,
      };
      const { colour } = describeRouteGroup(routeGroup, (id) => id);
      const nextHop = boxes.get(routeGroup.nextHop);
      const preferred =
        routeGroup.preferred === null || routeGroup.preferred === routeGroup.nextHop
          ? undefined
          : boxes.get(routeGroup.preferred);
      return [
        ...(preferred === undefined
          ? []
          : [markup`<path class="origin" d="${pathTo(preferred, start, topY)}"/>`]),
        ...(nextHop === undefined
          ? []
          : [markup`<path class="route ${colour}" d="${pathTo(nextHop, start, topY)}"/>`]),
      ];
    }),
  );
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Boxes further down a stack are reached along its left side. */
const GUTTER_PX = 5;
const REACH_PX = 18;

function pathTo(box: Box, start: Spot, topY: number): string {
  if (box.y <= topY) return curve(start, { x: box.x + box.width / 2, y: box.y });
  const side = { x: box.x - GUTTER_PX, y: topY - GUTTER_PX };
  const y = box.y + REACH_PX;
  return `${curve(start, side)} L${at(side.x, y)} L${at(box.x, y)}`;
}

function curve(from: Spot, to: Spot): string {
  const middle = (from.y + to.y) / 2;
  return `M${at(from.x, from.y)} C${at(from.x, middle)} ${at(to.x, middle)} ${at(to.x, to.y)}`;
}

const at = (x: number, y: number): string => `${Math.round(x)} ${Math.round(y)}`;
