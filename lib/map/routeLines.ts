/** The lines between tables and appliances, where there is room for them. Pure. */
import type { Box, MapLayout } from './layout.ts';
import { type Markup, markup } from './markup.ts';
import { describeWay } from './routes.ts';

/** One curve a way, from its table down to what carries it; a dotted one to the home that it is away from. */
export function drawWays({ tables, appliances }: MapLayout): readonly Markup[] {
  const boxes = new Map(appliances.map(({ what, box }) => [what.id, box]));
  const topY = Math.min(...appliances.map(({ box }) => box.y));
  return tables.flatMap(({ what, box }) =>
    what.ways.flatMap((way, index) => {
      const start = {
        x: box.x + (box.width * (index + 1)) / (what.ways.length + 1),
        y: box.y + box.height,
      };
      const { ink } = describeWay(way, (id) => id);
      const nextHop = boxes.get(way.nextHop);
      const preferred =
        way.preferred === null || way.preferred === way.nextHop
          ? undefined
          : boxes.get(way.preferred);
      return [
        ...(preferred === undefined
          ? []
          : [markup`<path class="origin" d="${pathTo(preferred, start, topY)}"/>`]),
        ...(nextHop === undefined
          ? []
          : [markup`<path class="way ${ink}" d="${pathTo(nextHop, start, topY)}"/>`]),
      ];
    }),
  );
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Boxes further down a pile are reached along its left side: a line behind a box leads nowhere. */
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
