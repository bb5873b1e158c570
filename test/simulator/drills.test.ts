/**
 * Goal: a drill moves the routes of one next hop to its peers and back, loses no packet, and is over at the first sign
 * that something is wrong. Method: the deployed product in the simulated account; every managed route is sampled every
 * 200 ms by the ground truth.
 */
import { describe, expect, test } from '@jest/globals';
import { DRILL_RULES, probeIsUnanswered } from '../../lib/appliances/rules/drill.ts';
import { parseState, stateId } from '../../lib/appliances/state/stored.ts';
import { DEFAULT_POLICY, type Policy } from '../../lib/appliances/types/policy.ts';
import { AS_DEPLOYED, Deployment } from '../../lib/simulator/deployment.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { SAFETY, type Safety } from '../../lib/watcher/pass.ts';
import { simAccount } from '../cli/open.ts';

/** When the drill is asked for: every watcher has answered probes enough. */
const AT_MS = 100_000;
const FOR_MS = 120_000;
const SAMPLE_MS = 200;

interface Spell {
  readonly fault: (id: (name: string) => string) => Fault;
  readonly startMs?: number;
  readonly endMs?: number;
}

async function play(
  spells: readonly Spell[],
  untilMs: number,
  policy: Partial<Policy> = {},
  safety: Safety = SAFETY,
) {
  const account = simAccount();
  const { clock, network, groundTruth } = account;
  const id = (name: string) =>
    network.instances.all().find((one) => one.name === name)?.instanceId ?? '';
  const texts: string[] = [];
  const deployment = new Deployment(account, {
    seed: 1,
    policy: { ...DEFAULT_POLICY, ...policy },
    ...AS_DEPLOYED,
    safety,
    onNotifications: (_by, some) => texts.push(...some.map(({ text }) => text)),
  });
  const asked: Fault = { kind: 'person-drills', group: 'hq', forMs: FOR_MS };
  account.faults.add(asked, AT_MS, 10 * AT_MS);
  for (const { fault, startMs = AT_MS, endMs = 10 * AT_MS } of spells)
    account.faults.add(fault(id), startMs, endMs);
  const lost: string[] = [];
  const away: number[] = [];
  const homes = new Map<string, string | null>();
  deployment.start();
  while (clock.monotonicMs() < untilMs) {
    await clock.run(clock.monotonicMs() + SAMPLE_MS);
    const ms = clock.monotonicMs();
    let isAway = false;
    for (const { tableId, routes } of network.tables.all()) {
      if (network.tags.get(`${tableId} vpn-medic:group`) === null) continue;
      for (const { interfaceId, destination, origin } of routes) {
        if (interfaceId === null || origin !== 'created') continue;
        const key = `${tableId} ${destination}`;
        const home = homes.get(key) ?? interfaceId;
        homes.set(key, home);
        if (home !== interfaceId) isAway = true;
        const link = network.interfaces.get(interfaceId);
        if (link === null || !groundTruth.isForwardingAt(link)) lost.push(`${key} ${ms}`);
      }
    }
    if (isAway) away.push(ms);
  }
  deployment.stop();
  await clock.run(clock.monotonicMs() + 5_000);
  const stored = parseState(account.table.bodies().get(stateId(network.region)), clock.now());
  return {
    drills: stored?.memory.drills.get('hq')?.drills ?? [],
    lost,
    awayFromMs: away[0] ?? null,
    awayUntilMs: away.at(-1) ?? null,
    crashes: deployment.crashes,
    subjects: account.log.notifications.map(({ subject }) => subject),
    texts,
  };
}

/** When its routes are away. */
const AWAY = { startMs: AT_MS + 30_000 };

