/** docs/notices.md shows what the code says. */
import { expect, test } from '@jest/globals';
import { readNotifications, renderNotifications } from './render.ts';

test('docs/notices.md is what npm run docs:notices would write now', async () => {
  expect(await readNotifications()).toBe(await renderNotifications());
});
