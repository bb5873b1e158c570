/** Foreign text made harmless: tags and names come from every principal that may tag. Pure. */

/** One line: control, separator and invisible format characters become spaces. */
export const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ' ');

/** Printable ASCII only, starting with no space: what SNS takes as a subject everywhere. Latin letters are transliterated. */
export const ascii = (text: string): string =>
  transliterated(text)
    .replace(/[^\x20-\x7e]/gu, '?')
    .trimStart();

/** Characters of GSM 03.38 that one octet holds, starting with no space: a short message with others has half the room. */
export const gsm = (text: string): string =>
  Array.from(oneLine(text).normalize('NFC'))
    .map((character) => (GSM.has(character) ? character : ascii(character) || ' '))
    .join('')
    .trimStart();

const transliterated = (text: string): string =>
  oneLine(text)
    .normalize('NFC')
    .replace(/[^\x20-\x7e]/gu, (character) => LETTERS[character] ?? character)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');

/** Letters and signs that do not decompose, and the German ones, which are written with an e. */
const LETTERS: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ß: 'ss',
  æ: 'ae',
  Æ: 'Ae',
  ø: 'oe',
  Ø: 'Oe',
  å: 'aa',
  Å: 'Aa',
  œ: 'oe',
  Œ: 'Oe',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2018': "'",
  '\u2019': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u2026': '...',
  '\u2192': '->',
};

/** Of the basic set, without line ends; ASCII's \u0060 and those of the extension table, which take two octets, are not in it. */
const GSM: ReadonlySet<string> = new Set(
  '@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** One line for a plain-text mail, in which nothing becomes a link but what we put there ourselves. */
export const plain = (text: string): string =>
  oneLine(text)
    .replaceAll('://', ': //')
    .replace(/\b(www|mailto)([.:])/gi, '$1 $2')
    .replace(HOST_END, '[.]');

/**
 * Mail and chat make links of what ends like a host name: a label of letters behind a dot, whichever names of that kind there
 * are today. `eu-west-1` is no such label; `.internal` and `.local` are reserved for private networks, `.crl`, `.pem`,
 * other ends of a CA's files and systemd's `.service` are no domains.
 */
const HOST_END =
  /(?<=[\p{L}\p{N}])[.\u3002\uff0e\uff61](?!(?:cer|crl|crt|der|issued|internal|local|pem|service)(?![\p{L}\p{N}]))(?=(?:\p{L}{2,}|xn--[\p{L}\p{N}-]+)(?!-?[\p{L}\p{N}]))/giu;

/** A command in a plain-text mail: no link is made of it, and to a shell, inside quotes and outside, it is the same. */
export const plainCommand = (command: string): string =>
  oneLine(command).replace(LINK_SIGNS, "''$&");

const LINK_SIGNS = new RegExp(`(?<=:/)/|(?<=\\b(?:www|mailto))[.:]|${HOST_END.source}`, 'giu');

/** One word of a command that a notification or report names: no character of it can end the quotes. */
export const shellQuoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${oneLine(text).replaceAll("'", String.raw`'\''`)}'`;

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
