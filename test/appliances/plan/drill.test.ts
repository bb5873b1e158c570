/**
 * Goal: a drill begins only when all is well, ends at the first thing that is not, and is over when its routes are back.
 * Method: group hq with i-a1, which carries one route, and i-b1; all is well but for what a test says.
 */
import { describe, expect, test } from '@jest/globals';
import { turnDrills } from '../../../lib/appliances/plan/drill.ts';
import { plan } from '../../../lib/appliances/plan.ts';
import { parseDrillTimes } from '../../../lib/appliances/state/drill.ts';
import type { Memory } from '../../../lib/appliances/state.ts';
import type { Drill } from '../../../lib/appliances/types/drill.ts';
import type { Appliance } from '../../../lib/appliances/types/topology.ts';
import type { Verdict } from '../../../lib/appliances/types/verdict.ts';
import type { Finding } from '../../../lib/core/finding.ts';
import { parseQuiet } from '../../../lib/core/quiet.ts';
import { anObservation } from '../../builders/evidence.ts';
import { NOW } from '../../builders/facts.ts';
import { aPin } from '../../builders/pins.ts';
import { KEY } from '../../builders/plan.ts';
import {
  aFinding,
  aLeave,
  anAppliance,
  anAssessment,
  aRoute,
  aWorld,
  down,
  failbackAt,
  memoryOf,
  policyOf,
  up,
  type WorldParts,
} from '../../builders/world.ts';

const REQUEST = { group: 'hq', at: NOW - 1_000, forMs: 300_000, by: 'ana', why: 'CHG-1' };
const RUNNING: Drill = {
  instanceId: 'i-a1',
  name: 'vpn-a1',
  at: NOW - 60_000,
  until: NOW + 240_000,
  by: 'ana',
  why: 'CHG-1',
  routes: [KEY],
  awayAt: NOW - 58_000,
  endedAt: null,
  failedWhy: null,
  doneAt: null,
  probes: 100,
  missed: 0,
  outageMs: null,
};
const memoryWith = (...drills: readonly Drill[]): Partial<Memory> => ({
  drills: new Map([['hq', { taggedAt: null, askedAt: 0, drills }]]),
});
const sundays = (text: string) => {
  const parsed = parseDrillTimes(text);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
};
const quiet = () => {
  const parsed = parseQuiet('00:00-24:00');
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
};

interface Setting {
  readonly memory?: Partial<Memory>;
  readonly world?: WorldParts;
  readonly nextHop?: string;
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly findings?: readonly Finding[];
  readonly leaves?: Parameters<typeof anAssessment>[3];
  readonly mode?: 'act' | 'observe';
  readonly now?: number;
}

function turn(setting: Setting) {
  const { memory: over = {}, mode = 'act', now = NOW, nextHop = 'i-a1' } = setting;
  const world = aWorld({
    appliances: [anAppliance('i-a1'), anAppliance('i-b1')],
    routes: [aRoute(KEY, nextHop, { preferred: failbackAt('i-a1') })],
    ...setting.world,
  });
  const assessment = anAssessment(world, setting.verdicts, setting.findings, setting.leaves);
  const memory = memoryOf({ drillRequests: [REQUEST], ...over });
  const policy = policyOf({ mode });
  const turned = turnDrills({ world, assessment, memory, policy, now }, (leave) => {
    const leaves = new Map(assessment.leaves).set(leave.instanceId, leave);
    return plan(world, { ...assessment, leaves }, memory, policy, now);
  });
  return { ...turned, last: turned.drills.get('hq')?.drills.at(-1) };
}

/** Within the last seconds of the request, so that what holds it is kept. */
const LATE = NOW + 118_000;
const held = (setting: Setting) => turn({ now: LATE, ...setting }).last?.failedWhy;

