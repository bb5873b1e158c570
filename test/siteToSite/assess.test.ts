/** Site-to-Site state judged: what is down, half down, flapping, silent, and what that means for a site. Tables on both sides of every boundary. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../lib/core/reading.ts';
import { assessConnections } from '../../lib/siteToSite/assess.ts';
import type { ConnectionFact } from '../../lib/siteToSite/types/connection.ts';
import {
  aConnection,
  aGateway,
  aWorldOf,
  BGP_DOWN,
  DAY,
  DOWN,
  found,
  HOUR,
  MINUTE,
  NOTHING,
  passes,
  SILENT,
  T1,
  T2,
} from '../builders/connections.ts';
import { NOW } from '../builders/facts.ts';

const one = (over: Parameters<typeof aConnection>[1] = {}) =>
  found(aWorldOf([aConnection('a', over)]));
const isStatic = { isStatic: true } as const;
/** The tunnels are explained by it, and stay what they are. */
const CONNECTION_DOWN = [
  'ConnectionDown vpn-0a critical',
  `TunnelDown ${T1} warning`,
  `TunnelDown ${T2} warning`,
];

describe('tunnels and connections', () => {
  test.each<[string, Parameters<typeof aConnection>[1], readonly string[]]>([
    ['both up', {}, []],
    ['one down', { one: DOWN }, [`TunnelDown ${T1} warning`]],
    ['both down', { one: DOWN, two: DOWN }, CONNECTION_DOWN],
    ['BGP down on one', { one: BGP_DOWN }, [`BgpDown ${T1} warning`]],
    [
      'BGP down on both',
      { one: BGP_DOWN, two: BGP_DOWN },
      [`BgpDown ${T1} warning`, `BgpDown ${T2} warning`, 'ConnectionDown vpn-0a critical'],
    ],
    [
      'one down, BGP down on the other',
      { one: DOWN, two: BGP_DOWN },
      [`BgpDown ${T2} warning`, 'ConnectionDown vpn-0a critical', `TunnelDown ${T1} warning`],
    ],
    [
      '"IPSEC IS UP" but down, with static routes: no BGP to blame',
      { ...isStatic, one: BGP_DOWN },
      [`TunnelDown ${T1} warning`],
    ],
    [
      'one down, nothing known of the other',
      { one: DOWN, two: SILENT },
      [`TunnelDown ${T1} warning`],
    ],
    ['nothing known of either', { one: SILENT, two: SILENT }, []],
    ['no telemetry at all', { tunnels: [] }, []],
    ['being made', { state: 'pending', one: DOWN, two: DOWN }, []],
    ['being deleted', { state: 'deleting', one: DOWN, two: DOWN }, []],
    [
      'in an undocumented state: its tunnels are judged all the same',
      { state: 'unknown', one: DOWN, two: DOWN },
      CONNECTION_DOWN,
    ],
    ['a status word that we do not know', { one: { status: null, words: 'DEGRADED' } }, []],
    [
      'a single tunnel told of, and it is down: the other is not known',
      { tunnels: aConnection('a', { one: DOWN }).tunnels.slice(0, 1) },
      [`TunnelDown ${T1} warning`],
    ],
  ])('%s', (_, over, expected) => {
    expect(one(over)).toEqual(expected);
  });

  test.each(['virtual-private', 'transit', 'cloud-wan', 'concentrator'] as const)(
    'a connection on a %s gateway is judged',
    (kind) => {
      expect(one({ gateway: { kind, id: 'g-0a' }, one: DOWN, two: DOWN })).toEqual(CONNECTION_DOWN);
    },
  );

  test('since AWS says so, with the words of both tunnels, within its site', () => {
    const at = NOW - 20 * MINUTE;
    const world = aWorldOf([
      aConnection('a', { one: { ...DOWN, changedAt: at - HOUR }, two: { ...DOWN, changedAt: at } }),
    ]);
    const [finding] = assessConnections(world, NOTHING, NOW).findings;
    expect(finding).toMatchObject({
      since: at,
      subject: { kind: 'connection', within: ['site/203.0.113.97'] },
      evidence: [
        expect.stringContaining('DOWN, IPSEC IS DOWN'),
        expect.stringContaining('20 min'),
        expect.stringContaining('whether it was ever up is not known'),
      ],
    });
  });

  test('AWS’s date ahead of our clock counts as now', () => {
    const world = aWorldOf([aConnection('a', { one: { ...DOWN, changedAt: NOW + HOUR } })]);
    const { findings } = assessConnections(world, NOTHING, NOW);
    expect(findings.find(({ reason }) => reason === 'TunnelDown')?.since).toBe(NOW);
  });
});

