/** Sends one round of probes from a vantage, and folds each answer into its histories as it arrives. */
import { WOKEN } from '../../../core/background.ts';
import type { Instant } from '../../../core/time.ts';
import { foldAnswer } from '../../../probe/history.ts';
import type { ProbeAnswer } from '../../../probe/types.ts';
import { ROUNDS_KEPT, type RoundObservation } from '../../types/world.ts';
import { newsOf } from '../probeSchedule/news.ts';
import { ripeKeys } from '../probeSchedule/silences.ts';
import { isWholeMiss } from '../probeSchedule/timeouts.ts';
import type { RoundPlan } from '../probeSchedule/types.ts';
import type { Post } from './post.ts';
import type { Sending } from './sending.ts';

/** Resolves when the last answer is there. */
export function sendRound(
  sending: Sending,
  post: Post,
  { keys, timeoutMs, kind }: RoundPlan,
  signal: AbortSignal,
): Promise<void> {
  const { probes, clock, policy } = sending;
  const sentAt = Math.max(clock.now(), post.lastSentAt + 1);
  post.lastSentAt = sentAt;
  const isFull = kind === 'full';
  if (isFull) post.lastFullAt = sentAt;
  if (kind === 'hops') post.lastHopsAt = sentAt;
  for (const key of keys) post.sentAts.set(key, sentAt);
  const aims = keys.flatMap((key) => post.aims.aims.get(key) ?? []);
  sending.count += aims.length;
  const waiting = new Map(aims.map(({ target }) => [target.key, target.address]));
  const answeredBy: string[] = [];
  const epochThen = sending.epoch;
  const put = (isOver: boolean) => {
    if (sending.epoch !== epochThen) return;
    putRound(post, { sentAt, answeredBy: [...answeredBy], isFull, isOver });
  };
  put(waiting.size === 0);
  const evaluate = ({ key, result }: ProbeAnswer) => {
    const aim = post.aims.aims.get(key);
    const history = post.histories.get(key);
    const asked = waiting.get(key);
    if (!waiting.delete(key) || sending.epoch !== epochThen) return;
    // An answer from an address that the appliance no longer has proves nothing about the current one.
    if (aim === undefined || history === undefined || aim.target.address !== asked) {
      if (waiting.size === 0) put(true);
      return;
    }
    const isExplicit = result.kind === 'down' && result.tookMs < timeoutMs;
    const isWhole = isExplicit || isWholeMiss(history, timeoutMs, policy);
    post.histories.set(key, foldAnswer(history, result, sentAt, isWhole, !isFull));
    const isNewVoice =
      result.kind === 'up' && answeredBy.length < 2 && !answeredBy.includes(aim.instanceId);
    if (isNewVoice) answeredBy.push(aim.instanceId);
    if (isNewVoice || waiting.size === 0) put(waiting.size === 0);
    if (result.kind === 'down' && history.misses.length === 0) post.wake.abort(WOKEN);
    // Other answers change no verdict, and there are a hundred a second.
    if (result.kind === 'down' || isNewVoice) tellNews(sending, post, { key, result }, sentAt);
  };
  const targets = aims.map(({ target }) => target);
  return probes
    .send({ vantageId: post.vantage.id, sentAt, targets, timeoutMs }, evaluate, signal)
    .then(() => put(true));
}

function putRound(post: Post, round: RoundObservation): void {
  const at = post.rounds.findLastIndex((one) => one.sentAt === round.sentAt);
  if (at >= 0) post.rounds[at] = round;
  else post.rounds = [...post.rounds.slice(1 - ROUNDS_KEPT), round];
}

/** A miss of a target that is ripe for a verdict, or a witness of one in the same round, is news. */
function tellNews(
  { clock, policy, news }: Sending,
  post: Post,
  { key, result }: ProbeAnswer,
  sentAt: Instant,
): void {
  const ripe = ripeKeys(post.histories, post.silenceMs, policy, clock.now());
  const isOfRipe =
    result.kind === 'down'
      ? ripe.includes(key)
      : ripe.some((one) => post.histories.get(one)?.misses.at(-1)?.sentAt === sentAt);
  if (!isOfRipe) return;
  const { pace, isDue } = newsOf(post.news, ripe, clock.now());
  post.news = pace;
  if (isDue) news.onChange();
}
