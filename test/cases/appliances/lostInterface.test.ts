/** Kind 5: an interface that a living instance has lost is a dead next hop; one that its owner moved elsewhere is not. */
import { expect, test } from '@jest/globals';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import { play } from './play.ts';

const A = 'i-0a1b2c3d4e5f60001';
const APP_A = 'rtb-0a1b2c3d4e5f60100';
const LAN_A = 'eni-0a1b2c3d4e5f60051';
const LAN_B = 'eni-0a1b2c3d4e5f60052';

test.each([1, 2, 9])(
  '05: a detached second interface fails its routes over, and they come back (seed %i)',
  async (seed) => {
    const { writes, notifications, targetOf } = await play({
      account: '05-second-interface-detached',
      faults: [[{ kind: 'detached', instanceId: A }, 60, 260]],
      lastsS: 800,
      seed,
    });
    expect(writes[0]).toMatchObject({
      tableId: APP_A,
      destination: '0.0.0.0/0',
      interfaceId: LAN_B,
    });
    expect(targetOf(APP_A, '0.0.0.0/0')).toBe(LAN_A);
    const [first] = notifications;
    expect(first?.subject).toMatch(/^CRITICAL.*ApplianceDown/);
    expect(first?.text).toContain(`it has lost its network interface ${LAN_A}`);
    expect(notifications.map(({ text }) => text).join('')).not.toContain('never seen');
    // Its management interface keeps the check.
    expect(notifications.map(({ subject }) => subject).join('')).not.toContain('SourceDestCheckOn');
  },
);

/** An untagged instance in place of hq-a, with the interface that the routes lead to. */
function moveToReplacement({ network, clock }: SimAccount): void {
  const instance = network.instances.get(A);
  if (instance === null) throw new Error(`${A} is not there`);
  const replacement = { ...instance, instanceId: 'i-0a1b2c3d4e5f6f001', name: 'new-fw' };
  network.instances.put(replacement.instanceId, replacement, clock.monotonicMs());
  network.setInterface(LAN_A, { instanceId: replacement.instanceId });
}

test.each([
  ['while the old one runs', undefined],
  ['and the old one is terminated', 90],
])(
  '19/5: an interface that its owner moved to an untagged instance stays the next hop, with one finding: %s',
  async (_how, terminatedS) => {
    const { writes, notifications } = await play({
      account: '05-second-interface-detached',
      others: [
        [60, moveToReplacement],
        ...(terminatedS === undefined
          ? []
          : ([[terminatedS, ({ network }: SimAccount) => network.terminate(A)]] as const)),
      ],
      lastsS: 300,
    });
    expect(writes).toEqual([]);
    const moved = notifications.filter(({ subject }) => subject.includes('InterfaceMoved'));
    expect(moved.map(({ state }) => state)).toEqual(['opened']);
    expect(moved[0]?.text).toContain(
      'aws ec2 create-tags --resources i-0a1b2c3d4e5f6f001 --tags Key=vpn-medic:group,Value=hq',
    );
    expect(notifications.map(({ subject }) => subject).join()).not.toContain('RouteBlackholed');
  },
);
