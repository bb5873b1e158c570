/** What is believed of an appliance: EC2's own word first, then the probes'; unknown is neither. */
import { describe, expect, test } from '@jest/globals';
import { judge } from '../../../lib/appliances/assess/verdict.ts';
import type { Verdict } from '../../../lib/appliances/types/verdict.ts';
import type { Ec2Signals, StatusChecks } from '../../../lib/appliances/types/world.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { parseProbes } from '../../../lib/probe/clauses.ts';
import { anObservation, each } from '../../builders/evidence.ts';
import { anInterface, NOW } from '../../builders/facts.ts';
import { anAppliance, applianceMemory, goodSignals, policyOf } from '../../builders/world.ts';

const lost = unknown('zone a fails', NOW);
const lately = (seen: string) => each(seen, NOW - 100 - (seen.length - 1) * 1_000);

interface Setting {
  readonly signals?: Partial<Ec2Signals>;
  /** What each probe said, by its text; absent: never answered. */
  readonly said?: Readonly<Record<string, string>>;
  readonly probe?: string;
  readonly downSince?: number;
  readonly farSides?: readonly string[];
}

function verdictOf({
  signals,
  said = { 'ike:500': '+++' },
  probe = 'ike:500',
  downSince,
  farSides,
}: Setting): Verdict {
  const parsed = parseProbes(probe);
  const observation = anObservation(
    Object.fromEntries(
      Object.entries(said).map(([text, seen]) => [`i-a1 ${text}`, lately(seen)] as const),
    ),
    { ...(farSides !== undefined && { farSides: new Map(farSides.map((key) => [key, key])) }) },
  );
  return judge(
    anAppliance('i-a1', { probes: parsed.ok ? parsed.value : [] }),
    goodSignals('i-a1', signals),
    [observation],
    downSince === undefined ? undefined : applianceMemory({ downSince }),
    policyOf(),
    NOW,
  ).verdict;
}

const checks = (over: Partial<StatusChecks>): Partial<Ec2Signals> => ({
  checks: known({ system: 'ok', instance: 'ok', attachedEbs: 'ok', ...over }, NOW),
});

describe('an IPv6 address of its own is silent', () => {
  const six = 'tcp:[fd00::1]:443';
  const dead = '+++---------';

  test.each<[string, Setting, string, boolean]>([
    [
      'while IPv4 answers: up, and down for IPv6',
      { said: { 'ike:500': '+++', [six]: dead } },
      'up',
      true,
    ],
    ['and IPv4 too: down', { said: { 'ike:500': dead, [six]: dead } }, 'down', false],
    ['and IPv4 alone: down', { said: { 'ike:500': dead, [six]: '+++' } }, 'down', false],
    ['and nothing else is asked: down', { probe: six, said: { [six]: dead } }, 'down', false],
    ['and IPv4 was never heard: down', { said: { [six]: dead } }, 'down', false],
    ['for one probe: up', { said: { 'ike:500': '+++', [six]: '+++-' } }, 'up', false],
  ])('%s', (_what, setting, kind, isIpv6Down) => {
    const verdict = verdictOf({ probe: `ike:500 ${six}`, ...setting });
    expect(verdict.kind).toBe(kind);
    expect('ipv6DownWhy' in verdict).toBe(isIpv6Down);
  });

  test('a far side is no address of its own: down as any', () => {
    const verdict = verdictOf({
      probe: `ike:500 ${six}`,
      said: { 'ike:500': '+++', [six]: dead },
      farSides: [`i-a1 ${six}`],
    });
    expect('ipv6DownWhy' in verdict).toBe(false);
  });
});

