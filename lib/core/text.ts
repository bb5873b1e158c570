/** Foreign text made harmless: tags and names come from whoever may tag. Pure. */

/** One line: control, separator and invisible format characters become spaces. */
export const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ');

/** Printable ASCII only, starting with no space: what SNS takes as a subject everywhere. */
export const printable = (text: string): string =>
  oneLine(text)
    .replace(/[^\x20-\x7e]/gu, '?')
    .trimStart();

/** One line for a plain-text mail, in which nothing becomes a link but what we put there ourselves. */
export const plain = (text: string): string =>
  oneLine(text)
    .replaceAll('://', ': //')
    .replace(/\b(www|mailto)([.:])/gi, '$1 $2');

/** One line for chat markdown: no markup, link, mention or HTML can come of it. */
export const chatText = (text: string): string =>
  plain(text)
    .replace(/[<>[\]`*~|@&\\#!]/g, (character) => LOOKALIKES[character] ?? ' ')
    .replace(/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, '-');

const LOOKALIKES: Readonly<Record<string, string>> = {
  '<': '\u2039',
  '>': '\u203a',
  '[': '(',
  ']': ')',
  '`': "'",
  '*': '\u2217',
  '~': '\u223c',
  '|': '\u00a6',
  '@': '(at)',
  '&': '+',
  '\\': '/',
  '#': '\u2116',
  '!': '.',
};

/** At most `max` UTF-16 units: cut after a sentence where one ends in its second half, else after a word. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const room = text.slice(0, max - ELLIPSIS.length).replace(/[\ud800-\udbff]$/, '');
  const sentence = Math.max(room.lastIndexOf('. '), room.lastIndexOf('.\n')) + 1;
  if (sentence >= room.length / 2) return room.slice(0, sentence) + ELLIPSIS;
  const word = room.lastIndexOf(' ');
  return (word >= room.length / 2 ? room.slice(0, word) : room) + ELLIPSIS;
}

const ELLIPSIS = ' [...]';

export const counted = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? '' : 's'}`;
