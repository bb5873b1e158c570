/** Routes as they are found at the first look after a deployment. */
import { expect, test } from '@jest/globals';
import { play } from './play.ts';

test('18: a route to an interface that was never seen on an appliance is not written, and is notified', async () => {
  const { writes, notifications } = await play({
    account: '18-first-sight-blackhole',
    lastsS: 60,
  });
  expect(writes).toEqual([]);
  expect(notifications.map(({ subject }) => subject)).toEqual([
    expect.stringContaining('RouteBlackholed'),
  ]);
});
