/** Kind 6: proof and addresses of one address family are not taken for the other's. */
import { expect, test } from '@jest/globals';
import { play } from './play.ts';

test('07: an interface without an IPv6 address takes no IPv6 route, neither at first sight nor at a death', async () => {
  const { writes, notifications, targetOf } = await play({
    account: '07-ipv6-route-to-ipv4-only-peer',
    faults: [[{ kind: 'host-dead', instanceId: 'i-0a1b2c3d4e5f60001' }, 60, 200]],
    lastsS: 150,
  });
  expect(writes.map(({ destination }) => destination)).toEqual(['0.0.0.0/0']);
  expect(targetOf('rtb-0a1b2c3d4e5f60200', '::/0')).toBe('eni-0a1b2c3d4e5f60001');
  expect(notifications.map(({ text }) => text).join('\n')).toContain('has no IPv6 address');
});
