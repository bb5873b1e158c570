/** Who may take routes, as deployed: a tag on one's own instance takes none, whatever dies. */
import { describe, expect, test } from '@jest/globals';
import { admitsId } from '../../../lib/appliances/state/admit.ts';
import type { SimAccount } from '../../../lib/simulator/account.ts';
import { play } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_B = 'i-0a1b2c3d4e5f60002';
const STRANGER = 'i-0a1b2c3d4e5f65001';
/** The simulator's first launch. */
const LAUNCHED = 'i-0a1b2c3d4e5f64001';
const FAR = '10.20.0.0/16';

const stranger = (over: { readonly instanceProfile?: string; readonly pool?: string } = {}) =>
  ({
    kind: 'stranger',
    likeInstanceId: HQ_A,
    instanceProfile: over.instanceProfile ?? null,
    pool: over.pool ?? null,
  }) as const;

const admit = (account: SimAccount) => {
  const at = account.clock.now();
  const entry = {
    instanceId: STRANGER,
    group: 'hq',
    isAdmitted: true,
    at,
    by: 'ana',
    why: 'spare',
  };
  const body = { version: 1, admits: [entry] };
  account.table.put({ id: admitsId('eu-west-1'), overVersion: 0, body, expiresAt: null }, at);
};

/** The two members die after the stranger has come; `others`: what somebody does meanwhile. */
const bothDie = (from: ReturnType<typeof stranger>, act?: (account: SimAccount) => void) =>
  play({
    account: '10-instance-refresh-twice',
    faults: [
      [from, 60, 400],
      [{ kind: 'host-dead', instanceId: HQ_A }, 200, 400],
      [{ kind: 'terminated', instanceId: HQ_B }, 260, 400],
    ],
    ...(act === undefined ? {} : { others: [[150, act]] }),
    lastsS: 390,
  });

describe('a stranger in the zone of an appliance', () => {
  test.each([
    ['without a profile', stranger()],
    [
      'with a profile of its own',
      stranger({ instanceProfile: 'arn:aws:iam::1:instance-profile/web' }),
    ],
    ['that claims the destination as its pool', stranger({ pool: FAR })],
    ['that claims everything', stranger({ pool: '0.0.0.0/0' })],
  ])('%s takes no route, also when both members die, and is notified once', async (_what, from) => {
    const { account, writes, notifications } = await bothDie(from);
    const own = account.network.interfaces.all().filter((one) => one.instanceId === STRANGER);
    expect(own).toHaveLength(1);
    expect(writes.filter(({ interfaceId }) => interfaceId === own[0]?.interfaceId)).toEqual([]);
    // The living member got them first, whatever the stranger claims.
    expect(writes.length).toBeGreaterThan(0);
    const refusals = notifications.filter(
      ({ incidentId, state }) =>
        incidentId.endsWith(`${STRANGER}/MemberNotAdmitted`) && state === 'opened',
    );
    expect(refusals).toHaveLength(1);
  });

  test('takes them once a person has admitted it, and its joining is notified', async () => {
    const { account, writes, notifications } = await bothDie(stranger(), admit);
    const own = account.network.interfaces.all().find((one) => one.instanceId === STRANGER);
    expect(writes.some(({ interfaceId }) => interfaceId === own?.interfaceId)).toBe(true);
    expect(
      notifications.some(({ incidentId }) => incidentId.endsWith(`${STRANGER}/MemberJoined`)),
    ).toBe(true);
  });
});

test('a stranger in the zone of a member that was replaced keeps no route from going back', async () => {
  const { account, writes } = await play({
    account: '10-instance-refresh-twice',
    faults: [
      [{ kind: 'terminated', instanceId: HQ_A }, 60, 100],
      [stranger(), 150, 490],
    ],
    lastsS: 480,
  });
  const links = account.network.interfaces.all();
  const owners = writes.map((write) =>
    links.find(({ interfaceId }) => interfaceId === write.interfaceId),
  );
  expect(owners.map((one) => one?.instanceId)).toEqual([HQ_B, LAUNCHED]);
});
