/** What keeps a drill from beginning, and ends one that runs: each the smallest function that can be named. Pure. */

import type { Finding } from '../../core/finding.ts';
import { describePause, pauseNow } from '../../core/pause.ts';
import { counted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { missNow, type ProbeCounts } from '../plan/drillProbes.ts';
import { isQuiet } from '../state/quietHours.ts';
import type { Memory } from '../state.ts';
import type { Assessment } from '../types/assessment.ts';
import type { Drill } from '../types/drill.ts';
import type { Policy } from '../types/policy.ts';
import type { Appliance } from '../types/topology.ts';
import type { World } from '../types/world.ts';

export interface DrillScene {
  readonly world: World;
  readonly assessment: Assessment;
  readonly memory: Memory;
  readonly policy: Pick<Policy, 'joinPolicy'>;
  readonly now: Instant;
  readonly group: string;
  /** Those that are admitted: an instance that is tagged alone begins no drill and ends none. */
  readonly members: readonly Appliance[];
  /** The one that runs; null: one may begin. */
  readonly drill: Drill | null;
  /** What was sent and missed since the last turn. */
  readonly counts: ProbeCounts;
}

/** Why not now, or not any longer; null: it does not object. */
export type DrillRule = (scene: DrillScene) => string | null;

export const DRILL_RULES: readonly DrillRule[] = [
  writesArePaused,
  probeIsUnanswered,
  memberIsNotWell,
  somethingIsWrong,
  timeIsTaken,
  routeIsElsewhere,
];

function writesArePaused({ memory, now }: DrillScene): string | null {
  const pause = pauseNow(memory.pause, now);
  return pause === null ? null : `writes are ${describePause(pause)}`;
}

/** The first unanswered probe of any member ends it, whatever the verdict is. */
export function probeIsUnanswered({ drill, members, world, counts }: DrillScene): string | null {
  const miss = missNow(members, world, drill?.at ?? 0);
  if (miss !== null) return `a probe was not answered: ${miss}`;
  return counts.missed === 0 ? null : `${counted(counts.missed, 'probe')} not answered`;
}

/** To begin, each has answered `rise` times in a row. */
function memberIsNotWell({ members, assessment, drill }: DrillScene): string | null {
  const one = members.find(({ instanceId }) => {
    const verdict = assessment.verdicts.get(instanceId);
    const isDrilled = drill?.instanceId === instanceId;
    return (
      verdict?.kind !== 'up' ||
      verdict.degradedWhy !== undefined ||
      (drill === null && !verdict.isHealthy) ||
      (!isDrilled && assessment.leaves.has(instanceId))
    );
  });
  return one === undefined ? null : `${one.name} is not well for long enough, or leaves`;
}

/** Anything critical in the region, a warning about the group, a part that cannot be read. */
function somethingIsWrong({ assessment: { findings }, world, group }: DrillScene): string | null {
  const [gap] = world.gaps;
  if (gap !== undefined) return `${gap.what} cannot be read: ${gap.why}`;
  const one = findings.find(
    ({ severity, subject, reason }: Finding) =>
      !/^(Drill|RouteAway)/.test(reason) &&
      (severity === 'critical' || (severity === 'warning' && subject.group === group)),
  );
  return one === undefined ? null : `${one.reason}: ${one.summary}`;
}

/** Quiet hours of a member, and any maintenance window of the region. */
function timeIsTaken({ members, memory: { windows }, now }: DrillScene): string | null {
  const window = windows.find(({ from, until }) => from <= now && now < until);
  if (window !== undefined) return `a maintenance window is open: ${window.why}`;
  const quiet = members.find((one) => isQuiet(one, now));
  return quiet === undefined ? null : `${quiet.name} is in its quiet hours`;
}

/** No route is pinned; to begin, each is where it belongs. */
function routeIsElsewhere({ world, memory, group, drill, now }: DrillScene): string | null {
  const pin = memory.pins.find((one) => one.group === group && now < one.until);
  if (pin !== undefined) return `routes are pinned by ${pin.by}`;
  const away = world.topology.routes.find(
    (one) =>
      drill === null &&
      one.group === group &&
      (one.preferred.kind === 'contested' || one.preferred.instanceId !== one.nextHop),
  );
  return away === undefined ? null : `${away.key} does not lead to its preferred next hop`;
}
