/** Knocks on every target from every vantage at its own pace, and keeps the streaks. */

import type { Instant } from '../../core/time.ts';
import { foldKnock, forgetRuns, noStreak, type Streak } from '../../probe/history.ts';
import type { KnockAnswer, Vantage } from '../../probe/types.ts';
import type { Ports } from '../ports.ts';
import type { ApplianceMemory } from '../state.ts';
import type { Policy } from '../types/policy.ts';
import type { Topology } from '../types/topology.ts';
import { ROUNDS_KEPT, type RoundSight, type VantageSight } from '../types/world.ts';
import { isRipe, nextRound, type RoundPlan } from './probeSchedule.ts';
import { type Aims, aimFrom } from './targets.ts';

export interface Prober {
  /** Knocks until the signal aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Full rounds, `gapMs` apart, and resolves when the last of them is over: for a single pass. */
  volley(roundCount: number, gapMs: number, signal: AbortSignal): Promise<void>;
  aim(topology: Topology): void;
  sights(): readonly VantageSight[];
  /** After a jump of the clock: nothing in a row counts any more. */
  forgetRuns(): void;
  /** What the forerunner heard last: voices that we have not heard ourselves, and rows of answers that broke meanwhile. */
  recollect(latest: ReadonlyMap<string, ApplianceMemory>): void;
  knockCount(): number;
}

interface Post {
  readonly vantage: Vantage;
  aims: Aims;
  streaks: Map<string, Streak>;
  rounds: RoundSight[];
  lastFullAt: Instant | null;
  lastSentAt: Instant;
}

/** `onNews` is called when an answer may have turned a verdict. */
export function openProber(
  ports: Ports,
  vantages: readonly Vantage[],
  recalled: ReadonlyMap<string, ApplianceMemory>,
  policy: Policy,
  onNews: () => void,
): Prober {
  const { clock, probes } = ports;
  const openedAt = clock.now();
  let remembered = recalled;
  let rememberedAtMs = clock.monotonicMs();
  let count = 0;
  /** Counts the times at which everything in a row was forgotten: what was asked before then is no answer now. */
  let epoch = 0;
  const posts = vantages.map(
    (vantage): Post => ({
      vantage,
      aims: { aims: new Map(), mutes: new Map() },
      streaks: new Map(),
      rounds: [],
      lastFullAt: null,
      lastSentAt: 0,
    }),
  );

  function send(post: Post, { keys, timeoutMs, isFull }: RoundPlan, signal: AbortSignal) {
    const sentAt = Math.max(clock.now(), post.lastSentAt + 1);
    post.lastSentAt = sentAt;
    if (isFull) post.lastFullAt = sentAt;
    const aims = keys.flatMap((key) => post.aims.aims.get(key) ?? []);
    count += aims.length;
    const waiting = new Map(aims.map(({ target }) => [target.key, target.address]));
    const answeredBy: string[] = [];
    const epochThen = epoch;
    const put = (isOver: boolean) => {
      if (epoch !== epochThen) return;
      const round: RoundSight = { sentAt, answeredBy: [...answeredBy], isFull, isOver };
      const at = post.rounds.findLastIndex((one) => one.sentAt === sentAt);
      if (at >= 0) post.rounds[at] = round;
      else post.rounds = [...post.rounds.slice(1 - ROUNDS_KEPT), round];
    };
    put(waiting.size === 0);
    const hear = ({ key, knock }: KnockAnswer) => {
      const aim = post.aims.aims.get(key);
      const streak = post.streaks.get(key);
      const asked = waiting.get(key);
      if (!waiting.delete(key) || epoch !== epochThen) return;
      // What an address that it no longer has answered is no word of the one it has now.
      if (aim === undefined || streak === undefined || aim.target.address !== asked) {
        if (waiting.size === 0) put(true);
        return;
      }
      const isExplicit = knock.kind === 'down' && knock.tookMs < timeoutMs;
      const isWhole = isExplicit || timeoutMs >= policy.probeTimeoutMs;
      post.streaks.set(key, foldKnock(streak, knock, sentAt, isWhole));
      const isNewVoice =
        knock.kind === 'up' && answeredBy.length < 2 && !answeredBy.includes(aim.instanceId);
      if (isNewVoice) answeredBy.push(aim.instanceId);
      if (isNewVoice || waiting.size === 0) put(waiting.size === 0);
      if (isRipe(post.streaks, policy, clock.now())) onNews();
    };
    const targets = aims.map(({ target }) => target);
    return probes
      .knock({ vantageId: post.vantage.id, sentAt, targets, timeoutMs }, hear, signal)
      .then(() => put(true));
  }

  async function patrol(post: Post, signal: AbortSignal) {
    const inFlight = new Set<Promise<void>>();
    while (!signal.aborted) {
      const now = clock.now();
      // A clock that went back must not put off the next knock for as long as it jumped.
      if (post.lastSentAt > now + policy.probeIntervalMs) forgetPace(post);
      const { round, nextAt } = nextRound(post, policy, now);
      if (round !== null) {
        const sent: Promise<void> = send(post, round, signal).finally(() => inFlight.delete(sent));
        inFlight.add(sent);
      }
      await clock.sleep(Math.max(1, nextAt - clock.now()), signal);
    }
    await Promise.allSettled(inFlight);
  }

  return {
    async run(signal) {
      await Promise.all(posts.map((post) => patrol(post, signal)));
    },
    async volley(roundCount, gapMs, signal) {
      const sent: Promise<void>[] = [];
      for (let round = 0; round < roundCount && !signal.aborted; round += 1) {
        if (round > 0) await clock.sleep(gapMs, signal);
        for (const post of posts) {
          const keys = [...post.aims.aims.keys()];
          sent.push(send(post, { keys, timeoutMs: policy.probeTimeoutMs, isFull: true }, signal));
        }
      }
      await Promise.all(sent);
    },
    aim(topology) {
      // By our own steady clock too: what the forerunner's says of its last look may lie ahead of ours.
      const isRecent = clock.monotonicMs() - rememberedAtMs < CARRY_MS;
      const now = clock.now();
      for (const post of posts) {
        const before = post.aims.aims;
        post.aims = aimFrom(post.vantage, topology);
        post.streaks = new Map(
          [...post.aims.aims].map(([key, { target, instanceId }]) => {
            const old = before.get(key)?.target;
            const isSame = old?.address === target.address && old.port === target.port;
            const kept = isSame ? post.streaks.get(key) : undefined;
            const past = remembered.get(instanceId);
            const seed = () => seededStreak(key, post.vantage, past, policy, isRecent ? now : null);
            return [key, kept ?? seed()];
          }),
        );
      }
    },
    sights: () =>
      posts.map(({ vantage, streaks, rounds, aims }) => ({
        vantage,
        streaks,
        rounds,
        mutes: aims.mutes,
      })),
    forgetRuns() {
      epoch += 1;
      for (const post of posts) {
        post.streaks = new Map([...post.streaks].map(([key, one]) => [key, forgetRuns(one)]));
        post.rounds = [];
        forgetPace(post);
      }
    },
    recollect(latest) {
      remembered = latest;
      rememberedAtMs = clock.monotonicMs();
      for (const post of posts) {
        for (const [key, { instanceId }] of post.aims.aims) {
          const streak = post.streaks.get(key);
          const past = latest.get(instanceId);
          if (streak === undefined || past === undefined) continue;
          const voiced = hasSpoken(past, post.vantage, key)
            ? { ...streak, hasAnswered: true }
            : streak;
          post.streaks.set(key, cutRow(voiced, past, openedAt));
        }
      }
    },
    knockCount: () => count,
  };
}

