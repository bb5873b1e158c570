/** S3's share: of the members that were well a minute before, those that fell silent together; by group and by VPC. */
import { describe, expect, test } from '@jest/globals';
import { massSilences } from '../../../lib/appliances/assess/massSilence.ts';
import type { InstanceState } from '../../../lib/appliances/types/inventory.ts';
import type { Appliance } from '../../../lib/appliances/types/topology.ts';
import type { Verdict } from '../../../lib/appliances/types/verdict.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { NOW, VPC } from '../../builders/facts.ts';
import {
  anAppliance,
  anAssessment,
  aWorld,
  confirmedDown,
  down,
  unsure,
  up,
} from '../../builders/world.ts';

interface One {
  readonly verdict?: Verdict;
  readonly silentS?: number;
  readonly state?: InstanceState | 'unread';
  readonly isIgnored?: boolean;
  readonly over?: Partial<Appliance>;
}

/** By instance id; `i-a1` is in zone a. `silentS`: silent for so many seconds. */
function massesOf(members: Readonly<Record<string, One>>) {
  const all = Object.entries(members);
  const world = aWorld({
    appliances: all.map(([id, { over }]) => anAppliance(id, over)),
    signals: Object.fromEntries(
      all.map(([id, { state = 'running' }]) => [
        id,
        { state: state === 'unread' ? unknown('zone fails', NOW) : known(state, NOW) },
      ]),
    ),
    topology: {
      ignored: new Map(all.flatMap(([id, { isIgnored }]) => (isIgnored ? [[id, 'test']] : []))),
    },
  });
  const verdicts = Object.fromEntries(
    all.map(([id, { verdict, silentS }]) => [
      id,
      verdict ?? (silentS === undefined ? up() : down({ since: NOW - silentS * 1_000 })),
    ]),
  );
  const sinces = new Map(
    all.flatMap(([id, { silentS }]) =>
      silentS === undefined ? [] : [[id, NOW - silentS * 1_000] as const],
    ),
  );
  return massSilences(world, anAssessment(world, verdicts).verdicts, sinces);
}

const dead: One = { silentS: 2 };
const threeOfFive = { 'i-a1': dead, 'i-b1': dead, 'i-c1': dead, 'i-a2': {}, 'i-b2': {} };

test('three of five that fell silent together in two zones and more are a mass silence', () => {
  expect(massesOf(threeOfFive)).toMatchObject([
    { scope: { kind: 'group', id: 'hq' }, wellCount: 5, since: NOW - 2_000 },
  ]);
});

describe('a death that is older than a minute is no part of the share', () => {
  test.each([
    ['59 s older', 61, 1],
    ['60 s older', 62, 0],
    ['an hour older', 3_600, 0],
  ])('%s than the two of a zone that fail now: %i', (_what, silentS, count) => {
    const members = { 'i-b1': { silentS }, 'i-a1': dead, 'i-a2': dead, 'i-b2': {}, 'i-c1': {} };
    expect(massesOf(members)).toHaveLength(count);
  });

  test('what fell silent together stays suspect, however long it lasts', () => {
    const old = { silentS: 7_200 };
    expect(massesOf({ ...threeOfFive, 'i-a1': old, 'i-b1': old, 'i-c1': old })).toHaveLength(1);
  });

  test('one that fell silent later was well then', () => {
    const old = { silentS: 7_200 };
    const members = { 'i-a1': old, 'i-b1': old, 'i-c1': old, 'i-a2': {}, 'i-b2': {}, 'i-c2': {} };
    expect(massesOf({ ...members, 'i-c3': dead })).toHaveLength(0);
  });
});

describe('a member that was not well is no part of the share', () => {
  test.each<[string, One, number]>([
    ['stopped', { state: 'stopped', verdict: confirmedDown() }, 0],
    ['ending', { state: 'shutting-down', verdict: confirmedDown() }, 0],
    ['confirmed dead by EC2', { verdict: confirmedDown() }, 0],
    ['ignored', { ...dead, isIgnored: true }, 0],
    ['of unknown state, and silent', { ...dead, state: 'unread' }, 1],
    ['silent without a witness', { silentS: 2, verdict: unsure() }, 1],
  ])('%s', (_what, third, count) => {
    const members = { 'i-a1': dead, 'i-b1': dead, 'i-c1': third, 'i-a2': {}, 'i-b2': {} };
    expect(massesOf(members)).toHaveLength(count);
  });

  test.each<[string, One, number]>([
    ['well', {}, 0],
    ['never heard', { verdict: up({ isByEc2Alone: true }) }, 1],
    ['ignored', { isIgnored: true }, 1],
    ['stopped', { state: 'stopped', verdict: confirmedDown() }, 1],
  ])('three dead beside three: %s', (_what, other, count) => {
    const members = { 'i-a1': dead, 'i-b1': dead, 'i-c1': dead };
    expect(massesOf({ ...members, 'i-a2': other, 'i-b2': other, 'i-c2': other })).toHaveLength(
      count,
    );
  });
});

describe('the share is of a group or a VPC', () => {
  const lab = { group: 'lab', vpcId: 'vpc-2' };

  test('three dead of another group and VPC hold nothing of this one', () => {
    const members = { 'i-a1': dead, 'i-b1': {} };
    const others = Object.fromEntries(
      ['i-a5', 'i-b5', 'i-c5'].map((id) => [id, { ...dead, over: lab }]),
    );
    expect(massesOf({ ...members, ...others }).map(({ scope }) => scope)).toEqual([
      { kind: 'group', id: 'lab' },
    ]);
  });

  test('one dead of each of three groups of a VPC is a mass silence of the VPC', () => {
    const members = Object.fromEntries(
      ['i-a1', 'i-b1', 'i-c1'].map((id) => [id, { ...dead, over: { group: id } }]),
    );
    expect(massesOf(members).map(({ scope }) => scope)).toEqual([{ kind: 'vpc', id: VPC }]);
  });
});

test('three of five that answer, and no more by IPv6, are one too: what they share may be the observation’s own', () => {
  const silent: One = { silentS: 2, verdict: up({ ipv6DownWhy: 'tcp:[fd00::1]:443 is silent' }) };
  const members = { 'i-a1': silent, 'i-b1': silent, 'i-c1': silent, 'i-a2': {}, 'i-b2': {} };
  expect(massesOf(members)).toHaveLength(1);
});

test('silence alone, without a member that is down, is none', () => {
  const silent = { silentS: 2, verdict: unsure() };
  expect(massesOf({ 'i-a1': silent, 'i-b1': silent, 'i-c1': silent })).toEqual([]);
});