describe('once down, down until an answer', () => {
  const down = [aConnection('a', { one: DOWN, two: DOWN })];
  test('nothing known of it any more: still down', () => {
    expect(passes(down, [aConnection('a', { one: SILENT, two: SILENT })])).toEqual(CONNECTION_DOWN);
  });
  test('one down, the other silent at the next look: still down', () => {
    expect(passes(down, [aConnection('a', { one: DOWN, two: SILENT })])).toEqual(CONNECTION_DOWN);
  });
  test('one back: the connection is up, one tunnel is down', () => {
    expect(passes(down, [aConnection('a', { one: DOWN })])).toEqual([`TunnelDown ${T1} warning`]);
  });
  test('one down, then the other silent: never the connection', () => {
    expect(
      passes([aConnection('a', { one: DOWN })], [aConnection('a', { one: DOWN, two: SILENT })]),
    ).toEqual([`TunnelDown ${T1} warning`]);
  });
  test('first one down and then silent, then the other down: not known together, so not the connection', () => {
    expect(
      passes([aConnection('a', { one: DOWN })], [aConnection('a', { one: SILENT, two: DOWN })]),
    ).toEqual([`TunnelDown ${T1} warning`, 'TunnelDown vpn-0a/198.51.100.2 warning']);
  });
  test('both up again: nothing', () => {
    expect(passes(down, [aConnection('a')])).toEqual([]);
  });
  test('deleted: nothing', () => {
    expect(passes(down, [])).toEqual([]);
    expect(passes(down, [aConnection('a', { state: 'deleting', one: DOWN, two: DOWN })])).toEqual(
      [],
    );
  });
});

describe('a tunnel that is not used', () => {
  const downFor = (ms: number) => one({ one: { ...DOWN, changedAt: NOW - ms } });
  test.each([
    ['7 days', 7 * DAY, `TunnelDown ${T1} warning`],
    ['a millisecond more', 7 * DAY + 1, 'SingleTunnelUsed vpn-0a warning'],
  ])('down for %s when first seen', (_, ms, expected) => {
    expect(downFor(ms)).toEqual([expected]);
  });
  test('without a date it is a failure, not a habit', () => {
    expect(one({ one: { ...DOWN, changedAt: null } })).toEqual([`TunnelDown ${T1} warning`]);
  });
  test('once seen up, its next failure is one', () => {
    const old = [aConnection('a', { one: { ...DOWN, changedAt: NOW - 30 * DAY } })];
    const back = [aConnection('a', { one: { changedAt: NOW + MINUTE } })];
    const again = [aConnection('a', { one: { ...DOWN, changedAt: NOW + 2 * MINUTE } })];
    expect(passes(old, back, again)).toEqual([`TunnelDown ${T1} warning`]);
  });
});

