/** The README's picture shows what the code draws. */
import { expect, test } from '@jest/globals';
import { readPicture, renderPicture } from './picture.ts';

test('docs/map.svg is what npm run docs:map would write now', async () => {
  expect(await readPicture()).toBe(await renderPicture());
});
