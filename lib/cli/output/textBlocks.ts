/** A command's output as plain data; only this file wraps it, colours it and escapes control characters. */

import {
  cellsOf,
  paint,
  type Span,
  spansOf,
  type TextBlocks,
  type Words,
  widthOf,
} from './colour.ts';
import { layTable } from './table.ts';

export type Block =
  | { readonly kind: 'blank' }
  | { readonly kind: 'title'; readonly words: Words }
  /** Wrapped, or `isClipped` to one line; `hang` is how much deeper the lines after the first begin. */
  | {
      readonly kind: 'line';
      readonly words: Words;
      readonly indent: number;
      readonly hang: number;
      readonly isClipped?: boolean;
    }
  /** The last column wraps; the others are cut short only where the terminal is too narrow. */
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly Words[])[];
    };

/** The blocks as text, no wider than the terminal, ending with a line break. */
export function render(blocks: readonly Block[], textBlocks: TextBlocks): string {
  const lines = blocks.flatMap((block) => renderBlock(block, textBlocks));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

export const blank: Block = { kind: 'blank' };
export const title = (words: Words): Block => ({ kind: 'title', words });
export const line = (words: Words, indent = 0, hang = 2): Block => ({
  kind: 'line',
  words,
  indent,
  hang,
});
/** One line at most: where the terminal is too narrow, whole words are left out at its end. */
export const clipped = (words: Words): Block => ({
  kind: 'line',
  words,
  indent: 0,
  hang: 0,
  isClipped: true,
});
export const table = (head: readonly string[], rows: readonly (readonly Words[])[]): Block => ({
  kind: 'table',
  head,
  rows,
});

function renderBlock(block: Block, textBlocks: TextBlocks): readonly string[] {
  switch (block.kind) {
    case 'blank':
      return [''];
    case 'title':
      return wrap(spansOf(block.words, 'strong'), 0, 2, textBlocks);
    case 'line':
      return block.isClipped === true
        ? [paintLine(clip(spansOf(block.words), textBlocks.columns), textBlocks)]
        : wrap(spansOf(block.words), block.indent, block.hang, textBlocks);
    case 'table':
      return layTable(block.head, block.rows, textBlocks);
    default:
      return block satisfies never;
  }
}

/** Broken between words; a colour never crosses a line's end. */
function wrap(
  spans: readonly Span[],
  indent: number,
  hang: number,
  textBlocks: TextBlocks,
): readonly string[] {
  const lines: Span[][] = [];
  let current: Span[] = [spaces(indent)];
  let length = indent;
  let isFresh = true;
  for (const piece of piecesOf(spans)) {
    if (length + piece.length > textBlocks.columns && !isFresh) {
      lines.push(current);
      current = [spaces(indent + hang)];
      length = indent + hang;
      isFresh = true;
    }
    if (isFresh && piece.isSpace) continue;
    current.push(...piece.spans);
    length += piece.length;
    isFresh = false;
  }
  return [...lines, current].map((one) => paintLine(one, textBlocks));
}

/** An identifier that does not fit is left out, never cut. */
function clip(spans: readonly Span[], columns: number): readonly Span[] {
  if (widthOf(spans) <= columns) return spans;
  let room = columns - 3;
  const pieces = piecesOf(spans);
  const end = pieces.findIndex((piece) => {
    room -= piece.length;
    return room < 0;
  });
  return [
    ...pieces.slice(0, end).flatMap((piece) => piece.spans),
    { text: '...', colour: 'plain' },
  ];
}

const spaces = (number: number): Span => ({ text: ' '.repeat(number), colour: 'plain' });

/** Neighbours of one colour are painted together. */
function paintLine(spans: readonly Span[], textBlocks: TextBlocks): string {
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last?.colour === span.colour)
      merged[merged.length - 1] = { ...last, text: last.text + span.text };
    else merged.push(span);
  }
  return merged.map((span) => paint(span, textBlocks)).join('');
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
