/** The order of preference by ground truth, where nothing but one death disturbs the choice. */
import { isGatewayId } from '../../../lib/core/lastResort.ts';
import type { ProbeRecord } from '../probeRecord.ts';
import { groupsIn, instancesIn, type Run, type Violation } from '../record.ts';
import { isFailover, type WriteView } from '../writeView.ts';
import { choicesOf } from './preferred.ts';
import { isProven, TAG_AGE_MS } from './proof.ts';

/** A fault that is over for so long has left no trace in a verdict, a reading or a hold-down. */
const TRACE_MS = 180_000;

/**
 * A route that leaves a dead member goes to no member while a well one has a lower priority; except to where its owner
 * put it. Not judged while anything else is wrong, or was lately.
 */
export function checkPriority(
  run: Run,
  probes: ProbeRecord,
  view: WriteView,
): readonly Violation[] {
  const { write, fromId, toId, plannedMs } = view;
  if (fromId === null || toId === null || isGatewayId(toId) || !isFailover(view)) return [];
  if (choicesOf(run, write).includes(toId) || isElseDisturbed(run, fromId, plannedMs)) return [];
  const [group] = groupsIn(run, toId, plannedMs - TAG_AGE_MS, plannedMs);
  const better = run.options.snapshot.instances.find(
    ({ instanceId }) =>
      instanceId !== fromId &&
      priorityIn(run, instanceId) < priorityIn(run, toId) &&
      groupsIn(run, instanceId, 0, plannedMs)[0] === group &&
      instancesIn(run, instanceId, 0, plannedMs).every(({ state }) => state === 'running') &&
      isProven(run, probes, write.by, instanceId, plannedMs),
  );
  if (better === undefined) return [];
  return [
    {
      rule: 'priority',
      atMs: write.issuedMs,
      what: `${view.routeKey} -> ${toId} of priority ${priorityIn(run, toId)}: ${better.instanceId} of priority ${priorityIn(run, better.instanceId)} was well`,
    },
  ];
}

const isElseDisturbed = ({ options }: Run, deadId: string, atMs: number): boolean =>
  options.spells.some(
    ({ fault, startMs, endMs }) =>
      startMs <= atMs &&
      endMs >= atMs - TRACE_MS &&
      // A moved address is also its peer's.
      (fault.kind === 'address-moved' || !('instanceId' in fault && fault.instanceId === deadId)),
  );

const priorityIn = ({ options }: Run, instanceId: string): number =>
  Number(
    options.snapshot.tags.find(
      ({ resourceId, key }) => resourceId === instanceId && key === 'vpn-medic:priority',
    )?.value ?? 100,
  );
