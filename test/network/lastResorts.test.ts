/** Goal: what a gateway of last resort carries is only what a connection that is up is known to lead to. Method: pure, and a port in memory. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../lib/core/reading.ts';
import { type ConnectionBehind, lastResortsOf } from '../../lib/network/assess/lastResorts.ts';
import { observeLastResorts } from '../../lib/network/observe/lastResorts.ts';
import type { NetworkPort } from '../../lib/network/ports.ts';
import type { GatewayPlace, NetworkRoute, NetworkTable } from '../../lib/network/types.ts';
import { emptyNetwork } from '../../lib/simulator/emptyNetwork.ts';
import { NOW } from '../builders/facts.ts';

const VGW = 'vgw-1';
const TGW = 'tgw-1';
const route = (destination: string, target = '', over: Partial<NetworkRoute> = {}) => ({
  destination,
  target,
  isBlackhole: false,
  ...over,
});
const table = (routes: readonly NetworkRoute[], over: Partial<NetworkTable> = {}) => ({
  tableId: 'rtb-1',
  name: 'rtb-1',
  vpcId: 'vpc-1',
  isMain: false,
  subnetIds: [],
  propagating: [],
  isGrouped: true,
  ignored: null,
  isWatched: false,
  routes: [route('10.1.0.0/16', 'local'), ...routes],
  ...over,
});
const connection = (over: Partial<ConnectionBehind> = {}): ConnectionBehind => ({
  connectionId: 'vpn-1',
  gatewayId: VGW,
  health: 'up',
  isStatic: true,
  cidrs: ['10.20.0.0/16'],
  ...over,
});
const BGP = { isStatic: false, cidrs: [] };
const OURS = route('10.20.0.0/16', '');
const propagated = (cidr = '10.20.0.0/16', over: Partial<NetworkRoute> = {}) =>
  route(cidr, VGW, { isPropagated: true, ...over });

function carried(
  tables: readonly NetworkTable[],
  connections: readonly ConnectionBehind[],
  place: Partial<GatewayPlace> = {},
): readonly string[] {
  const at = { gatewayId: VGW, vpcId: 'vpc-1', routes: [], ...place };
  const gateways = [{ gatewayId: at.gatewayId, groupTag: 'hq', ignored: null }];
  const [only] = lastResortsOf({ gateways, places: [at], tables }, connections);
  return only?.carries['vpc-1'] ?? [];
}

describe('behind a virtual private gateway', () => {
  test.each<readonly [string, readonly NetworkTable[], readonly ConnectionBehind[]]>([
    ['a static route of a connection that is up', [table([OURS])], [connection()]],
    ['a wider one', [table([OURS])], [connection({ cidrs: ['10.0.0.0/8'] })]],
    ['a propagated route of BGP', [table([OURS, propagated()])], [connection(BGP)]],
    [
      'a propagated route in another table of the VPC',
      [table([OURS]), table([propagated()], { tableId: 'rtb-2', isGrouped: false })],
      [connection(BGP)],
    ],
  ])('carries: %s', (_, tables, connections) => {
    expect(carried(tables, connections)).toEqual(['10.20.0.0/16']);
  });

  test.each<readonly [string, readonly NetworkTable[], readonly ConnectionBehind[]]>([
    ['the connection is down', [table([OURS])], [connection({ health: 'down' })]],
    ['AWS does not say how it is', [table([OURS])], [connection({ health: 'unknown' })]],
    ['its route is narrower', [table([OURS])], [connection({ cidrs: ['10.20.0.0/17'] })]],
    ['it ends on another gateway', [table([OURS])], [connection({ gatewayId: 'vgw-2' })]],
    [
      'a more specific static route is of one that is down',
      [table([OURS])],
      [
        connection({ cidrs: ['10.0.0.0/8'] }),
        connection({ connectionId: 'vpn-2', health: 'down' }),
      ],
    ],
    ['BGP is up and nothing is propagated', [table([OURS])], [connection(BGP)]],
    [
      'what is propagated is a static route of one that is down',
      [table([OURS, propagated()])],
      [connection(BGP), connection({ connectionId: 'vpn-2', health: 'down' })],
    ],
    [
      'what is propagated is a blackhole',
      [table([OURS, propagated('10.20.0.0/16', { isBlackhole: true })])],
      [connection(BGP)],
    ],
    [
      'what leads to the gateway was put there by hand',
      [table([route('10.20.0.0/16', VGW)])],
      [connection(BGP)],
    ],
    ['the table is not tagged', [table([OURS], { isGrouped: false })], [connection()]],
    [
      'the destination lies in the VPC itself',
      [table([route('10.1.5.0/24')])],
      [connection({ cidrs: ['10.0.0.0/8'] })],
    ],
    [
      'the destination is a prefix list',
      [table([route('pl-1')])],
      [connection({ cidrs: ['0.0.0.0/0'] })],
    ],
  ])('carries nothing: %s', (_, tables, connections) => {
    expect(carried(tables, connections)).toEqual([]);
  });
});

describe('behind a transit gateway, by the most specific route that packets of the VPC follow', () => {
  const over = (destination: string, resourceId = 'vpn-1', isBlackhole = false) => ({
    destination,
    attachments: [{ kind: 'vpn', resourceId }],
    isBlackhole,
  });
  const behind = [connection({ gatewayId: TGW, ...BGP })];
  test.each([
    ['over a connection that is up', [over('10.20.0.0/16')], true],
    ['over one of two', [over('10.0.0.0/8', 'vpn-2'), over('10.20.0.0/16')], true],
    ['over another', [over('10.0.0.0/8'), over('10.20.0.0/16', 'vpn-2')], false],
    ['to a blackhole', [over('10.0.0.0/8'), over('10.20.0.0/16', 'vpn-1', true)], false],
    ['nowhere', [], false],
  ])('%s', (_, routes, isCarried) => {
    expect(carried([table([OURS])], behind, { gatewayId: TGW, routes })).toEqual(
      isCarried ? ['10.20.0.0/16'] : [],
    );
  });
});

describe('what is known of all behind it', () => {
  const healthOf = (...healths: readonly ConnectionBehind['health'][]) =>
    lastResortsOf(
      {
        gateways: [{ gatewayId: VGW, groupTag: 'hq branch', ignored: null }],
        places: [],
        tables: [],
      },
      healths.map((health, index) => connection({ connectionId: `vpn-${index}`, health })),
    );
  test.each([
    ['up', ['down', 'up', 'unknown']],
    ['down', ['down', 'down']],
    ['unknown', ['down', 'unknown']],
    ['unknown', []],
  ] as const)('%s of %j', (health, healths) => {
    expect(healthOf(...healths)).toMatchObject([{ health, groups: ['hq', 'branch'] }]);
  });

  test('one that is ignored, or whose tag cannot be read, is none', () => {
    const gateways = [
      { gatewayId: VGW, groupTag: 'hq', ignored: 'in tests' },
      { gatewayId: TGW, groupTag: '  ', ignored: null },
    ];
    expect(lastResortsOf({ gateways, places: [], tables: [] }, [])).toEqual([]);
  });
});

describe('the reads', () => {
  const port = (over: Partial<NetworkPort> = {}) => {
    const asked: string[] = [];
    const empty = emptyNetwork({ clock: { now: () => NOW } });
    const whole: NetworkPort = { ...empty, ...over };
    const log =
      <A extends unknown[], T>(name: string, call: (...args: A) => T) =>
      (...args: A) => {
        asked.push(name);
        return call(...args);
      };
    return {
      asked,
      port: {
        ...whole,
        tables: log('tables', whole.tables),
        attachments: log('attachments', whole.attachments),
      },
    };
  };
  const { signal } = new AbortController();
  const vgw = {
    gatewayId: VGW,
    name: VGW,
    vpcId: 'vpc-1',
    groupTag: 'hq',
    ignored: null,
    isWatched: false,
  };
  const tgw = { gatewayId: TGW, name: TGW, groupTag: 'hq', ignored: null };
  const gateways = async () => known([vgw], NOW);
  const transitGateways = async () => known([tgw], NOW);

  const gap = async () => unknown('throttled', NOW);

  test('without the tag nothing more is read', async () => {
    const { groupTag: _, ...untagged } = vgw;
    const { asked, port: own } = port({ gateways: async () => known([untagged], NOW) });
    expect(await observeLastResorts(own, signal)).toMatchObject({ value: { gateways: [] } });
    expect(asked).toEqual([]);
  });

  test('with it the tables, and of a transit gateway the routes of each VPC', async () => {
    const { asked, port: own } = port({
      gateways,
      transitGateways,
      attachments: async () =>
        known(
          ['vpc', 'vpn'].map((kind) => ({
            attachmentId: `tgw-attach-${kind}`,
            transitGatewayId: TGW,
            kind,
            resourceId: `${kind}-1`,
            tableId: 'tgw-rtb-1',
          })),
          NOW,
        ),
      transitRoutes: async (ids, _, __, states = []) =>
        new Map(
          ids.map((id) => [
            id,
            known(
              states.map((state) =>
                state === 'active'
                  ? { destination: '10.0.0.0/8', attachments: [] }
                  : { destination: '10.9.0.0/16', isBlackhole: true, attachments: [] },
              ),
              NOW - 5,
            ),
          ]),
        ),
    });
    expect(await observeLastResorts(own, signal)).toMatchObject({
      at: NOW - 5,
      value: {
        places: [
          { gatewayId: VGW, vpcId: 'vpc-1', routes: [] },
          {
            gatewayId: TGW,
            vpcId: 'vpc-1',
            routes: [
              { destination: '10.0.0.0/8' },
              { destination: '10.9.0.0/16', isBlackhole: true },
            ],
          },
        ],
      },
    });
    expect(asked.toSorted()).toEqual(['attachments', 'tables']);
  });

  test.each([
    ['gateways', gap],
    ['transitGateways', gap],
    ['tables', gap],
    ['attachments', gap],
    ['transitRoutes', async () => new Map([['tgw-rtb-1', await gap()]])],
    ['transitRoutes', async () => new Map()],
  ] as const)('what cannot be read of %s makes all of it unknown', async (name, read) => {
    const attachment = {
      attachmentId: 'tgw-attach-1',
      transitGatewayId: TGW,
      kind: 'vpc',
      resourceId: 'vpc-1',
      tableId: 'tgw-rtb-1',
    };
    const attachments = async () => known([attachment], NOW);
    const { port: own } = port({ gateways, transitGateways, attachments, [name]: read });
    expect(await observeLastResorts(own, signal)).toMatchObject({ known: false });
  });
});
