/** The map's colours and faces. Every colour has a word or a shape beside it that says the same. */
import { type Markup, markup } from './markup.ts';

/** `auto`: as the reader's system has it. */
export type Theme = 'light' | 'dark' | 'auto';

interface Palette {
  readonly text: string;
  readonly dim: string;
  readonly page: string;
  readonly card: string;
  readonly zone: string;
  readonly line: string;
  readonly good: string;
  readonly bad: string;
  readonly warn: string;
}

/** Text on page and card has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3); test/map/theme.test.ts counts it. */
export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    text: '#1b1f24',
    dim: '#57606a',
    page: '#ffffff',
    card: '#f6f8fa',
    zone: '#eef1f4',
    line: '#8c959f',
    good: '#116329',
    bad: '#b3151f',
    warn: '#7d4e00',
  },
  dark: {
    text: '#e6edf3',
    dim: '#a4adb8',
    page: '#0f1419',
    card: '#1c2430',
    zone: '#151b23',
    line: '#6e7a87',
    good: '#56d364',
    bad: '#ff8f88',
    warn: '#e3b341',
  },
};

export function styleOf(theme: Theme): Markup {
  const fixed = theme === 'auto' ? 'light' : theme;
  const dark =
    theme === 'auto'
      ? markup`@media (prefers-color-scheme: dark) { .vpnmap { ${variables(PALETTES.dark)} } }`
      : markup``;
  return markup`<style>.vpnmap { ${variables(PALETTES[fixed])} } ${dark} ${RULES}</style>`;
}

const variables = (palette: Palette): Markup =>
  Object.entries(palette).reduce<Markup>(
    (so, [name, colour]) => markup`${so} --${name}: ${colour};`,
    markup``,
  );

const RULES = markup`
.vpnmap { color: var(--text); background: var(--page); font: 13px/1.35 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.vpnmap svg { display: block; max-width: none; }
.vpnmap text { fill: var(--text); font-size: 12px; }
.vpnmap .head { font-size: 13px; font-weight: 600; }
.vpnmap .dim { fill: var(--dim); color: var(--dim); }
.vpnmap .zone { fill: var(--zone); }
.vpnmap .card { fill: var(--card); stroke: var(--line); stroke-width: 1; }
.vpnmap .down .card { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 6 3; }
.vpnmap .unsure .card { stroke: var(--warn); stroke-width: 2; stroke-dasharray: 2 3; }
.vpnmap .mark { font-weight: 700; }
.vpnmap .good { fill: var(--good); color: var(--good); }
.vpnmap .bad { fill: var(--bad); color: var(--bad); }
.vpnmap .warn { fill: var(--warn); color: var(--warn); }
.vpnmap path.route { fill: none; stroke: var(--line); stroke-width: 2; }
.vpnmap path.route.good { fill: none; stroke: var(--good); }
.vpnmap path.route.bad { fill: none; stroke: var(--bad); stroke-dasharray: 3 4; }
.vpnmap path.route.warn { fill: none; stroke: var(--warn); stroke-dasharray: 9 4; }
.vpnmap path.origin { fill: none; stroke: var(--dim); stroke-width: 1; stroke-dasharray: 1 4; }
.vpnmap h3 { font-size: 13px; margin: 12px 0 4px; }
.vpnmap ul { margin: 0; padding-left: 18px; }
.vpnmap li { margin: 3px 0; overflow-wrap: anywhere; }
.vpnmap p { margin: 0 0 8px; overflow-wrap: anywhere; }
`;
