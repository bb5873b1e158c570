/** Goal: ranges, transit gateway tables and Direct Connect around connections are judged on both sides of each boundary. Method: pure. */
import { describe, expect, test } from '@jest/globals';
import { known, type Reading, unknown } from '../../lib/core/reading.ts';
import { assessNetwork } from '../../lib/network/assess.ts';
import { NO_NETWORK_MEMORY, recallNetwork } from '../../lib/network/state.ts';
import type {
  DirectConnectFact,
  GatewayAttachment,
  NetworkConnection,
  NetworkTable,
  NetworkWorld,
  TransitRoute,
  VirtualInterfaceFact,
} from '../../lib/network/types.ts';
import { NOW } from '../builders/facts.ts';
import { aNetworkWorld } from '../builders/network.ts';

const connection = (over: Partial<NetworkConnection> = {}): NetworkConnection => ({
  connectionId: 'vpn-1',
  name: 'berlin',
  gatewayId: 'vgw-1',
  transportAttachmentId: null,
  isUp: true,
  isDown: false,
  ranges: [],
  ...over,
});
const found = (
  over: Partial<NetworkWorld>,
  connections: readonly NetworkConnection[] | null = [],
): readonly string[] =>
  assessNetwork(aNetworkWorld(over), connections, NO_NETWORK_MEMORY, NOW).findings.map(
    ({ severity, reason, subject }) => `${severity} ${reason} ${subject.id}`,
  );
const vpc = (letter: string, cidr: string): NetworkTable => ({
  tableId: `rtb-${letter}`,
  name: letter,
  vpcId: `vpc-${letter}`,
  isMain: true,
  subnetIds: [],
  propagating: [],
  routes: [{ destination: cidr, target: 'local', isBlackhole: false }],
  ignored: null,
  isWatched: false,
});
const attached = (kind: string, resourceId: string): GatewayAttachment => ({
  attachmentId: `tgw-attach-${resourceId}`,
  transitGatewayId: 'tgw-1',
  kind,
  resourceId,
  tableId: 'tgw-rtb-1',
});
const over = (destination: string, kind: string, resourceId: string): TransitRoute => ({
  destination,
  attachments: [{ kind, resourceId }],
});
const routes = (list: readonly TransitRoute[]) => new Map([['tgw-rtb-1', known(list, NOW)]]);

describe('ranges', () => {
  const vgw = {
    gatewayId: 'vgw-1',
    name: 'sites',
    vpcId: 'vpc-a',
    ignored: null,
    isWatched: false,
  };
  const OF_SITE = ['info RangesOverlap vgw-1'];

  test.each<readonly [string, string, readonly string[]]>([
    ['apart', '10.2.0.0/16', []],
    ['equal', '10.1.0.0/16', OF_SITE],
    ['inside', '10.1.5.0/24', OF_SITE],
    ['wider, as is usual', '10.0.0.0/8', []],
  ])("a site's static route and the range of the VPC: %s", (_, cidr, says) => {
    const around = { gateways: known([vgw], NOW), tables: known([vpc('a', '10.1.0.0/16')], NOW) };
    expect(found(around, [connection({ ranges: [cidr] })])).toEqual(says);
    expect(found(around, [connection({ ranges: [cidr], gatewayId: 'vgw-2' })])).toEqual([]);
  });

  test.each<readonly [string, string, boolean]>([
    ['apart', '10.2.0.0/16', false],
    ['equal', '10.1.0.0/16', true],
    ['one in the other', '10.1.128.0/17', true],
  ])('two VPCs on one transit gateway: %s', (_, cidr, isFound) => {
    const around = {
      tables: known([vpc('a', '10.1.0.0/16'), vpc('b', cidr)], NOW),
      attachments: known([attached('vpc', 'vpc-a'), attached('vpc', 'vpc-b')], NOW),
    };
    expect(found(around)).toEqual(isFound ? ['info RangesOverlap tgw-1'] : []);
  });

  test.each<readonly [string, TransitRoute, boolean]>([
    ['over a VPN', over('10.1.5.0/24', 'vpn', 'vpn-1'), true],
    ['over Direct Connect', over('10.1.5.0/24', 'direct-connect-gateway', 'dxgw'), true],
    ['of the VPC itself', over('10.1.0.0/16', 'vpc', 'vpc-a'), false],
    ['wider', over('10.0.0.0/8', 'vpn', 'vpn-1'), false],
  ])('a learnt route of a transit gateway table inside a VPC: %s', (_, route, isFound) => {
    const around = {
      tables: known([vpc('a', '10.1.0.0/16')], NOW),
      attachments: known([attached('vpc', 'vpc-a'), attached('vpn', 'vpn-1')], NOW),
      transitTables: routes([route]),
    };
    expect(found(around)).toEqual(isFound ? ['info RangesOverlap tgw-1'] : []);
  });

  test.each<readonly [string, Partial<NetworkWorld>, boolean]>([
    ['read and without it', { transitTables: routes([]) }, false],
    ['refused', { transitTables: new Map([['tgw-rtb-1', unknown('throttled', NOW)]]) }, true],
    ['not asked for', { transitTables: new Map(), unreadTableIds: ['tgw-rtb-1'] }, true],
  ])('what was found of a table stands while that is %s', (_, table, stands) => {
    const seen = (transitTables: Partial<NetworkWorld>) =>
      aNetworkWorld({
        tables: known([vpc('a', '10.1.0.0/16')], NOW),
        attachments: known([attached('vpc', 'vpc-a'), attached('vpn', 'vpn-1')], NOW),
        ...transitTables,
      });
    const overlapping = routes([over('10.1.5.0/24', 'vpn', 'vpn-1')]);
    const { memory } = assessNetwork(
      seen({ transitTables: overlapping }),
      [],
      NO_NETWORK_MEMORY,
      NOW,
    );
    const { findings } = assessNetwork(seen(table), [], memory, NOW + 1);
    expect(findings.some(({ reason }) => reason === 'RangesOverlap')).toBe(stands);
  });
});