describe('a drill of a group that is well', () => {
  test('moves the routes of one next hop away and back, loses nothing, and is notified with its outcome', async () => {
    const { drills, lost, awayFromMs, awayUntilMs, crashes, subjects, texts } = await play(
      [],
      AT_MS + FOR_MS + 70_000,
    );
    expect(crashes).toEqual([]);
    expect(lost).toEqual([]);
    const [drill] = drills;
    expect(drills).toHaveLength(1);
    expect(drill).toMatchObject({ name: 'hq-a', failedWhy: null, missed: 0, outageMs: null });
    expect(drill?.routes).toHaveLength(2);
    expect(drill?.probes).toBeGreaterThan(100);
    expect(awayFromMs).toBeLessThan(AT_MS + 10_000);
    expect(awayUntilMs).toBeGreaterThan(AT_MS + FOR_MS);
    expect(awayUntilMs).toBeLessThan(AT_MS + FOR_MS + 10_000);
    const ofDrill = subjects.filter((subject) => subject.includes('Drill'));
    expect(ofDrill).toEqual([
      expect.stringMatching(/^WARNING hq: DrillRunning /),
      expect.stringMatching(/^RESOLVED hq: DrillRunning /),
    ]);
    expect(texts.at(-1)).toMatch(
      /drill of hq: passed: 2 routes left hq-a within .*, and went back within .*; 0 of \d+ probes not answered; outage not measured/,
    );
  });

  test('in observe mode moves nothing, and says what it would have moved', async () => {
    const { drills, awayFromMs, texts } = await play([], AT_MS + 125_000, { mode: 'observe' });
    expect(awayFromMs).toBeNull();
    expect(drills[0]).toMatchObject({
      routes: [],
      failedWhy: expect.stringMatching(/^2 routes would leave hq-a, held: mode is observe/),
    });
    expect(texts.at(-1)).toContain('not begun: 2 routes would leave hq-a, held: mode is observe');
  });
});

describe('a drill is over at the first sign that something is wrong', () => {
  /** So short that nothing is down. */
  const blip: Spell = {
    ...AWAY,
    fault: (id) => ({ kind: 'host-dead', instanceId: id('hq-b') }),
    endMs: AWAY.startMs + 1_100,
  };

  test('one unanswered probe of the member that carries its routes: they go back at once', async () => {
    const { drills, awayUntilMs, subjects } = await play([blip], AT_MS + 110_000);
    expect(drills).toMatchObject([
      { failedWhy: expect.stringMatching(/^(?:a probe was|\d+ probes?) not answered/) },
    ]);
    expect(drills[0]?.missed).toBeGreaterThan(0);
    expect(awayUntilMs).toBeLessThan(AWAY.startMs + 5_000);
    const ofDrill = subjects.filter((subject) => subject.includes('Drill'));
    // It turns into a failed one: it is never resolved beside it.
    expect(ofDrill).toEqual([
      expect.stringMatching(/^WARNING hq: DrillRunning /),
      expect.stringMatching(/^WARNING UPDATE hq: DrillFailed .*2 routes moved to hq-a/),
    ]);
  });

  test('without that rule they stay there until its time', async () => {
    const drillRules = DRILL_RULES.filter((rule) => rule !== probeIsUnanswered);
    const { awayUntilMs } = await play([blip], AT_MS + 110_000, {}, { ...SAFETY, drillRules });
    expect(awayUntilMs).toBeGreaterThan(AWAY.startMs + 40_000);
  });

  test('a pause: nothing is written, and they go back when it has ended', async () => {
    const { drills, awayUntilMs } = await play(
      [
        {
          ...AWAY,
          fault: () => ({ kind: 'person-pauses', forMs: 60_000 }),
          endMs: AWAY.startMs + 30_000,
        },
      ],
      AT_MS + 110_000,
    );
    expect(drills).toMatchObject([{ failedWhy: expect.stringMatching(/^writes are paused by /) }]);
    expect(awayUntilMs).toBeGreaterThan(AWAY.startMs + 29_000);
    expect(awayUntilMs).toBeLessThan(AWAY.startMs + 45_000);
  });
});