describe('flapping', () => {
  const up = (minutesAgo: number) => [
    aConnection('a', { one: { changedAt: NOW - minutesAgo * MINUTE } }),
  ];
  test.each([
    ['two changes that no look has seen', [50, 40, 30], []],
    ['three', [50, 40, 30, 20], [`TunnelFlapping ${T1} warning`]],
    ['three, one of them over an hour ago', [70, 62, 30, 20], []],
    ['the same date four times', [50, 50, 50, 50], []],
    ['dates that go back: stale answers', [20, 30, 40, 50], []],
  ])('%s', (_, minutes, expected) => {
    expect(passes(...minutes.map(up))).toEqual(expected);
  });
  test.each([
    [5, []],
    [6, [`TunnelDown ${T1} warning`]],
  ])('flapping and down for %i minutes', (minutes, downToo) => {
    const flaps = [50, 40, 30].map(up);
    const down = [aConnection('a', { one: { ...DOWN, changedAt: NOW } })];
    const last = Array.from({ length: minutes + 1 - 3 }, () => down);
    expect(passes(...flaps, ...last)).toEqual([...downToo, `TunnelFlapping ${T1} warning`]);
  });
});

describe('an answer whose change dates are older than the last', () => {
  const before = { changedAt: NOW - 30 * DAY };
  const up = [aConnection('a', { one: before, two: before })];
  const after = { ...DOWN, changedAt: NOW };
  const down = [aConnection('a', { one: after, two: after })];
  test('does not end an outage', () => {
    expect(passes(up, down)).toEqual(passes(up, down, up));
    expect(passes(up, down)).toContain('ConnectionDown vpn-0a critical');
  });
  test('is no flapping, however often a true one comes between', () => {
    expect(passes(up, down, up, down, up, down, up, down)).toEqual(passes(up, down));
  });
  test('is believed when the next one says the same: AWS took the date back', () => {
    expect(passes(up, down, up, up)).toEqual([]);
  });
  test('routes that come and go without a date are no flapping of the tunnel', () => {
    const none = { ...before, acceptedRouteCount: 0 };
    const bare = [aConnection('a', { one: none, two: before })];
    expect(passes(up, bare, up, bare, up, bare, up)).toEqual([]);
    expect(passes(up, bare)).toEqual([`NoRoutesAccepted ${T1} warning`]);
  });
  test('a newer one ends it at once', () => {
    const back = { changedAt: NOW + 2 * MINUTE };
    expect(passes(up, down, [aConnection('a', { one: back, two: back })])).toEqual([]);
  });
});

describe('what AWS does not say', () => {
  const silent = [aConnection('a', { one: SILENT })];
  test.each([
    [14, []],
    [15, [`TunnelUnknown ${T1} warning`]],
  ])('nothing for %i minutes', (minutes, expected) => {
    expect(passes(...Array.from({ length: minutes + 1 }, () => silent))).toEqual(expected);
  });
  test.each([
    [14, []],
    [15, ['TunnelUnknown vpn-0a warning']],
  ])('no tunnel at all for %i minutes', (minutes, expected) => {
    const empty = [aConnection('a', { tunnels: [] })];
    expect(passes(...Array.from({ length: minutes + 1 }, () => empty))).toEqual(expected);
  });
  test.each([
    [1, []],
    [2, ['ConnectionsUnread eu-west-1 warning']],
  ])('connections unread for %i minutes', (minutes, expected) => {
    const blind = {
      world: aWorldOf([], { connections: unknown('ec2:DescribeVpnConnections throttled', NOW) }),
    };
    expect(passes(...Array.from({ length: minutes + 1 }, () => blind))).toEqual(expected);
  });
  test('customer gateways unread: tunnels are judged all the same, and sites keep their names', () => {
    const both = [
      aConnection('a', { one: DOWN, two: DOWN }),
      aConnection('b', { one: DOWN, two: DOWN }),
    ];
    const gateways = known(
      ['a', 'b'].map((letter) => aGateway(letter, { site: 'hq' })),
      NOW,
    );
    const seen = { world: aWorldOf(both, { customerGateways: gateways }) };
    const unread = {
      world: aWorldOf(both, {
        customerGateways: unknown('ec2:DescribeCustomerGateways denied', NOW),
      }),
    };
    const last = passes(seen, unread, unread, unread);
    expect(last.filter((line) => !line.startsWith('TunnelDown'))).toEqual([
      'ConnectionDown vpn-0a critical',
      'ConnectionDown vpn-0b critical',
      'ConnectionsUnread eu-west-1 warning',
      'RedundancyLost site/hq warning',
      'SiteDown site/hq critical',
    ]);
  });
});

