/** Site-to-Site connections of the simulated account: the true state of each tunnel, and what AWS reports of it. */
import type { MetricQuery } from '../core/metric.ts';
import type { TunnelPort, VpnPort } from '../siteToSite/ports.ts';
import type {
  ConnectionFact,
  CustomerGatewayFact,
  TunnelFact,
} from '../siteToSite/types/connection.ts';
import type { VirtualClock } from './clock.ts';
import { openReads } from './ec2Reads.ts';
import type { Fault, Faults, Spell } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { SimSeries } from './metrics.ts';
import type { Random } from './random.ts';

/** `bgp-down`: IPsec is up. `no-routes`: BGP is up, and no route is accepted. Each carries less than the one before. */
const TRUTHS = ['up', 'no-routes', 'bgp-down', 'down'] as const;
export type TunnelTruth = (typeof TRUTHS)[number];

export interface VpnNetwork {
  readonly connections: readonly ConnectionFact[];
  readonly customerGateways: readonly CustomerGatewayFact[];
}

export const NO_VPN: VpnNetwork = { connections: [], customerGateways: [] };

export class SimVpn {
  readonly network: VpnNetwork;
  readonly #clock: VirtualClock;
  readonly #faults: Faults;
  readonly #random: Random;
  readonly #byId: ReadonlyMap<string, ConnectionFact>;

  constructor(network: VpnNetwork, clock: VirtualClock, faults: Faults, random: Random) {
    this.network = network;
    this.#byId = new Map(network.connections.map((one) => [one.connectionId, one]));
    this.#clock = clock;
    this.#faults = faults;
    this.#random = random.fork('calls');
  }

