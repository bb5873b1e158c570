/** What people reported of appliances, as captures: each with the moves that must be made, what is notified, and nothing else. */
import { describe, expect, test } from '@jest/globals';
import { expectTimeline, linesOf, playFile } from '../play.ts';

const A = 'i-0a1b2c3d4e5f60001';
const B = 'i-0a1b2c3d4e5f60002';
const STOPPED = '+0:30 notified WARNING ApplianceDown i-0a1b2c3d4e5f60031';
/** `+0:41 …`: a move at that second, once for each route. */
const failover = (at: string, count = 1, from = A) =>
  Array.from({ length: count }, () => `${at} action done failover ${from}`);
const failback = (at: string, count = 1) =>
  Array.from({ length: count }, () => `${at} action done failback ${B}`);
const down = (at: string, what = `ApplianceDown ${A}`) => `${at} notified CRITICAL ${what}`;
const resolved = (at: string, what: string) => `${at} notified RESOLVED ${what}`;
const movedAt41 = (count = 1) => [...failover('+0:41', count), down('+0:41')];
/** Down from second 40 to 160: back after the hold-down of five minutes. */
const movedAndBack = [
  ...movedAt41(2),
  resolved('+3:11', `ApplianceDown ${A}`),
  ...failback('+5:42', 2),
  resolved('+6:13', `RouteAway ${A}`),
];

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    '01-warm-pool-stopped',
    'three stopped members of a warm pool do not hold the failover',
    [STOPPED, ...movedAt41()],
  ],
  ['01-two-stopped', 'nor do two of two running ones', [STOPPED, ...movedAt41()]],
  [
    '01c-dev-group-stopped-at-night',
    'another group that is stopped does not, either',
    [down('+0:00', 'GroupDown dev'), ...movedAt41()],
  ],
  ['01c-ignored', 'a group that is stopped and ignored is not notified', movedAt41()],
  ['02-two-arms-edge-table', 'each route of two arms moves, and comes back', movedAndBack],
  [
    '04-launch-template-tags-all-interfaces',
    'tags on every interface choose none: the one with the check off carries',
    movedAt41(),
  ],
  ['05-second-interface-detached', 'an interface that a living appliance has lost', movedAt41()],
  ['06-edge-table-home', 'an edge route fails over and back with its zone', movedAndBack],
  ['06-with-preferred-tag', 'so it does with the preferred next hop by tag', movedAndBack],
  [
    '07-ipv6-route-to-ipv4-only-peer',
    'an IPv6 route does not move to a peer without an IPv6 address',
    [...failover('+1:01'), down('+1:01')],
  ],
  [
    '09-spare-impaired-but-answers',
    'a spare whose status check fails and that answers keeps its route, and is a target of last resort',
    [`+0:30 notified WARNING ApplianceDegraded ${B}`, ...failover('+1:01'), down('+1:01')],
  ],
  [
    '14-elastic-address-on-secondary',
    'an Elastic IP address on a secondary private address is probed',
    [...failover('+1:02'), down('+1:02')],
  ],
  [
    '18-first-sight-blackhole',
    'a route to an interface that was never seen is notified, and not written',
    ['+0:30 notified WARNING RouteBlackholed rtb-0a1b2c3d4e5f60100 10.20.0.0/16'],
  ],
  [
    '19-home-zone-mate',
    'a route fails back to the healthy member of the preferred zone',
    [
      ...failover('+0:41'),
      down('+0:41', 'ZoneDown eu-west-1a'),
      resolved('+3:51', 'ZoneDown eu-west-1a'),
      `+3:51 notified WARNING ApplianceDown ${A}`,
      ...failback('+5:42'),
    ],
  ],
  [
    '26-moved-already',
    'a move that another tool made a moment before is planned once, and not again each second',
    [`+0:41 action skipped failover ${A}`, down('+0:41')],
  ],
  ['28-active-passive-pair', 'well routes of an active/passive pair are left alone', []],
  [
    '28-active-fails-and-recovers',
    'both routes are back on the active member once it is well',
    [
      ...failover('+1:01', 2),
      down('+1:01'),
      resolved('+3:11', `ApplianceDown ${A}`),
      ...failback('+6:02', 2),
      resolved('+6:33', `RouteAway ${A}`),
    ],
  ],
  [
    '30-stop-start-new-public-address',
    'a stop and a start with a new public address',
    [
      ...movedAt41(),
      resolved('+3:36', `ApplianceDown ${A}`),
      ...failback('+5:41'),
      resolved('+6:12', `RouteAway ${A}`),
    ],
  ],
  ['31-interface-in-another-vpc', 'the VPC is that of the interface', movedAt41()],
  ['31-group-of-one', 'a group of one has nowhere to move to', [down('+0:41', 'GroupDown solo')]],
];

