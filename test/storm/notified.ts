/** What people were told: each beginning and each end once, as long as table, topic and watchers were let live. */
import type { NotificationCall } from '../../lib/simulator/callLog.ts';
import type { Run, Violation } from './record.ts';
import { hadFault } from './writeView.ts';

/** A notice whose record was lost, or whose answer came too late, may be told again (and must be). */
const EXCUSES = [
  'store-unreachable',
  'store-flaky',
  'store-conflicts',
  'store-garbage',
  'watcher-killed',
  'clock-step',
  // It fails calls to the table, too.
  'brownout',
] as const;
/** As long as a claim binds, and a record that failed waits. */
const AROUND_MS = 30_000;

export function checkNotified(run: Run): readonly Violation[] {
  // Told in another's notice is told: what ends after it ends once more, and not twice.
  const published = run.account.log.notifications
    .filter(({ answer }) => answer === 'published')
    .flatMap((one) => [one, ...one.memberIds.map((incidentId) => ({ ...one, incidentId }))]);
  const byIncident = Map.groupBy(published, ({ incidentId }) => incidentId);
  return [...byIncident.values()].flatMap((row) =>
    row.flatMap((notification, index): readonly Violation[] => {
      const before = row[index - 1];
      if (before === undefined || !isTwice(before, notification, row.slice(0, index))) return [];
      if (isEndOfUnsure(run, before, notification)) return [];
      if (hadFault(run, EXCUSES, before.atMs - AROUND_MS, notification.atMs + AROUND_MS)) return [];
      return [
        {
          rule: 'once',
          atMs: notification.atMs,
          what: `told twice: ${notification.state} ${notification.subject}`,
        },
      ];
    }),
  );
}

/** A beginning without an answer from the topic may have reached people: it ends too. */
const isEndOfUnsure = (
  run: Run,
  before: NotificationCall,
  { incidentId, state, atMs }: NotificationCall,
) =>
  state === 'resolved' &&
  run.account.log.notifications.some(
    (one) =>
      one.incidentId === incidentId &&
      one.state === 'opened' &&
      one.answer === 'failed' &&
      one.atMs > before.atMs &&
      one.atMs < atMs,
  );

function isTwice(
  before: NotificationCall,
  notification: NotificationCall,
  past: readonly NotificationCall[],
): boolean {
  switch (notification.state) {
    case 'opened':
      return (
        past.findLast(({ state }) => state === 'opened' || state === 'resolved')?.state === 'opened'
      );
    case 'resolved':
      // Routes that left a dead appliance are told of in its notice; only their coming home, each time, by themselves.
      return before.state === 'resolved' && !notification.incidentId.endsWith('/RouteAway');
    case 'updated':
    case 'repeated':
      return false;
    default:
      return notification.state satisfies never;
  }
}
