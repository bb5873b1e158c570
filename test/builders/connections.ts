/** Site-to-Site connections for tests: well by default, each test says only what is not. */

import { known } from '../../lib/core/reading.ts';
import { assessConnections } from '../../lib/siteToSite/assess.ts';
import { type ConnectionMemory, recallConnections } from '../../lib/siteToSite/state.ts';
import {
  type ConnectionFact,
  type CustomerGatewayFact,
  type TunnelFact,
  type TunnelOptionsFact,
  tunnelId,
} from '../../lib/siteToSite/types/connection.ts';
import { CONNECTION_POLICY as POLICY } from '../../lib/siteToSite/types/policy.ts';
import type { ConnectionWorld, TunnelPoints } from '../../lib/siteToSite/types/world.ts';
import { NOW, REGION } from './facts.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Long ago, but not so long that a tunnel counts as unused. */
export const BEFORE = NOW - 3 * DAY;

export const STRONG: TunnelOptionsFact = {
  ikeVersions: ['ikev2'],
  dhGroups: [20],
  integrity: ['SHA2-256'],
  dpdAction: 'restart',
  startsIke: false,
  isLogged: true,
  isBgpLogged: true,
  logGroups: [],
  hasLifecycleControl: false,
};

export const aTunnel = (outsideIp: string, over: Partial<TunnelFact> = {}): TunnelFact => ({
  outsideIp,
  status: 'up',
  words: 'UP, 1 BGP ROUTES',
  acceptedRouteCount: 1,
  changedAt: BEFORE,
  options: STRONG,
  ...over,
});

export const DOWN = {
  status: 'down',
  words: 'DOWN, IPSEC IS DOWN',
  acceptedRouteCount: 0,
} as const;
export const BGP_DOWN = {
  status: 'down',
  words: 'DOWN, IPSEC IS UP',
  acceptedRouteCount: 0,
} as const;
export const SILENT = {
  status: null,
  words: '',
  acceptedRouteCount: null,
  changedAt: null,
} as const;

export const IP1 = '198.51.100.1';
export const IP2 = '198.51.100.2';

export const aConnection = (
  letter: string,
  over: Partial<ConnectionFact> & {
    readonly one?: Partial<TunnelFact>;
    readonly two?: Partial<TunnelFact>;
  } = {},
): ConnectionFact => {
  const { one, two, ...rest } = over;
  return {
    connectionId: `vpn-0${letter}`,
    name: `berlin-${letter}`,
    state: 'available',
    stateWord: 'available',
    customerGatewayId: `cgw-0${letter}`,
    gateway: { kind: 'virtual-private', id: 'vgw-0a' },
    association: 'associated',
    isStatic: false,
    isAccelerated: false,
    transport: 'public',
    bandwidth: 'standard',
    tunnels: [aTunnel(IP1, one), aTunnel(IP2, two)],
    site: null,
    group: null,
    groupFault: null,
    ignored: null,
    staticRouteCount: 0,
    staticCidrs: [],
    usesOneTunnel: false,
    tunnelsFault: null,
    quiet: null,
    quietFault: null,
    ...rest,
  };
};

export const aGateway = (
  letter: string,
  over: Partial<CustomerGatewayFact> = {},
): CustomerGatewayFact => ({
  customerGatewayId: `cgw-0${letter}`,
  name: `router-${letter}`,
  ip: `203.0.113.${letter.charCodeAt(0)}`,
  deviceName: null,
  asn: `${65_000 + letter.charCodeAt(0)}`,
  site: null,
  ...over,
});

/** Two gateways of two devices, so that nothing is shared by default. */
export const aWorldOf = (
  connections: readonly ConnectionFact[],
  over: Partial<ConnectionWorld> = {},
): ConnectionWorld => ({
  at: NOW,
  accountId: '123456789012',
  region: REGION,
  connections: known(connections, NOW),
  customerGateways: known(
    ['a', 'b', 'c'].map((letter) => aGateway(letter)),
    NOW,
  ),
  absent: [],
  staticRoutes: new Map(),
  withoutEcmp: null,
  series: null,
  metrics: null,
  histories: new Map(),
  maintenances: new Map(),
  logs: new Map(),
  gone: {},
  health: [],
  ...over,
});

export const NOTHING = recallConnections(null);

/** What is found, each as `Reason subject severity`, info left out unless asked for. */
export function found(
  world: ConnectionWorld,
  memory: ConnectionMemory = NOTHING,
  now = NOW,
  withInfo = false,
): readonly string[] {
  return assessConnections(world, memory, now)
    .findings.filter(({ severity }) => withInfo || severity !== 'info')
    .map(({ reason, subject, severity }) => `${reason} ${subject.id} ${severity}`);
}

/** Several passes in a row, a minute apart by default; what the last one finds. */
export function passes(
  ...list: readonly (readonly ConnectionFact[] | { readonly world: ConnectionWorld })[]
): readonly string[] {
  let memory = NOTHING;
  let last: readonly string[] = [];
  for (const [index, one] of list.entries()) {
    const now = NOW + index * MINUTE;
    const world = 'world' in one ? { ...one.world, at: now } : aWorldOf(one, { at: now });
    last = found(world, memory, now);
    memory = assessConnections(world, memory, now).memory;
  }
  return last;
}

/** Periods of the last hour, oldest first; a shorter list stands at the end, after `rest`. */
export function traffic(
  list: readonly (readonly [bytesIn: number | null, bytesOut: number | null])[],
  rest: readonly [number | null, number | null] = [1e6, 1e6],
): TunnelPoints {
  const count = POLICY.metricsWindowMs / POLICY.periodMs;
  const all = [...Array.from({ length: count - list.length }, () => rest), ...list];
  const points = (side: 0 | 1) =>
    all.flatMap((pair, index) => {
      const value = pair[side];
      return value === null ? [] : [{ at: WINDOW.from + index * POLICY.periodMs, value }];
    });
  return {
    state: [{ at: WINDOW.from, value: 1 }],
    bytesIn: points(0),
    bytesOut: points(1),
    droppedCount: 0,
  };
}

const to = Math.floor((NOW - POLICY.metricsLagMs) / POLICY.periodMs) * POLICY.periodMs;
export const WINDOW = { from: to - POLICY.metricsWindowMs, to };

/** By tunnel id. */
export const metricsOf = (points: Readonly<Record<string, TunnelPoints>>) => ({
  metrics: {
    ...WINDOW,
    tunnels: new Map(Object.entries(points).map(([id, one]) => [id, known(one, NOW)])),
  },
});

/** Two weeks of the same hour, both directions. */
export const historyOf = (bytesIn: number, bytesOut: number, hours = 336) => {
  const last = Math.floor(NOW / HOUR) * HOUR;
  const ats = Array.from({ length: hours }, (_, back) => last - (back + 1) * HOUR);
  return known(
    {
      bytesIn: ats.map((at) => ({ at, value: bytesIn })),
      bytesOut: ats.map((at) => ({ at, value: bytesOut })),
    },
    NOW,
  );
};

export const T1 = tunnelId('vpn-0a', IP1);
export const T2 = tunnelId('vpn-0a', IP2);
