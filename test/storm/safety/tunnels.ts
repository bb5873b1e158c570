/** S5 by ground truth: no failback into a tunnel that died with the daemon and did not come back with it. */
import type { Fault } from '../../../lib/simulator/faults.ts';
import { STATE_LOSSES } from '../losses.ts';
import type { Run, Violation } from '../record.ts';
import { hadFault, isEffective, isFailover, type WriteView } from '../writeView.ts';

/** By these EC2 itself shows a cause, or what was known of the death is lost. */
const EXEMPT: readonly Fault['kind'][] = [
  ...STATE_LOSSES,
  'stopped',
  'terminated',
  'impaired',
  'detached',
  'zone-dead',
  'rival-untag',
  'watcher-killed',
];

export function checkTunnels(run: Run, views: readonly WriteView[]): readonly Violation[] {
  if (run.options.policy.failback !== 'proven') return [];
  return views.flatMap((view): readonly Violation[] => {
    const { toId, write, plannedMs, tick } = view;
    const move = tick?.outcomes.find((one) => one.move.routeKey === view.routeKey)?.move;
    if (toId === null || move?.kind !== 'failback') return [];
    const dead = run.options.spells.find(
      ({ fault, startMs, endMs }) =>
        fault.kind === 'tunnel-dead' &&
        fault.instanceId === toId &&
        startMs <= plannedMs &&
        plannedMs < endMs,
    );
    const hasDied = views.some(
      (one) =>
        one.fromId === toId &&
        isFailover(one) &&
        isEffective(one) &&
        !one.isEc2Down &&
        !one.isLinkLost &&
        one.plannedMs >= (dead?.startMs ?? 0) &&
        one.plannedMs < plannedMs,
    );
    if (dead === undefined || !hasDied || hadFault(run, EXEMPT, 0, plannedMs)) return [];
    return [
      {
        rule: 'S5',
        atMs: write.issuedMs,
        what: `${view.routeKey} went back to ${toId}, whose tunnel has been dead since its death`,
      },
    ];
  });
}
