/** Where routes belong: where their owner put them, per route, also in edge tables and behind several members of a zone. */
import { expect, test } from '@jest/globals';
import { TAG } from '../../../lib/core/tags.ts';
import { play, snapshotOf } from './play.ts';

const HQ_A = 'i-0a1b2c3d4e5f60001';
const HQ_A2 = 'i-0a1b2c3d4e5f60003';
const eni = (instanceId: string) => instanceId.replace('i-', 'eni-');
const APP_A = 'rtb-0a1b2c3d4e5f60100';
const EDGE = 'rtb-0a1b2c3d4e5f60300';

/** The account's tag for the preferred next hop had another name when it was recorded. */
const asTagged = (name: string) => {
  const snapshot = snapshotOf(name);
  const tags = snapshot.tags.map((tag) =>
    tag.key === 'vpn-medic:home' ? { ...tag, key: TAG.preferred } : tag,
  );
  return { ...snapshot, tags };
};

test.each([1, 2])(
  '28: the routes of an active/passive pair stay with the active member (seed %i)',
  async (seed) => {
    const { writes, notifications } = await play({
      account: '28-active-passive-pair',
      lastsS: 600,
      seed,
    });
    expect(writes).toEqual([]);
    expect(notifications).toEqual([]);
  },
);

test('28: after the active member has failed and recovered, both zones are back on it, not on the zone’s own', async () => {
  const { writes, targetOf } = await play({
    account: '28-active-passive-pair',
    faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 60, 160]],
    lastsS: 700,
  });
  expect(writes.map(({ interfaceId }) => interfaceId)).toEqual([
    eni('i-0a1b2c3d4e5f60002'),
    eni('i-0a1b2c3d4e5f60002'),
    eni(HQ_A),
    eni(HQ_A),
  ]);
  expect(targetOf('rtb-0a1b2c3d4e5f60200', '10.20.0.0/16')).toBe(eni(HQ_A));
});

/** The leader reads the tables every 30 s, a standby once when it starts: each of them is the first to see one of these. */
test.each([70, 80, 90, 100, 110])(
  '28: a route that its owner points at another living member at %i s is not moved back, and leaves it only when that dies',
  async (atS) => {
    const { writes } = await play({
      account: '28-active-passive-pair',
      faults: [
        [
          {
            kind: 'rival-route',
            tableId: APP_A,
            destination: '10.20.0.0/16',
            instanceId: 'i-0a1b2c3d4e5f60002',
            when: 'at-start',
          },
          atS,
          900,
        ],
        [{ kind: 'host-dead', instanceId: 'i-0a1b2c3d4e5f60002' }, 200, 900],
      ],
      lastsS: 230,
    });
    expect(writes.map(({ tableId, interfaceId }) => [tableId, interfaceId])).toEqual([
      [APP_A, eni(HQ_A)],
    ]);
    expect(writes[0]?.atS).toBeGreaterThan(200);
  },
);

test.each(['06-edge-table-home', '06-edge-table-home.with-home-tag'])(
  '06: %s: an edge route fails over and back with its zone, and the route of the other zone never moves',
  async (account) => {
    const { writes, targetOf } = await play({
      account: asTagged(account),
      faults: [[{ kind: 'host-dead', instanceId: HQ_A }, 40, 160]],
      lastsS: 900,
    });
    expect(
      writes.map(({ tableId, destination }) => `${tableId} ${destination}`).toSorted(),
    ).toEqual([`${APP_A} 0.0.0.0/0`, `${EDGE} 10.0.16.0/28`].flatMap((key) => [key, key]));
    expect(targetOf(EDGE, '10.0.16.0/28')).toBe(eni(HQ_A));
    expect(targetOf(APP_A, '0.0.0.0/0')).toBe(eni(HQ_A));
  },
);

test.each([1, 2])(
  '19: a route fails back to a healthy member of the preferred zone while its own is dead (seed %i)',
  async (seed) => {
    const { targetOf } = await play({
      account: '19-home-zone-mate',
      faults: [
        [{ kind: 'host-dead', instanceId: HQ_A2 }, 40, 200],
        [{ kind: 'host-dead', instanceId: HQ_A }, 40, 7_200],
      ],
      lastsS: 900,
      seed,
    });
    expect(targetOf(APP_A, '10.20.0.0/16')).toBe(eni(HQ_A2));
  },
);
