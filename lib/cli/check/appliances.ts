/** Appliances and managed routes as check reports them: health, why, each probe's result, next hops. Pure. */

import type { Assessment } from '../../appliances/types/assessment.ts';
import type { Appliance, ManagedRoute } from '../../appliances/types/topology.ts';
import type {
  DownVerdict,
  UnknownVerdict,
  UpVerdict,
  Verdict,
} from '../../appliances/types/verdict.ts';
import { targetKey, type VantageObservation, type World } from '../../appliances/types/world.ts';
import { describeMs, type Instant, toIso } from '../../core/time.ts';
import type { LeaderVerdict } from '../../watcher/leaderView.ts';
import { HERE, type Observation, type Viewpoint } from '../pass.ts';

export interface ApplianceReport {
  readonly instanceId: string;
  readonly name: string;
  readonly group: string;
  readonly vpcId: string;
  readonly zone: string;
  /** `unsure`: not known to be down, and not everything that would prove it healthy is known. */
  readonly health: 'well' | 'down' | 'unsure';
  readonly verdict: VerdictReport;
  readonly why: string;
  /** The leader's verdict; null: it has none that is fresh and sure. Where there is one, `health` follows it. */
  readonly leader: { readonly verdict: 'up' | 'down'; readonly since: string | null } | null;
  /** This look alone: a second opinion, from where its probes left. */
  readonly here: Pick<ApplianceReport, 'health' | 'why'>;
  /** Managed routes that it carries now. */
  readonly routeCount: number;
  readonly probes: readonly ProbeReport[];
  /** The reason that its `vpn-medic:ignore` gives; null without one. */
  readonly ignored: string | null;
}

/** The watcher's own words; instants as ISO 8601 text. */
export type VerdictReport =
  | (Omit<UpVerdict, 'since'> & { readonly since: string | null })
  | (Omit<DownVerdict, 'since'> & { readonly since: string })
  | UnknownVerdict;

export interface ProbeReport {
  readonly probe: string;
  readonly vantage: string;
  /**
   * `silent`: never answered from there, which proves nothing. `missed`: answered before, and not now. `unreachable`: it
   * cannot be probed from there.
   */
  readonly observation: 'answers' | 'missed' | 'silent' | 'unreachable' | 'unknown' | 'not-asked';
  /** The last answer in words, or why there is none. */
  readonly detail: string;
}

export function reportAppliance(appliance: Appliance, observation: Observation): ApplianceReport {
  const { world, assessment, own, viewpoint } = observation;
  const { instanceId, name, group, vpcId, zone } = appliance;
  const verdict = assessment.verdicts.get(instanceId) ?? { kind: 'unknown', why: 'never judged' };
  const probes = viewpoint === 'none' ? [] : probesOf(appliance, world);
  const ownVerdict = own.verdicts.get(instanceId) ?? { kind: 'unknown', why: 'never judged' };
  const here = {
    health: healthOf(ownVerdict),
    why: whyOf(ownVerdict, probes, describeEc2(instanceId, world), viewpoint),
  };
  const leader = observation.leader?.verdicts.get(instanceId);
  return {
    instanceId,
    name,
    group,
    vpcId,
    zone,
    health: healthOf(verdict),
    verdict: reportVerdict(verdict),
    why:
      leader === undefined
        ? here.why
        : `${describeLeader(leader, world.at)}; ${PLACES[viewpoint]}: ${here.why}`,
    leader:
      leader === undefined
        ? null
        : { verdict: leader.kind, since: leader.since === null ? null : toIso(leader.since) },
    here,
    routeCount: world.topology.routes.filter(({ nextHop }) => nextHop === instanceId).length,
    probes,
    ignored: world.topology.ignored.get(instanceId) ?? null,
  };
}

const PLACES: Readonly<Record<Viewpoint, string>> = {
  machine: 'from this machine',
  functions: 'from the probe functions',
  none: 'without probes',
};

function describeLeader(leader: LeaderVerdict, now: Instant): string {
  const age = leader.since === null ? '' : ` for ${describeMs(Math.max(0, now - leader.since))}`;
  return leader.kind === 'up' ? `leader: up${age}` : `leader: down${age} (${leader.why})`;
}

function reportVerdict(verdict: Verdict): VerdictReport {
  switch (verdict.kind) {
    case 'up':
      return { ...verdict, since: verdict.since === null ? null : toIso(verdict.since) };
    case 'down':
      return { ...verdict, since: toIso(verdict.since) };
    case 'unknown':
      return verdict;
    default:
      return verdict satisfies never;
  }
}

/** Nothing is well without an answer. */
function healthOf(verdict: Verdict): ApplianceReport['health'] {
  switch (verdict.kind) {
    case 'down':
      return 'down';
    case 'unknown':
      return 'unsure';
    case 'up':
      return verdict.isProven ? 'well' : 'unsure';
    default:
      return verdict satisfies never;
  }
}

