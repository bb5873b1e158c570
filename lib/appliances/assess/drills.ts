/** Findings about drills: one that runs, the last one where it failed, and a group that was not drilled for long. Pure. */

import type { Finding } from '../../core/finding.ts';
import { APPLIANCE_FINDINGS } from '../../core/findings/appliances.ts';
import { shellQuoted } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { describeDrill } from '../report/drills.ts';
import type { Memory } from '../state.ts';
import type { DrillMemory } from '../types/drill.ts';
import type { World } from '../types/world.ts';

/** A tagged group is to be drilled as often as this. */
const OVERDUE_MS = 14 * 86_400_000;

export const findDrills = (
  { topology }: World,
  { drills }: Memory,
  now: Instant,
): readonly Finding[] =>
  [...drills].flatMap(([group, memory]): readonly Finding[] => {
    const members = topology.appliances.filter((one) => one.group === group);
    if (members.length === 0) return [];
    const found = [lastOf(memory, now), overdue(group, memory, now)];
    return found.flatMap((one) =>
      one === null
        ? []
        : {
            ...one,
            subject: { kind: 'group', id: group, name: group, group, zone: null },
            severity: 'warning',
            evidence: memory.drills.map((drill) => `${toIso(drill.at)}: ${describeDrill(drill)}`),
          },
    );
  });

type Found = Pick<Finding, 'reason' | 'summary' | 'since' | 'hint'> | null;

/** A failed one is over when a later one passes. */
function lastOf({ drills }: DrillMemory, now: Instant): Found {
  const last = drills.at(-1);
  if (last === undefined || (last.doneAt !== null && last.failedWhy === null)) return null;
  const { at, by, why, until, doneAt } = last;
  const reason = doneAt === null ? 'DrillRunning' : 'DrillFailed';
  const asked = `asked for by ${by} (${why})`;
  return {
    reason,
    summary:
      doneAt === null
        ? `A drill ${asked} until ${toIso(until)} ${describeDrill(last)}.`
        : `The drill of ${toIso(at)}, ${asked}, ${describeDrill(last)}.`,
    since: Math.min(at, now),
    hint: APPLIANCE_FINDINGS[reason].hint,
  };
}

function overdue(group: string, { taggedAt, drills }: DrillMemory, now: Instant): Found {
  const passed = drills.findLast(({ doneAt, failedWhy }) => doneAt !== null && failedWhy === null);
  const since = Math.max(taggedAt ?? now, passed?.doneAt ?? 0);
  if (now - since < OVERDUE_MS) return null;
  return {
    reason: 'DrillOverdue',
    summary: `Group ${group} is tagged vpn-medic:drill and no drill of it has passed since ${toIso(since)}.`,
    since,
    hint: `See why with vpn-medic drill; drill it now with: vpn-medic drill ${shellQuoted(group)}`,
  };
}
