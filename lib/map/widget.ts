/** Parses the event of a CloudWatch custom widget. Pure. */
import * as v from 'valibot';
import type { Theme } from './theme.ts';

export type Asked =
  /** "Get documentation" in the widget's editor. */
  | { readonly kind: 'describe' }
  | {
      readonly kind: 'draw';
      /** The region of the widget's parameters; null: the first that is watched. */
      readonly region: string | null;
      /** The state in words, the map, or both in one tile. */
      readonly show: 'state' | 'map' | 'all';
      readonly widthPx: number;
      readonly theme: Theme;
    };

/**
 * Never throws: what is not understood is drawn with the defaults. The shape of the event is that of the CloudWatch user
 * guide, "Create a custom widget", 2026-11.
 */
export function readWidget(event: unknown): Asked {
  if (v.is(v.object({ describe: v.literal(true) }), event)) return { kind: 'describe' };
  const { region, show, widgetContext } = v.parse(Event, event);
  const { width, theme } = widgetContext;
  return {
    kind: 'draw',
    region,
    show,
    widthPx: Math.min(WIDTH_PX_MAX, Math.max(1, width - FRAME_PX)),
    theme,
  };
}

const WIDTH_PX = 900;
/** Wider than any screen; it bounds the memory that a request can cost. */
const WIDTH_PX_MAX = 8_000;
/** CloudWatch's own padding, left and right. */
const FRAME_PX = 24;

const Drawn = v.fallback(
  v.object({
    width: v.fallback(v.pipe(v.number(), v.finite()), WIDTH_PX),
    theme: v.fallback(v.picklist(['light', 'dark']), 'light'),
  }),
  { width: WIDTH_PX, theme: 'light' },
);

const Event = v.fallback(
  v.object({
    region: v.fallback(v.nullable(v.string()), null),
    show: v.fallback(v.picklist(['state', 'map', 'all']), 'all'),
    widgetContext: Drawn,
  }),
  { region: null, show: 'all', widgetContext: { width: WIDTH_PX, theme: 'light' } },
);

/** Markdown. */
export const DESCRIPTION = `# VPN map

Zones, route tables, appliances and the routes between them, as of the last refresh. It reads, and never
writes.

Parameter | What it is
---|---
**region** | The region to show, one of those that are watched. Default: the first of them.
**show** | \`state\`: who watches, and what is open, in words. \`map\`: the picture. Default: the picture and what is open.

\`\`\` yaml
region: eu-west-1
show: map
\`\`\`
`;
