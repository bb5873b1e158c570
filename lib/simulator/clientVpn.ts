/** Client VPN endpoints of the simulated account: users by hour of day, and the effects of their faults. */

import type { EndpointPort, EndpointProbePort, SurroundingsPort } from '../clientVpn/ports.ts';
import type { AssociationFact, EndpointFact } from '../clientVpn/types/endpoint.ts';
import {
  ENDPOINT_METRICS,
  ENDPOINT_NAMESPACE,
  ENDPOINT_PERIOD_MS,
} from '../clientVpn/types/metrics.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import type { Instant } from '../core/time.ts';
import type { ProbeResult } from '../probe/types.ts';
import type { VirtualClock } from './clock.ts';
import { simulatedSurroundings } from './endpointSurroundings.ts';
import type { OneEndpointFault } from './faults/clientVpn.ts';
import type { Fault, Faults } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { SimSeries } from './metrics.ts';
import type { Random } from './random.ts';

/** What the facts of the endpoints do not say. */
export interface EndpointSetup {
  /** Zones of the active associations. */
  readonly zones: readonly string[];
  /** Null: no CRL was ever imported. */
  readonly crlDays: number | null;
}

const USUAL_SETUP: EndpointSetup = { zones: ['eu-west-1a', 'eu-west-1b'], crlDays: 60 };

export class SimEndpoints {
  readonly facts: readonly EndpointFact[];
  readonly #setups: ReadonlyMap<string, EndpointSetup>;
  readonly #clock: VirtualClock;
  readonly #faults: Faults;
  readonly #random: Random;

  /** `setups`: by endpoint id; an endpoint without one has two zones and a CRL of 60 days. */
  constructor(
    facts: readonly EndpointFact[],
    clock: VirtualClock,
    faults: Faults,
    random: Random,
    setups: ReadonlyMap<string, EndpointSetup> = new Map(),
  ) {
    this.facts = facts;
    this.#setups = setups;
    this.#clock = clock;
    this.#faults = faults;
    this.#random = random;
  }

