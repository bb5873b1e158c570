/** What people were told: each beginning and each end once, as long as table, topic and watchers were let live. */
import type { NoticeCall } from '../../lib/simulator/callLog.ts';
import type { Run, Violation } from './record.ts';
import { isStruck } from './writeView.ts';

/** A notice whose record was lost, or whose answer came too late, may be told again (and must be). */
const EXCUSES = [
  'store-unreachable',
  'store-flaky',
  'store-garbage',
  'watcher-killed',
  'clock-step',
] as const;
/** As long as a claim binds, and a record that failed waits. */
const AROUND_MS = 30_000;

export function checkTold(run: Run): readonly Violation[] {
  // Told in another's notice is told: what ends after it ends once more, and not twice.
  const published = run.account.log.notices
    .filter(({ answer }) => answer === 'published')
    .flatMap((one) => [one, ...one.memberIds.map((incidentId) => ({ ...one, incidentId }))]);
  const byIncident = Map.groupBy(published, ({ incidentId }) => incidentId);
  return [...byIncident.values()].flatMap((row) =>
    row.flatMap((notice, index): readonly Violation[] => {
      const before = row[index - 1];
      if (before === undefined || !isTwice(before, notice, row.slice(0, index))) return [];
      if (isEndOfUnsure(run, before, notice)) return [];
      if (isStruck(run, EXCUSES, before.atMs - AROUND_MS, notice.atMs + AROUND_MS)) return [];
      return [
        { rule: 'once', atMs: notice.atMs, what: `told twice: ${notice.state} ${notice.subject}` },
      ];
    }),
  );
}

/** A beginning without an answer from the topic may have reached people: it ends too. */
const isEndOfUnsure = (run: Run, before: NoticeCall, { incidentId, state, atMs }: NoticeCall) =>
  state === 'resolved' &&
  run.account.log.notices.some(
    (one) =>
      one.incidentId === incidentId &&
      one.state === 'opened' &&
      one.answer === 'failed' &&
      one.atMs > before.atMs &&
      one.atMs < atMs,
  );

function isTwice(before: NoticeCall, notice: NoticeCall, past: readonly NoticeCall[]): boolean {
  switch (notice.state) {
    case 'opened':
      return (
        past.findLast(({ state }) => state === 'opened' || state === 'resolved')?.state === 'opened'
      );
    case 'resolved':
      // Routes that left a dead appliance are told of in its notice; only their coming home, each time, by themselves.
      return before.state === 'resolved' && !notice.incidentId.endsWith('/RouteAway');
    case 'updated':
    case 'repeated':
      return false;
    default:
      return notice.state satisfies never;
  }
}