test.each(CASES)('%s: %s', (file, _says, expected) =>
  expectTimeline(`appliances/${file}.jsonl`, expected),
);

const held = async (file: string) => linesOf(await playFile(`appliances/${file}.jsonl`), ['held']);

test('07, 31: what stays is held by S2', async () => {
  expect(await held('07-ipv6-route-to-ipv4-only-peer')).toContain(`+1:01 held S2 ${A}`);
  expect(await held('31-group-of-one')).toEqual([`+0:41 held S2 ${A}`]);
});

describe('10: two instance refreshes of two appliances', () => {
  test('no route stays on a terminated one, and the third move in an hour is the last for those that may be well', async () => {
    const played = await playFile('appliances/10-instance-refresh-twice.jsonl');
    expect(linesOf(played, ['action'])).toEqual([
      ...failover('+0:41'),
      ...failover('+5:01', 2, B),
      ...failover('+9:21', 2, 'i-0a1b2c3d4e5f64001'),
      // Held for as long as only its silence is known; EC2's word ends that.
      ...failover('+13:41', 1, 'i-0a1b2c3d4e5f64002'),
      ...failover('+13:41', 1, 'i-0a1b2c3d4e5f64002'),
    ]);
    expect(linesOf(played, ['detected'])).toContain('+9:21 detected warning RoutePinned hq');
  });
});

describe('11: one route of 151 that EC2 refuses', () => {
  test('delays the 150 others by nothing but the write budget, and is tried ever more rarely', async () => {
    const played = await playFile('appliances/11-one-refused-route.jsonl');
    const actions = linesOf(played, ['action']);
    const done = actions.filter((line) => line.includes('action done'));
    expect(done.length).toBe(150);
    expect(done.at(-1)).toMatch(/^\+1:10 /);
    expect(
      actions.filter((line) => line.includes('failed')).map((line) => line.split(' ')[0]),
    ).toEqual(['+0:41', '+1:10', '+1:12', '+1:16', '+1:24', '+1:40']);
    expect(linesOf(played, ['notified'])[0]).toBe(down('+0:41'));
    expect(linesOf(played, ['detected'])).toContain('+0:41 detected critical WriteFailed hq');
  });
});

test('13: an address that moves to the peer is no proof of life, and proof of the peer', () =>
  expectTimeline('appliances/13-shared-elastic-address.jsonl', [
    `+0:30 notified WARNING ProbeImpossible ${B}`,
    down('+0:42'),
    ...failover('+0:53', 3),
    `+1:13 notified WARNING ApplianceDown ${A}`,
    `+1:22 notified WARNING ProbeImpossible ${A}`,
    resolved('+1:22', `ProbeImpossible ${B}`),
  ]));

test('16: both stopped for the night are one outage, which ends in the morning', () =>
  expectTimeline('appliances/16-night-stop.jsonl', [
    ...movedAt41(),
    down('+0:46', 'GroupDown hq'),
    ...failover('+6:42', 2, B),
    resolved('+7:12', 'GroupDown hq'),
    resolved('+7:12', `ApplianceDown ${A}`),
    resolved('+7:12', `RouteAway ${A}`),
  ]));

test('32: two that answer too late move one route, and are called slow with the measured time', async () => {
  const played = await playFile('appliances/32-slow-is-called-dead.jsonl');
  expect(linesOf(played)).toEqual([
    ...movedAt41(),
    `+0:41 notified WARNING LateAnswers ${A}`,
    `+1:22 notified WARNING LateAnswers ${B}`,
    // It answers in time again, and EC2 has not shown its address since.
    `+2:40 notified WARNING ApplianceDown ${A}`,
    resolved('+3:10', `LateAnswers ${B}`),
    resolved('+3:11', `ApplianceDown ${A}`),
  ]);
  const late = played.timeline.find(
    ({ kind, reason }) => kind === 'notified' && reason === 'LateAnswers',
  );
  expect(late?.text).toContain('answers after 900 ms, later than probeTimeoutMs (800 ms)');
});
