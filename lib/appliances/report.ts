/** The report of one pass over the appliances and their routes. Pure. */

import { routeKeyText } from '../core/elasticAddress.ts';
import { describeGateway } from '../core/lastResort.ts';
import type { Silence } from '../core/maintenance.ts';
import type { Report, ReportedAction, ReportedHeld } from '../core/report.ts';
import { isAsked, reportedMove } from '../core/reportedMove.ts';
import type { Instant } from '../core/time.ts';
import type { CompletedHook } from './act/hooks.ts';
import type { GroupDrill } from './plan/drill.ts';
import { describeDrill } from './report/drills.ts';
import { observationsOf } from './report/evidence.ts';
import { withPlaces } from './report/places.ts';
import { lastGoodOf } from './state/lastGood.ts';
import type { Leave } from './state/leave.ts';
import { quietsOf } from './state/quietHours.ts';
import type { Assessment } from './types/assessment.ts';
import type { Held, Outcome, Plan } from './types/plan.ts';
import type { World } from './types/world.ts';

export function applianceReport(
  world: World,
  assessment: Assessment,
  plan: Plan,
  outcomes: readonly Outcome[],
  hooks: readonly CompletedHook[] = [],
  drills: readonly GroupDrill[] = [],
): Report {
  const names = new Map(world.topology.appliances.map((one) => [one.instanceId, one.name]));
  const nameOf = (id: string) => names.get(id) ?? describeGateway(id);
  return {
    accountId: world.accountId,
    region: world.region,
    findings: withPlaces(assessment.findings, world),
    unjudged: assessment.unjudged ?? new Set(),
    ignored: new Map(world.topology.ignored),
    quiets: quietsOf(world.topology, world.at),
    expected: new Map(
      [...assessment.leaves].flatMap(([id, leave]) =>
        // What is drilled is not expected to end.
        leave.cause === 'drill' ? [] : [[id, silenceOf(leave, world.at)] as const],
      ),
    ),
    actions: [
      ...outcomes.map((outcome) => reportedActionOf(outcome, world.at, nameOf)),
      ...hooks.map((one) => reportedHookOf(one, nameOf)),
      ...drills.map(reportedDrillOf),
    ],
    held: plan.held.map((held) => reportedHeldOf(held, world.region, nameOf)),
    gone: new Set(
      [...world.signals].flatMap(([id, { state }]) =>
        state.known && (state.value === 'gone' || state.value === 'terminated') ? [id] : [],
      ),
    ),
    watched: new Set(world.topology.appliances.map(({ instanceId }) => instanceId)),
    newSubjectIds: new Set(
      [...assessment.appliances].flatMap(([id, { firstSeenAt }]) =>
        firstSeenAt != null && world.at - firstSeenAt < NEW_MS ? [id] : [],
      ),
    ),
    seen: (subject) => observationsOf(world, assessment, subject),
    lastGoodAts: new Map(
      [...assessment.verdicts].flatMap(([id, { kind }]) =>
        kind === 'down' ? [[id, lastGoodOf(world, assessment, id)]] : [],
      ),
    ),
  };
}

const silenceOf = ({ until, why, by }: Leave, now: Instant): Silence => ({
  until: until ?? now + NEW_MS,
  why,
  by,
});

/** An appliance that has just been launched is not complete yet. */
const NEW_MS = 120_000;

type NameOf = (instanceId: string) => string;

function reportedActionOf(outcome: Outcome, decidedAt: Instant, nameOf: NameOf): ReportedAction {
  const { move, at, kind } = outcome;
  const isWritten = (kind === 'done' || kind === 'written') && !isAsked(outcome);
  const times = {
    decidedAt,
    wroteAt: isWritten ? at : null,
    readBackAt: kind === 'done' ? (outcome.readBackAt ?? null) : null,
  };
  return reportedMove(outcome, move.group, times, nameOf);
}

function reportedHookOf(
  { instanceId, hook, because, at, answer }: CompletedHook,
  nameOf: NameOf,
): ReportedAction {
  const isDone = answer.kind === 'written';
  return {
    at,
    kind: 'hook',
    thing: 'termination',
    gist: `of ${nameOf(instanceId)} let go on`,
    summary: `hook ${hook.name} of ${hook.group}: ${nameOf(instanceId)} ends`,
    concerns: [instanceId],
    serves: [],
    outcome: isDone ? 'done' : answer.kind === 'unclear' ? 'asked' : 'failed',
    why: 'why' in answer ? answer.why : null,
    because,
    details: { instance: instanceId, hook: hook.name },
  };
}

/** Its outcome, for the incident that says that it runs. */
function reportedDrillOf(drill: GroupDrill): ReportedAction {
  const { group, instanceId, routes, at, awayAt, endedAt, doneAt, failedWhy } = drill;
  const { probes, missed, outageMs } = drill;
  const outcome = failedWhy === null ? 'done' : routes.length === 0 ? 'skipped' : 'failed';
  const awayMs = awayAt === null ? null : awayAt - at;
  const backMs = endedAt === null || doneAt === null ? null : doneAt - endedAt;
  return {
    at: doneAt ?? at,
    kind: 'drill',
    thing: 'drill',
    gist: `of ${group}`,
    summary: `drill of ${group}: ${describeDrill(drill)}`,
    concerns: [group],
    serves: outcome === 'done' ? [group] : [],
    outcome,
    why: failedWhy,
    because: `asked for by ${drill.by}: ${drill.why}`,
    details: {
      group,
      instance: instanceId,
      routes: routes.length,
      awayMs,
      backMs,
      probes,
      missed,
      outageMs,
    },
  };
}

/** What a finding of the region holds back belongs to that finding too. */
function reportedHeldOf(held: Held, region: string, nameOf: NameOf): ReportedHeld {
  const { kind, routeKey, group, from, to, rule, because, until } = held;
  return {
    kind,
    thing: 'route',
    summary: `${routeKeyText(routeKey)} ${to === null ? 'has nowhere to go' : `not moved to ${nameOf(to)}`}`,
    concerns: [from, group, routeKey, region],
    rule,
    because,
    until,
    details: { route: routeKey, from, to },
  };
}
