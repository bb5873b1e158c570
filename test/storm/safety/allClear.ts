/** S13 by ground truth: what is told to be over has been seen to be well. */
import type { NotificationCall } from '../../../lib/simulator/callLog.ts';
import { STATE_LOSSES } from '../losses.ts';
import { answersIn, type ProbeRecord } from '../probeRecord.ts';
import { instancesIn, ownerOf, type Run, targetAsOf, type Violation } from '../record.ts';
import { hadFault } from '../writeView.ts';
import { wasAnnounced } from './leaves.ts';
import { choicesOf } from './preferred.ts';

/** By these nobody knows any more what began, or what it began with. */
const EXEMPT = [...STATE_LOSSES, 'rival-untag', 'watcher-killed', 'clock-step'] as const;

export function checkS13(run: Run, probes: ProbeRecord): readonly Violation[] {
  const { notifications } = run.account.log;
  return notifications.flatMap((one, index): readonly Violation[] => {
    if (one.state !== 'resolved' || one.answer !== 'published') return [];
    if (hadFault(run, EXEMPT, 0, one.atMs)) return [];
    return [one.incidentId, ...one.memberIds].flatMap((incidentId) => {
      const [reason, instanceId] = incidentId.split('/').toReversed();
      const why =
        reason === 'ApplianceDown'
          ? whyStillDown(run, probes, instanceId ?? '', one, notifications.slice(0, index))
          : reason === 'RouteAway'
            ? whyStillAway(run, instanceId ?? '', one.atMs)
            : null;
      return why === null
        ? []
        : [{ rule: 'S13', atMs: one.atMs, what: `told as over: ${one.subject}: ${why}` }];
    });
  });
}

/** Running, and not one answer to anybody since it was told as down. */
function whyStillDown(
  run: Run,
  probes: ProbeRecord,
  instanceId: string,
  { atMs, incidentId }: NotificationCall,
  before: readonly NotificationCall[],
): string | null {
  const opened = before.findLast((one) => one.incidentId === incidentId && one.state === 'opened');
  const isRunning = instancesIn(run, instanceId, atMs, atMs).some(
    ({ state }) => state === 'running',
  );
  if (opened === undefined || !isRunning) return null;
  const answers = (fromMs: number) =>
    run.options.vantages.flatMap(({ id }) =>
      probes
        .clauses(instanceId)
        .flat()
        .flatMap((key) => answersIn(probes.of(null, id, key), fromMs, atMs)),
    );
  if (answers(0).length === 0 || answers(opened.atMs).length > 0) return null;
  return `${instanceId} has not answered since`;
}

/** A route that nobody else has touched is still where a failover left it. */
function whyStillAway(run: Run, instanceId: string, atMs: number): string | null {
  // What leaves is told of as that, and what is gone has no routes: they are its successor's.
  if (wasAnnounced(run, instanceId, atMs) || isGone(run, instanceId, atMs)) return null;
  const { snapshot, spells } = run.options;
  const pools = snapshot.tags.filter(({ key }) => key === 'vpn-medic:pool');
  const away = snapshot.routeTables
    .filter(({ tableId }) =>
      snapshot.tags.some((tag) => tag.resourceId === tableId && tag.key === 'vpn-medic:group'),
    )
    .flatMap(({ tableId, routes }) => routes.map(({ destination }) => ({ tableId, destination })))
    .filter(({ destination }) => !pools.some(({ value }) => value === destination))
    .find((route) => {
      const choices = choicesOf(run, route);
      const isTouched = spells.some(
        ({ fault }) => fault.kind === 'rival-route' && fault.tableId === route.tableId,
      );
      const targetId = targetAsOf(run, route.tableId, route.destination, atMs);
      const nextHop = targetId === null ? null : ownerOf(run, targetId);
      return !isTouched && choices[0] === instanceId && nextHop !== null && nextHop !== instanceId;
    });
  return away === undefined
    ? null
    : `${away.destination} in ${away.tableId} does not lead to ${instanceId}`;
}

const isGone = (run: Run, instanceId: string, atMs: number): boolean =>
  instancesIn(run, instanceId, atMs, atMs).every(({ state }) => state === 'terminated');
