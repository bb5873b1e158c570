/** A probe that is never answered proves nothing, and the notification says what may be the reason. */
import { expect, test } from '@jest/globals';
import { play } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_B = 'i-0a1b2c3d4e5f60002';

test('21: an IKE server that answers configured peers only: no route is moved to it, and the hint says why it may be silent', async () => {
  const { writes, notifications } = await play({
    account: '28-active-passive-pair',
    faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 90, 200]],
    lastsS: 120,
    vantages: [{ id: 'here', subnetIds: [], isInVpc: false, closedTo: [HQ_B] }],
  });
  expect(writes).toEqual([]);
  const told = notifications.find(({ subject }) => subject.includes('ProbeNeverAnswered'));
  expect(told?.subject).toContain('hq-b');
  expect(told?.text).toContain('Some IKE servers answer configured peers only');
  expect(told?.text).toContain('tcp:22');
});
