/** What a terminal shows, as an SVG that follows the reader's light or dark theme. Pure. */
import { type Markup, markup } from '../../lib/map/markup.ts';
import { PALETTES } from '../../lib/map/theme.ts';

const CELL_PX = 7.25;
const LINE_PX = 17;
const MARGIN_PX = 14;

/** The CSS class of each style that `styleText` of Node writes. */
const CLASSES: Readonly<Record<string, string>> = {
  '1': 'strong',
  '31': 'bad',
  '32': 'good',
  '33': 'warn',
  '90': 'dim',
};

/** A command and what it printed, in its colours; lines are wrapped after so many columns, as a terminal does. */
export function terminalPicture(command: string, printed: string, columns: number): string {
  const lines = [`\u001b[1m$ ${command}\u001b[22m`, ...printed.trimEnd().split('\n')]
    .map(spansOf)
    .flatMap((spans) => wrapped(spans, columns));
  const width = Math.ceil(columns * CELL_PX) + 2 * MARGIN_PX;
  const height = lines.length * LINE_PX + 2 * MARGIN_PX;
  const rows = lines.map((spans, index) => {
    const y = MARGIN_PX + 12 + index * LINE_PX;
    const parts = spans.map(({ text, name }) => markup`<tspan class="${name}">${text}</tspan>`);
    return markup`<text x="${MARGIN_PX}" y="${y}">${parts}</text>`;
  });
  const label = `Terminal: ${command}`;
  const svg = markup`<svg xmlns="http://www.w3.org/2000/svg" class="term" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${STYLE}<rect width="${width}" height="${height}" rx="6"/>${rows}</svg>`;
  return `${svg.toString().replaceAll('<text ', '\n<text ')}\n`;
}

interface Span {
  readonly text: string;
  readonly name: string;
}

/** A code that ends a style is in no class: what follows is plain. */
function spansOf(line: string): readonly Span[] {
  const [first = '', ...styled] = line.split('\u001b[');
  const spans = styled.map((part) => {
    const [code = ''] = part.split('m', 1);
    return { text: part.slice(code.length + 1), name: CLASSES[code] ?? 'plain' };
  });
  return [{ text: first, name: 'plain' }, ...spans].filter(({ text }) => text !== '');
}

function wrapped(spans: readonly Span[], columns: number): readonly (readonly Span[])[] {
  const lines: Span[][] = [[]];
  let room = columns;
  for (const { text, name } of spans) {
    for (let rest = text; rest !== ''; ) {
      if (room === 0) {
        lines.push([]);
        room = columns;
      }
      const part = rest.slice(0, room);
      lines.at(-1)?.push({ text: part, name });
      room -= part.length;
      rest = rest.slice(part.length);
    }
  }
  return lines;
}

const rules = ({ text, dim, good, bad, warn, card }: (typeof PALETTES)['light']): Markup =>
  markup`.term { fill: ${text}; } .term rect { fill: ${card}; } .term .dim { fill: ${dim}; } .term .good { fill: ${good}; } .term .bad { fill: ${bad}; } .term .warn { fill: ${warn}; }`;
const STYLE = markup`<style>.term text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; } .term .strong { font-weight: 700; } ${rules(PALETTES.light)} @media (prefers-color-scheme: dark) { ${rules(PALETTES.dark)} }</style>`;
