/** Probes every target from every vantage on its schedule, and keeps the probe histories. */

import { forgetRuns } from '../../probe/history.ts';
import type { Vantage } from '../../probe/types.ts';
import type { Ports } from '../ports.ts';
import type { ApplianceMemory } from '../state.ts';
import type { Policy } from '../types/policy.ts';
import type { Topology } from '../types/topology.ts';
import type { VantageObservation } from '../types/world.ts';
import { patrol } from './probeLoop/patrol.ts';
import { aimPost, forgetPace, openPost, type Post } from './probeLoop/post.ts';
import { CARRY_MS, recollected, seededHistory } from './probeLoop/recall.ts';
import type { ProbeNews, Sending } from './probeLoop/sending.ts';
import { sendRound } from './probeLoop/sendRound.ts';

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

export function openProber(
  ports: Ports,
  vantages: readonly Vantage[],
  recalled: ReadonlyMap<string, ApplianceMemory>,
  policy: Policy,
  news: ProbeNews,
): Prober {
  const { clock, probes } = ports;
  const openedAt = clock.now();
  let remembered = recalled;
  let rememberedAtMs = clock.monotonicMs();
  const sending: Sending = { probes, clock, policy, news, count: 0, epoch: 0 };
  const posts = vantages.map((vantage) => openPost(vantage, policy));
  return {
    async run(signal) {
      await Promise.all(posts.map((post) => patrol(sending, post, posts, signal)));
    },
    async burst(roundCount, gapMs, signal) {
      const sent: Promise<void>[] = [];
      for (let index = 0; index < roundCount && !signal.aborted; index += 1) {
        if (index > 0) await clock.sleep(gapMs, signal);
        sent.push(...posts.map((post) => sendFull(sending, post, signal)));
      }
      await Promise.all(sent);
    },
    aim(topology) {
      // By our own monotonic clock too: the previous leader's clock may be ahead of ours.
      const isRecent = clock.monotonicMs() - rememberedAtMs < CARRY_MS;
      const now = clock.now();
      for (const post of posts) {
        aimPost(post, topology, (key, instanceId) => {
          const past = remembered.get(instanceId);
          return seededHistory(key, post.vantage, past, policy, isRecent ? now : null);
        });
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
      sending.epoch += 1;
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
          post.histories.set(key, recollected(history, key, post.vantage, past, openedAt));
        }
      }
    },
    probeCount: () => sending.count,
  };
}

function sendFull(sending: Sending, post: Post, signal: AbortSignal): Promise<void> {
  const keys = [...post.aims.aims.keys()];
  const round = { keys, timeoutMs: sending.policy.probeTimeoutMs, kind: 'full' } as const;
  return sendRound(sending, post, round, signal);
}
