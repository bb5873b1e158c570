/**
 * Goal: repairs that did not help are never called over (07). Method: the story of an appliance that no repair brings
 * back, as docs/notices.md has it; another test holds that page against the simulated account.
 */
import { expect, test } from '@jest/globals';
import { readNotifications } from '../../notices/render.ts';

test('07: an appliance that no repair brings back: one incident up to its failure, nothing resolved, each diagnosis with its time', async () => {
  const [, story = ''] = /^## An appliance that no repair brings back$([^]+?)^## /m.exec(
    await readNotifications(),
  ) ?? ['', ''];
  const titles = [...story.matchAll(/^### (.+)$/gm)].map(([, title]) => title ?? '');
  expect(titles.length).toBeGreaterThan(4);
  expect(titles.filter((one) => one.startsWith('RESOLVED'))).toEqual([]);
  expect(titles.at(-1)).toMatch(/^CRITICAL UPDATE hq-a: RepairSpent /);
  const ids = [...story.matchAll(/^Incident (\S+\/Repair\w+),/gm)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(1);
  // What EC2 said of the instance was read before the step that started it again.
  const spent = story.slice(story.lastIndexOf('### '));
  expect(spent).toMatch(
    /^- Read before stop-start, at \d{4}-\d\d-\d\dT[\d:.]+Z:\n(?:- .*\n)*?- EC2: stopped;/m,
  );
});