describe('EC2 says not running: down at once; a failed check is degraded while probes answer, else down', () => {
  test.each([
    ['pending', 'EC2 says pending'],
    ['stopping', 'EC2 says stopping'],
    ['stopped', 'EC2 says stopped'],
    ['shutting-down', 'EC2 says shutting-down'],
    ['terminated', 'EC2 says terminated'],
    ['gone', 'EC2 no longer knows it'],
  ] as const)('state %s', (state, why) => {
    expect(verdictOf({ signals: { state: known(state, NOW) } })).toEqual({
      kind: 'down',
      cause: 'state',
      isEc2Confirmed: true,
      since: NOW,
      why,
    });
  });

  test.each([
    [{ system: 'impaired' }, "EC2's system status check fails"],
    [{ instance: 'impaired' }, "EC2's instance status check fails"],
    [{ attachedEbs: 'impaired' }, "EC2's attached EBS status check fails"],
    [
      { system: 'impaired', attachedEbs: 'impaired' },
      "EC2's system and attached EBS status check fails",
    ],
  ] as const)('checks %j', (over, why) => {
    const signals = checks(over);
    expect(verdictOf({ signals })).toMatchObject({
      kind: 'up',
      isProven: true,
      isHealthy: false,
      degradedWhy: why,
    });
    const isDown = { kind: 'down', cause: 'status-check', isEc2Confirmed: true, why };
    expect(verdictOf({ signals, said: { 'ike:500': '---' } })).toMatchObject(isDown);
    expect(verdictOf({ signals, said: { 'ike:500': '?' } })).toMatchObject(isDown);
  });

  test('a failed check before the first probe is over: unknown; of what was down: still down', () => {
    const signals = checks({ instance: 'impaired' });
    expect(verdictOf({ signals, said: {} }).kind).toBe('unknown');
    expect(verdictOf({ signals, said: {}, downSince: NOW - 5_000 }).kind).toBe('down');
  });

  test.each([
    ['gone', null, 'its network interface is gone'],
    [
      'detaching',
      anInterface('i-a1', { status: 'detaching' }),
      'its network interface eni-a1 is detaching',
    ],
    [
      'not attached',
      anInterface('i-a1', { status: 'available' }),
      'its network interface eni-a1 is available',
    ],
  ] as const)(
    'interface %s: down, but not one of the two signals that lead to an action',
    (_what, link, why) => {
      expect(
        verdictOf({ signals: { interfaces: known(link === null ? [] : [link], NOW) } }),
      ).toMatchObject({
        kind: 'down',
        cause: 'interface',
        isEc2Confirmed: false,
        why,
      });
    },
  );

  test('it keeps the time since which it is down', () => {
    const signals: Partial<Ec2Signals> = { state: known('stopped', NOW) };
    expect(verdictOf({ signals, downSince: NOW - 60_000 })).toMatchObject({ since: NOW - 60_000 });
  });
});

describe('EC2 says nothing', () => {
  test('an interface status in a word that we do not know is not down', () => {
    const link = anInterface('i-a1', { status: 'unknown' });
    expect(verdictOf({ signals: { interfaces: known([link], NOW) } }).kind).toBe('up');
  });

  test.each([
    [{ instance: 'initializing', system: 'initializing' }],
    [{ instance: 'insufficient-data' }],
    [{ attachedEbs: 'not-applicable' }],
  ] as const)('checks %j are not down', (over) => {
    expect(verdictOf({ signals: checks(over) }).kind).toBe('up');
  });

  test.each([
    ['state', { state: lost }],
    ['checks', { checks: lost }],
    ['interface', { interfaces: lost }],
    ['anything', { state: lost, checks: lost, interfaces: lost }],
  ])('unknown %s is not down: the probes decide', (_what, signals) => {
    expect(verdictOf({ signals }).kind).toBe('up');
    expect(verdictOf({ signals, said: { 'ike:500': '---' } }).kind).toBe('down');
  });
});

