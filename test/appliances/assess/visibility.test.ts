/** What is wrong with our own eyes, memory and hands. */
import { describe, expect, test } from '@jest/globals';
import { findInObservation } from '../../../lib/appliances/assess/visibility.ts';
import type { PendingWrite } from '../../../lib/appliances/state/pending.ts';
import type { Verdict } from '../../../lib/appliances/types/verdict.ts';
import type { Gap, VantageObservation } from '../../../lib/appliances/types/world.ts';
import type { Finding } from '../../../lib/core/finding.ts';
import type { LeaseState } from '../../../lib/core/lease.ts';
import { known } from '../../../lib/core/reading.ts';
import { anObservation, each } from '../../builders/evidence.ts';
import { NOW, zoneOf } from '../../builders/facts.ts';
import {
  anAppliance,
  anAssessment,
  aPending,
  aRoute,
  aWorld,
  confirmedDown,
  down,
  memoryOf,
} from '../../builders/world.ts';

interface Setting {
  readonly gaps?: readonly Gap[];
  readonly lease?: LeaseState;
  readonly vantages?: readonly VantageObservation[];
  readonly verdicts?: Readonly<Record<string, Verdict>>;
  readonly pending?: Partial<PendingWrite>;
}

function find({
  gaps = [],
  lease = { kind: 'leader', token: 1 },
  vantages = [],
  verdicts = {},
  pending,
}: Setting): readonly Finding[] {
  const world = aWorld({
    appliances: [anAppliance('i-a1'), anAppliance('i-b1')],
    signals: { 'i-a1': { state: known('stopped', NOW) } },
    vantages,
    routes: [aRoute('rtb-1 10.0.0.0/8', 'i-a1')],
    over: { gaps, lease },
  });
  const memory = memoryOf({
    pending: new Map(pending && [['rtb-1 10.0.0.0/8', aPending(pending)]]),
  });
  return findInObservation(world, anAssessment(world, verdicts).verdicts, memory, NOW);
}

const reasons = (setting: Setting): readonly string[] => find(setting).map(({ reason }) => reason);
const gap = (zone: string | null, what = 'tags'): Gap => ({
  what,
  why: 'denied',
  since: NOW - 5_000,
  zone,
});

describe('gaps', () => {
  test('whole sight is no finding', () => {
    expect(reasons({})).toEqual([]);
  });

  test('a gap over the region is critical: nothing is written', () => {
    expect(find({ gaps: [gap(null)] })).toMatchObject([
      {
        reason: 'SightLost',
        severity: 'critical',
        since: NOW - 5_000,
        evidence: [expect.stringContaining('tags: denied')],
      },
    ]);
  });

  test('a gap in one zone is a warning', () => {
    expect(find({ gaps: [gap(zoneOf('a'))] })[0]?.severity).toBe('warning');
  });

  test('of several the worst and the oldest count', () => {
    const older = { ...gap(zoneOf('a')), since: NOW - 60_000 };
    expect(find({ gaps: [older, gap(null)] })).toMatchObject([
      { severity: 'critical', since: NOW - 60_000 },
    ]);
  });

  test('several gaps are one finding that names all', () => {
    expect(find({ gaps: [gap(null), gap(zoneOf('a'), 'statuses of eu-west-1a')] })).toMatchObject([
      { summary: expect.stringContaining('tags, statuses of eu-west-1a cannot be read') },
    ]);
  });
});

describe('the lease', () => {
  test.each([
    [{ kind: 'unreachable', why: 'no table', wasLeader: true }, ['StateLost']],
    [{ kind: 'leader', token: 1 }, []],
    [{ kind: 'standby', until: NOW }, []],
    [{ kind: 'lost', to: 'w2' }, []],
    [{ kind: 'singlePass', token: 1 }, []],
  ] as const)('%j: %j', (lease, expected) => {
    expect(reasons({ lease })).toEqual(expected);
  });
});

const vantage = (id: string, seen: string, isWitnessed = false): VantageObservation =>
  anObservation(
    {
      'i-a1 ike:500': each(seen, NOW - 3_000).map((one) => ({ ...one, isWitnessed })),
    },
    { id },
  );

