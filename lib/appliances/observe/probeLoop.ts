/** Probes every target from every vantage on its schedule, and keeps the probe histories. */

import { abortWith, WOKEN } from '../../core/background.ts';
import type { Instant } from '../../core/time.ts';
import {
  foldAnswer,
  foldCertificate,
  foldLongAnswer,
  forgetRuns,
  KEYS_KEPT,
  noHistory,
  type ProbeHistory,
} from '../../probe/history.ts';
import type { ProbeAnswer, Vantage } from '../../probe/types.ts';
import type { Ports } from '../ports.ts';
import type { ApplianceMemory } from '../state.ts';
import { type Policy, silenceMsOf } from '../types/policy.ts';
import type { Topology } from '../types/topology.ts';
import { ROUNDS_KEPT, type RoundObservation, type VantageObservation } from '../types/world.ts';
import { certificateRound } from './certificateReads.ts';
import {
  awaitedFarSides,
  isWholeMiss,
  longRound,
  longTimeoutMs,
  type NewsPace,
  NO_NEWS,
  newsOf,
  nextRound,
  type RoundPlan,
  ripeKeys,
  ripeningKeys,
  witnessRound,
} from './probeSchedule.ts';
import { type Aims, aimFrom } from './targets.ts';

export interface Prober {
  /** Probes until the signal aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Full rounds, `gapMs` apart, and resolves when the last of them is over: for a single pass. */
  burst(roundCount: number, gapMs: number, signal: AbortSignal): Promise<void>;
  aim(topology: Topology): void;
  observations(): readonly VantageObservation[];
  /** After a clock jump: no row of answers or misses counts any more. */
  forgetRuns(): void;
  /** What the previous leader has stored: probes that answered it, and rows of answers that broke meanwhile. */
  recollect(latest: ReadonlyMap<string, ApplianceMemory>): void;
  probeCount(): number;
}

interface Post {
  readonly vantage: Vantage;
  aims: Aims;
  histories: Map<string, ProbeHistory>;
  rounds: RoundObservation[];
  readonly sentAts: Map<string, Instant>;
  readonly longSentAts: Map<string, Instant>;
  /** When each certificate was asked for last. */
  readonly certificateAts: Map<string, Instant>;
  readonly silenceMs: number;
  lastFullAt: Instant | null;
  lastHopsAt: Instant | null;
  lastSentAt: Instant;
  news: NewsPace;
  /** Targets whose verdict was announced, with the instant of it. */
  ripening: ReadonlyMap<string, Instant>;
  /** Ends the wait for the next round: a first miss makes one due at once. */
  wake: AbortController;
}

export interface ProbeNews {
  /** An answer may have changed a verdict. */
  onChange(): void;
  /** These instances' silence is nearly long enough for a verdict; called once for each silence of a target. */
  onRipening?(instanceIds: ReadonlySet<string>): void;
}