function forgetPace(post: Post): void {
  post.lastFullAt = null;
  post.lastSentAt = 0;
}

/** Memory older than this has a gap in it: what was in a row is no longer known to be. */
const CARRY_MS = 20_000;

/** What an earlier watcher knew: that this probe has spoken here, and, as of `now`, since when it has not missed. */
function seededStreak(
  key: string,
  vantage: Vantage,
  past: ApplianceMemory | undefined,
  policy: Policy,
  now: Instant | null,
): Streak {
  if (past === undefined || !hasSpoken(past, vantage, key)) return noStreak;
  const isUnbroken =
    now !== null && past.goodSince !== null && Math.abs(now - past.seenAt) < CARRY_MS;
  if (!isUnbroken || past.goodSince === null) return { ...noStreak, hasAnswered: true };
  return {
    ...noStreak,
    hasAnswered: true,
    goodSince: past.goodSince,
    goodCount: Math.max(0, Math.floor((past.seenAt - past.goodSince) / policy.probeIntervalMs)),
  };
}

const hasSpoken = ({ answered }: ApplianceMemory, { id }: Vantage, key: string): boolean =>
  answered.includes(`${id} ${key.slice(key.indexOf(' ') + 1)}`);

/** A row that was carried on from before `openedAt` ends where the forerunner saw it end. */
function cutRow(streak: Streak, { goodSince }: ApplianceMemory, openedAt: Instant): Streak {
  const { goodSince: since, goodSentAts } = streak;
  const isCarried = since !== null && since < openedAt;
  if (!isCarried || (goodSince !== null && goodSince <= since)) return streak;
  return {
    ...streak,
    goodSince: goodSentAts[0] ?? null,
    goodCount: Math.min(streak.goodCount, goodSentAts.length),
  };
}
