/** Text that must fit a box, measured without a browser. Pure. */

/** The beginning of `text` that fits `widthPx`, with an ellipsis where something was cut; never longer. */
export function fit(text: string, widthPx: number, fontPx: number): string {
  if (widthOf(text, fontPx) <= widthPx) return text;
  let kept = '';
  for (const character of text) {
    if (widthOf(`${kept}${character}…`, fontPx) > widthPx) break;
    kept += character;
  }
  return kept === '' ? '' : `${kept.trimEnd()}…`;
}

/** On the generous side for the usual sans-serif faces: a line that is a little short is better than one that runs over. */
export function widthOf(text: string, fontPx: number): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * fontPx;
}

function emsOf(character: string): number {
  if (character > '\u2e7f') return 1.1;
  if (/[A-Z@%—→⇄…✓✕]/.test(character)) return 0.78;
  if (/[mwMW]/.test(character)) return 0.9;
  if (/[iljtf.,:;'|!() /[\]]/.test(character)) return 0.34;
  return 0.59;
}
