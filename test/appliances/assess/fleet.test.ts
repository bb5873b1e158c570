/** Many at once (S3): one zone dead is a zone; three and 55 % across zones is more likely our own eyes; all of a group is told once. */
import { describe, expect, test } from '@jest/globals';
import { findInFleet } from '../../../lib/appliances/assess/fleet.ts';
import type { DownVerdict } from '../../../lib/appliances/types/verdict.ts';
import type { Finding } from '../../../lib/core/finding.ts';
import { parseQuiet } from '../../../lib/core/quiet.ts';
import { NOW } from '../../builders/facts.ts';
import {
  anAppliance,
  anAssessment,
  aWorld,
  confirmedDown,
  down,
  unsure,
} from '../../builders/world.ts';

/** `aab a` : appliances by zone; those after the blank are well. Each is a group of its own unless named. */
function find(
  dead: string,
  well: string,
  over: { readonly group?: string } = {},
): readonly Finding[] {
  const ids = (letters: string, from: number) =>
    letters.split('').map((zone, index) => `i-${zone}${from + index}`);
  const deadIds = ids(dead, 10);
  const wellIds = ids(well, 50);
  const world = aWorld({
    appliances: [...deadIds, ...wellIds].map((id) => anAppliance(id, { group: over.group ?? id })),
  });
  const verdicts = Object.fromEntries(deadIds.map((id) => [id, down()]));
  return findInFleet(world, anAssessment(world, verdicts).verdicts, NOW);
}

const has = (findings: readonly Finding[], reason: string): boolean =>
  findings.some((finding) => finding.reason === reason);

describe('mass failure', () => {
  test.each([
    ['2 of 3 in two zones: too few', 'ab', 'c', false],
    ['3 of 5 (60 %) in one zone', 'aaa', 'bb', false],
    ['3 of 5 (60 %) in two zones', 'aab', 'bb', true],
    ['3 of 3 in three zones', 'abc', '', true],
    ['3 of 6 (50 %) in two zones', 'aab', 'bcc', false],
    ['6 of 11 (54.5 %) in two zones', 'aaabbb', 'ccccc', false],
    ['11 of 20 (55 %) in two zones', 'aaaaaabbbbb', 'ccccccccc', true],
    ['7 of 13 (53.8 %) in three zones', 'aaabbcc', 'aabbcc', false],
    ['27 of 50 (54 %) in two zones', 'a'.repeat(14) + 'b'.repeat(13), 'c'.repeat(23), false],
    ['one zone wholly, another well', 'aaa', 'b', false],
  ])('%s', (_what, dead, well, isSuspect) => {
    expect(has(find(dead, well), 'MassFailureSuspect')).toBe(isSuspect);
  });

  test('unknown is not down: two down and three unknown of five are no mass failure', () => {
    const world = aWorld({
      appliances: ['i-a1', 'i-b1', 'i-a2', 'i-b2', 'i-c1'].map((id) => anAppliance(id)),
    });
    const verdicts = {
      'i-a1': down(),
      'i-b1': down(),
      'i-a2': unsure(),
      'i-b2': unsure(),
      'i-c1': unsure(),
    };
    const findings = findInFleet(world, anAssessment(world, verdicts).verdicts, NOW);
    expect(has(findings, 'MassFailureSuspect')).toBe(false);
  });
});

describe('a zone', () => {
  test.each([
    ['both of its appliances are down, another zone is well', 'aa', 'b', true],
    ['its only appliance is down: that is an appliance', 'a', 'bb', false],
    ['one of two is down', 'a', 'ab', false],
    ['no other zone is well', 'aa', '', false],
  ])('%s', (_what, dead, well, isDown) => {
    expect(has(find(dead, well), 'ZoneDown')).toBe(isDown);
  });
});

describe('a group', () => {
  test.each([
    ['all of it is down', 'ab', '', true],
    ['one of it lives', 'ab', 'c', false],
    ['its only member is down', 'a', '', true],
  ])('%s', (_what, dead, well, isDown) => {
    expect(has(find(dead, well, { group: 'hq' }), 'GroupDown')).toBe(isDown);
  });

  test('one unknown member is hope: not down', () => {
    const world = aWorld({ appliances: [anAppliance('i-a1'), anAppliance('i-b1')] });
    const verdicts = { 'i-a1': down(), 'i-b1': unsure() };
    expect(findInFleet(world, anAssessment(world, verdicts).verdicts, NOW)).toEqual([]);
  });

  test('it is down since the first of it fell', () => {
    const world = aWorld({ appliances: [anAppliance('i-a1'), anAppliance('i-b1')] });
    const verdicts = {
      'i-a1': down({ since: NOW - 9_000 }),
      'i-b1': confirmedDown({ since: NOW - 5_000 }),
    };
    const [finding] = findInFleet(world, anAssessment(world, verdicts).verdicts, NOW);
    expect(finding).toMatchObject({
      reason: 'GroupDown',
      since: NOW - 9_000,
      severity: 'critical',
      evidence: ['vpn-a1: ike:500 does not answer', 'vpn-b1: EC2 says stopped'],
    });
  });
});

