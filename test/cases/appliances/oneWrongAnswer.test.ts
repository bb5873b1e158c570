/** One wrong answer of EC2 beside probes that answer: nothing moves (S1). */
import { describe, expect, test } from '@jest/globals';
import type { Ec2Action } from '../../../lib/simulator/faults.ts';
import { type Played, play } from './play.ts';

const ACTIONS: readonly Ec2Action[] = [
  'DescribeTags',
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'DescribeRouteTables',
];
const CALM = '28-active-passive-pair';
const whatOf = ({ tableId, destination, interfaceId }: Played['writes'][number]) =>
  `${tableId} ${destination} ${interfaceId}`;
const lacking = (action: Ec2Action) =>
  ({ kind: 'api-lacking', action, everyNth: 2, lacks: 'all' }) as const;

describe('an account in which all is well', () => {
  const untouched = play({ account: CALM, lastsS: 640 });

  test.each(ACTIONS)(
    'every second answer of %s empty for ten minutes moves no route and opens no critical incident',
    async (action) => {
      const calm = await untouched;
      const { writes, notifications } = await play({
        account: CALM,
        faults: [[lacking(action), 30, 630]],
        lastsS: 640,
      });
      expect(writes.map(whatOf)).toEqual(calm.writes.map(whatOf));
      expect(notifications.filter(({ subject }) => subject.startsWith('CRITICAL'))).toEqual([]);
    },
  );
});

test('a real death is healed while every third answer is empty', async () => {
  const { writes } = await play({
    account: CALM,
    faults: [
      [{ kind: 'host-dead', instanceId: 'i-0a1b2c3d4e5f60001' }, 60, 500],
      ...ACTIONS.map(
        (action) => [{ kind: 'api-lacking', action, everyNth: 3, lacks: 'all' }, 30, 100] as const,
      ),
    ],
    lastsS: 100,
  });
  const [first] = writes.filter(({ atS }) => atS > 60);
  expect(first?.atS).toBeLessThan(66);
});
