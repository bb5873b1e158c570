/**
 * A storm over telling alone: tellers that come, overlap and are killed at every step, a table and a topic that fail,
 * lose answers and conflict. Whatever happens: who lasts is told, what is over is told over unless its beginning said that
 * it may not be, and where nothing failed and nobody died, each of it once.
 */
import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import type { Finding } from '../../lib/core/finding.ts';
import type { StoreAnswer } from '../../lib/core/ports.ts';
import { unknown } from '../../lib/core/reading.ts';
import type { Clock } from '../../lib/core/time.ts';
import { openNotifier } from '../../lib/incidents/notifier.ts';
import type { RegionPorts } from '../../lib/incidents/ports.ts';
import type { Notification } from '../../lib/incidents/types.ts';
import { type Random, seededRandom } from '../../lib/simulator/random.ts';
import { ACCOUNT, REGION } from '../builders/facts.ts';
import { DOWN, openInStore } from '../builders/notifier.ts';
import { calm, type MemoryNotifications, somePorts, type TestPorts } from '../builders/ports.ts';
import type { MemoryStore } from '../builders/store.ts';

const IDS = ['i-a', 'i-b', 'i-c', 'i-d', 'i-e'];
const on = (id: string): Finding => ({ ...DOWN, subject: { ...DOWN.subject, id, name: id } });

interface Weather {
  /** Chances, of each call. */
  readonly storeFails: number;
  readonly storeLoses: number;
  readonly topicFails: number;
  readonly killed: number;
  readonly conflicts: number;
  /** No chance: each invocation's clock is right, or so far behind, or so far ahead. */
  readonly skewMs: number;
}

const FAIR: Weather = {
  storeFails: 0,
  storeLoses: 0,
  topicFails: 0,
  killed: 0,
  conflicts: 0,
  skewMs: 0,
};

interface Body {
  readonly ports: RegionPorts;
  /** Resolves when it has been killed: from then on nothing that it asks is answered, as of a process that is gone. */
  readonly death: Promise<null>;
}

/** The same account as one invocation meets it in this weather. */
function invocation(ports: TestPorts, weather: Weather, random: Random): Body {
  const { promise: death, resolve: die } = Promise.withResolvers<null>();
  let isDead = false;
  const step = async () => {
    isDead ||= random.chance(weather.killed);
    if (!isDead) return;
    die(null);
    await new Promise(() => {});
  };
  const store: MemoryStore = Object.create(ports.store);
  store.read = async (ids) => {
    await step();
    if (random.chance(weather.storeFails)) return unknown('no answer', ports.clock.now());
    return ports.store.read(ids);
  };
  store.write = async (item): Promise<StoreAnswer> => {
    await step();
    if (random.chance(weather.conflicts)) touch(ports, item.id);
    if (random.chance(weather.storeFails)) return { kind: 'failed', why: 'no answer' };
    const answer = await ports.store.write(item);
    if (random.chance(weather.storeLoses)) return { kind: 'failed', why: 'the answer was lost' };
    await step();
    return answer;
  };
  const notifications: MemoryNotifications = Object.create(ports.notifications);
  notifications.publish = async (notification) => {
    await step();
    if (random.chance(weather.topicFails)) return { kind: 'failed', why: 'topic unreachable' };
    const answer = await ports.notifications.publish(notification);
    await step();
    return answer;
  };
  const aheadMs = weather.skewMs === 0 ? 0 : weather.skewMs * random.pick([-1, 0, 1]);
  const clock: Clock = {
    now: () => ports.clock.now() + aheadMs,
    monotonicMs: () => ports.clock.monotonicMs(),
    sleep: (ms, signal) => ports.clock.sleep(ms, signal),
  };
  return { ports: { ...ports, clock, store, notifications }, death };
}

const touch = (ports: TestPorts, id: string): void => {
  if (ports.store.rows.has(id)) ports.store.put(id, ports.store.body(id));
};

interface Lived {
  readonly ports: TestPorts;
  /** What was wrong in each second of it. */
  readonly sick: readonly (readonly string[])[];
}

/** Faults come and go for `seconds`; two tellers look every second, a single look now and then; then all is calm. */
async function live(seed: string, weather: Weather, seconds = 240): Promise<Lived> {
  const random = seededRandom(seed);
  const ports = somePorts();
  const sick = new Set<string>();
  const history: string[][] = [];
  const start = (mayResolve: boolean, in_: Weather) => {
    const own = invocation(ports, in_, random);
    const options = { scope: 'appliances', mode: 'act', mayResolve };
    return { notifier: openNotifier(own.ports, options), death: own.death };
  };
  let notifiers = [start(true, weather)];
  for (let second = 0; second < seconds + CALM_S; second += 1) {
    const isCalm = second >= seconds;
    await ports.clock.run(ports.clock.monotonicMs() + 1_000);
    if (isCalm) sick.clear();
    else if (random.chance(0.05)) flip(sick, random.pick(IDS));
    history.push([...sick]);
    // A new watcher a minute; the older one lives on for a while beside it.
    if (second % 60 === 0) {
      const leaving = notifiers.slice(0, -1);
      await Promise.all(
        leaving.map((one) => Promise.race([one.notifier.flush(calm()), one.death])),
      );
      notifiers = [...notifiers.slice(-1), start(true, isCalm ? FAIR : weather)];
    }
    const once = !isCalm && random.chance(0.1) ? [start(false, weather)] : [];
    const report = {
      accountId: ACCOUNT,
      region: REGION,
      findings: [...sick].map(on),
      ignored: new Map<string, string>(),
      actions: [],
      held: [],
      gone: new Set<string>(),
    };
    const jobs = [...notifiers, ...once].map(async (one) => {
      const look = async () => {
        await one.notifier.tell(report, calm());
        if (once.includes(one)) await one.notifier.flush(calm());
        return one;
      };
      return Promise.race([look(), one.death]);
    });
    const alive = await Promise.all(jobs);
    notifiers = notifiers.filter((notifier) => alive.includes(notifier));
    if (notifiers.length === 0) notifiers = [start(true, isCalm ? FAIR : weather)];
  }
  return { ports, sick: history };
}

