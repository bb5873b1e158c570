/** Goal: what the connections of one gateway have in common is found on both sides of each boundary. Method: pure. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../../lib/core/reading.ts';
import { unjudgedKey } from '../../../lib/core/report.ts';
import { absentConnections } from '../../../lib/siteToSite/assess/absent.ts';
import { assessConnections } from '../../../lib/siteToSite/assess.ts';
import type {
  ConnectionFact,
  TunnelOptionsFact,
} from '../../../lib/siteToSite/types/connection.ts';
import {
  aConnection,
  aGateway,
  aWorldOf,
  found,
  HOUR,
  NOTHING,
  STRONG,
} from '../../builders/connections.ts';
import { NOW } from '../../builders/facts.ts';

const info = (
  connections: readonly ConnectionFact[],
  over: Parameters<typeof aWorldOf>[1] = {},
): readonly string[] => found(aWorldOf(connections, over), NOTHING, NOW, true);

const having = (list: readonly string[], reason: string) =>
  list.filter((text) => text.startsWith(`${reason} `));

describe('dead peer detection', () => {
  test.each<readonly [string, Partial<TunnelOptionsFact>, boolean]>([
    ['restart', { dpdAction: 'restart' }, false],
    ['clear, and AWS starts IKE', { dpdAction: 'clear', startsIke: true }, false],
    ['clear, and AWS does not', { dpdAction: 'clear' }, true],
    ['none, and AWS does not', { dpdAction: 'none' }, true],
    ['not said', { dpdAction: null }, false],
  ])('%s', (_, over, isFound) => {
    const options = { ...STRONG, ...over };
    const says = info([aConnection('a', { one: { options }, two: { options } })]);
    expect(having(says, 'DpdWithoutRestart')).toEqual(
      isFound ? ['DpdWithoutRestart vpn-0a info'] : [],
    );
  });
});

describe('the two tunnels', () => {
  test.each<readonly [string, Partial<TunnelOptionsFact> | null, boolean]>([
    ['alike', {}, false],
    ['alike in another order', { dhGroups: [21, 20] }, true],
    ['with other IKE versions', { ikeVersions: ['ikev1'] }, true],
    ['with another start', { startsIke: true }, true],
    ['of which one is not said', null, false],
  ])('%s', (_, over, isFound) => {
    const two = over === null ? null : { ...STRONG, ...over };
    const says = info([aConnection('a', { two: { options: two } })]);
    expect(having(says, 'TunnelsDiffer')).toEqual(isFound ? ['TunnelsDiffer vpn-0a info'] : []);
  });
});

const cidrs = (count: number) =>
  Array.from({ length: count }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);

test.each([
  [79, []],
  [80, ['RouteLimitNear vpn-0a warning']],
  [100, ['RouteLimitNear vpn-0a warning']],
])('%i static routes of a connection on a virtual private gateway', (count, says) => {
  const one = aConnection('a', { isStatic: true, staticCidrs: cidrs(count) });
  expect(having(info([one]), 'RouteLimitNear')).toEqual(says);
});

test('static routes of a transit gateway are no part of that limit', () => {
  const gateway = { kind: 'transit', id: 'tgw-0a' } as const;
  const one = aConnection('a', { gateway, isStatic: true, staticCidrs: cidrs(100) });
  expect(having(info([one]), 'RouteLimitNear')).toEqual([]);
});

test.each([
  ['799 of all others', 799, []],
  ['800 of all others', 800, ['RouteLimitNear vgw-0a warning']],
])('routes that a virtual private gateway announces: %s', (_, count, says) => {
  const tunnels = (acceptedRouteCount: number) => ({
    one: { acceptedRouteCount },
    two: { acceptedRouteCount },
  });
  // Each stays below its own limit.
  const many = Array.from({ length: 11 }, (_one, index) =>
    aConnection(String.fromCharCode(97 + index), {
      ...tunnels(index === 0 ? count - 9 * 79 : 79),
      site: `site-${index}`,
    }),
  );
  const gateways = known(
    many.map((_one, index) =>
      aGateway(String.fromCharCode(97 + index), { asn: `${65_000 + index}` }),
    ),
    NOW,
  );
  const all = having(info(many, { customerGateways: gateways }), 'RouteLimitNear');
  expect(all.filter((text) => text.includes('vgw-'))).toEqual(says);
});

describe('CloudHub', () => {
  const sites = (asns: readonly string[], over: readonly Partial<ConnectionFact>[] = []) =>
    info(
      asns.map((_, index) =>
        aConnection('abc'.charAt(index), { site: `site-${index}`, ...over[index] }),
      ),
      {
        customerGateways: known(
          asns.map((asn, index) => aGateway('abc'.charAt(index), { asn })),
          NOW,
        ),
      },
    );
  test.each([
    ['an ASN each', ['65001', '65002'], []],
    ['one ASN', ['65001', '65001'], ['SiteAsnShared vgw-0a info']],
  ])('two sites with %s', (_, asns, says) => {
    expect(having(sites(asns), 'SiteAsnShared')).toEqual(says);
  });

  test('one site may have one ASN on two connections, and static connections have none', () => {
    const same = sites(['65001', '65001'], [{ site: 'berlin' }, { site: 'berlin' }]);
    expect(having(same, 'SiteAsnShared')).toEqual([]);
    const fixed = sites(['65001', '65001'], [{ isStatic: true }, { isStatic: true }]);
    expect(having(fixed, 'SiteAsnShared')).toEqual([]);
  });

  test.each([
    ['apart', '10.1.0.0/16', '10.2.0.0/16', []],
    ['equal', '10.1.0.0/16', '10.1.0.0/16', ['SiteRangesOverlap vgw-0a info']],
    ['one in the other', '10.0.0.0/8', '10.1.0.0/16', ['SiteRangesOverlap vgw-0a info']],
    ['a default route and a range', '0.0.0.0/0', '10.1.0.0/16', []],
  ])('static routes of two sites: %s', (_, a, b, says) => {
    const list = sites(['65001', '65002'], [{ staticCidrs: [a] }, { staticCidrs: [b] }]);
    expect(having(list, 'SiteRangesOverlap')).toEqual(says);
  });

  test('two connections of one site may have the same routes', () => {
    const own = { site: 'berlin', staticCidrs: ['10.1.0.0/16'] };
    expect(having(sites(['65001', '65002'], [own, own]), 'SiteRangesOverlap')).toEqual([]);
  });
});

describe('ECMP of a transit gateway', () => {
  const gateway = { kind: 'transit', id: 'tgw-0a' } as const;
  const pair = [
    aConnection('a', { gateway, site: 'berlin' }),
    aConnection('b', { gateway, site: 'berlin' }),
  ];
  test.each([
    ['off', known(['tgw-0a'], NOW), ['TransitEcmpOff site/berlin info']],
    ['on', known([], NOW), []],
    ['of another gateway off', known(['tgw-0b'], NOW), []],
    ['not read', unknown('denied', NOW), []],
  ])('%s', (_, withoutEcmp, says) => {
    expect(having(info(pair, { withoutEcmp }), 'TransitEcmpOff')).toEqual(says);
  });

  test('a site with one connection needs none', () => {
    const withoutEcmp = known(['tgw-0a'], NOW);
    expect(having(info(pair.slice(0, 1), { withoutEcmp }), 'TransitEcmpOff')).toEqual([]);
  });

  test('between two reads it is as it was read last', () => {
    const first = assessConnections(
      aWorldOf(pair, { withoutEcmp: known(['tgw-0a'], NOW) }),
      NOTHING,
      NOW,
    );
    const later = found(aWorldOf(pair), first.memory, NOW + HOUR / 2, true);
    expect(having(later, 'TransitEcmpOff')).toHaveLength(1);
  });
});

describe('throughput of a gateway', () => {
  const PERIOD_MS = 300_000;
  /** Of three periods, each tunnel. */
  const carrying = (gbps: number, kind: 'virtual-private' | 'concentrator' | 'transit') => {
    const gateway = { kind, id: 'gw-0a' };
    const pair = ['a', 'b', 'c', 'd'].map((letter) => aConnection(letter, { gateway }));
    const first = assessConnections(aWorldOf(pair), NOTHING, NOW).memory;
    const bytes = ((gbps / 8) * 1e9 * (PERIOD_MS / 1_000)) / 8 / 2;
    const traffic = {
      from: NOW - 3 * PERIOD_MS,
      bytesIn: [bytes, bytes, bytes],
      bytesOut: [bytes, bytes, bytes],
      flipAts: [],
      hasState: true,
    };
    const tunnels = Object.fromEntries(
      Object.entries(first.tunnels).map(([id, one]) => [id, { ...one, traffic }]),
    );
    return having(found(aWorldOf(pair), { ...first, tunnels }), 'GatewaySaturated');
  };
  test.each([
    [1.0, 'virtual-private', []],
    [1.01, 'virtual-private', ['GatewaySaturated gw-0a warning']],
    [4.0, 'concentrator', []],
    [4.01, 'concentrator', ['GatewaySaturated gw-0a warning']],
    [4.01, 'transit', []],
  ] as const)('%d Gbps over eight tunnels of a %s gateway', (gbps, kind, says) => {
    expect(carrying(gbps, kind)).toEqual(says);
  });
});