test('a zone whose members EC2 reports as stopped is no zone that fails; two that fell silent beside a stopped one are', () => {
  const zoneDown = (verdicts: Readonly<Record<string, DownVerdict>>) => {
    const ids = [...Object.keys(verdicts), 'i-b1'];
    const world = aWorld({ appliances: ids.map((id) => anAppliance(id, { group: id })) });
    return has(findInFleet(world, anAssessment(world, verdicts).verdicts, NOW), 'ZoneDown');
  };
  const stopped = confirmedDown();
  expect(zoneDown({ 'i-a1': down(), 'i-a2': stopped })).toBe(false);
  expect(zoneDown({ 'i-a1': stopped, 'i-a2': stopped })).toBe(false);
  expect(zoneDown({ 'i-a1': down(), 'i-a2': down(), 'i-a3': stopped })).toBe(true);
});

describe('members that are tagged vpn-medic:ignore', () => {
  const ignoring = (dead: string, ignored: readonly string[]) => {
    const ids = dead.split('').map((zone, index) => `i-${zone}${index + 1}`);
    const world = aWorld({
      appliances: [...ids, 'i-z9'].map((id) =>
        anAppliance(id, { group: id === 'i-z9' ? 'other' : 'hq' }),
      ),
    });
    const topology = { ...world.topology, ignored: new Map(ignored.map((id) => [id, 'asleep'])) };
    const verdicts = Object.fromEntries(ids.map((id) => [id, down()]));
    return findInFleet({ ...world, topology }, anAssessment(world, verdicts).verdicts, NOW);
  };

  test('alone are no group that is down; beside one that is not ignored they are', () => {
    expect(has(ignoring('ab', ['i-a1', 'i-b2']), 'GroupDown')).toBe(false);
    expect(has(ignoring('ab', ['i-a1']), 'GroupDown')).toBe(true);
  });

  test('are no part of a zone: one that is not ignored is an appliance, two are a zone', () => {
    expect(has(ignoring('aa', ['i-a1']), 'ZoneDown')).toBe(false);
    expect(has(ignoring('aaa', ['i-a1']), 'ZoneDown')).toBe(true);
  });
});

test('no appliance at all is no failure', () => {
  expect(find('', '')).toEqual([]);
});

describe('silence that no witness vouches for', () => {
  const isSuspect = (dead: readonly string[], silent: readonly string[]) => {
    const ids = ['i-a1', 'i-b1', 'i-c1'];
    const world = aWorld({ appliances: ids.map((id) => anAppliance(id, { group: id })) });
    const verdicts = Object.fromEntries(dead.map((id) => [id, down()]));
    const judged = anAssessment(world, verdicts).verdicts;
    return has(
      findInFleet(world, judged, NOW, new Map(silent.map((id) => [id, NOW]))),
      'MassFailureSuspect',
    );
  };
  test.each([
    ['counts for suspicion beside a death', ['i-a1'], ['i-b1', 'i-c1'], true],
    ['is no suspicion without a death', [], ['i-a1', 'i-b1', 'i-c1'], false],
    ['is not made up where there is none', ['i-a1'], [], false],
  ] as const)('%s', (_what, dead, silent, expected) => {
    expect(isSuspect(dead, silent)).toBe(expected);
  });
});

test.each([
  ['is no part of a zone that is down', '00:00-00:00', false],
  ['outside of its quiet hours it is', null, true],
])('what may be off at this hour %s', (_what, text, isZone) => {
  const parsed = parseQuiet(text ?? '00:00-00:00');
  const quiet = text !== null && parsed.ok ? { quiet: parsed.value } : {};
  const appliances = [anAppliance('i-a1', quiet), anAppliance('i-a2'), anAppliance('i-b1')];
  const world = aWorld({ appliances });
  const verdicts = anAssessment(world, { 'i-a1': down(), 'i-a2': down() }).verdicts;
  expect(has(findInFleet(world, verdicts, NOW), 'ZoneDown')).toBe(isZone);
});
