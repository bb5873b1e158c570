/** Goal: read-only ports refuse every write. */
import { describe, expect, test } from '@jest/globals';
import { readOnly } from '../../lib/cli/readOnly.ts';
import { aNotification } from '../builders/notification.ts';
import { simAccount } from './open.ts';

const account = simAccount();
const ports = readOnly(account.start('cli').ports);
const signal = new AbortController().signal;
const write = {
  tableId: 'rtb-1',
  destination: '10.0.0.0/8',
  target: { kind: 'interface', id: 'eni-1' } as const,
};
const item = { id: 'a', overVersion: 0, body: null, expiresAt: null };
const notification = aNotification();

describe('read-only ports', () => {
  test.each([
    ['a route', () => ports.ec2.replaceRoute(write, signal)],
    ['the state table', () => ports.store.write(item, signal)],
    ['a notification', () => ports.notifications.publish(notification, signal)],
    ['the log', async () => ports.logger.write('info', 'a', {})],
    ['a metric', async () => ports.logger.measure({ Heartbeat: 1 })],
  ])('crash on writing %s, and nothing is written', async (what, attempt) => {
    await expect(attempt()).rejects.toThrow(`writing ${what} from a command that only reads`);
    const { writes, stores, notifications, logger } = account.log;
    expect([...writes, ...stores, ...notifications, ...logger]).toEqual([]);
  });

  test('read what there is', async () => {
    const tags = ports.ec2.tags(['vpn-medic:group'], signal);
    await account.clock.run(5_000);
    expect(await tags).toMatchObject({ known: true });
  });
});
