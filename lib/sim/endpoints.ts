/** Client VPN endpoints of the simulated account: people who come and go by the hour, and everything that can go wrong. */
import type { AssociationFact, EndpointFact } from '../model/endpoint.ts';
import {
  ENDPOINT_METRICS,
  ENDPOINT_NAMESPACE,
  ENDPOINT_PERIOD_MS,
} from '../model/endpointMetrics.ts';
import type { Knock } from '../model/probe.ts';
import { known, type Reading, unknown } from '../model/reading.ts';
import type { DoorPort, EndpointPort } from '../ports/endpoints.ts';
import type { Instant } from '../time.ts';
import type { VirtualClock } from './clock.ts';
import type { Dice } from './dice.ts';
import type { Invocation } from './invocation.ts';
import { type MetricTrouble, NO_TROUBLE, SimMetrics, type SimSeries } from './metrics.ts';

export type EndpointFault =
  /** Nobody answers at its door, whatever EC2 says. */
  | { readonly kind: 'door-shut'; readonly endpointId: string }
  /** Its associations are gone, all or all but one. */
  | { readonly kind: 'associations-lost'; readonly endpointId: string; readonly leaves: 0 | 1 }
  | { readonly kind: 'users-gone'; readonly endpointId: string }
  | { readonly kind: 'logins-fail'; readonly endpointId: string }
  | { readonly kind: 'list-old'; readonly endpointId: string; readonly days: number }
  | { readonly kind: 'handler-fails'; readonly endpointId: string }
  /** EC2 says its state in a word that nobody knows. */
  | { readonly kind: 'state-strange'; readonly endpointId: string }
  | { readonly kind: 'deleted'; readonly endpointId: string }
  /** Our own trouble, which must look like nobody else's. */
  | { readonly kind: 'dns-dead' }
  | { readonly kind: 'list-unreadable' }
  | { readonly kind: 'associations-unreadable' }
  | { readonly kind: 'metrics-bad'; readonly trouble: Partial<MetricTrouble> };

export interface EndpointSpell {
  readonly fault: EndpointFault;
  readonly startAt: Instant;
  readonly endAt: Instant;
}

export class SimEndpoints {
  readonly metrics: SimMetrics;
  readonly #clock: VirtualClock;
  readonly #luck: Dice;
  readonly #facts: readonly EndpointFact[];
  readonly #spells: EndpointSpell[] = [];

