/** Field cases of announced ends and of hours in which appliances are off. */
import { describe, expect, test } from '@jest/globals';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import type { Fault } from '../../../lib/simulator/faults.ts';
import { play } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_B = 'i-0a1b2c3d4e5f60002';
const ENI_A = 'eni-0a1b2c3d4e5f60001';
const ENI_B = 'eni-0a1b2c3d4e5f60002';

test('27: a Spot notice moves the routes two minutes before the end, and the end moves nothing more', async () => {
  const notice: Fault = { kind: 'spot-notice', instanceId: HQ_A };
  const { writes, notifications } = await play({
    account: '16-night-stop',
    faults: [[notice, 60, 400]],
    lastsS: 300,
  });
  expect(writes.length).toBeGreaterThan(0);
  expect(writes.every(({ interfaceId, atS }) => interfaceId === ENI_B && atS < 66)).toBe(true);
  const subjects = notifications.map(({ subject }) => subject);
  expect(subjects.some((one) => one.startsWith('CRITICAL'))).toBe(false);
});

test.each([
  ['in 30 min: as a planned leave alone', 1_800_000, ['ApplianceLeaving']],
  ['in a day: as the event alone', 86_400_000, ['ScheduledEvent']],
])('27: a stop that EC2 has scheduled %s, and nothing twice', async (_when, inMs, reasons) => {
  const { notifications } = await play({
    account: '16-night-stop',
    faults: [[{ kind: 'event-scheduled', instanceId: HQ_A, inMs }, 60, 2_000]],
    lastsS: 200,
  });
  expect(notifications.map(({ subject }) => /: (\w+) \(/.exec(subject)?.[1])).toEqual(reasons);
});

describe('16: a group that is stopped for the night', () => {
  /** The account begins at 21:00 UTC, a Friday. */
  const night = async (quiet: string | null, lastsS: number, endS = 400) =>
    play({
      account: '16-night-stop',
      faults: [
        [{ kind: 'stopped', instanceId: HQ_A }, 40, endS],
        [{ kind: 'stopped', instanceId: HQ_B }, 45, endS],
      ],
      others: [
        [
          1,
          (account: SimAccount) => {
            for (const resourceId of quiet === null ? [] : [HQ_A, HQ_B]) {
              const tag = { resourceType: 'instance', key: 'vpn-medic:quiet', value: quiet ?? '' };
              account.network.setTag({ resourceId, ...tag });
            }
          },
        ],
      ],
      lastsS,
    });
  const subjectsOf = ({ notifications }: Awaited<ReturnType<typeof night>>) =>
    notifications.map(({ subject }) => subject);

  test('within its quiet hours notifies nothing, in the evening and in the morning', async () => {
    const played = await night('Mon-Fri 19:00-07:00 UTC', 800);
    expect(subjectsOf(played)).toEqual([]);
    expect(played.targetOf('rtb-0a1b2c3d4e5f60100', '10.20.0.0/16')).toBe(ENI_A);
  });

  test('outside of them, and without the tag, it does', async () => {
    expect(subjectsOf(await night('Mon-Fri 09:00-17:00 UTC', 200)).join()).toContain('GroupDown');
    expect(subjectsOf(await night(null, 200)).join()).toContain('GroupDown');
  });

  test('that is still off when its quiet hours end is notified then', async () => {
    const { notifications } = await night('Mon-Fri 19:00-21:05 UTC', 400, 700);
    const [first] = notifications;
    expect(first?.subject).toMatch(/^CRITICAL .*GroupDown/);
    expect(first?.atS).toBeGreaterThanOrEqual(300);
  });

  test('with a tag that cannot be read is notified at all hours, and told of the tag', async () => {
    const subjects = subjectsOf(await night('at night', 200)).join();
    expect(subjects).toContain('TagInvalid');
    expect(subjects).toContain('GroupDown');
  });
});
