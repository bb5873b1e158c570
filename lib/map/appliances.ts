/** The appliances' part of the map: zones, tables, routes. Pure. */

import { describeLeave, type Leave } from '../appliances/state/leave.ts';
import type { GroupMemory } from '../appliances/state.ts';
import type { Assessment } from '../appliances/types/assessment.ts';
import type { Held } from '../appliances/types/plan.ts';
import type { Appliance, ManagedRoute } from '../appliances/types/topology.ts';
import type { Verdict } from '../appliances/types/verdict.ts';
import type { World } from '../appliances/types/world.ts';
import { FINDINGS, titleOf } from '../core/findings/catalogue.ts';
import { compare } from '../core/order.ts';
import { counted } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { durationMs } from '../incidents/steps.ts';
import type { Incident } from '../incidents/types.ts';
import { freshLook } from '../watcher/lastLooks.ts';
import { type LeaderView, withLeader } from '../watcher/leaderView.ts';
import type {
  Health,
  MapAppliance,
  MapHeld,
  MapIncident,
  MapRouteGroup,
  MapScene,
  MapTable,
} from './scene.ts';

/** The result of one pass over the appliances. */
export interface Seen {
  readonly world: World;
  readonly assessment: Assessment;
  readonly held: readonly Held[];
  readonly groups: ReadonlyMap<string, GroupMemory>;
  readonly mode: 'act' | 'observe';
  /** Absent: this is the leader's own look. Null: what the leader holds is not known. */
  readonly leader?: LeaderView | null;
  /** Where the probes of this look left; absent: it is the leader's own. */
  readonly lookedFrom?: string;
}

/** A map of the appliances and their routes; what else there is to show is added to it. */
export function mapAppliances({
  world,
  assessment: own,
  held,
  groups,
  mode,
  leader = null,
  lookedFrom,
}: Seen): MapScene {
  const assessment = withLeader(own, leader);
  const { topology } = world;
  const verdictOf = (id: string) => assessment.verdicts.get(id);
  const loads = Map.groupBy(topology.routes, ({ nextHop }) => nextHop);
  const appliances = topology.appliances
    .map((one) =>
      mapAppliance(one, verdictOf(one.instanceId), loads.get(one.instanceId)?.length ?? 0, {
        ...world,
        leaves: own.leaves,
      }),
    )
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
  const tables = mapTables(world, verdictOf, groups);
  const look = leader === null ? null : freshLook(leader.watch, 'appliances');
  return {
    accountId: world.accountId,
    region: world.region,
    at: world.at,
    mode: look?.mode ?? mode,
    watch: leader?.watch ?? null,
    ...(lookedFrom === undefined ? {} : { lookedFrom }),
    zones: [
      ...new Set([
        ...appliances.map(({ zone }) => zone),
        ...tables.flatMap(({ zone }) => (zone === null ? [] : [zone])),
      ]),
    ].toSorted(compare),
    appliances,
    tables,
    sites: [],
    endpoints: [],
    incidents:
      leader !== null && look !== null
        ? leader.incidents
            .filter(({ severity }) => severity !== 'info')
            .map((one) => mapIncident(one, world.at))
        : incidentsOf(assessment, world.at),
    held: mapHeld(held, world),
    gaps: world.gaps.map(({ what, why }) => `${what} cannot be read: ${why}`),
  };
}

const mapAppliance = (
  { instanceId, name, group, zone, pools, priority }: Appliance,
  verdict: Verdict | undefined,
  routeCount: number,
  { topology, leaves }: Pick<World, 'topology'> & Pick<Assessment, 'leaves'>,
): MapAppliance => ({
  id: instanceId,
  name,
  group,
  zone,
  health: healthOf(verdict),
  why: whyOf(verdict, leaves.get(instanceId)),
  routeCount,
  pools,
  ...(priority !== undefined && { priority }),
  ignored: topology.ignored.get(instanceId) ?? null,
});

/** Nothing is drawn as up without an answer. */
function healthOf(verdict: Verdict | undefined): Health {
  if (verdict === undefined || verdict.kind === 'unknown') return 'unsure';
  if (verdict.kind === 'down') return 'down';
  return verdict.isProven ? 'well' : 'unsure';
}

