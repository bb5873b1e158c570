/** What a command has to say, as plain data; colours, wrapping and harmlessness are settled here and nowhere else. */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { harmless } from './safeText.ts';

/** Colours are never the only sign: the words say the same. */
export type Ink = 'plain' | 'good' | 'warn' | 'bad' | 'dim' | 'strong';

export interface Span {
  readonly text: string;
  readonly ink: Ink;
}

export type Words = string | Span | readonly (string | Span)[];

export type Block =
  | { readonly kind: 'blank' }
  | { readonly kind: 'title'; readonly words: Words }
  /** Wrapped; `hang` is how much deeper the lines after the first begin. */
  | {
      readonly kind: 'line';
      readonly words: Words;
      readonly indent: number;
      readonly hang: number;
    }
  /** The last column wraps; the others are cut short only where the paper is too narrow. */
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly Words[])[];
    };

export interface Paper {
  readonly columns: number;
  readonly hasColour: boolean;
}

/** The blocks as text, no wider than the paper, ending with a line break. */
export function render(blocks: readonly Block[], paper: Paper): string {
  const lines = blocks.flatMap((block) => renderBlock(block, paper));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

export const ink = (of: Ink, text: string): Span => ({ text, ink: of });
export const blank: Block = { kind: 'blank' };
export const title = (words: Words): Block => ({ kind: 'title', words });
export const line = (words: Words, indent = 0, hang = 2): Block => ({
  kind: 'line',
  words,
  indent,
  hang,
});
export const table = (head: readonly string[], rows: readonly (readonly Words[])[]): Block => ({
  kind: 'table',
  head,
  rows,
});

/** `3 routes`, `1 route`. */
export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;

function renderBlock(block: Block, paper: Paper): readonly string[] {
  switch (block.kind) {
    case 'blank':
      return [''];
    case 'title':
      return wrap(spansOf(block.words, 'strong'), 0, 2, paper);
    case 'line':
      return wrap(spansOf(block.words), block.indent, block.hang, paper);
    case 'table':
      return layTable(block.head, block.rows, paper);
    default:
      return block satisfies never;
  }
}

const spansOf = (words: Words, plain: Ink = 'plain'): readonly Span[] =>
  (isList(words) ? words : [words]).map((one) =>
    typeof one === 'string'
      ? { text: harmless(one), ink: plain }
      : { ...one, text: harmless(one.text) },
  );

const isList = (words: Words): words is readonly (string | Span)[] => Array.isArray(words);

/** Word by word, so that a colour never crosses a line's end. */
function wrap(
  spans: readonly Span[],
  indent: number,
  hang: number,
  paper: Paper,
): readonly string[] {
  const lines: string[] = [];
  let text = ' '.repeat(indent);
  let length = indent;
  let isFresh = true;
  for (const piece of piecesOf(spans)) {
    const isTooLong = length + piece.length > paper.columns;
    if (isTooLong && !isFresh) {
      lines.push(text);
      text = ' '.repeat(indent + hang);
      length = indent + hang;
      isFresh = true;
    }
    if (isFresh && piece.isSpace) continue;
    text += piece.spans.map((span) => paint(span, paper)).join('');
    length += piece.length;
    isFresh = false;
  }
  return [...lines, text];
}

interface Piece {
  readonly spans: readonly Span[];
  readonly length: number;
  readonly isSpace: boolean;
}

/** Words and the spaces between them; a word may be of several spans, as in `(`, `red`, `)`. */
function piecesOf(spans: readonly Span[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const span of spans) {
    for (const text of span.text.split(/( +)/)) {
      if (text === '') continue;
      const isSpace = text.startsWith(' ');
      const last = pieces.at(-1);
      const one = { ...span, text };
      const length = cellsOf(text);
      if (last !== undefined && !isSpace && !last.isSpace) {
        pieces[pieces.length - 1] = {
          spans: [...last.spans, one],
          length: last.length + length,
          isSpace,
        };
      } else pieces.push({ spans: [one], length, isSpace });
    }
  }
  return pieces;
}

const FORMATS = {
  good: 'green',
  warn: 'yellow',
  bad: 'red',
  dim: 'gray',
  strong: 'bold',
} as const;

function paint({ text, ink: of }: Span, { hasColour }: Paper): string {
  if (!hasColour || of === 'plain') return text;
  return styleText(FORMATS[of], text, { validateStream: false });
}

const INDENT = 2;
const GAP = 2;
/** Narrower than this the last column is unreadable: the others give way first. */
const LAST_MIN = 24;
const COLUMN_MIN = 8;

function layTable(
  head: readonly string[],
  rows: readonly (readonly Words[])[],
  paper: Paper,
): readonly string[] {
  const cells = rows.map((row) => row.map((words) => spansOf(words)));
  const natural = head.map((name, at) =>
    Math.max(name.length, ...cells.map((row) => widthOf(row[at] ?? []))),
  );
  const grid = new Table({
    chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    head: head.map((name) => paint({ text: name, ink: 'dim' }, paper)),
    colWidths: widths(natural, paper.columns - INDENT - GAP * (head.length - 1)),
    wordWrap: true,
  });
  for (const row of cells) grid.push(row.map((spans) => cellOf(spans, paper)));
  return grid
    .toString()
    .split('\n')
    .map((text) => ' '.repeat(INDENT) + text);
}

/** Each word painted alone, because the grid breaks lines between words. */
const cellOf = (spans: readonly Span[], paper: Paper): string =>
  spans
    .map((span) =>
      span.text
        .split(' ')
        .map((text) => (text === '' ? '' : paint({ ...span, text }, paper)))
        .join(' '),
    )
    .join('');

const widthOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { text }) => sum + cellsOf(text), 0);

/** Wide characters (CJK, emoji) take two cells: counted generously, for a column too wide is only a little ugly. */
function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += character > '\u2e7f' ? 2 : 1;
  return cells;
}

/** Natural widths where they fit; else the last column shrinks first, then the widest of the others. */
function widths(natural: readonly number[], room: number): number[] {
  const fitted = [...natural];
  const last = fitted.length - 1;
  const over = () => fitted.reduce((sum, width) => sum + width, 0) - room;
  const shrink = (at: number, min: number) => {
    const width = fitted[at] ?? 0;
    fitted[at] = Math.max(Math.min(width, min), width - Math.max(0, over()));
  };
  shrink(last, LAST_MIN);
  for (let tries = 0; tries < last && over() > 0; tries += 1) {
    const widest = fitted
      .slice(0, last)
      .reduce((at, width, index) => (width > (fitted[at] ?? 0) ? index : at), 0);
    shrink(widest, COLUMN_MIN);
  }
  return fitted;
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
} as const;
