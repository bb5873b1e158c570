/** From a world to findings and memory: what is found, how grave, what is remembered, and what is forgotten. */
import { describe, expect, test } from '@jest/globals';
import { assess } from '../../lib/appliances/assess.ts';
import type { ApplianceMemory } from '../../lib/appliances/state.ts';
import type { VantageObservation } from '../../lib/appliances/types/world.ts';
import { known } from '../../lib/core/reading.ts';
import { parseProbes } from '../../lib/probe/clauses.ts';
import { A, B, find, lately, look, reasons, type Setting } from '../builders/assess.ts';
import { anObservation } from '../builders/evidence.ts';
import { anInterface, NOW } from '../builders/facts.ts';
import { anAppliance, aRoute, aTable, aWorld, memoryOf, policyOf } from '../builders/world.ts';

describe('an appliance', () => {
  test('that is well is no finding', () => {
    expect(reasons(look())).toEqual([]);
  });

  test('that is down is critical while it carries routes, with every signal as evidence', () => {
    const finding = find(
      look({ said: '---', routes: [aRoute('rtb-1 10.0.0.0/8', 'i-a1')] }),
      'ApplianceDown',
    );
    expect(finding).toMatchObject({ severity: 'critical', since: NOW - 2_100 });
    expect(finding?.evidence).toEqual([
      'EC2 state: running',
      'EC2 checks: system ok, instance ok, attached EBS ok',
      'ike:500 from here: no answer, no answer, no answer',
    ]);
  });

  test('that is down is a warning when it carries none', () => {
    expect(find(look({ said: '---' }), 'ApplianceDown')?.severity).toBe('warning');
  });

  test('that cannot be judged is listed, not told', () => {
    expect(find(look({ said: '?' }), 'ApplianceUnknown')?.severity).toBe('info');
  });

  test('with the source/destination check on is told, with the command that helps', () => {
    const link = anInterface('i-a1', { hasSourceDestCheck: true });
    const assessment = look({ signals: { 'i-a1': { interfaces: known([link], NOW) } } });
    expect(find(assessment, 'SourceDestCheckOn')?.hint).toContain(
      '--network-interface-id eni-a1 --no-source-dest-check',
    );
  });

  test('with an event ahead is told, and is not down', () => {
    const event = {
      code: 'instance-retirement',
      description: 'retires',
      notBefore: NOW + 7_200_000,
    };
    const assessment = look({ signals: { 'i-a1': { events: [event] } } });
    expect(reasons(assessment)).toEqual(['ScheduledEvent']);
    expect(find(assessment, 'ScheduledEvent')?.summary).toContain('in 2 h');
    const near = { ...event, notBefore: NOW + 3_600_000 };
    const leaving = look({ signals: { 'i-a1': { events: [near] } } });
    expect(reasons(leaving)).toEqual(['ApplianceLeaving', 'ScheduledEvent']);
  });

  test.each([
    ['its own table admits the other', 'rtb-1', 'warning'],
    ['another table alone admits the other', 'rtb-2', 'critical'],
  ])('that is about to end, where %s: %s, %s', (_what, tableId, severity) => {
    const event = { code: 'instance-stop', description: 'stops', notBefore: NOW + 60_000 };
    const founder = { how: 'founder', at: NOW - 60_000 } as const;
    const members = { 'i-a1': founder };
    const others = ['rtb-1', 'rtb-2'].filter((id) => id !== tableId).map((id) => aTable(id));
    const world = aWorld({
      appliances: [A, B],
      vantages: [anObservation({ 'i-a1 ike:500': lately('+++'), 'i-b1 ike:500': lately('+++') })],
      routes: [aRoute('rtb-1 10.0.0.0/8', 'i-a1')],
      tables: [aTable(tableId, { members: ['i-b1'] }), ...others],
      signals: { 'i-a1': { events: [event] } },
    });
    const memory = memoryOf({ admissions: new Map([['hq', { members, identities: [] }]]) });
    expect(find(assess(world, memory, policyOf(), NOW), 'ApplianceLeaving')?.severity).toBe(
      severity,
    );
  });

  test('whose tag is wrong is told with the tag’s own fix', () => {
    const fault = {
      reason: 'TagInvalid',
      subject: { kind: 'appliance', id: 'i-a1', name: 'vpn-a1', group: 'hq', zone: null },
      summary: 'The tag cannot be read.',
      fix: 'Mend it.',
    } as const;
    expect(find(look({ topology: { faults: [fault] } }), 'TagInvalid')?.hint).toBe('Mend it.');
  });
});