  /** The true state at a moment of virtual time, whatever AWS reports. */
  truth(connectionId: string, outsideIp: string, atMs: number): TunnelTruth {
    return truthAt(this.#spellsOf(connectionId, outsideIp), atMs);
  }

  /** The faults of a tunnel, past and to come. */
  #spellsOf(connectionId: string, outsideIp: string): readonly Spell[] {
    const connection = this.#byId.get(connectionId);
    return this.#faults.spells.filter(({ fault }) =>
      hits(fault, connectionId, outsideIp, connection),
    );
  }

  /** Whether any tunnel of these connections carries traffic now, whatever AWS reports. */
  isServing(connectionIds: readonly string[]): boolean {
    const nowMs = this.#clock.monotonicMs();
    return this.network.connections
      .filter(({ connectionId }) => connectionIds.includes(connectionId))
      .filter(({ connectionId }) => !this.isDeleted(connectionId))
      .some(({ connectionId, tunnels }) =>
        tunnels.some(({ outsideIp }) => this.truth(connectionId, outsideIp, nowMs) === 'up'),
      );
  }

  isDeleted(connectionId: string): boolean {
    return this.#faults
      .active('connection-deleted')
      .some((fault) => fault.connectionId === connectionId);
  }

  port(self: Invocation): VpnPort & TunnelPort {
    const ask = openReads(self, this.#random, () => this.#refusal());
    return {
      connections: (signal) =>
        ask(signal, 'DescribeVpnConnections', () =>
          this.network.connections
            .filter(({ connectionId }) => !this.#is('connection-unlisted', connectionId))
            .map((one) => this.#worded(this.#shown(one))),
        ),
      customerGateways: (signal) =>
        ask(signal, 'DescribeCustomerGateways', () => this.network.customerGateways),
      withoutEcmp: (signal) => ask(signal, 'DescribeTransitGateways', () => []),
      staticRoutes: (_, signal) => ask(signal, 'SearchTransitGatewayRoutes', () => new Map()),
      maintenance: (_, signal) =>
        ask(signal, 'GetVpnTunnelReplacementStatus', () => ({
          isPending: false,
          autoAppliedAfter: null,
          lastAppliedAt: null,
        })),
      replaceTunnel: async () => ({ kind: 'refused', why: 'nothing is pending' }),
    };
  }

  #refusal(): string | null {
    const [unreadable] = this.#faults.active('vpn-unreadable');
    if (unreadable !== undefined) return unreadable.why;
    const isThrottled = this.#faults
      .active('vpn-throttled')
      .some(({ chance }) => this.#random.chance(chance));
    return isThrottled ? 'throttled (RequestLimitExceeded)' : null;
  }

  #is(kind: 'connection-unlisted', connectionId: string): boolean {
    return this.#faults.active(kind).some((fault) => fault.connectionId === connectionId);
  }

  #worded(connection: ConnectionFact): ConnectionFact {
    const { connectionId } = connection;
    const unlisted = this.#faults.active('tunnel-unlisted');
    const [worded] = this.#faults
      .active('connection-word')
      .filter((fault) => fault.connectionId === connectionId);
    return {
      ...connection,
      ...(worded === undefined || connection.state === 'deleted'
        ? {}
        : {
            stateWord: worded.word,
            state: worded.word === 'deleting' ? 'deleting' : ('unknown' as const),
          }),
      tunnels: connection.tunnels.filter(
        ({ outsideIp }) =>
          !unlisted.some(
            (fault) => fault.connectionId === connectionId && fault.outsideIp === outsideIp,
          ),
      ),
    };
  }

  #shown(connection: ConnectionFact): ConnectionFact {
    const { connectionId } = connection;
    const isOf = (fault: { readonly connectionId: string }) => fault.connectionId === connectionId;
    if (this.isDeleted(connectionId)) return { ...connection, state: 'deleted', tunnels: [] };
    const isStrange = this.#faults.active('telemetry-strange').some(isOf);
    const isMissing = this.#faults.active('telemetry-missing').some(isOf);
    const aheadMs = Math.max(0, ...this.#faults.active('telemetry-ahead').map(({ byMs }) => byMs));
    const joined = this.#faults.active('connection-joins').find(isOf);
    return {
      ...connection,
      group: joined?.group ?? connection.group,
      tunnels: connection.tunnels.map((tunnel): TunnelFact => {
        if (isMissing)
          return { ...tunnel, status: null, words: '', acceptedRouteCount: null, changedAt: null };
        if (isStrange) return { ...tunnel, status: null, words: 'RECONFIGURING' };
        const nowMs = this.#clock.monotonicMs();
        const truth = this.truth(connectionId, tunnel.outsideIp, nowMs);
        const changedMs = this.#changedMs(connectionId, tunnel.outsideIp, nowMs);
        // Down from the beginning on: since when it really was.
        if (truth !== 'up' && tunnel.status === 'down' && changedMs <= 0) return tunnel;
        const ageMs = nowMs - changedMs;
        return {
          ...tunnel,
          ...(truth === 'up' && tunnel.status === 'up' ? {} : REPORTED[truth]),
          changedAt: this.#clock.now() - ageMs + aheadMs,
        };
      }),
    };
  }

  /** When its true state last changed; `BEFORE_MS` when it never did. */
  #changedMs(connectionId: string, outsideIp: string, nowMs: number): number {
    const edges = this.#faults.spells
      .flatMap((spell) => edgesOf(spell, nowMs))
      .filter((atMs) => atMs <= nowMs)
      .toSorted((a, b) => b - a);
    const isChange = (atMs: number) =>
      this.truth(connectionId, outsideIp, atMs) !== this.truth(connectionId, outsideIp, atMs - 1);
    return edges.find(isChange) ?? BEFORE_MS;
  }

  /** All CloudWatch series of the connections. */
  series(): readonly SimSeries[] {
    const missing = new Set(
      this.#faults.active('metrics-missing').map(({ connectionId }) => connectionId),
    );
    return this.network.connections
      .filter(({ connectionId }) => !missing.has(connectionId) && !this.isDeleted(connectionId))
      .flatMap(({ connectionId, tunnels }) =>
        tunnels.flatMap(({ outsideIp }) =>
          METRICS.map((metricName) => ({
            namespace: 'AWS/VPN',
            metricName,
            dimensions: { VpnId: connectionId, TunnelIpAddress: outsideIp },
            sample: (at: number, periodMs: number, statistic: MetricQuery['statistic']) =>
              this.#sample(metricName, connectionId, outsideIp, at, periodMs, statistic),
          })),
        ),
      );
  }

  #sample(
    metricName: (typeof METRICS)[number],
    connectionId: string,
    outsideIp: string,
    at: number,
    periodMs: number,
    statistic: MetricQuery['statistic'],
  ): number {
    const startMs = at - this.#clock.now() + this.#clock.monotonicMs();
    const stepMs = Math.min(periodMs / 6, 60_000);
    const steps = Math.round(periodMs / stepMs);
    const spells = this.#spellsOf(connectionId, outsideIp);
    // Most tunnels of an account have no fault, and two weeks are read of each.
    const upCount =
      spells.length === 0
        ? steps
        : Array.from({ length: steps }, (_, index) =>
            truthAt(spells, startMs + index * stepMs),
          ).filter((truth) => truth === 'up').length;
    const share = upCount / steps;
    if (metricName === 'TunnelState') return statistic === 'Minimum' ? Math.floor(share) : share;
    // More by day than by night, different in each direction, and never zero.
    const day = 1 + Math.sin((at / 86_400_000) * 2 * Math.PI);
    const bytesASecond = (metricName === 'TunnelDataIn' ? 300_000 : 500_000) * (1 + day) * share;
    return Math.round((bytesASecond * periodMs) / 1_000) + BACKGROUND_BYTES;
  }
}

