/** HTML and SVG that cannot be forged: whatever is put into a template is escaped, unless it is markup itself. Pure. */

/** Only `markup` makes it, so that a tag's value can never pass for it. */
export class Markup {
  readonly #text: string;
  constructor(parts: readonly string[], values: readonly Value[]) {
    this.#text = parts.map((part, index) => part + textOf(values[index] ?? '')).join('');
  }
  toString(): string {
    return this.#text;
  }
}

type Value = string | number | Markup | readonly Markup[];

/** `markup\`<b>${name}</b>\``: text is escaped for element content and for quoted attributes alike. */
export const markup = (parts: TemplateStringsArray, ...values: readonly Value[]): Markup =>
  new Markup(parts, values);

function textOf(value: Value): string {
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number') return String(Math.round(value * 10) / 10);
  if (value instanceof Markup) return value.toString();
  return value.join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters and those that turn the direction of writing become `?`: they could disguise what follows. */
const escape = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '?')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