  constructor(clock: VirtualClock, luck: Dice, facts: readonly EndpointFact[]) {
    this.#clock = clock;
    this.#luck = luck;
    this.#facts = facts;
    this.metrics = new SimMetrics(luck.fork('metrics'), () => {
      const bad = this.#active('metrics-bad').map(({ trouble }) => trouble);
      this.metrics.trouble = Object.assign({}, NO_TROUBLE, ...bad);
      return facts.flatMap((fact) => this.#seriesOf(fact));
    });
  }

  /** All there ever were. */
  get spells(): readonly EndpointSpell[] {
    return this.#spells;
  }

  get facts(): readonly EndpointFact[] {
    return this.#facts;
  }

  add(fault: EndpointFault, startAt: Instant, endAt: Instant): void {
    this.#spells.push({ fault, startAt, endAt });
  }

  port(self: Pick<Invocation, 'clock' | 'pass'>): EndpointPort {
    const ask = async <T>(
      isUnreadable: () => boolean,
      action: string,
      signal: AbortSignal,
      take: () => readonly T[],
    ): Promise<Reading<readonly T[]>> => {
      const at = self.clock.now();
      await self.pass(10 * this.#luck.whole(5, 30), signal);
      return isUnreadable() || signal.aborted
        ? unknown(`ec2:${action} throttled (RequestLimitExceeded)`, at)
        : known(take(), at);
    };
    return {
      endpoints: (signal) =>
        ask(
          () => this.#active('list-unreadable').length > 0,
          'DescribeClientVpnEndpoints',
          signal,
          () => this.#facts.flatMap((fact) => this.#shown(fact)),
        ),
      associations: async (endpointIds, signal) => {
        const readings = await Promise.all(
          endpointIds.map((endpointId) =>
            ask(
              () => this.#active('associations-unreadable').length > 0,
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

  doors(self: Pick<Invocation, 'pass'>): DoorPort {
    return {
      knock: async ({ dnsName }, timeoutMs, signal): Promise<Knock> => {
        const fact = this.#facts.find((one) => one.dnsName === dnsName);
        if (this.#active('dns-dead').length > 0) {
          await self.pass(timeoutMs, signal);
          return { kind: 'unknown', why: 'DNS could not be asked (ETIMEOUT)' };
        }
        const isShut = fact === undefined || this.#has('door-shut', fact.endpointId);
        const tookMs = isShut ? timeoutMs : this.#luck.whole(20, 300);
        await self.pass(tookMs, signal);
        return isShut
          ? { kind: 'down', why: `no answer in ${timeoutMs} ms`, tookMs }
          : { kind: 'up', tookMs };
      },
    };
  }

  #shown(fact: EndpointFact): readonly EndpointFact[] {
    const { endpointId } = fact;
    if (this.#has('deleted', endpointId)) return [];
    if (this.#has('state-strange', endpointId)) return [{ ...fact, state: 'unknown' }];
    const isBare = this.#associations(endpointId).length === 0;
    return [{ ...fact, state: isBare ? 'pending-associate' : 'available' }];
  }

  #associations(endpointId: string): readonly AssociationFact[] {
    const lost = this.#active('associations-lost').filter((one) => one.endpointId === endpointId);
    const left = Math.min(2, ...lost.map(({ leaves }) => leaves));
    return ['eu-west-1a', 'eu-west-1b'].slice(0, left).map((zone) => ({
      associationId: `cvpn-assoc-${endpointId.slice(-4)}-${zone}`,
      endpointId,
      state: 'associated',
      zones: [zone],
    }));
  }

  /** Two weeks of history are a function of time. */
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
      series(ENDPOINT_METRICS.crlDays.metricName, (at) => this.#listDays(endpointId, at), false),
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

  #listDays(endpointId: string, at: Instant): number {
    const old = this.#during('list-old', at).find((one) => one.endpointId === endpointId);
    return old?.days ?? 60;
  }

  #active<K extends EndpointFault['kind']>(kind: K): readonly FaultOf<K>[] {
    return this.#during(kind, this.#clock.now());
  }

  #during<K extends EndpointFault['kind']>(kind: K, at: Instant): readonly FaultOf<K>[] {
    return this.#spells.flatMap(({ fault, startAt, endAt }) =>
      at >= startAt && at < endAt && isOf(fault, kind) ? [fault] : [],
    );
  }

  #has(kind: OfEndpoint, endpointId: string): boolean {
    return this.#had(kind, endpointId, this.#clock.now());
  }

  #had(kind: OfEndpoint, endpointId: string, at: Instant): boolean {
    return this.#during(kind, at).some(
      (fault) => 'endpointId' in fault && fault.endpointId === endpointId,
    );
  }
}

type FaultOf<K extends EndpointFault['kind']> = Extract<EndpointFault, { readonly kind: K }>;
type OfEndpoint = Extract<EndpointFault, { readonly endpointId: string }>['kind'];

const isOf = <K extends EndpointFault['kind']>(
  fault: EndpointFault,
  kind: K,
): fault is FaultOf<K> => fault.kind === kind;

const HOUR_MS = 3_600_000;

/** Few at night, most in the middle of the day, the same every day. */
const usersAt = (at: Instant): number => {
  const hour = (at / HOUR_MS) % 24;
  return Math.round(60 - 40 * Math.cos(((hour - 2) / 24) * 2 * Math.PI));
};

/** Up to so many more, the same for the same period every time it is asked for. */
function wobble(at: Instant, name: string, most: number): number {
  let mixed = Math.floor(at / ENDPOINT_PERIOD_MS) | 0;
  for (let index = 0; index < name.length; index += 1) {
    mixed = Math.imul(mixed ^ name.charCodeAt(index), 0x0100_0193);
  }
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x21f0_aaad);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % (most + 1);
}