export function openProber(
  ports: Ports,
  vantages: readonly Vantage[],
  recalled: ReadonlyMap<string, ApplianceMemory>,
  policy: Policy,
  { onChange, onRipening }: ProbeNews,
): Prober {
  const { clock, probes } = ports;
  const openedAt = clock.now();
  let remembered = recalled;
  let rememberedAtMs = clock.monotonicMs();
  let count = 0;
  /** Counts how often rows were forgotten: an answer to an older probe is dropped. */
  let epoch = 0;
  const posts = vantages.map(
    (vantage): Post => ({
      vantage,
      aims: { aims: new Map(), unreachables: new Map(), farSides: new Map() },
      histories: new Map(),
      rounds: [],
      sentAts: new Map(),
      longSentAts: new Map(),
      certificateAts: new Map(),
      silenceMs: silenceMsOf(policy, vantage),
      lastFullAt: null,
      lastHopsAt: null,
      lastSentAt: 0,
      news: NO_NEWS,
      ripening: new Map(),
      wake: new AbortController(),
    }),
  );

  function send(post: Post, { keys, timeoutMs, kind }: RoundPlan, signal: AbortSignal) {
    const sentAt = Math.max(clock.now(), post.lastSentAt + 1);
    post.lastSentAt = sentAt;
    const isFull = kind === 'full';
    if (isFull) post.lastFullAt = sentAt;
    if (kind === 'hops') post.lastHopsAt = sentAt;
    for (const key of keys) post.sentAts.set(key, sentAt);
    const aims = keys.flatMap((key) => post.aims.aims.get(key) ?? []);
    count += aims.length;
    const waiting = new Map(aims.map(({ target }) => [target.key, target.address]));
    const answeredBy: string[] = [];
    const epochThen = epoch;
    const put = (isOver: boolean) => {
      if (epoch !== epochThen) return;
      const round: RoundObservation = { sentAt, answeredBy: [...answeredBy], isFull, isOver };
      const at = post.rounds.findLastIndex((one) => one.sentAt === sentAt);
      if (at >= 0) post.rounds[at] = round;
      else post.rounds = [...post.rounds.slice(1 - ROUNDS_KEPT), round];
    };
    put(waiting.size === 0);
    const evaluate = ({ key, result }: ProbeAnswer) => {
      const aim = post.aims.aims.get(key);
      const history = post.histories.get(key);
      const asked = waiting.get(key);
      if (!waiting.delete(key) || epoch !== epochThen) return;
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
      if (result.kind !== 'down' && !isNewVoice) return;
      const ripe = ripeKeys(post.histories, post.silenceMs, policy, clock.now());
      const isOfRipe =
        result.kind === 'down'
          ? ripe.includes(key)
          : ripe.some((one) => post.histories.get(one)?.misses.at(-1)?.sentAt === sentAt);
      if (!isOfRipe) return;
      const news = newsOf(post.news, ripe, clock.now());
      post.news = news.pace;
      if (news.isDue) onChange();
    };
    const targets = aims.map(({ target }) => target);
    return probes
      .send({ vantageId: post.vantage.id, sentAt, targets, timeoutMs }, evaluate, signal)
      .then(() => put(true));
  }

  /** Apart from the rounds: what it finds is no miss, and no witness. */
  function sendLong(post: Post, keys: readonly string[], signal: AbortSignal) {
    const sentAt = clock.now();
    const timeoutMs = longTimeoutMs(policy);
    const epochThen = epoch;
    for (const key of keys) {
      post.sentAts.set(key, sentAt);
      post.longSentAts.set(key, sentAt);
    }
    const targets = keys.flatMap((key) => post.aims.aims.get(key)?.target ?? []);
    const addresses = new Map(targets.map(({ key, address }) => [key, address]));
    count += targets.length;
    const evaluate = ({ key, result }: ProbeAnswer) => {
      const history = post.histories.get(key);
      const isSame = post.aims.aims.get(key)?.target.address === addresses.get(key);
      if (history === undefined || !isSame || epoch !== epochThen) return;
      const { silenceMs } = post;
      const limits = { timeoutMs: policy.probeTimeoutMs, silenceMs };
      const after = foldLongAnswer(history, result, sentAt, limits);
      post.histories.set(key, after);
      if ((after.late === null) !== (history.late === null)) onChange();
    };
    return probes.send(
      { vantageId: post.vantage.id, sentAt, targets, timeoutMs },
      evaluate,
      signal,
    );
  }

  /** Apart from the rounds too: what it finds is neither an answer nor a miss. */
  function readCertificates(post: Post, keys: readonly string[], signal: AbortSignal) {
    const sentAt = clock.now();
    for (const key of keys) post.certificateAts.set(key, sentAt);
    const targets = keys.flatMap((key) => {
      const target = post.aims.aims.get(key)?.target;
      return target === undefined ? [] : [{ ...target, readsCertificate: true as const }];
    });
    const addresses = new Map(targets.map(({ key, address }) => [key, address]));
    count += targets.length;
    const keep = ({ key, result }: ProbeAnswer) => {
      const history = post.histories.get(key);
      const isSame = post.aims.aims.get(key)?.target.address === addresses.get(key);
      if (history !== undefined && isSame) {
        post.histories.set(key, foldCertificate(history, result, sentAt));
      }
    };
    const timeoutMs = longTimeoutMs(policy);
    return probes.send({ vantageId: post.vantage.id, sentAt, targets, timeoutMs }, keep, signal);
  }

  function announce(post: Post, now: Instant) {
    const before = post.ripening;
    post.ripening = ripeningKeys(post, policy, now);
    const ids = new Set<string>();
    for (const [key, verdictAt] of post.ripening) {
      const aim = before.get(key) === verdictAt ? undefined : post.aims.aims.get(key);
      if (aim !== undefined) ids.add(aim.instanceId);
    }
    if (ids.size > 0) onRipening?.(ids);
  }

  /** The far sides that a last look needs as witnesses, asked by the other vantages right after it. */
  function witnessesOf(post: Post, round: RoundPlan, now: Instant) {
    const awaited = awaitedFarSides(round, post, policy, now);
    if (awaited.length === 0) return [];
    return posts.flatMap((to) => {
      const asked = to === post ? null : witnessRound(awaited, to, policy, now);
      return asked === null ? [] : [{ to, round: asked }];
    });
  }

  async function patrol(post: Post, signal: AbortSignal) {
    const inFlight = new Set<Promise<void>>();
    const track = (sending: Promise<void>) => {
      const sent: Promise<void> = sending.finally(() => inFlight.delete(sent));
      inFlight.add(sent);
    };
    while (!signal.aborted) {
      const now = clock.now();
      // A clock that went back must not delay the next probe by as much as it jumped.
      if (post.lastSentAt > now + policy.probeIntervalMs) forgetPace(post);
      const { round, nextAt } = nextRound(post, policy, now);
      const rounds = round === null ? [] : [{ to: post, round }, ...witnessesOf(post, round, now)];
      for (const one of rounds) track(send(one.to, one.round, signal));
      announce(post, now);
      const silent = longRound(post, policy, now);
      if (silent.length > 0) track(sendLong(post, silent, signal));
      const unread = round?.kind === 'full' ? certificateRound(post, now) : [];
      if (unread.length > 0) track(readCertificates(post, unread, signal));
      post.wake = new AbortController();
      const release = abortWith(post.wake, signal);
      await clock.sleep(Math.max(1, nextAt - clock.now()), post.wake.signal);
      release();
    }
    await Promise.allSettled(inFlight);
  }

  return {
    async run(signal) {
      await Promise.all(posts.map((post) => patrol(post, signal)));
    },
    async burst(roundCount, gapMs, signal) {
      const sent: Promise<void>[] = [];
      for (let round = 0; round < roundCount && !signal.aborted; round += 1) {
        if (round > 0) await clock.sleep(gapMs, signal);
        for (const post of posts) {
          const keys = [...post.aims.aims.keys()];
          sent.push(send(post, { keys, timeoutMs: policy.probeTimeoutMs, kind: 'full' }, signal));
        }
      }
      await Promise.all(sent);
    },
    aim(topology) {
      // By our own monotonic clock too: the previous leader's clock may be ahead of ours.
      const isRecent = clock.monotonicMs() - rememberedAtMs < CARRY_MS;
      const now = clock.now();
      for (const post of posts) {
        const before = post.aims.aims;
        post.aims = aimFrom(post.vantage, topology);
        post.histories = new Map(
          [...post.aims.aims].map(([key, { target, instanceId }]) => {
            const old = before.get(key)?.target;
            const isSame = old?.address === target.address && old.port === target.port;
            const kept = isSame ? post.histories.get(key) : undefined;
            const past = remembered.get(instanceId);
            const seed = () =>
              seededHistory(key, post.vantage, past, policy, isRecent ? now : null);
            return [key, kept ?? seed()];
          }),
        );
      }
    },
    observations: () =>
      posts.map(({ vantage, histories, rounds, aims }) => ({
        vantage,
        histories,
        rounds,
        unreachables: aims.unreachables,
        farSides: aims.farSides,
      })),
    forgetRuns() {
      epoch += 1;
      for (const post of posts) {
        post.histories = new Map([...post.histories].map(([key, one]) => [key, forgetRuns(one)]));
        post.rounds = [];
        forgetPace(post);
      }
    },
    recollect(latest) {
      remembered = latest;
      rememberedAtMs = clock.monotonicMs();
      for (const post of posts) {
        for (const [key, { instanceId }] of post.aims.aims) {
          const history = post.histories.get(key);
          const past = latest.get(instanceId);
          if (history === undefined || past === undefined) continue;
          const voiced = hasSpoken(past, post.vantage, key)
            ? { ...history, hasAnswered: true, ...keysOf(past, post.vantage, key, history) }
            : history;
          post.histories.set(key, cutRow(voiced, past, openedAt));
        }
      }
    },
    probeCount: () => count,
  };
}

