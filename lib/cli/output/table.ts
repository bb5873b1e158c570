/** A table without lines, no wider than the terminal. Pure. */
import Table from 'cli-table3';
import {
  cellsOf,
  paint,
  type Span,
  spansOf,
  type TextBlocks,
  type Words,
  widthOf,
} from './colour.ts';

const INDENT = 2;
const GAP = 2;
/** Narrower than this the last column is unreadable: the others shrink first. */
const LAST_MIN = 16;
const COLUMN_MIN = 8;

/** The last column wraps first; words of the others are cut, in their middle, only where the terminal is too narrow for that. */
export function layTable(
  head: readonly string[],
  rows: readonly (readonly Words[])[],
  textBlocks: TextBlocks,
): readonly string[] {
  const cells = rows.map((row) => row.map((words) => spansOf(words)));
  const natural = head.map((name, at) =>
    Math.max(name.length, ...cells.map((row) => widthOf(row[at] ?? []))),
  );
  const fitted = widths(natural, textBlocks.columns - INDENT - GAP * (head.length - 1));
  const textTable = new Table({
    chars: { ...NO_LINES, middle: ' '.repeat(GAP) },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    head: head.map((name) => paint({ text: name, colour: 'dim' }, textBlocks)),
    colWidths: fitted,
    wordWrap: true,
  });
  for (const row of cells) {
    textTable.push(row.map((spans, at) => cellOf(spans, fitted[at] ?? 0, textBlocks)));
  }
  return textTable
    .toString()
    .split('\n')
    .map((text) => ' '.repeat(INDENT) + text);
}

/** Each word painted alone, because the table breaks lines between words. */
const cellOf = (spans: readonly Span[], width: number, textBlocks: TextBlocks): string =>
  spans
    .map((span) =>
      span.text
        .split(' ')
        .map((text) =>
          text === '' ? '' : paint({ ...span, text: cutInMiddle(text, width) }, textBlocks),
        )
        .join(' '),
    )
    .join('');

/** Both ends of an identifier tell it from others; `--wide` shows it whole. */
function cutInMiddle(word: string, width: number): string {
  if (cellsOf(word) <= width || width < 3) return word;
  const end = Math.floor((width - 1) / 2);
  return `${word.slice(0, width - 1 - end)}…${word.slice(word.length - end)}`;
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
