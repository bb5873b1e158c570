/** The pictures of docs/quickstart.md show what the commands print, and the page shows each of them. */
import { expect, test } from '@jest/globals';
import { read } from './pages.ts';
import { readPictures, renderPictures } from './pictures.ts';
import { terminalPicture } from './terminalPicture.ts';

/** How long single answers take is drawn in the order of the event loop, which differs under Jest. */
const steady = (pictures: ReadonlyMap<string, string>): unknown =>
  [...pictures]
    .map(([name, svg]) => `${name}\n${svg.replaceAll(/\b\d+ ms\b/g, 'some ms')}`)
    .toSorted();

test('docs/pictures is what npm run docs:pictures would write now', async () => {
  expect(steady(await readPictures())).toEqual(steady(await renderPictures()));
});

test('each picture is on the page, with words for those who do not see it', async () => {
  const page = read('docs/quickstart.md');
  for (const name of (await readPictures()).keys()) {
    expect(page).toMatch(new RegExp(`!\\[[^\\]]{30,}\\]\\(pictures/${name}\\)`));
  }
});

test('a line is wrapped where the terminal ends, and stays in its colour', () => {
  const picture = terminalPicture('x', 'a \u001b[32mgreen\u001b[39m b', 4);
  expect([...picture.matchAll(/<tspan class="(\w+)">([^<]*)</g)].map(([, ...one]) => one)).toEqual([
    ['strong', '$ x'],
    ['plain', 'a '],
    ['good', 'gr'],
    ['good', 'een'],
    ['plain', ' '],
    ['plain', 'b'],
  ]);
});

test('what is printed is no markup', () => {
  expect(terminalPicture('x', '<script>', 80)).toContain('&lt;script&gt;');
});
