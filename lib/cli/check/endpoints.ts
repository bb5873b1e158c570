/** Client VPN endpoints, with or without their sessions, which are personal data: one read-only pass, and its report. */
import { roomOf } from '../../clientVpn/assess/capacity.ts';
import { assessEndpoints } from '../../clientVpn/assess.ts';
import { observeEndpoints } from '../../clientVpn/observe.ts';
import type { EndpointProbePort } from '../../clientVpn/ports.ts';
import {
  type EndpointMemory,
  latestOf,
  noEndpointMemory,
  recallEndpoints,
} from '../../clientVpn/state.ts';
import type { SessionFact } from '../../clientVpn/types/endpoint.ts';
import type { EndpointObservation, EndpointWorld } from '../../clientVpn/types/world.ts';
import { BASELINE } from '../../core/baseline.ts';
import type { Finding } from '../../core/finding.ts';
import { unpacked } from '../../core/packed.ts';
import type { Reading } from '../../core/reading.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { AwsClients } from '../awsClients.ts';
import { type ObserverSetup, PASS_POLICY } from '../pass.ts';
import { readDns } from './dns.ts';

export interface EndpointReport {
  readonly endpointId: string;
  readonly name: string;
  readonly state: string;
  readonly transport: 'tcp' | 'udp' | 'unknown';
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
  /** `split`: only what has a route goes through the tunnel. Null: EC2 does not say. */
  readonly tunnel: 'split' | 'full' | null;
  readonly sessionHours: number | null;
  readonly hasBanner: boolean;
  readonly isLogged: boolean | null;
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
      tunnel: fact.settings.isSplit === null ? null : fact.settings.isSplit ? 'split' : 'full',
      sessionHours: fact.settings.sessionHours,
      hasBanner: fact.settings.banner !== null,
      isLogged: fact.settings.isLogged,
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

export interface EndpointLook {
  readonly world: EndpointWorld;
  readonly findings: readonly Finding[];
  readonly memory: EndpointMemory;
}

export interface EndpointPass extends EndpointLook {
  /** By endpoint id. */
  readonly sessions: ReadonlyMap<string, Reading<readonly SessionFact[]>>;
}

export async function readEndpoints(
  setup: ObserverSetup,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<EndpointLook> {
  const { region, clock, viewpoint } = setup;
  const [endpoints, surroundings, metrics, reachability, past] = await Promise.all([
    clients.endpoints(region),
    clients.surroundings(region),
    clients.metrics(region),
    viewpoint === 'none' ? noProbes : clients.endpointReachability(),
    recall(setup, signal),
  ]);
  const observer = {
    region,
    clock,
    endpoints,
    surroundings,
    metrics,
    endpointProbes: reachability,
  };
  const scope = { accountId: '', regionCount: 1, policy: PASS_POLICY, isWhole: true };
  const world = await observeEndpoints(observer, scope, past, signal);
  return { world, ...assessEndpoints(world, past, clock.now()) };
}

export async function readEndpointsAndSessions(
  setup: ObserverSetup,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<EndpointPass> {
  const look = await readEndpoints(setup, clients, signal);
  const port = await clients.endpoints(setup.region);
  const facts = (look.world.endpoints ?? []).map(({ fact }) => fact);
  const [sessions, dns] = await Promise.all([
    Promise.all(
      facts.map(
        async ({ endpointId }) => [endpointId, await port.sessions(endpointId, signal)] as const,
      ),
    ),
    readDns(setup, facts, clients, signal),
  ]);
  return { ...look, findings: [...look.findings, ...dns], sessions: new Map(sessions) };
}

const noProbes: EndpointProbePort = {
  send: async () => ({ kind: 'unknown', why: 'not probed (--no-probes)' }),
};

/** The baselines of the deployed poll, without its probe answers, which came from elsewhere. */
async function recall(
  { store, region }: ObserverSetup,
  signal: AbortSignal,
): Promise<EndpointMemory> {
  const stored = await store?.read([`memory#endpoints#${region}`], signal);
  if (stored?.known !== true) return noEndpointMemory;
  const { endpoints } = recallEndpoints(unpacked(stored.value[0]?.body ?? null));
  return {
    ...noEndpointMemory,
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([id, past]) => [id, { ...past, hasAnswered: false }]),
    ),
  };
}