test('a connection that one answer leaves out ends nothing that gateways and sites have in common', () => {
  const transit = { kind: 'transit', id: 'tgw-0a' } as const;
  const all = [
    aConnection('a', { site: 'berlin' }),
    aConnection('b', { site: 'paris' }),
    aConnection('c', { gateway: transit, site: 'rome' }),
    aConnection('d', { gateway: transit, site: 'rome' }),
  ];
  const customerGateways = known(
    ['a', 'b', 'c', 'd'].map((letter) => aGateway(letter, { asn: '65001' })),
    NOW,
  );
  const over = { customerGateways, withoutEcmp: known(['tgw-0a'], NOW) };
  const first = assessConnections(aWorldOf(all, over), NOTHING, NOW);
  const reasons = first.findings.map(({ reason }) => reason);
  expect(reasons).toEqual(expect.arrayContaining(['SiteAsnShared', 'TransitEcmpOff']));

  const listed = all.filter(({ name }) => name !== 'berlin-b' && name !== 'berlin-c');
  const absent = absentConnections(listed, first.memory, NOW + 60_000);
  const second = assessConnections(
    aWorldOf(listed, { ...over, absent }),
    first.memory,
    NOW + 60_000,
  );
  const shared = second.findings.filter(({ subject }) => subject.kind === 'gateway');
  expect(shared).toEqual([]);
  expect([...second.unjudged]).toEqual(
    expect.arrayContaining([
      unjudgedKey('SiteAsnShared', 'vgw-0a'),
      unjudgedKey('GatewaySaturated', 'vgw-0a'),
      unjudgedKey('TransitEcmpOff', 'site/rome'),
    ]),
  );
  const third = assessConnections(aWorldOf(all, over), second.memory, NOW + 120_000);
  const since = third.findings.find(({ reason }) => reason === 'SiteAsnShared')?.since;
  expect(since).toBe(NOW);
});
