/** The round of one vantage: sends what is due, and sleeps until the next is, or until a first miss makes one due at once. */
import { abortWith } from '../../../core/background.ts';
import type { Instant } from '../../../core/time.ts';
import { certificateRound } from '../certificateReads.ts';
import { longRound } from '../probeSchedule/longRound.ts';
import { ripeningKeys } from '../probeSchedule/silences.ts';
import type { RoundPlan } from '../probeSchedule/types.ts';
import { awaitedFarSides, witnessRound } from '../probeSchedule/witnesses.ts';
import { nextRound } from '../probeSchedule.ts';
import { forgetPace, type Post } from './post.ts';
import { readCertificates, sendLong } from './sendApart.ts';
import type { Sending } from './sending.ts';
import { sendRound } from './sendRound.ts';

/** Until the signal aborts; resolves when what was sent by then is over. */
export async function patrol(
  sending: Sending,
  post: Post,
  /** Those of all vantages, this one among them. */
  posts: readonly Post[],
  signal: AbortSignal,
): Promise<void> {
  const { clock, policy } = sending;
  const inFlight = new Set<Promise<void>>();
  const track = (sent: Promise<void>) => {
    const flying: Promise<void> = sent.finally(() => inFlight.delete(flying));
    inFlight.add(flying);
  };
  while (!signal.aborted) {
    const now = clock.now();
    // A clock that went back must not delay the next probe by as much as it jumped.
    if (post.lastSentAt > now + policy.probeIntervalMs) forgetPace(post);
    const { round, nextAt } = nextRound(post, policy, now);
    const rounds =
      round === null ? [] : [{ to: post, round }, ...witnessesOf(sending, post, posts, round, now)];
    for (const one of rounds) track(sendRound(sending, one.to, one.round, signal));
    announce(sending, post, now);
    const silent = longRound(post, policy, now);
    if (silent.length > 0) track(sendLong(sending, post, silent, signal));
    const unread = round?.kind === 'full' ? certificateRound(post, now) : [];
    if (unread.length > 0) track(readCertificates(sending, post, unread, signal));
    post.wake = new AbortController();
    const release = abortWith(post.wake, signal);
    await clock.sleep(Math.max(1, nextAt - clock.now()), post.wake.signal);
    release();
  }
  await Promise.allSettled(inFlight);
}

/** Announces each silence that will soon be long enough, once. */
function announce({ policy, news }: Sending, post: Post, now: Instant): void {
  const before = post.ripening;
  post.ripening = ripeningKeys(post, policy, now);
  const ids = new Set<string>();
  for (const [key, verdictAt] of post.ripening) {
    const aim = before.get(key) === verdictAt ? undefined : post.aims.aims.get(key);
    if (aim !== undefined) ids.add(aim.instanceId);
  }
  if (ids.size > 0) news.onRipening?.(ids);
}

/** The far sides that a last look needs as witnesses, asked by the other vantages right after it. */
function witnessesOf(
  { policy }: Sending,
  post: Post,
  posts: readonly Post[],
  round: RoundPlan,
  now: Instant,
) {
  const awaited = awaitedFarSides(round, post, policy, now);
  if (awaited.length === 0) return [];
  return posts.flatMap((to) => {
    const asked = to === post ? null : witnessRound(awaited, to, policy, now);
    return asked === null ? [] : [{ to, round: asked }];
  });
}