  /** Whether clients can connect to it now, whatever AWS reports. */
  isServing(endpointId: string): boolean {
    const isStopped = STOPPING.some((kind) => this.#has(kind, endpointId));
    const crlDays = this.#listDays(endpointId, this.#clock.now());
    return !isStopped && !this.#isDark(endpointId) && (crlDays === null || crlDays >= 0);
  }

  /** Every zone in which it has an association has failed. */
  #isDark(endpointId: string): boolean {
    const failed = this.#faults.active('zone-dead').map(({ zone }) => zone);
    return this.#associations(endpointId).every(({ zones }) =>
      zones.every((zone) => failed.includes(zone)),
    );
  }

  /** All CloudWatch series of the endpoints, as functions of time. */
  series(): readonly SimSeries[] {
    return this.facts.flatMap((fact) => this.#seriesOf(fact));
  }

  port(self: Pick<Invocation, 'clock' | 'pass'>): EndpointPort {
    const ask = async <T>(
      isUnreadable: () => boolean,
      action: string,
      signal: AbortSignal,
      take: () => readonly T[],
    ): Promise<Reading<readonly T[]>> => {
      const at = self.clock.now();
      await self.pass(10 * this.#random.whole(5, 30), signal);
      return isUnreadable() || signal.aborted
        ? unknown(`ec2:${action} throttled (RequestLimitExceeded)`, at)
        : known(take(), at);
    };
    return {
      endpoints: (signal) =>
        ask(
          () => this.#faults.isActive('endpoints-unreadable'),
          'DescribeClientVpnEndpoints',
          signal,
          () => this.facts.flatMap((fact) => this.#shown(fact)),
        ),
      associations: async (endpointIds, signal) => {
        const readings = await Promise.all(
          endpointIds.map((endpointId) =>
            ask(
              () => this.#faults.isActive('associations-unreadable'),
              'DescribeClientVpnTargetNetworks',
              signal,
              () => this.#associations(endpointId),
            ),
          ),
        );
        return new Map(
          endpointIds.map((id, index) => [
            id,
            readings[index] ?? unknown('not asked', self.clock.now()),
          ]),
        );
      },
      sessions: (_endpointId, signal) =>
        ask(
          () => false,
          'DescribeClientVpnConnections',
          signal,
          () => [],
        ),
    };
  }

  surroundings(self: Pick<Invocation, 'clock' | 'pass'>): SurroundingsPort {
    return simulatedSurroundings(
      this.facts,
      {
        isUnreadable: () => this.#faults.isActive('surroundings-unreadable'),
        during: (kind, endpointId) => this.#during(kind, endpointId, this.#clock.now()),
      },
      self,
    );
  }

  endpointProbes(self: Pick<Invocation, 'pass'>): EndpointProbePort {
    return {
      send: async ({ dnsName }, timeoutMs, signal): Promise<ProbeResult> => {
        const fact = this.facts.find((one) => one.dnsName === dnsName);
        if (this.#faults.isActive('probe-dns-dead')) {
          await self.pass(timeoutMs, signal);
          return { kind: 'unknown', why: 'DNS could not be asked (ETIMEOUT)' };
        }
        const isShut =
          fact === undefined ||
          this.#has('endpoint-unreachable', fact.endpointId) ||
          this.#has('endpoint-pending', fact.endpointId) ||
          this.#isDark(fact.endpointId);
        const tookMs = isShut ? timeoutMs : this.#random.whole(20, 300);
        await self.pass(tookMs, signal);
        return isShut
          ? { kind: 'down', why: `no answer in ${timeoutMs} ms`, tookMs }
          : { kind: 'up', tookMs };
      },
    };
  }

  #shown(fact: EndpointFact): readonly EndpointFact[] {
    const { endpointId } = fact;
    if (this.#has('endpoint-deleted', endpointId) || this.#has('endpoint-unlisted', endpointId))
      return [];
    if (this.#has('endpoint-strange', endpointId)) return [{ ...fact, state: 'unknown' }];
    if (this.#has('endpoint-pending', endpointId)) return [{ ...fact, state: 'pending' }];
    const isBare = this.#associations(endpointId).length === 0;
    return [{ ...fact, state: isBare ? 'pending-associate' : 'available' }];
  }

  #associations(endpointId: string): readonly AssociationFact[] {
    const lost = this.#faults
      .active('associations-lost')
      .filter((one) => one.endpointId === endpointId);
    const { zones: own } = this.#setupOf(endpointId);
    const left = Math.min(own.length, ...lost.map(({ leaves }) => leaves));
    const hasFailed = this.#has('association-failed', endpointId);
    const last = hasFailed
      ? 'association-failed'
      : this.#has('association-coming', endpointId)
        ? 'associating'
        : 'associated';
    return own.slice(0, left).map((zone, index) => ({
      associationId: `cvpn-assoc-${endpointId.slice(-4)}-${zone}`,
      endpointId,
      subnetId: '',
      state: index === own.length - 1 ? last : 'associated',
      stateMessage: hasFailed ? 'The subnet has no free addresses' : '',
      zones: [zone],
    }));
  }

  #seriesOf(fact: EndpointFact): readonly SimSeries[] {
    const { endpointId } = fact;
    const dimensions = { Endpoint: endpointId };
    const series = (
      metricName: string,
      valueAt: (at: Instant) => number,
      isSum: boolean,
    ): SimSeries => ({
      namespace: ENDPOINT_NAMESPACE,
      metricName,
      dimensions,
      sample: (at, periodMs) => {
        const count = periodMs / ENDPOINT_PERIOD_MS;
        const values = Array.from({ length: count }, (_, index) =>
          valueAt(at + index * ENDPOINT_PERIOD_MS),
        );
        const sum = values.reduce((total, value) => total + value, 0);
        return isSum ? sum : sum / count;
      },
    });
    const users = (at: Instant) =>
      this.#had('users-gone', endpointId, at) ? 1 : usersAt(at) + wobble(at, endpointId, 6);
    const failures = (at: Instant) =>
      this.#had('logins-fail', endpointId, at) ? 40 : wobble(at, `${endpointId} f`, 1);
    const bytes = (at: Instant) => users(at) * 2_000_000;
    return [
      series(ENDPOINT_METRICS.active.metricName, users, false),
      series(ENDPOINT_METRICS.authFailures.metricName, failures, true),
      series(ENDPOINT_METRICS.ingressBytes.metricName, bytes, true),
      series(ENDPOINT_METRICS.egressBytes.metricName, (at) => 4 * bytes(at), true),
      ...(this.#setupOf(endpointId).crlDays === null
        ? []
        : [
            series(
              ENDPOINT_METRICS.crlDays.metricName,
              (at) => this.#listDays(endpointId, at) ?? 0,
              false,
            ),
          ]),
      ...(fact.authentication.includes('federated')
        ? [series(ENDPOINT_METRICS.idpDays.metricName, () => 200, false)]
        : []),
      ...(fact.hasConnectHandler
        ? [
            series(
              ENDPOINT_METRICS.handlerTimeouts.metricName,
              (at) => (this.#had('handler-fails', endpointId, at) ? 5 : 0),
              true,
            ),
          ]
        : []),
    ];
  }

  #setupOf(endpointId: string): EndpointSetup {
    return this.#setups.get(endpointId) ?? USUAL_SETUP;
  }

  #listDays(endpointId: string, at: Instant): number | null {
    const old = this.#during('crl-old', endpointId, at)[0];
    return old?.kind === 'crl-old' ? old.days : this.#setupOf(endpointId).crlDays;
  }

  #has(kind: OneEndpointFault['kind'], endpointId: string): boolean {
    return this.#had(kind, endpointId, this.#clock.now());
  }

  #had(kind: OneEndpointFault['kind'], endpointId: string, at: Instant): boolean {
    return this.#during(kind, endpointId, at).length > 0;
  }

  #during(kind: OneEndpointFault['kind'], endpointId: string, at: Instant): readonly Fault[] {
    const atMs = at - this.#clock.now() + this.#clock.monotonicMs();
    return this.#faults.spells.flatMap(({ fault, startMs, endMs }) =>
      atMs >= startMs &&
      atMs < endMs &&
      fault.kind === kind &&
      'endpointId' in fault &&
      fault.endpointId === endpointId
        ? [fault]
        : [],
    );
  }
}

/** Faults that keep every client away. */
const STOPPING = ['endpoint-unreachable', 'endpoint-deleted', 'endpoint-pending'] as const;

const HOUR_MS = 3_600_000;

/** Few users at night and most at noon, the same every day. */
const usersAt = (at: Instant): number => {
  const hour = (at / HOUR_MS) % 24;
  return Math.round(60 - 40 * Math.cos(((hour - 2) / 24) * 2 * Math.PI));
};

/** A number from 0 to `most` that depends on the period and the name only. */
function wobble(at: Instant, name: string, most: number): number {
  let mixed = Math.floor(at / ENDPOINT_PERIOD_MS) | 0;
  for (let index = 0; index < name.length; index += 1) {
    mixed = Math.imul(mixed ^ name.charCodeAt(index), 0x0100_0193);
  }
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x21f0_aaad);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % (most + 1);
}