describe('a drill that an operator asks for', () => {
  test('begins when all is well, with the routes that will move', () => {
    expect(turn({}).last).toMatchObject({
      instanceId: 'i-a1',
      at: NOW,
      until: NOW + 300_000,
      by: 'ana',
      routes: [KEY],
      endedAt: null,
      failedWhy: null,
      doneAt: null,
    });
  });

  test('is not begun two minutes after it was asked for, nor twice', () => {
    expect(turn({ now: NOW + 119_001 }).drills.size).toBe(0);
    const first = turn({});
    const again = turn({ memory: { drills: first.drills } });
    expect(again.drills.get('hq')?.drills).toHaveLength(1);
  });

  test.each<[string, Setting, RegExp]>([
    ['a member is down', { verdicts: { 'i-b1': down() } }, /vpn-b1 is not well/],
    [
      'a member has not answered for long enough',
      { verdicts: { 'i-b1': up({ isHealthy: false }) } },
      /vpn-b1/,
    ],
    [
      'a member fails its status check',
      { verdicts: { 'i-b1': up({ degradedWhy: 'x' }) } },
      /vpn-b1/,
    ],
    ['a member leaves', { leaves: [aLeave('i-b1')] }, /or leaves/],
    [
      'something critical is open elsewhere in the region',
      {
        findings: [
          aFinding('ApplianceDown', {
            subject: { kind: 'appliance', id: 'i-x', name: 'x', group: 'dc', zone: null },
          }),
        ],
      },
      /^ApplianceDown/,
    ],
    [
      'a warning about the group is open',
      { findings: [aFinding('ScheduledEvent', { severity: 'warning' })] },
      /^ScheduledEvent/,
    ],
    [
      'the probe of a member is unanswered',
      {
        world: { vantages: [anObservation({ 'i-b1 ike:500': [{ sentAt: NOW - 9, seen: '-' }] })] },
      },
      /i-b1 ike:500 from here/,
    ],
    [
      'a zone cannot be read',
      { world: { over: { gaps: [{ what: 'tags', why: 'denied', since: NOW, zone: null }] } } },
      /^tags cannot be read/,
    ],
    [
      'writes are paused',
      { memory: { pause: { at: NOW, until: NOW * 2, by: 'bo', why: 'x' } } },
      /^writes are paused/,
    ],
    [
      'a maintenance window is open',
      {
        memory: {
          windows: [{ subjectId: 'i-zz', from: NOW, until: NOW * 2, why: 'CHG-9', by: 'bo' }],
        },
      },
      /CHG-9/,
    ],
    [
      'a member is in its quiet hours',
      { world: { appliances: [anAppliance('i-a1', { quiet: quiet() }), anAppliance('i-b1')] } },
      /quiet hours/,
    ],
    ['a route is pinned', { memory: { pins: [aPin({ until: NOW * 2 })] } }, /pinned/],
    ['a route is away', { nextHop: 'i-b1' }, /preferred next hop/],
    [
      'no peer is proven',
      { verdicts: { 'i-b1': up({ isProven: false, lacks: 'no answer yet' }) } },
      /^1 route would leave vpn-a1, held: vpn-b1 is not eligible: no answer yet/,
    ],
    ['the mode is observe', { mode: 'observe' }, /mode is observe/],
    ['no route can move', { world: { routes: [] } }, /no route/],
  ])('is not begun while %s', (_what, setting, why) => {
    expect(turn(setting).drills.size).toBe(0);
    expect(held(setting)).toMatch(why);
  });

  test('a warning about another group, and a closed window, do not hold it', () => {
    const subject = { kind: 'appliance', id: 'i-x', name: 'x', group: 'dc', zone: null } as const;
    const findings = [aFinding('ScheduledEvent', { severity: 'warning', subject })];
    const windows = [{ subjectId: null, from: 1, until: NOW, why: 'x', by: 'bo' }];
    expect(turn({ findings, memory: { windows } }).last?.failedWhy).toBeNull();
  });

  test('only the leader begins one', () => {
    const lease = { kind: 'standby', until: NOW } as const;
    expect(turn({ world: { over: { lease } } }).drills.size).toBe(0);
  });

  test('takes the next hop that was drilled longest ago', () => {
    const routes = [aRoute(KEY, 'i-a1'), aRoute('rtb-1 10.9.0.0/16', 'i-b1')];
    const past = { ...RUNNING, at: 1, endedAt: 2, doneAt: 3 };
    expect(turn({ world: { routes }, memory: memoryWith(past) }).last?.instanceId).toBe('i-b1');
    expect(
      turn({ world: { routes }, memory: memoryWith(past, { ...past, instanceId: 'i-b1', at: 2 }) })
        .last?.instanceId,
    ).toBe('i-a1');
  });
});