describe('a probe that proves nothing is told once it is sure', () => {
  test('never answered, five knocks long, while it runs', () => {
    const setting = { hasSpoken: false, said: '-----', past: {} };
    expect(reasons(look(setting))).toContain('ProbeNeverAnswered');
  });

  const stopped = { 'i-a1': { state: known('stopped' as const, NOW) } };
  test.each([
    ['after four knocks', { said: '----', past: {} }],
    ['while the instance is stopped', { said: '-----', past: {}, signals: stopped }],
    ['when it is seen for the first time', { said: '-----' }],
  ])('not %s', (_what, setting) => {
    expect(reasons(look({ hasSpoken: false, ...setting }))).not.toContain('ProbeNeverAnswered');
  });

  const unreachableAs = (
    reason: 'unreachable' | 'behind-tunnel',
    text: string,
  ): VantageObservation =>
    anObservation({}, { unreachables: new Map([[`i-a1 ${text}`, { reason, why: 'so' }]]) });

  test('an address that no vantage can reach', () => {
    const assessment = look({
      vantages: [unreachableAs('unreachable', 'ike:500')],
      appliances: [A],
    });
    expect(reasons(assessment)).toEqual(['ProbeImpossible']);
  });

  test('an address behind the tunnel', () => {
    const parsed = parseProbes('tcp:10.20.0.5:22');
    const appliance = anAppliance('i-a1', { probes: parsed.ok ? parsed.value : [] });
    const vantages = [unreachableAs('behind-tunnel', 'tcp:10.20.0.5:22')];
    expect(find(look({ vantages, appliances: [appliance] }), 'ProbeCannotProve')?.hint).toContain(
      'ike:500 tcp:10.20.0.5:22',
    );
  });
});

test('findings are ordered by reason, then subject, whatever the order of the appliances', () => {
  const signals = (id: string) => ({
    interfaces: known([anInterface(id, { hasSourceDestCheck: true })], NOW),
  });
  const assessment = look({
    said: '---',
    appliances: [B, A],
    signals: { 'i-a1': signals('i-a1'), 'i-b1': signals('i-b1') },
  });
  expect(assessment.findings.map(({ reason, subject }) => `${reason} ${subject.id}`)).toEqual([
    'ApplianceDown i-a1',
    'SourceDestCheckOn i-a1',
    'SourceDestCheckOn i-b1',
  ]);
});

describe('several vantages and alternatives', () => {
  const vantageWith = (
    id: string,
    unreachables: Readonly<Record<string, 'unreachable' | 'behind-tunnel'>>,
  ): VantageObservation =>
    anObservation(
      {},
      {
        id,
        unreachables: new Map(
          Object.entries(unreachables).map(([text, reason]) => [
            `i-a1 ${text}`,
            { reason, why: 'so' },
          ]),
        ),
      },
    );
  const either = parseProbes('ike:500|tcp:10.20.0.5:22');
  const appliances = [anAppliance('i-a1', { probes: either.ok ? either.value : [] })];

  test('one vantage that can reach it is enough: it is not impossible', () => {
    const vantages = [
      vantageWith('v1', { 'ike:500': 'unreachable' }),
      anObservation({}, { id: 'v2' }),
    ];
    expect(reasons(look({ appliances: [A], vantages }))).not.toContain('ProbeImpossible');
  });

  test('an alternative that lies behind the tunnel is told as such, although the other is out of reach', () => {
    const unreachables = { 'ike:500': 'unreachable', 'tcp:10.20.0.5:22': 'behind-tunnel' } as const;
    expect(reasons(look({ appliances, vantages: [vantageWith('v1', unreachables)] }))).toEqual([
      'ProbeCannotProve',
    ]);
  });

  test('one vantage that has knocked five times in vain is enough to say so', () => {
    const notified = { 'i-a1 ike:500': lately('-----') };
    const vantages = [
      anObservation(notified, { hasSpoken: false }),
      anObservation({}, { id: 'v2' }),
    ];
    expect(reasons(look({ vantages, past: {} }))).toContain('ProbeNeverAnswered');
  });
});

describe('what is remembered', () => {
  const kept = (setting: Setting): ApplianceMemory | undefined =>
    look(setting).appliances.get('i-a1');

  test('who has spoken where, added to what was known', () => {
    expect(kept({ past: { answered: ['v9 ike:500'] } })?.answered).toEqual([
      'here ike:500',
      'v9 ike:500',
    ]);
  });

  test('since when it is well, or down, or neither', () => {
    expect(kept({})).toMatchObject({ goodSince: NOW - 2_100, downSince: null });
    expect(kept({ said: '---' })).toMatchObject({ goodSince: null, downSince: NOW - 2_100 });
    expect(kept({ said: '?' })).toMatchObject({ goodSince: null, downSince: null });
  });

  test('a long silence keeps its beginning, so that nothing about it changes and nothing is written', () => {
    const past = { downSince: NOW - 600_000, goodSince: null };
    expect(kept({ said: '---', past })?.downSince).toBe(NOW - 600_000);
  });
});

test('an appliance of which nothing was asked yet is unknown', () => {
  const world = aWorld({ appliances: [A] });
  const unasked = assess({ ...world, signals: new Map() }, memoryOf(), policyOf(), NOW);
  expect(unasked.verdicts.get('i-a1')).toEqual({
    kind: 'unknown',
    why: 'no probe result counts, and not asked yet',
  });
});