function forgetPace(post: Post): void {
  post.lastFullAt = null;
  post.lastHopsAt = null;
  post.lastSentAt = 0;
  post.sentAts.clear();
  post.longSentAts.clear();
}

/** Memory older than this has a gap: its row of answers is not carried on. */
const CARRY_MS = 20_000;

/** What the previous leader knew: that this probe has answered here, and, as of `now`, since when it has not missed. */
function seededHistory(
  key: string,
  vantage: Vantage,
  past: ApplianceMemory | undefined,
  policy: Policy,
  now: Instant | null,
): ProbeHistory {
  if (past === undefined || !hasSpoken(past, vantage, key)) return noHistory;
  const isUnbroken =
    now !== null && past.goodSince !== null && Math.abs(now - past.seenAt) < CARRY_MS;
  const spoken = { ...noHistory, hasAnswered: true, ...keysOf(past, vantage, key, noHistory) };
  if (!isUnbroken || past.goodSince === null) return spoken;
  return {
    ...spoken,
    goodSince: past.goodSince,
    goodCount: Math.max(0, Math.floor((past.seenAt - past.goodSince) / policy.probeIntervalMs)),
  };
}

/** The keys that it has answered the previous leader, with those of this history. */
function keysOf(
  { answeredKeys }: ApplianceMemory,
  { id }: Vantage,
  key: string,
  { answeredKeys: own = [] }: ProbeHistory,
): Pick<ProbeHistory, 'answeredKeys'> {
  const past = answeredKeys?.[`${id} ${key.slice(key.indexOf(' ') + 1)}`] ?? [];
  const keyIds = [...past.filter((one) => !own.includes(one)), ...own].slice(-KEYS_KEPT);
  return keyIds.length === 0 ? {} : { answeredKeys: keyIds };
}

const hasSpoken = ({ answered }: ApplianceMemory, { id }: Vantage, key: string): boolean =>
  answered.includes(`${id} ${key.slice(key.indexOf(' ') + 1)}`);

/** A row that was carried on from before `openedAt` ends where the previous leader saw it end. */
function cutRow(
  history: ProbeHistory,
  { goodSince }: ApplianceMemory,
  openedAt: Instant,
): ProbeHistory {
  const { goodSince: since, goodSentAts } = history;
  const isCarried = since !== null && since < openedAt;
  if (!isCarried || (goodSince !== null && goodSince <= since)) return history;
  return {
    ...history,
    goodSince: goodSentAts[0] ?? null,
    goodCount: Math.min(history.goodCount, goodSentAts.length),
  };
}