const METRICS = ['TunnelState', 'TunnelDataIn', 'TunnelDataOut'] as const;
const BACKGROUND_BYTES = 1_200;
/** Three days before the simulation begins. */
const BEFORE_MS = -3 * 86_400_000;

const REPORTED = {
  up: { status: 'up', words: 'UP, 3 BGP ROUTES', acceptedRouteCount: 3 },
  'no-routes': { status: 'up', words: 'UP, 0 BGP ROUTES', acceptedRouteCount: 0 },
  'bgp-down': { status: 'down', words: 'DOWN, IPSEC IS UP', acceptedRouteCount: 0 },
  down: { status: 'down', words: 'DOWN, IPSEC IS DOWN', acceptedRouteCount: 0 },
} as const satisfies Record<TunnelTruth, Partial<TunnelFact>>;

function truthAt(spells: readonly Spell[], atMs: number): TunnelTruth {
  const words = spells
    .filter(({ startMs, endMs }) => startMs <= atMs && atMs < endMs)
    .map((spell) => truthOf(spell, atMs));
  return TRUTHS.findLast((word) => words.includes(word)) ?? 'up';
}

function hits(
  fault: Fault,
  connectionId: string,
  outsideIp: string,
  connection: ConnectionFact | undefined,
): boolean {
  if (fault.kind === 'customer-device-dead') {
    return fault.customerGatewayId === connection?.customerGatewayId;
  }
  const isTunnel =
    fault.kind === 'tunnel-down' ||
    fault.kind === 'tunnel-flapping' ||
    fault.kind === 'routes-withdrawn';
  return isTunnel && fault.connectionId === connectionId && fault.outsideIp === outsideIp;
}

function truthOf({ fault, startMs }: Spell, atMs: number): TunnelTruth {
  if (fault.kind === 'routes-withdrawn') return 'no-routes';
  if (fault.kind === 'tunnel-down') return fault.isBgp ? 'bgp-down' : 'down';
  if (fault.kind === 'tunnel-flapping') {
    return (atMs - startMs) % fault.periodMs < fault.downMs ? 'down' : 'up';
  }
  return 'down';
}

/** Moments at which the true state may change: both ends of the fault, and the latest edges of a flap. */
function edgesOf({ fault, startMs, endMs }: Spell, nowMs: number): readonly number[] {
  if (fault.kind !== 'tunnel-flapping') return [startMs, endMs];
  const round = Math.floor((Math.min(nowMs, endMs) - startMs) / fault.periodMs);
  const turns = [round - 1, round].flatMap((index) => {
    const beginMs = startMs + index * fault.periodMs;
    return [beginMs, beginMs + fault.downMs];
  });
  return [...turns, endMs];
}
