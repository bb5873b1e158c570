/** Foreign text made harmless: tags and names come from whoever may tag. Pure. */

/** One line: control characters, line and paragraph separators become spaces. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');

/** Printable ASCII only, starting with no space: what SNS takes as a subject everywhere. */
export const printable = (text: string): string =>
  oneLine(text)
    .replace(/[^\x20-\x7e]/g, '?')
    .trimStart();