describe('routes', () => {
  test.each<[string, Parameters<typeof aConnection>[1], readonly string[]]>([
    [
      'BGP up, none accepted',
      { one: { words: 'UP, 0 BGP ROUTES', acceptedRouteCount: 0 } },
      [`NoRoutesAccepted ${T1} warning`],
    ],
    ['BGP up, one accepted', { one: { acceptedRouteCount: 1 } }, []],
    ['BGP up, the count is not told', { one: { acceptedRouteCount: null } }, []],
    [
      'static routes: 0 is well',
      { ...isStatic, one: { words: 'UP, IPSEC IS UP', acceptedRouteCount: 0 } },
      [],
    ],
    ['79 on a virtual private gateway', { one: { acceptedRouteCount: 79 } }, []],
    [
      '80 on a virtual private gateway',
      { one: { acceptedRouteCount: 80 } },
      [`RouteLimitNear ${T1} warning`],
    ],
    [
      '799 on a transit gateway',
      { gateway: { kind: 'transit', id: 'tgw-0a' }, one: { acceptedRouteCount: 799 } },
      [],
    ],
    [
      '800 on a transit gateway',
      { gateway: { kind: 'transit', id: 'tgw-0a' }, one: { acceptedRouteCount: 800 } },
      [`RouteLimitNear ${T1} warning`],
    ],
  ])('%s', (_, over, expected) => {
    expect(one(over)).toEqual(expected);
  });
});

describe('sites', () => {
  const pair = (
    a: Parameters<typeof aConnection>[1],
    b: Parameters<typeof aConnection>[1],
  ): readonly ConnectionFact[] => [
    aConnection('a', { site: 'hq', ...a }),
    aConnection('b', { site: 'hq', ...b }),
  ];
  const both = { one: DOWN, two: DOWN };
  test.each<[string, readonly ConnectionFact[], readonly string[]]>([
    ['four tunnels up', pair({}, {}), []],
    ['two left', pair(both, {}), []],
    ['one left', pair(both, { one: DOWN }), ['RedundancyLost site/hq warning']],
    [
      'one left, BGP down on the other',
      pair(both, { one: BGP_DOWN }),
      ['RedundancyLost site/hq warning'],
    ],
    ['one up, nothing known of another', pair(both, { one: SILENT }), []],
    [
      'none left: then its redundancy has not come back',
      pair(both, both),
      ['RedundancyLost site/hq warning', 'SiteDown site/hq critical'],
    ],
    ['none left that we know of', pair(both, { one: SILENT, two: SILENT }), []],
    [
      'none left, one connection being deleted: a site of one has nothing to add',
      pair(both, { ...both, state: 'deleting' }),
      [],
    ],
    ['none left but an ignored one', pair(both, { ...both, ignored: 'lab' }), []],
    [
      'one of one left, in another site',
      [aConnection('a', both), aConnection('b', { one: DOWN })],
      [],
    ],
  ])('%s', (_, connections, expected) => {
    expect(found(aWorldOf(connections)).filter((line) => line.includes('site/'))).toEqual(expected);
  });
  test('a site is a device: two gateways with one address', () => {
    const gateways = known(
      [aGateway('a', { ip: '203.0.113.9' }), aGateway('b', { ip: '203.0.113.9' })],
      NOW,
    );
    const world = aWorldOf([aConnection('a', both), aConnection('b', both)], {
      customerGateways: gateways,
    });
    expect(found(world)).toContain('SiteDown site/203.0.113.9 critical');
  });
  test('CloudHub: several connections on one gateway, each of its own device and ASN, are several sites', () => {
    const gateways = known([aGateway('a', { asn: '65001' }), aGateway('b', { asn: '65002' })], NOW);
    const world = aWorldOf([aConnection('a', both), aConnection('b', both)], {
      customerGateways: gateways,
    });
    expect(found(world).filter((line) => line.includes('site/'))).toEqual([]);
  });
  test.each<[string, readonly ConnectionFact[], boolean]>([
    [
      'all connections of a gateway end on one device',
      [aConnection('a'), aConnection('b', { customerGatewayId: 'cgw-0a' })],
      true,
    ],
    ['they end on two devices', [aConnection('a'), aConnection('b')], false],
  ])('single point of failure: %s', (_, connections, isShared) => {
    const lines = found(aWorldOf(connections), NOTHING, NOW, true);
    expect(lines.some((line) => line.startsWith('CustomerGatewayShared'))).toBe(isShared);
  });
});