function whyOf(verdict: Verdict | undefined, leave: Leave | undefined): string {
  if (verdict === undefined) return 'never judged';
  if (verdict.kind !== 'up') return verdict.why;
  if (leave !== undefined) return describeLeave(leave);
  if (verdict.isByEc2Alone) return 'running by EC2; no probe has answered';
  return verdict.lacks ?? 'every probe answers';
}

type VerdictOf = (instanceId: string) => Verdict | undefined;

function mapTables(
  { topology }: World,
  verdictOf: VerdictOf,
  groups: Seen['groups'],
): readonly MapTable[] {
  const byTable = Map.groupBy(topology.routes, ({ tableId }) => tableId);
  return topology.tables
    .flatMap(({ tableId, name, preferredZone }): MapTable[] => {
      const routes = byTable.get(tableId) ?? [];
      if (routes.length === 0) return [];
      return [
        {
          id: tableId,
          name,
          zone: preferredZone,
          routeGroups: routeGroupsOf(routes, verdictOf, groups),
        },
      ];
    })
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
}

/** Routes of a table with the same next hop, preferred next hop and state are one group and one line. */
function routeGroupsOf(
  routes: readonly ManagedRoute[],
  verdictOf: VerdictOf,
  groups: Seen['groups'],
): readonly MapRouteGroup[] {
  const routeGroups = routes.map((route): MapRouteGroup => {
    const preferred = preferredOf(route);
    return {
      destinations: [route.destination],
      nextHop: route.nextHop,
      preferred,
      state: stateOf(route, preferred, verdictOf(route.nextHop)),
      isPool: route.preferred.kind === 'pool',
      isPinned: route.key in (groups.get(route.group)?.pinnedAts ?? {}),
    };
  });
  return [...Map.groupBy(routeGroups, direction).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [{ ...first, destinations: group.flatMap(({ destinations }) => destinations) }];
  });
}

const direction = ({ nextHop, preferred, state, isPool, isPinned }: MapRouteGroup): string =>
  JSON.stringify([nextHop, preferred, state, isPool, isPinned]);

function preferredOf({ preferred }: ManagedRoute): string | null {
  switch (preferred.kind) {
    case 'appliance':
    case 'pool':
      return preferred.instanceId;
    case 'contested':
      return null;
    default:
      return preferred satisfies never;
  }
}

function stateOf(
  { nextHop, isBlackhole }: ManagedRoute,
  preferred: string | null,
  verdict: Verdict | undefined,
): MapRouteGroup['state'] {
  const health = healthOf(verdict);
  if (isBlackhole || health === 'down') return 'lost';
  if (preferred !== null && preferred !== nextHop) return 'failedOver';
  return health === 'unsure' ? 'unsure' : 'preferred';
}

const GRAVITY = ['critical', 'warning'] as const;

/** Info findings are for `check`: the map shows what may need a person. */
const incidentsOf = ({ findings }: Assessment, now: Instant): readonly MapIncident[] =>
  GRAVITY.flatMap((gravity) =>
    findings
      .filter(({ severity }) => severity === gravity)
      .map(({ reason, severity, subject, summary, since }) => ({
        reason,
        title: FINDINGS[reason].title,
        severity,
        name: subject.name,
        summary,
        lastsMs: now - since,
      })),
  );

export const mapIncident = (incident: Incident, now: Instant): MapIncident => {
  const { reason, severity, subject, summary } = incident;
  const lastsMs = durationMs(incident, now);
  return { reason, title: titleOf(reason), severity, name: subject.name, summary, lastsMs };
};

/** Moves held for the same reason are one line. */
function mapHeld(held: readonly Held[], { topology }: World): readonly MapHeld[] {
  const names = new Map(topology.appliances.map(({ instanceId, name }) => [instanceId, name]));
  return [...Map.groupBy(held, cause).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { from, to, rule, because } = first;
    const untils = group.flatMap(({ until }) => (until === null ? [] : [until]));
    const count = counted(group.length, 'route');
    const target = to === null ? 'no healthy next hop' : `not moved to ${names.get(to) ?? to}`;
    return [
      {
        what: `${count} on ${names.get(from) ?? from}, ${target}`,
        rule,
        because,
        until: untils.length === 0 ? null : Math.max(...untils),
      },
    ];
  });
}

const cause = ({ from, to, rule, because }: Held): string =>
  JSON.stringify([from, to, rule, because]);
