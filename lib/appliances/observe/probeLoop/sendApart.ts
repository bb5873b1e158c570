/** Probes apart from the rounds: what they find is no miss, and no witness. */
import type { Instant } from '../../../core/time.ts';
import { foldCertificate, foldLongAnswer, type ProbeHistory } from '../../../probe/history.ts';
import type { ProbeResult, ProbeTarget } from '../../../probe/types.ts';
import { longTimeoutMs } from '../probeSchedule/longRound.ts';
import type { Post } from './post.ts';
import type { Sending } from './sending.ts';

/** One that distinguishes a late answer from none. */
export function sendLong(
  sending: Sending,
  post: Post,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { clock, policy } = sending;
  const sentAt = clock.now();
  for (const key of keys) {
    post.sentAts.set(key, sentAt);
    post.longSentAts.set(key, sentAt);
  }
  const epochThen = sending.epoch;
  const limits = { timeoutMs: policy.probeTimeoutMs, silenceMs: post.silenceMs };
  const fold = (history: ProbeHistory, result: ProbeResult) =>
    sending.epoch === epochThen ? foldLongAnswer(history, result, sentAt, limits) : history;
  return sendApart(sending, post, targetsOf(post, keys), sentAt, fold, signal);
}

/** One that reads the certificate: what it finds is no answer either. */
export function readCertificates(
  sending: Sending,
  post: Post,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const sentAt = sending.clock.now();
  for (const key of keys) post.certificateAts.set(key, sentAt);
  const targets = targetsOf(post, keys).map((target) => ({
    ...target,
    readsCertificate: true as const,
  }));
  const fold = (history: ProbeHistory, result: ProbeResult) =>
    foldCertificate(history, result, sentAt);
  return sendApart(sending, post, targets, sentAt, fold, signal);
}

const targetsOf = ({ aims }: Post, keys: readonly string[]): readonly ProbeTarget[] =>
  keys.flatMap((key) => aims.aims.get(key)?.target ?? []);

function sendApart(
  sending: Sending,
  post: Post,
  targets: readonly ProbeTarget[],
  sentAt: Instant,
  fold: (history: ProbeHistory, result: ProbeResult) => ProbeHistory,
  signal: AbortSignal,
): Promise<void> {
  const { probes, policy, news } = sending;
  const addresses = new Map(targets.map(({ key, address }) => [key, address]));
  sending.count += targets.length;
  return probes.send(
    { vantageId: post.vantage.id, sentAt, targets, timeoutMs: longTimeoutMs(policy) },
    ({ key, result }) => {
      const history = post.histories.get(key);
      const isSame = post.aims.aims.get(key)?.target.address === addresses.get(key);
      if (history === undefined || !isSame) return;
      const after = fold(history, result);
      post.histories.set(key, after);
      if ((after.late === null) !== (history.late === null)) news.onChange();
    },
    signal,
  );
}