describe('what is configured', () => {
  const options = aConnection('a').tunnels[0]?.options ?? null;
  const info = (over: Parameters<typeof aConnection>[1]) =>
    found(aWorldOf([aConnection('a', over), aConnection('b')]), NOTHING, NOW, true);
  const withOptions = (over: object) => ({
    one: { options: options === null ? null : { ...options, ...over } },
  });
  test.each<[string, object, boolean]>([
    ['IKEv2, group 20, SHA2-256', {}, false],
    ['group 2 among others', { dhGroups: [2, 20] }, true],
    ['group 14', { dhGroups: [14] }, false],
    ['SHA1 among others', { integrity: ['SHA1', 'SHA2-256'] }, true],
    ['IKEv1 only', { ikeVersions: ['ikev1'] }, true],
    ['IKEv1 and IKEv2', { ikeVersions: ['ikev1', 'ikev2'] }, false],
    [
      'nothing restricted: AWS’s defaults allow all',
      { dhGroups: [], integrity: [], ikeVersions: [] },
      true,
    ],
  ])('%s', (_, over, isWeak) => {
    expect(info(withOptions(over)).includes('WeakCrypto vpn-0a info')).toBe(isWeak);
  });
  test('options that are not told say nothing', () => {
    expect(info({ one: { options: null }, two: { options: null } })).toEqual([]);
  });
  test.each([
    [true, false],
    [false, true],
  ])('logs on %j: LogsOff %j', (isLogged, isFound) => {
    expect(info(withOptions({ isLogged })).includes('LogsOff vpn-0a info')).toBe(isFound);
  });

  test('BGP logs off: LogsOff on a dynamic connection, not on a static one', () => {
    const off = { isLogged: true, isBgpLogged: false };
    expect(info(withOptions(off)).includes('LogsOff vpn-0a info')).toBe(true);
    expect(info({ ...withOptions(off), isStatic: true }).includes('LogsOff vpn-0a info')).toBe(
      false,
    );
  });
  test.each<[Partial<ConnectionFact>, boolean]>([
    [{}, false],
    [{ association: 'changing' }, false],
    [{ association: 'not-associated' }, true],
    [{ gateway: { kind: 'none', id: '' } }, true],
  ])('%j: unattached %j', (over, isFound) => {
    expect(info(over).includes('ConnectionUnattached vpn-0a info')).toBe(isFound);
  });
});