/** A flap may stretch an end to 15 min. */
const CALM_S = 1_200;

const flip = (sick: Set<string>, id: string): void => {
  if (!sick.delete(id)) sick.add(id);
};

/** Beginnings and ends that people read of it, by itself or together with others. */
const turnsOf = ({ ports }: Lived, id: string): readonly Notification[] =>
  ports.notifications.sent.filter(
    ({ json, state }) => (state === 'opened' || state === 'resolved') && namesOf(json).includes(id),
  );

const namesOf = (json: string): readonly string[] => {
  const { subject, members } = v.parse(Notified, JSON.parse(json));
  return [subject, ...members.map((one) => one.subject)].map(({ id }) => id);
};
const Named = v.object({ id: v.string() });
const Notified = v.object({ subject: Named, members: v.array(v.object({ subject: Named })) });

const wordsOf = (lived: Lived, id: string): readonly string[] =>
  turnsOf(lived, id).map(({ state }) => state);

/** As many, as they ought to be. */
const byTurns = (words: readonly string[]): readonly string[] =>
  words.map((_word, index) => (index % 2 === 0 ? 'opened' : 'resolved'));

/** Whether this very notice said that its end may go untold. */
const isHedged = ({ json }: Notification): boolean =>
  Object(JSON.parse(json)).endMayBeLost === true;

/** How people are left with it: `resolved`, or `opened` without a word of warning. */
const leftWith = (lived: Lived, id: string): string => {
  const last = turnsOf(lived, id).at(-1);
  return last === undefined || last.state === 'resolved' || isHedged(last) ? 'resolved' : 'opened';
};

/** Ids that were sick for so many seconds on end, so that nobody may miss it. */
const lasting = ({ sick }: Lived): readonly string[] =>
  IDS.filter((id) =>
    sick.some(
      (_now, at) => sick.slice(at, at + 45).filter((ids) => ids.includes(id)).length === 45,
    ),
  );

const seeds = Array.from({ length: 15 }, (_, index) => `tell-${index}`).concat(
  'tell-48',
  'tell-323',
);

/** Less than a claim lasts, as long, more, and far more. */
const SKEWS_MS = [5_000, 20_000, 30_000, 3_600_000];

describe('in fair weather', () => {
  test.each(seeds)('%s: each beginning and each end is told once, by turns', async (seed) => {
    const lived = await live(seed, FAIR);
    for (const id of IDS) {
      const words = wordsOf(lived, id);
      expect(words).toEqual(byTurns(words));
      expect(words.length % 2).toBe(0);
    }
    expect(lived.ports.notifications.sent.length).toBeGreaterThan(0);
    expect(openInStore(lived.ports)).toEqual([]);
  });

  test.each(seeds.slice(0, 10))(
    '%s: conflicts at every other write change nothing of that',
    async (seed) => {
      const lived = await live(seed, { ...FAIR, conflicts: 0.5 });
      for (const id of IDS) {
        const words = wordsOf(lived, id);
        expect(words).toEqual(byTurns(words));
      }
    },
  );

  test.each(seeds.flatMap((seed) => SKEWS_MS.map((skewMs) => ({ seed, skewMs }))))(
    '$seed: nor do clocks that are $skewMs ms behind or ahead',
    async ({ seed, skewMs }) => {
      const lived = await live(seed, { ...FAIR, skewMs });
      for (const id of IDS) expect(wordsOf(lived, id)).toEqual(byTurns(wordsOf(lived, id)));
      expect(openInStore(lived.ports)).toEqual([]);
    },
  );
});

describe('in foul weather', () => {
  test.each([
    ['killed at any step', { ...FAIR, killed: 0.02 }],
    ['a table that fails', { ...FAIR, storeFails: 0.3 }],
    ['answers of the table lost', { ...FAIR, storeLoses: 0.3 }],
    ['a topic that fails', { ...FAIR, topicFails: 0.5 }],
    [
      'all of it',
      {
        storeFails: 0.2,
        storeLoses: 0.1,
        topicFails: 0.3,
        killed: 0.02,
        conflicts: 0.2,
        skewMs: 0,
      },
    ],
  ])(
    '%s: nothing that lasts goes untold, and nothing told stays open but what said that it may',
    async (_what, weather) => {
      for (const seed of seeds) {
        const lived = await live(seed, weather);
        for (const id of lasting(lived)) {
          const isNotified = wordsOf(lived, id).includes('opened');
          expect({ seed, id, isNotified }).toEqual({ seed, id, isNotified: true });
        }
        for (const id of IDS) {
          expect({ seed, id, left: leftWith(lived, id) }).toEqual({ seed, id, left: 'resolved' });
        }
        const isTableWell = weather.storeFails + weather.storeLoses === 0;
        expect({
          seed,
          isHedged: isTableWell && lived.ports.notifications.sent.some(isHedged),
        }).toEqual({
          seed,
          isHedged: false,
        });
        expect({ seed, open: openInStore(lived.ports) }).toEqual({ seed, open: [] });
      }
    },
    600_000,
  );
});