describe('routes of a transit gateway table', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      over(`10.${index >> 8}.${index & 255}.0/24`, 'vpc', 'vpc-z'),
    );
  test.each([
    [3_999, 'vpn', []],
    [4_000, 'vpn', ['warning TransitRoutesNearLimit tgw-rtb-1']],
    [4_000, 'vpc', []],
  ] as const)('%i, announced to an attachment of kind %s', (count, kind, says) => {
    const around = {
      attachments: known([attached(kind, 'x-1')], NOW),
      transitTables: routes(many(count)),
    };
    expect(found(around)).toEqual(says);
  });

  test.each([
    ['inside', '10.1.5.0/24', ['info BackupPreferred tgw-rtb-1']],
    ['apart', '10.9.0.0/16', []],
    ['wider', '10.0.0.0/8', []],
  ] as const)('over a VPN, %s what Direct Connect has', (_, cidr, says) => {
    const transitTables = routes([
      over('10.1.0.0/16', 'direct-connect-gateway', 'dxgw'),
      over(cidr, 'vpn', 'vpn-1'),
    ]);
    expect(found({ transitTables })).toEqual(says);
  });

  test('what was found of a table stands while it cannot be read or is not asked for, beside what is found of others, and ends with the table', () => {
    const both = [attached('vpn', 'vpn-1'), { ...attached('vpn', 'vpn-2'), tableId: 'tgw-rtb-2' }];
    const full = known(many(4_000), NOW);
    const look = (
      transitTables: NetworkWorld['transitTables'],
      part: Partial<NetworkWorld> = {},
      memory = NO_NETWORK_MEMORY,
    ) => {
      const seen = aNetworkWorld({ attachments: known(both, NOW), transitTables, ...part });
      const { findings, memory: next } = assessNetwork(seen, [], memory, NOW);
      const near = findings.filter(({ reason }) => reason === 'TransitRoutesNearLimit');
      return { ids: near.map(({ subject }) => subject.id), memory: next };
    };
    const first = look(routes(many(4_000)));
    expect(first.ids).toEqual(['tgw-rtb-1']);
    const denied = new Map<string, Reading<readonly TransitRoute[]>>([
      ['tgw-rtb-1', unknown('more routes than are read', NOW)],
      ['tgw-rtb-2', full],
    ]);
    expect(look(denied, {}, first.memory).ids).toEqual(['tgw-rtb-1', 'tgw-rtb-2']);
    const unasked = { unreadTableIds: ['tgw-rtb-1'] };
    expect(look(new Map([['tgw-rtb-2', full]]), unasked, first.memory).ids).toEqual([
      'tgw-rtb-1',
      'tgw-rtb-2',
    ]);
    expect(look(new Map([['tgw-rtb-2', full]]), {}, first.memory).ids).toEqual(['tgw-rtb-2']);
    const blind = { attachments: unknown('denied', NOW) };
    expect(look(new Map(), blind, first.memory).ids).toEqual(['tgw-rtb-1']);
  });

  test('a default route over Direct Connect is no preference: every site lies inside it', () => {
    const transitTables = routes([
      over('0.0.0.0/0', 'direct-connect-gateway', 'dxgw'),
      over('10.1.0.0/16', 'vpn', 'vpn-1'),
    ]);
    expect(found({ transitTables })).toEqual([]);
  });
});

const vif = (letter: string, part: Partial<VirtualInterfaceFact> = {}): VirtualInterfaceFact => ({
  interfaceId: `dxvif-${letter}`,
  name: letter,
  connectionId: `dxcon-${letter}`,
  device: 'device-1',
  gatewayId: 'dxgw',
  isUp: true,
  ...part,
});
const direct = (
  interfaces: readonly VirtualInterfaceFact[],
  interfaceIds: readonly string[] = interfaces.map(({ interfaceId }) => interfaceId),
): Partial<NetworkWorld> => {
  const gateway = { directConnectGatewayId: 'dxgw', gatewayIds: ['tgw-1'], interfaceIds };
  const fact: DirectConnectFact = { interfaces, gateways: [gateway] };
  return {
    directConnect: known(fact, NOW),
    attachments: known([attached('direct-connect-gateway', 'dxgw')], NOW),
  };
};

