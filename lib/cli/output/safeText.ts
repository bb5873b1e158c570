/** Makes names and tags harmless for a terminal. Pure. */

/** One line in which nothing steers the terminal: control, format and separator characters become `?`. */
export const harmless = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

/** JSON, two spaces deep, in which everything that could steer a terminal is escaped; it parses to the same value. */
export const harmlessJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(
    // What JSON itself leaves as it is, but for its own line breaks.
    /[\u007f-\u009f]|[\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      Array.from(
        { length: character.length },
        (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
      ).join(''),
  );