describe('the probes decide', () => {
  test('silence is down, and not confirmed by EC2', () => {
    expect(verdictOf({ said: { 'ike:500': '---' } })).toEqual({
      kind: 'down',
      cause: 'probes',
      isEc2Confirmed: false,
      since: NOW - 2_100,
      why: 'ike:500 does not answer in time',
    });
  });

  test('of a silence too long to be kept the beginning is remembered', () => {
    expect(verdictOf({ said: { 'ike:500': '---' }, downSince: NOW - 600_000 })).toMatchObject({
      since: NOW - 600_000,
    });
  });

  const FAR = 'tcp:10.20.0.5:22';
  const lacks = expect.stringContaining('no address of its own has answered');
  test.each([
    ['whose address alone is in the tag, and not its own', FAR, { [FAR]: '+++' }, false],
    [
      'whose own address answers beside it',
      `ike:500 ${FAR}`,
      { 'ike:500': '+++', [FAR]: '+++' },
      true,
    ],
    ['whose far side alone answers', `ike:500|${FAR}`, { 'ike:500': '---', [FAR]: '+++' }, false],
    [
      'of whose two only its own answers',
      `ike:500|${FAR}`,
      { 'ike:500': '+++', [FAR]: '---' },
      true,
    ],
    ['whose tag names its own address', 'tcp:10.0.0.10:22', { 'tcp:10.0.0.10:22': '+++' }, true],
  ])('an appliance %s is proven: %s %j %s', (_what, probe, said, isProven) => {
    expect(verdictOf({ probe, said })).toMatchObject(
      isProven
        ? { kind: 'up', isProven, lacks: null }
        : { kind: 'up', isProven, isHealthy: false, lacks },
    );
  });

  test.each([
    ['its first answers hold no route back', '+', null],
    ['a miss does', '+-', `${FAR} missed its last probe`],
  ])('a far side that a route has just made reachable: %s', (_what, there, expected) => {
    const farSides = [`i-a1 ${FAR}`];
    const setting = { probe: `ike:500 ${FAR}`, said: { 'ike:500': '+++', [FAR]: there } };
    expect(verdictOf({ ...setting, farSides })).toMatchObject({ kind: 'up', lacks: expected });
    expect(verdictOf(setting)).toMatchObject({ kind: 'up', isProven: false });
  });

  const two = 'ike:500 tcp:22';
  test.each([
    ['both answer', '+++', '+++', { kind: 'up', isProven: true, lacks: null, isByEc2Alone: false }],
    ['one is silent', '+++', '---', { kind: 'down', why: 'tcp:22 does not answer in time' }],
    ['one cannot be judged', '+++', '??', { kind: 'unknown', why: 'tcp:22 cannot be judged' }],
    ['one is silent, one cannot be judged', '---', '??', { kind: 'down' }],
    [
      'one missed its last probe',
      '+++',
      '++-',
      { kind: 'up', isProven: false, lacks: 'tcp:22 missed its last probe' },
    ],
    [
      'one is young',
      '+++',
      '++',
      { kind: 'up', isProven: false, lacks: 'tcp:22 has not yet answered 3 times in 10 s' },
    ],
  ])('all clauses must hold: %s', (_what, ike, tcp, verdict) => {
    expect(verdictOf({ probe: two, said: { 'ike:500': ike, 'tcp:22': tcp } })).toMatchObject(
      verdict,
    );
  });

  test('a clause that never answered leaves it up, and unproven', () => {
    expect(verdictOf({ probe: two, said: { 'ike:500': '+++' } })).toMatchObject({
      kind: 'up',
      isProven: false,
      lacks: 'tcp:22 cannot be reached from any vantage',
    });
  });

  test.each([
    [29, false],
    [30, true],
  ])('%i answers in a row: healthy %j', (count, isHealthy) => {
    expect(verdictOf({ said: { 'ike:500': '+'.repeat(count) } })).toMatchObject({ isHealthy });
  });

  test('healthy takes every clause', () => {
    const said = { 'ike:500': '+'.repeat(40), 'tcp:22': '+'.repeat(29) };
    expect(verdictOf({ probe: two, said })).toMatchObject({ isHealthy: false, isProven: true });
  });

  test('its row began with the clause that was well last', () => {
    const said = { 'ike:500': '+++++', 'tcp:22': '+++' };
    expect(verdictOf({ probe: two, said })).toMatchObject({ since: NOW - 2_100 });
  });
});

describe('no probe can speak', () => {
  const byEc2 = { kind: 'up', isByEc2Alone: true, isProven: false, isHealthy: false, since: null };
  test.each([
    ['none was ever answered', 'ike:500'],
    ['there is none that can be read', 'x'],
  ])('because %s: EC2’s word alone stands, and proves nothing', (_what, probe) => {
    expect(verdictOf({ probe, said: {} })).toMatchObject(byEc2);
  });

  test.each([
    ['the state', { state: lost }],
    ['the checks', { checks: lost }],
  ])('and %s cannot be read: unknown', (_what, signals) => {
    expect(verdictOf({ said: {}, signals })).toEqual({
      kind: 'unknown',
      why: 'no probe result counts, and zone a fails',
    });
  });
});

describe('once down, it stays down until it answers, even in a round without any answer', () => {
  const silence = { 'ike:500': '+-' };
  test('one miss more after a death is still that death', () => {
    expect(verdictOf({ said: silence, downSince: NOW - 1_100 })).toMatchObject({
      kind: 'down',
      cause: 'probes',
      isEc2Confirmed: false,
      since: NOW - 1_100,
    });
  });

  test('an answer since ends it, also when a later miss was heard before it', () => {
    expect(verdictOf({ said: silence, downSince: NOW - 1_101 }).kind).toBe('up');
  });

  test('one miss of a living one is no death', () => {
    expect(verdictOf({ said: silence }).kind).toBe('up');
  });

  test('one answer ends it', () => {
    expect(verdictOf({ said: { 'ike:500': '-+' }, downSince: NOW - 60_000 }).kind).toBe('up');
  });
});