function whyOf(
  verdict: Verdict,
  probes: readonly ProbeReport[],
  ec2: string,
  viewpoint: Viewpoint,
): string {
  switch (verdict.kind) {
    case 'down':
      return [verdict.why, ...(verdict.isEc2Confirmed ? [] : [ec2])].join('; ');
    case 'unknown':
      return `${verdict.why}; ${ec2}`;
    case 'up':
      if (viewpoint === 'none') return `${ec2}; not probed`;
      if (probes.length === 0) return `${ec2}; its probe tag cannot be read`;
      if (verdict.isByEc2Alone) return `${probes.map(describeProbe).join(', ')}; ${ec2}`;
      return [
        ...(verdict.lacks === null ? [] : [verdict.lacks]),
        probes.map(describeProbe).join(', '),
      ].join('; ');
    default:
      return verdict satisfies never;
  }
}

function describeProbe({ probe, observation, detail, vantage }: ProbeReport): string {
  const from = vantage === HERE ? '' : ` from ${vantage}`;
  switch (observation) {
    case 'answers':
      return `${probe} answered${from} (${detail})`;
    case 'missed':
      return `${probe} missed${from} (${detail})`;
    case 'silent':
      return `${probe}: ${detail} (never answered ${vantage === HERE ? 'here' : `from ${vantage}`})`;
    case 'unreachable':
    case 'unknown':
    case 'not-asked':
      return `${probe}: ${detail}`;
    default:
      return observation satisfies never;
  }
}

/** `EC2 says running, checks ok`. */
function describeEc2(instanceId: string, { signals }: World): string {
  const seen = signals.get(instanceId);
  if (seen === undefined || !seen.state.known) {
    return `EC2 status unknown${seen?.state.known === false ? ` (${seen.state.why})` : ''}`;
  }
  if (!seen.checks.known) return `EC2 says ${seen.state.value}, checks unknown`;
  const { system, instance, attachedEbs } = seen.checks.value;
  const bad = [system, instance, attachedEbs].find(
    (check) => check !== 'ok' && check !== 'not-applicable',
  );
  return `EC2 says ${seen.state.value}, checks ${bad ?? 'ok'}`;
}

const probesOf = (appliance: Appliance, { vantages }: World): readonly ProbeReport[] =>
  vantages.flatMap((observation) =>
    appliance.probes.flat().map(({ text }) => ({
      probe: text,
      vantage: observation.vantage.id,
      ...evaluate(targetKey(appliance.instanceId, text), observation),
    })),
  );

function evaluate(
  key: string,
  { histories, unreachables }: VantageObservation,
): Pick<ProbeReport, 'observation' | 'detail'> {
  const unreachable = unreachables.get(key);
  if (unreachable !== undefined) return { observation: 'unreachable', detail: unreachable.why };
  const history = histories.get(key);
  const last = history?.recent.at(-1);
  if (history === undefined || last === undefined)
    return { observation: 'not-asked', detail: 'not asked' };
  if (history.unknownWhy !== null) return { observation: 'unknown', detail: history.unknownWhy };
  if (!history.hasAnswered)
    return { observation: 'silent', detail: history.misses.at(-1)?.why ?? last };
  return history.misses.length > 0
    ? { observation: 'missed', detail: last }
    : { observation: 'answers', detail: last.replace(/^ok /, '') };
}

export interface RouteReport {
  readonly tableId: string;
  readonly tableName: string;
  readonly destination: string;
  readonly group: string;
  /** Instance ids. */
  readonly nextHop: string;
  readonly preferred: string | null;
  /** `preferred`: all is well. `pool`: at its owner, where it is pinned. */
  readonly state:
    | 'preferred'
    | 'failedOver'
    | 'pool'
    | 'pool-moved'
    | 'contested'
    | 'next-hop-down';
  /** Why it is never moved; else null. */
  readonly why: string | null;
}

export function reportRoute(route: ManagedRoute, { verdicts }: Assessment): RouteReport {
  const { tableId, tableName, destination, group, nextHop, preferred } = route;
  const isDown = verdicts.get(nextHop)?.kind === 'down';
  return {
    tableId,
    tableName,
    destination,
    group,
    nextHop,
    preferred:
      preferred.kind === 'appliance' || preferred.kind === 'pool' ? preferred.instanceId : null,
    state: isDown ? 'next-hop-down' : stateOf(route),
    why: preferred.kind === 'contested' ? preferred.why : null,
  };
}

function stateOf({ nextHop, preferred }: ManagedRoute): RouteReport['state'] {
  switch (preferred.kind) {
    case 'appliance':
      return preferred.instanceId === nextHop ? 'preferred' : 'failedOver';
    case 'pool':
      return preferred.instanceId === nextHop ? 'pool' : 'pool-moved';
    case 'contested':
      return 'contested';
    default:
      return preferred satisfies never;
  }
}