describe('what AWS does to tunnels', () => {
  const pending = (isPending: boolean, over: Parameters<typeof aConnection>[1] = {}) =>
    assessConnections(
      aWorldOf([aConnection('a', over)], {
        maintenances: new Map([
          [T1, known({ isPending, autoAppliedAfter: NOW + DAY, lastAppliedAt: null }, NOW)],
        ]),
      }),
      NOTHING,
      NOW,
    ).findings.filter(({ reason }) => reason === 'TunnelMaintenancePending');
  test('maintenance that waits is told, with the command and its date', () => {
    expect(pending(true)).toMatchObject([
      {
        severity: 'warning',
        subject: { id: T1 },
        hint: expect.stringContaining('replace-vpn-tunnel'),
      },
    ]);
    expect(pending(false)).toEqual([]);
  });
  test('while the other tunnel is down the command is not given', () => {
    expect(pending(true, { two: DOWN })[0]?.hint).not.toContain('replace-vpn-tunnel');
  });

  const note = {
    id: 'c-1',
    code: 'AWS_VPN_REDUNDANCY_LOSS',
    at: NOW - HOUR,
    connectionIds: ['vpn-0a'],
  };
  const notified = (over: Parameters<typeof aConnection>[1], notes = [note]) =>
    assessConnections(aWorldOf([aConnection('a', over)], { health: notes }), NOTHING, NOW);
  test('AWS Health explains a tunnel that is down, and adds nothing of its own', () => {
    const { findings } = notified({ one: DOWN });
    expect(findings.map(({ reason }) => reason)).toEqual(['CustomerGatewayShared', 'TunnelDown']);
    expect(findings[1]?.evidence.join()).toContain('AWS_VPN_REDUNDANCY_LOSS');
  });
  test('when all is up it is a line in check, never a notice', () => {
    const { findings } = notified({});
    expect(findings.filter(({ reason }) => reason === 'TunnelReplaced')).toMatchObject([
      { severity: 'info', since: NOW - HOUR },
    ]);
  });
  test('the same notice twice is one', () => {
    const { memory, findings } = notified({ one: DOWN }, [note]);
    expect(
      findings
        .find(({ reason }) => reason === 'TunnelDown')
        ?.evidence.filter((line) => line.includes('Health')),
    ).toHaveLength(1);
    const again = assessConnections(
      aWorldOf([aConnection('a')], { health: [note] }),
      memory,
      NOW + MINUTE,
    );
    expect(again.memory.health).toHaveLength(1);
  });
  test('the second page of a notice adds its connections', () => {
    const { memory } = notified({}, [note, { ...note, connectionIds: ['vpn-0b', 'vpn-0a'] }]);
    expect(memory.health).toEqual([{ ...note, connectionIds: ['vpn-0a', 'vpn-0b'] }]);
  });
  test.each([
    [DAY - MINUTE, 1],
    [DAY, 0],
  ])('%i ms old: %i kept', (age, count) => {
    expect(notified({}, [{ ...note, at: NOW - age }]).memory.health).toHaveLength(count);
  });
});

describe('memory', () => {
  test('two looks at the same world remember the same: nothing to write', () => {
    const world = aWorldOf([aConnection('a', { one: DOWN }), aConnection('b')]);
    const first = assessConnections(world, NOTHING, NOW).memory;
    const second = assessConnections({ ...world, at: NOW + MINUTE }, first, NOW + MINUTE).memory;
    expect(second).toEqual(first);
  });
  test('a deleted connection is forgotten', () => {
    const first = assessConnections(
      aWorldOf([aConnection('a', { one: DOWN })]),
      NOTHING,
      NOW,
    ).memory;
    expect(Object.keys(first.tunnels)).toHaveLength(2);
    expect(assessConnections(aWorldOf([]), first, NOW).memory).toMatchObject({
      tunnels: {},
      downSince: {},
      sinces: {},
    });
  });
  test('the first look that sees a thing dates it', () => {
    const shared = aWorldOf([aConnection('a')]);
    const first = assessConnections(shared, NOTHING, NOW);
    const later = assessConnections({ ...shared, at: NOW + HOUR }, first.memory, NOW + HOUR);
    expect(later.findings).toMatchObject([{ reason: 'CustomerGatewayShared', since: NOW }]);
  });
  test('findings come in one order whatever the order of the reply', () => {
    const list = [aConnection('b', { one: DOWN }), aConnection('a', { one: DOWN, two: DOWN })];
    expect(found(aWorldOf(list))).toEqual(found(aWorldOf(list.toReversed())));
  });
});