describe('a drill that runs', () => {
  const running = (setting: Setting = {}) =>
    turn({
      nextHop: 'i-b1',
      ...setting,
      memory: { drillRequests: [], ...memoryWith(RUNNING), ...setting.memory },
    });

  test('goes on while all is well, and ends at its time', () => {
    expect(running().last).toMatchObject({ endedAt: null, failedWhy: null });
    expect(running({ now: RUNNING.until }).last).toMatchObject({
      endedAt: RUNNING.until,
      failedWhy: null,
    });
  });

  test('passes once its routes are back, and is then reported once', () => {
    const ended = { ...RUNNING, until: NOW - 9, endedAt: NOW - 9 };
    expect(running({ memory: memoryWith(ended) }).over).toEqual([]);
    const back = running({ nextHop: 'i-a1', memory: memoryWith(ended) });
    expect(back.over).toMatchObject([{ group: 'hq', failedWhy: null, doneAt: NOW }]);
    expect(
      running({ nextHop: 'i-a1', memory: { drills: back.drills }, now: NOW + 1 }).over,
    ).toEqual([]);
  });

  test('fails when its routes are not back 15 minutes after its end', () => {
    const ended = { ...RUNNING, endedAt: NOW - 900_000 };
    expect(running({ memory: memoryWith(ended) }).last?.doneAt).toBeNull();
    expect(running({ memory: memoryWith(ended), now: NOW + 1 }).last).toMatchObject({
      doneAt: NOW + 1,
      failedWhy: 'its routes have not gone back',
    });
  });

  test('fails when its routes have not left within 60 s', () => {
    const stuck = memoryWith({ ...RUNNING, awayAt: null });
    expect(running({ nextHop: 'i-a1', memory: stuck }).last?.endedAt).toBeNull();
    expect(running({ nextHop: 'i-a1', memory: stuck, now: NOW + 1 }).last).toMatchObject({
      endedAt: NOW + 1,
      failedWhy: 'its routes have not left it',
    });
  });

  test.each<[string, Setting]>([
    [
      'a probe is unanswered',
      {
        world: { vantages: [anObservation({ 'i-a1 ike:500': [{ sentAt: NOW - 9, seen: '-' }] })] },
      },
    ],
    ['a member is down', { verdicts: { 'i-b1': down() } }],
    ['something critical is open', { findings: [aFinding('ApplianceDown')] }],
    ['writes are paused', { memory: { pause: { at: NOW, until: NOW * 2, by: 'bo', why: 'x' } } }],
    [
      'a maintenance window is open',
      { memory: { windows: [{ subjectId: null, from: NOW, until: NOW * 2, why: 'x', by: 'bo' }] } },
    ],
    ['a route is pinned', { memory: { pins: [aPin({ until: NOW * 2 })] } }],
    ['an operator ends it', { memory: { drillRequests: [{ ...REQUEST, forMs: 0 }] } }],
    ['its routes are not managed any more', { world: { routes: [] } }],
  ])('ends at once, as failed, when %s', (_what, setting) => {
    const { last } = running(setting);
    expect(last).toMatchObject({ endedAt: NOW, doneAt: null });
    expect(last?.failedWhy).not.toBeNull();
  });

  test('a probe that was missed and answered again between two looks ends it too', () => {
    const seen = (...rounds: readonly string[]) =>
      anObservation({
        'i-b1 ike:500': rounds.map((one, at) => ({ sentAt: NOW - 99 + at, seen: one })),
      });
    const first = running({ world: { vantages: [seen('+')] } });
    const next = { drills: first.drills, drillCounts: first.drillCounts };
    expect(running({ memory: next, world: { vantages: [seen('+', '+')] } }).last).toMatchObject({
      endedAt: null,
      probes: 101,
    });
    expect(
      running({ memory: next, world: { vantages: [seen('+', '-', '+')] } }).last,
    ).toMatchObject({
      endedAt: NOW,
      failedWhy: '1 probe not answered',
    });
  });

  test('what a standby saw missed ends it when that one comes to lead, and what was missed before it was seen does not', () => {
    const seen = (...rounds: readonly string[]) =>
      anObservation({
        'i-b1 ike:500': rounds.map((one, at) => ({ sentAt: NOW - 99 + at, seen: one })),
      });
    const lease = { kind: 'standby', until: NOW } as const;
    const standby = (memory: Partial<Memory>, ...rounds: readonly string[]) =>
      running({ memory, world: { vantages: [seen(...rounds)], over: { lease } } });
    const first = standby({}, '+', '-', '+');
    const kept = { drillCounts: first.drillCounts };
    const later = { drillCounts: standby(kept, '+', '-', '+', '+').drillCounts };
    expect(
      running({ memory: later, world: { vantages: [seen('+', '-', '+', '+')] } }).last,
    ).toEqual(expect.objectContaining({ endedAt: null, probes: 101 }));
    expect(
      running({ memory: later, world: { vantages: [seen('+', '-', '+', '-', '+')] } }).last,
    ).toMatchObject({ endedAt: NOW, failedWhy: '1 probe not answered' });
  });

  test('the outage is the time without an answer through the tunnels; an answer through either of them ends it', () => {
    const farSides = new Map([
      ['i-a1 tcp:10.9.0.1:22', 'tcp:10.9.0.1:22'],
      ['i-b1 tcp:10.9.0.1:22', 'tcp:10.9.0.1:22'],
    ]);
    const seen = (b: string) =>
      anObservation(
        {
          'i-a1 tcp:10.9.0.1:22': [{ sentAt: NOW - 3_000, seen: '+' }],
          'i-b1 tcp:10.9.0.1:22': [
            { sentAt: NOW - 2_500, seen: '-' },
            { sentAt: NOW - 500, seen: b },
          ],
        },
        { farSides },
      );
    expect(running({ world: { vantages: [seen('-')] } }).last?.outageMs).toBe(2_500);
    expect(running({ world: { vantages: [seen('+')] } }).last?.outageMs).toBe(0);
  });
});

