/** Publishes notifications one after the other: slower than e-mail's limit, and no longer than the topic lives. */

import type { RegionPorts } from './ports.ts';
import type { Notification } from './types.ts';

export interface Sender {
  /** Whether it may be tried now: after a failure the next try waits for `RETRY_MS`. */
  mayTry(): boolean;
  /** `partly`: some channel lacks it, and it is to be tried again; what comes after it is sent all the same. */
  send(notification: Notification, signal: AbortSignal): Promise<'sent' | 'partly' | 'failed'>;
}

const RETRY_MS = 10_000;
/** SNS delivers at most 10 e-mails a second. */
const GAP_MS = 125;
/** So many are sent without a pause. */
const BURST = 8;

export function openPublisher({ clock, logger, notifications }: RegionPorts): Sender {
  let retryAtMs = Number.NEGATIVE_INFINITY;
  let sentAtMs: readonly number[] = [];
  return {
    mayTry: () => clock.monotonicMs() >= retryAtMs,
    async send(notification, signal) {
      const latest = sentAtMs.at(-BURST) ?? Number.NEGATIVE_INFINITY;
      const waitMs = latest + BURST * GAP_MS - clock.monotonicMs();
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      const answer = await notifications.publish(notification, signal);
      const taken = answer.kind === 'published' ? 'now' : answer.taken;
      if (taken !== 'before') sentAtMs = [...sentAtMs, clock.monotonicMs()].slice(-BURST);
      if (answer.kind === 'published') {
        logger.write('info', notification.subject, { notification: JSON.parse(notification.json) });
        return 'sent';
      }
      // Of what fails the same way again one line and one count for each round.
      const isFirst = clock.monotonicMs() >= retryAtMs;
      if (isFirst || taken === 'now') {
        logger.write('error', `Not sent: ${notification.subject}`, { why: answer.why });
        logger.measure({ NoticesFailed: 1 });
      }
      if (isFirst) retryAtMs = clock.monotonicMs() + RETRY_MS;
      return taken === undefined ? 'failed' : 'partly';
    },
  };
}