describe('blind vantages', () => {
  test.each([
    ['3 rounds without any answer', '---', ['NothingAnswers']],
    ['3 rounds that could not be asked', '???', ['NothingAnswers']],
    ['2 rounds', '--', []],
    ['an answer in the last of 3', '--+', []],
    ['3 rounds after an answer', '+---', ['NothingAnswers']],
  ])('the only vantage, %s', (_what, seen, expected) => {
    expect(reasons({ vantages: [vantage('here', seen)] })).toEqual(expected);
  });

  test('one of two is blind: only that one is told', () => {
    const vantages = [vantage('v1', '---'), vantage('v2', '+++')];
    expect(find({ vantages })).toMatchObject([{ reason: 'VantageBlind', subject: { id: 'v1' } }]);
  });

  test('both are: one notice says so, with what EC2 says', () => {
    const vantages = [vantage('v1', '---'), vantage('v2', '---')];
    expect(find({ vantages })).toMatchObject([
      {
        reason: 'NothingAnswers',
        severity: 'critical',
        summary: expect.stringContaining('EC2 says: 1 stopped, 1 running.'),
      },
    ]);
  });

  test.each([
    ['EC2 itself confirms that all it ever heard are down', confirmedDown(), []],
    ['only the probes say so', down(), ['NothingAnswers']],
  ])('a vantage that hears nobody, when %s', (_what, verdict, expected) => {
    expect(reasons({ vantages: [vantage('here', '---')], verdicts: { 'i-a1': verdict } })).toEqual(
      expected,
    );
  });

  const answered = (notified: Parameters<typeof anObservation>[0], hasSpoken = true) =>
    reasons({ vantages: [anObservation(notified, { hasSpoken })] });
  const silent = each('---', NOW - 3_000).map((one) => ({ ...one, isWitnessed: false }));

  test('a vantage is blind although one of its probes has never spoken', () => {
    const observation = anObservation({ 'i-a1 ike:500': silent, 'i-b1 ike:500': silent });
    const unreachable = {
      ...observation,
      histories: new Map(
        [...observation.histories].map(([key, one]) => [
          key,
          { ...one, hasAnswered: key.startsWith('i-a1') },
        ]),
      ),
    };
    expect(reasons({ vantages: [unreachable] })).toEqual(['NothingAnswers']);
  });

  test('looks at single targets and rounds under way say nothing of blindness', () => {
    const looks = silent.map((one) => ({ ...one, seen: '~' }));
    const underWay = silent.map((one) => ({ ...one, isOver: false }));
    expect(answered({ 'i-a1 ike:500': looks })).toEqual([]);
    expect(answered({ 'i-a1 ike:500': underWay })).toEqual([]);
  });

  test('it is blind since the first round without any answer, and names the last one', () => {
    const notified = [
      ...each('++', NOW - 6_000),
      ...each('---', NOW - 4_000).map((one) => ({ ...one, isWitnessed: false })),
    ];
    expect(find({ vantages: [anObservation({ 'i-a1 ike:500': notified })] })).toMatchObject([
      { since: NOW - 4_000, evidence: ['here: i-a1 ike:500 no answer'] },
    ]);
  });

  test('a vantage that was never answered is not blind: it has not begun to see', () => {
    const notified = {
      'i-a1 ike:500': each('---', NOW - 3_000).map((one) => ({ ...one, isWitnessed: false })),
    };
    expect(reasons({ vantages: [anObservation(notified, { hasSpoken: false })] })).toEqual([]);
  });
});

describe('a vantage whose settings cannot be read', () => {
  const notified = {
    'i-a1 ike:500': each('+++', NOW - 3_000),
    'i-b1 ike:500': each('+++', NOW - 3_000),
  };
  const observation = anObservation(notified);

  test('is told with the call that was denied', () => {
    const unread = { ...observation.vantage, unreadWhy: 'lambda:GetFunctionConfiguration denied' };
    expect(find({ vantages: [{ ...observation, vantage: unread }] })).toMatchObject([
      { reason: 'VantageUnread', evidence: ['lambda:GetFunctionConfiguration denied'] },
    ]);
  });

  test('is none when they could be read', () => {
    expect(reasons({ vantages: [observation] })).toEqual([]);
  });
});

describe('writes that do not take (S6)', () => {
  const ago = (firstMs: number, over: Partial<PendingWrite> = {}): Setting => ({
    pending: { firstAt: NOW - firstMs, writtenAt: NOW, tryCount: 2, ...over },
  });
  const why = 'ec2:ReplaceRoute denied (UnauthorizedOperation): the role needs ec2:ReplaceRoute';
  const refused = { answer: 'refused', why } as const;
  test.each([
    ['written once, a minute ago', ago(60_000, { tryCount: 1 }), []],
    ['written twice, first 10 s ago', ago(10_000), []],
    ['written twice, first 10.001 s ago', ago(10_001), ['WriteFailed']],
    ['lost twice, first 10.001 s ago', ago(10_001, { answer: 'unclear' }), ['WriteFailed']],
    ['refused once', ago(0, { ...refused, tryCount: 1 }), []],
    ['refused twice, just now', ago(0, refused), ['WriteFailed']],
    [
      'refused twice, and another writer has moved it since',
      ago(0, { ...refused, fromTargetId: 'eni-x' }),
      [],
    ],
  ])('%s', (_what, setting, expected) => {
    expect(reasons(setting)).toEqual(expected);
  });

  test('a refusal is told with the action that was denied and the grant that mends it', () => {
    const [finding] = find(ago(0, refused));
    expect(finding).toMatchObject({
      severity: 'critical',
      subject: { kind: 'group', id: 'hq' },
      summary: `EC2 refuses to move 1 route of group hq: ${why}.`,
    });
  });
});