describe('the tag vpn-medic:drill', () => {
  const SUNDAY = Date.UTC(2026, 10, 29, 2, 0);
  const tagged = (now: number, memory: Partial<Memory> = {}) =>
    turn({
      now,
      memory: { drillRequests: [], ...memory },
      world: {
        appliances: [
          anAppliance('i-a1', { drillTimes: sundays('Sun 03:00 Europe/Paris') }),
          anAppliance('i-b1'),
        ],
      },
    });

  test('begins a drill at its time, not a minute before, nor half an hour after', () => {
    expect(tagged(SUNDAY - 60_000).last).toBeUndefined();
    expect(tagged(SUNDAY).last).toMatchObject({ by: 'the tag vpn-medic:drill', routes: [KEY] });
    expect(tagged(SUNDAY + 29 * 60_000).last).toBeDefined();
    expect(tagged(SUNDAY + 30 * 60_000).last).toBeUndefined();
  });

  test('begins none a second time in the same half hour, and one a week later', () => {
    const past = { ...RUNNING, at: SUNDAY, endedAt: SUNDAY + 1, doneAt: SUNDAY + 2 };
    expect(tagged(SUNDAY + 600_000, memoryWith(past)).drills.get('hq')?.drills).toHaveLength(1);
    expect(tagged(SUNDAY + 7 * 86_400_000, memoryWith(past)).drills.get('hq')?.drills).toHaveLength(
      2,
    );
  });

  test.each([
    ['Sun 03:00 Europe/Paris', true],
    ['Mon-Fri 23:45', true],
    ['3:00', true],
    ['Sun 03:00 Europe/Paris; Wed 04:30 Europe/Paris', true],
    ['Sun 03:00-04:00 Europe/Paris', false],
    ['Sunday at three', false],
    ['Sun 25:00', false],
    ['Sun 03:61', false],
    ['Sun 03:00 Mars/Base', false],
    ['', false],
  ])('%j is a time: %s', (text, isTime) => {
    expect(parseDrillTimes(text).ok).toBe(isTime);
  });
});

describe('a tagged instance that is not admitted', () => {
  const founder = { how: 'founder', at: NOW - 60_000 } as const;
  const hq = { members: { 'i-a1': founder, 'i-b1': founder }, identities: [] };
  const admissions = new Map([['hq', hq]]);
  const stranger = (over: Partial<Appliance> = {}) => [
    anAppliance('i-a1'),
    anAppliance('i-b1'),
    anAppliance('i-c1', over),
  ];
  const drillTimes = sundays('Sun 03:00');
  const now = Date.UTC(2026, 10, 22, 3, 0, 10);

  test.each([
    ['begins no drill by its tag', 'i-c1', 0],
    ['is no member: the tag of one begins it', 'i-a1', 1],
  ])('%s', (_what, tagged, count) => {
    const appliances = stranger().map((one) =>
      one.instanceId === tagged ? { ...one, drillTimes } : one,
    );
    const memory = { drillRequests: [], admissions };
    expect(
      turn({ world: { appliances }, memory, now }).drills.get('hq')?.drills ?? [],
    ).toHaveLength(count);
  });

  test('holds none by being down, and ends none by a missed probe; one that is admitted does', () => {
    const verdicts = { 'i-c1': down() };
    const world = {
      appliances: stranger(),
      vantages: [anObservation({ 'i-c1 ike:500': [{ sentAt: NOW - 9, seen: '-' }] })],
    };
    expect(turn({ world, verdicts, memory: { admissions } }).last?.failedWhy).toBeNull();
    expect(held({ world, verdicts })).toMatch(/i-c1/);
  });
});
