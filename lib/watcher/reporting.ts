/** What the leader of the appliances' scope reports: notifications, the audit log, and the repairs beside the passes. */
import type { Policy } from '../appliances/types/policy.ts';
import type { Tick } from '../appliances/types/tick.ts';
import { openNotificationQueue } from '../core/background.ts';
import type { LeaseState } from '../core/lease.ts';
import type { Report, ReportedAction } from '../core/report.ts';
import { openAuditLog } from '../incidents/history/log.ts';
import { openKeptNotifier } from '../incidents/keptNotifier.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { Notification } from '../incidents/types.ts';
import type { RepairPort } from '../repairs/ports/start.ts';
import { REPAIR_RULES } from '../repairs/rules.ts';
import { openRepairs, type RepairTurn } from '../repairs/run.ts';
import type { Leadership } from './leadership.ts';
import { SAFETY, type Safety } from './pass.ts';
import type { RunSummary } from './runSummary.ts';

export interface Reporting {
  /** Logs and notifies beside the passes; nothing unless this process leads, or led when the table was lost. */
  add(report: Report): void;
  /** One turn of the repair ladder; nothing unless this process leads. */
  repair(tick: Tick, signal: AbortSignal): Promise<void>;
  /** Waits for what is being sent and records it. */
  finish(signal: AbortSignal): Promise<void>;
}

export interface ReportingOptions {
  readonly policy: Policy;
  readonly signal: AbortSignal;
  readonly safety?: Safety;
  readonly onNotifications?: (notifications: readonly Notification[]) => void;
  /** Null or absent: nothing is repaired, whatever tags allow. */
  readonly repairs?: RepairPort | null;
  readonly onRepairs?: (turn: RepairTurn) => void;
}

export function openReporting(
  ports: RegionPorts,
  leadership: Pick<Leadership, 'lead' | 'mayWrite' | 'askPause'>,
  summary: Pick<RunSummary, 'notified'>,
  { policy, signal, safety = SAFETY, repairs: port = null, ...hooks }: ReportingOptions,
): Reporting {
  const notifier = openKeptNotifier(ports, {
    scope: 'appliances',
    mode: policy.mode,
    mayResolve: true,
    lead: leadership.lead,
  });
  const record = openAuditLog(ports, 'appliances');
  const notified = (notifications: readonly Notification[]) => {
    summary.notified(notifications);
    hooks.onNotifications?.(notifications);
  };
  const queue = openNotificationQueue(async (report) =>
    notified(await notifier.tell(report, signal)),
  );
  const rules = safety.repairRules ?? REPAIR_RULES;
  const repairs =
    port === null ? null : openRepairs(ports, { policy, port, rules, lead: leadership.lead });
  /** What repairs did, until the next report of the appliances takes it along. */
  const repaired: ReportedAction[] = [];
  const mayDecide = async () =>
    (await leadership.mayWrite(signal)) === 'all' && (await leadership.askPause(signal)) === null;
  return {
    add(report) {
      if (!mayReport(leadership.lead.state())) return;
      record.note(report);
      queue.add({ ...report, actions: [...report.actions, ...repaired.splice(0)] });
    },
    async repair(tick, until) {
      if (repairs === null || leadership.lead.state().kind !== 'leader') return;
      const turn = await repairs.turn(tick, mayDecide, until);
      repaired.push(...turn.actions);
      notified(turn.notifications);
      hooks.onRepairs?.(turn);
    },
    async finish(until) {
      await queue.drained();
      await Promise.all([notifier.flush(until), repairs?.flush(until)]);
    },
  };
}

const mayReport = (state: LeaseState): boolean =>
  state.kind === 'leader' || (state.kind === 'unreachable' && state.wasLeader);
