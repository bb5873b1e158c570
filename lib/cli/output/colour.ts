/** Text spans and their colours; control characters are replaced here and nowhere else. Pure. */
import { styleText } from 'node:util';
import { harmless } from './safeText.ts';

/** Colours are never the only sign: the words say the same. */
export type Colour = 'plain' | 'good' | 'warn' | 'bad' | 'dim' | 'strong';

export interface Span {
  readonly text: string;
  readonly colour: Colour;
}

export type Words = string | Span | readonly (string | Span)[];

export interface TextBlocks {
  readonly columns: number;
  readonly hasColour: boolean;
}

export const colour = (of: Colour, text: string): Span => ({ text, colour: of });

export const spansOf = (words: Words, plain: Colour = 'plain'): readonly Span[] =>
  (isList(words) ? words : [words]).map((one) =>
    typeof one === 'string'
      ? { text: harmless(one), colour: plain }
      : { ...one, text: harmless(one.text) },
  );

const isList = (words: Words): words is readonly (string | Span)[] => Array.isArray(words);

const FORMATS = {
  good: 'green',
  warn: 'yellow',
  bad: 'red',
  dim: 'gray',
  strong: 'bold',
} as const;

export function paint({ text, colour: of }: Span, { hasColour }: TextBlocks): string {
  if (!hasColour || of === 'plain') return text;
  return styleText(FORMATS[of], text, { validateStream: false });
}

export const widthOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { text }) => sum + cellsOf(text), 0);

/** Wide characters (CJK, emoji) take two cells: counted generously, for a column too wide is only a little ugly. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += character > '\u2e7f' ? 2 : 1;
  return cells;
}
