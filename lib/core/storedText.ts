/** The JSON text of a stored item, read within bounds: a writer of the table must not be able to stop its readers. */
import { parseJson } from './json.ts';

/** The product stores nothing deeper than nine levels. */
const DEPTH_MAX = 32;
/** An object of two signs of text takes up to 208 bytes of heap: so many values fit into the smallest heap of a reader. */
const VALUES_MAX = 200_000;
/** Instants that can be written as text, with room for what is added to them. */
const NUMBER_MAX = 4e15;

/** Null for what is not JSON, is nested too deep, has too many values, or holds a number that can be no instant and no count. */
export function parseStored(text: string): unknown {
  const { depth, count } = sizeOf(text);
  if (depth > DEPTH_MAX || count > VALUES_MAX) return null;
  const body = parseJson(text);
  return body === undefined || !isBounded(body) ? null : body;
}

/** `count`: of values in objects and lists, and of these themselves. */
function sizeOf(text: string): { readonly depth: number; readonly count: number } {
  let depth = 0;
  let count = 0;
  let deepest = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (isInText) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isInText = false;
    } else if (sign === '"') isInText = true;
    else if (sign === '[' || sign === '{') {
      deepest = Math.max(deepest, (depth += 1));
      count += 1;
    } else if (sign === ']' || sign === '}') depth -= 1;
    else if (sign === ',') count += 1;
  }
  return { depth: deepest, count };
}

/** No deeper than `DEPTH_MAX` here. */
const isBounded = (value: unknown): boolean => {
  if (typeof value === 'number') return Math.abs(value) <= NUMBER_MAX;
  return typeof value !== 'object' || value === null || Object.values(value).every(isBounded);
};
