/** Publishes notifications one after the other: slower than e-mail's limit, and no longer than the topic lives. */

import type { Instant } from '../core/time.ts';
import type { RegionPorts } from './ports.ts';
import type { Notification } from './types.ts';

export interface Sender {
  /** Whether it may be tried now: after a failure the next try waits for `RETRY_MS`. */
  mayTry(): boolean;
  /**
   * True: one channel at least has it, so that people know. The channels that refuse it are owed it, and get it with
   * `sendOwed` while this process lives.
   */
  send(notification: Notification, signal: AbortSignal): Promise<boolean>;
  /** Tries again what channels are owed, the oldest first. */
  sendOwed(signal: AbortSignal): Promise<void>;
}

const RETRY_MS = 10_000;
/** SNS delivers at most 10 e-mails a second. */
const GAP_MS = 125;
/** So many are sent without a pause. */
const BURST = 8;
/** What a channel could not be sent in this time is no news any more. */
const OWED_MS = 3_600_000;
const OWED_MAX = 1_000;

interface Owed {
  readonly notification: Notification;
  readonly at: Instant;
}

/** By ports, which a warm function keeps: longer than one invocation. */
const owedOf = new WeakMap<RegionPorts, readonly Owed[]>();

export function openPublisher(ports: RegionPorts): Sender {
  const { clock, logger, notifications } = ports;
  let retryAtMs = Number.NEGATIVE_INFINITY;
  let owedAtMs = Number.NEGATIVE_INFINITY;
  let sentAtMs: readonly number[] = [];

  async function publish(notification: Notification, signal: AbortSignal) {
    const latest = sentAtMs.at(-BURST) ?? Number.NEGATIVE_INFINITY;
    const waitMs = latest + BURST * GAP_MS - clock.monotonicMs();
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    const answer = await notifications.publish(notification, signal);
    if (answer.kind === 'published') {
      logger.write('info', notification.subject, { notification: JSON.parse(notification.json) });
    }
    return answer;
  }
  const paced = () => {
    sentAtMs = [...sentAtMs, clock.monotonicMs()].slice(-BURST);
  };
  const failed = ({ subject }: Notification, why: string) => {
    logger.write('error', `Not sent: ${subject}`, { why });
    logger.measure({ NoticesFailed: 1 });
  };

  return {
    mayTry: () => clock.monotonicMs() >= retryAtMs,
    async send(notification, signal) {
      const answer = await publish(notification, signal);
      paced();
      if (answer.kind === 'published') return true;
      failed(notification, answer.why);
      if (answer.kind === 'failed') {
        retryAtMs = clock.monotonicMs() + RETRY_MS;
        return false;
      }
      const owed = [...(owedOf.get(ports) ?? []), { notification, at: clock.now() }];
      owedOf.set(ports, owed.slice(-OWED_MAX));
      if (owed.length === 1) owedAtMs = clock.monotonicMs() + RETRY_MS;
      return true;
    },
    async sendOwed(signal) {
      const owed = owedOf.get(ports) ?? [];
      if (owed.length === 0 || clock.monotonicMs() < owedAtMs) return;
      const left: Owed[] = [];
      let lastWhy = '';
      for (const one of owed) {
        const answer = await publish(one.notification, signal);
        if (answer.kind === 'published') paced();
        else if (clock.now() - one.at < OWED_MS) {
          left.push(one);
          lastWhy = answer.why;
        }
      }
      owedOf.set(ports, left);
      owedAtMs = clock.monotonicMs() + RETRY_MS;
      const [first] = left;
      // One line and one count for each round.
      if (first !== undefined) failed(first.notification, lastWhy);
    },
  };
}