describe('Direct Connect', () => {
  const MISSING = ['info DirectConnectBackupMissing tgw-1'];
  const beside = connection({ gatewayId: 'tgw-1' });
  test.each<
    readonly [
      string,
      readonly VirtualInterfaceFact[],
      readonly NetworkConnection[],
      readonly string[],
    ]
  >([
    ['one, alone', [vif('a')], [], MISSING],
    ['two on one device', [vif('a'), vif('b')], [], MISSING],
    ['two on two devices', [vif('a'), vif('b', { device: 'device-2' })], [], []],
    [
      'of unknown devices and two connections',
      [vif('a', { device: '' }), vif('b', { device: '' })],
      [],
      [],
    ],
    ['with a VPN that is up', [vif('a')], [beside], []],
    ['with a VPN that is not', [vif('a')], [{ ...beside, isUp: false }], MISSING],
    ['with a VPN of another gateway', [vif('a')], [connection()], MISSING],
    [
      'with a private VPN over itself',
      [vif('a')],
      [{ ...beside, transportAttachmentId: 'a' }],
      MISSING,
    ],
  ])('%s', (_, interfaces, connections, says) => {
    expect(found(direct(interfaces), connections)).toEqual(says);
  });

  test('an interface of another region is not seen, and nothing is concluded', () => {
    expect(found(direct([vif('a')], ['dxvif-a', 'dxvif-elsewhere']))).toEqual([]);
  });

  test('an interface that ends on a virtual private gateway itself', () => {
    const fact = { interfaces: [vif('a', { gatewayId: 'vgw-1' })], gateways: [] };
    expect(found({ directConnect: known(fact, NOW) })).toEqual([
      'info DirectConnectBackupMissing vgw-1',
    ]);
  });

  test.each<readonly [string, boolean | null, readonly string[]]>([
    ['down', false, ['info BackupInUse tgw-1']],
    ['up', true, []],
    ['not told', null, []],
  ])('the backup is in use while every interface is %s', (_, isUp, says) => {
    const both = [vif('a', { isUp }), vif('b', { isUp, device: 'device-2' })];
    expect(found(direct(both), [beside])).toEqual(says);
    const half = [vif('a', { isUp }), vif('b', { device: 'device-2' })];
    expect(found(direct(half), [beside])).toEqual([]);
  });
});

describe('a private connection', () => {
  const above = connection({
    gatewayId: 'tgw-1',
    transportAttachmentId: 'tgw-attach-dxgw',
    isUp: false,
    isDown: true,
  });
  const BELOW = 'critical DirectConnectBelowDown dxgw';
  const down = direct([vif('a', { isUp: false })]);

  test('is down with the Direct Connect below it; where that is up, or not told, it is down by itself', () => {
    expect(found(down, [above])).toContain(BELOW);
    expect(found(direct([vif('a')]), [above])).not.toContain(BELOW);
    expect(found(direct([vif('a', { isUp: null })]), [above])).not.toContain(BELOW);
    expect(found(down, [{ ...above, isDown: false }])).not.toContain(BELOW);
    const other = { ...above, transportAttachmentId: 'tgw-attach-other' };
    expect(found(down, [other])).not.toContain(BELOW);
  });

  test('stays explained between two looks, and while Direct Connect cannot be read, until it is up', () => {
    const first = assessNetwork(aNetworkWorld(down), [above], NO_NETWORK_MEMORY, NOW);
    expect([...first.below]).toEqual([['vpn-1', 'dxgw']]);
    const memory = recallNetwork(JSON.parse(JSON.stringify(first.memory)));
    expect([...assessNetwork(null, [above], memory, NOW).below]).toEqual([['vpn-1', 'dxgw']]);
    expect([...assessNetwork(null, null, memory, NOW).below]).toEqual([['vpn-1', 'dxgw']]);
    const blind = assessNetwork(
      aNetworkWorld({ directConnect: unknown('denied', NOW) }),
      [above],
      memory,
      NOW,
    );
    expect([...blind.below]).toEqual([['vpn-1', 'dxgw']]);
    expect(blind.findings.map(({ reason }) => reason)).toContain('DirectConnectBelowDown');
    const up = { ...above, isDown: false, isUp: true };
    expect([...assessNetwork(null, [up], memory, NOW).below]).toEqual([]);
  });
});

test('what cannot be read is one line of information, with each part; what can be is none', () => {
  expect(found({})).toEqual([]);
  const blind = assessNetwork(
    aNetworkWorld({
      directConnect: unknown('denied', NOW),
      tables: unknown('throttled', NOW),
      transitTables: new Map([['tgw-rtb-1', unknown('throttled', NOW)]]),
      unreadTableIds: ['tgw-rtb-9'],
    }),
    [],
    NO_NETWORK_MEMORY,
    NOW,
  );
  expect(blind.findings).toMatchObject([
    {
      reason: 'NetworkUnread',
      severity: 'info',
      evidence: [
        'route tables: throttled',
        'directConnect: denied',
        'routes of tgw-rtb-1: throttled',
        'routes of tgw-rtb-9: not asked, there are too many tables',
      ],
    },
  ]);
});
