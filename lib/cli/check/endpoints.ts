/** Client VPN endpoints as check reports them, with their sessions, which are personal data. Pure. */
import { roomOf } from '../../clientVpn/assess/capacity.ts';
import { latestOf } from '../../clientVpn/state.ts';
import type { SessionFact } from '../../clientVpn/types/endpoint.ts';
import type { EndpointObservation } from '../../clientVpn/types/world.ts';
import { BASELINE } from '../../core/baseline.ts';
import type { Reading } from '../../core/reading.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { EndpointPass } from './endpointPass.ts';

export interface EndpointReport {
  readonly endpointId: string;
  readonly name: string;
  readonly state: string;
  readonly transport: 'tcp' | 'udp';
  readonly port: number;
  readonly authentication: readonly string[];
  /** Of active associations; null: could not be read. */
  readonly zones: readonly string[] | null;
  /** `silent`: from here, now; the deployed poll may get answers. */
  readonly reachability: 'answers' | 'silent' | 'unsure' | 'not asked';
  /** Null: CloudWatch has no fresh point. */
  readonly activeCount: number | null;
  readonly roomCount: number | null;
  /** Null: CloudWatch publishes none (no list was ever imported; no SAML), or it could not be read. */
  readonly crlDaysLeft: number | null;
  readonly idpCertDaysLeft: number | null;
  readonly baseline: 'known' | 'learning';
  readonly sessions: SessionReport;
  readonly ignored: string | null;
}

export type SessionReport =
  | { readonly kind: 'unknown'; readonly why: string }
  | {
      readonly kind: 'read';
      readonly activeCount: number;
      /** At most five, by bytes both ways since their sessions began. */
      readonly topUsers: readonly UserReport[];
      /** Connected for over an hour with next to no traffic. */
      readonly idle: readonly UserReport[];
    };

export interface UserReport {
  readonly user: string;
  readonly bytes: number;
  readonly since: string | null;
}

export function reportEndpoints({
  world,
  sessions,
  memory,
}: EndpointPass): readonly EndpointReport[] {
  return (world.endpoints ?? []).map((observation): EndpointReport => {
    const { fact, associations, reachability, recent } = observation;
    const active = associations.known
      ? associations.value.filter(({ state }) => state === 'associated')
      : null;
    const past = memory.endpoints[fact.endpointId];
    return {
      endpointId: fact.endpointId,
      name: fact.name,
      state: fact.state,
      transport: fact.transport,
      port: fact.port,
      authentication: fact.authentication,
      zones: active === null ? null : [...new Set(active.flatMap(({ zones }) => zones))].toSorted(),
      reachability: REACHABILITIES[reachability.kind],
      activeCount: latestOf(recent.active, world.at)?.value ?? null,
      roomCount: roomOf(observation)?.count ?? null,
      crlDaysLeft: past?.crlDays?.value ?? null,
      idpCertDaysLeft: past?.idpDays?.value ?? null,
      baseline: (past?.dayCounts['active'] ?? 0) >= BASELINE.daysMin ? 'known' : 'learning',
      sessions: reportSessions(sessions.get(fact.endpointId), world.at),
      ignored: fact.tags['vpn-medic:ignore'] ?? null,
    };
  });
}

const REACHABILITIES: Readonly<
  Record<EndpointObservation['reachability']['kind'], EndpointReport['reachability']>
> = {
  up: 'answers',
  down: 'silent',
  unknown: 'unsure',
  unasked: 'not asked',
};

const TOP_USERS = 5;
const IDLE_MS_MIN = 3_600_000;
const IDLE_BYTES_MAX = 100_000;

function reportSessions(
  reading: Reading<readonly SessionFact[]> | undefined,
  now: Instant,
): SessionReport {
  if (reading?.known !== true) return { kind: 'unknown', why: reading?.why ?? 'not asked' };
  const active = reading.value.filter(({ isActive }) => isActive);
  const byUser = [...Map.groupBy(active, ({ user }) => user)].map(([user, theirs]) => ({
    user,
    bytes: theirs.reduce((sum, one) => sum + bytesOf(one), 0),
    since: isoOf(Math.min(...theirs.map(({ establishedAt }) => establishedAt ?? now))),
  }));
  return {
    kind: 'read',
    activeCount: active.length,
    topUsers: byUser.toSorted((a, b) => b.bytes - a.bytes).slice(0, TOP_USERS),
    idle: active
      .filter(
        (one) =>
          one.establishedAt !== null &&
          now - one.establishedAt > IDLE_MS_MIN &&
          one.ingressBytes !== null &&
          one.egressBytes !== null &&
          bytesOf(one) < IDLE_BYTES_MAX,
      )
      .map((one) => ({ user: one.user, bytes: bytesOf(one), since: isoOf(one.establishedAt) })),
  };
}

const bytesOf = ({ ingressBytes, egressBytes }: SessionFact): number =>
  (ingressBytes ?? 0) + (egressBytes ?? 0);

const isoOf = (at: Instant | null): string | null => (at === null ? null : toIso(at));
