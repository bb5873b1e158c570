/** What probes say: silence counts only with a witness, in a row, long enough, at a majority of those who speak. */
import { describe, expect, test } from '@jest/globals';
import { noHistory } from '../../../lib/probe/history.ts';
import { anObservation, each, type Notified } from '../../builders/evidence.ts';
import { NOW } from '../../builders/facts.ts';
import { evaluate, KEY, lately, said } from '../../builders/probeHistory.ts';

describe('fall: three full misses, the first and the last at least 2 s apart', () => {
  test.each([
    ['2 misses, 2 s apart', lately('--', 2_000), 'suspect'],
    [
      '2 misses, 1 s apart, and a third at 1.999 s',
      [...each('--', NOW - 2_100), { sentAt: NOW - 101, seen: '-' }],
      'suspect',
    ],
    ['3 misses, 2.000 s apart', lately('---'), 'down'],
    [
      '9 misses within 1.999 s',
      [...lately('--------', 249), { sentAt: NOW - 100, seen: '-' }].slice(0, 9),
      'suspect',
    ],
    [
      '2 full misses and a look at 2 s',
      [...each('--', NOW - 2_100), { sentAt: NOW - 100, seen: '~' }],
      'suspect',
    ],
    [
      '3 full misses and a look at 2 s',
      [...each('---', NOW - 2_100, 500), { sentAt: NOW - 100, seen: '~' }],
      'down',
    ],
    ['3 misses with an answer among them', lately('--+-'), 'suspect'],
    ['an answer after 3 misses', lately('---+'), 'up'],
  ])('%s: %s', (_what, notified, kind) => {
    expect(said(notified)).toBe(kind);
  });

  test.each([
    [1, '-', 'suspect'],
    [1, '---', 'down'],
    [5, '----', 'suspect'],
    [5, '-----', 'down'],
  ])('with fall %i, "%s": %s', (fall, seen, kind) => {
    expect(said(lately(seen), { policy: { fall } })).toBe(kind);
  });

  test('the silence began with the first miss of the row', () => {
    expect(evaluate([anObservation({ [KEY]: lately('+---') })]).downSince).toBe(NOW - 2_100);
  });
});

describe('a miss counts only with a witness', () => {
  const blind = (seen: string, witnessed: string): readonly Notified[] =>
    lately(seen).map((notified, index) => ({
      ...notified,
      isWitnessed: witnessed.charAt(index) === 'w',
    }));

  test.each([
    ['in every round', '---', 'www', 'down'],
    ['in none: dead and blind cannot be told apart', '---', '...', 'unknown'],
    ['in all but the last', '----', 'www.', 'unknown'],
    ['in all but the middle one: the run is broken', '-----', 'ww.ww', 'suspect'],
    ['in the last three of five', '-----', '..www', 'down'],
  ])('somebody else answered %s', (_what, seen, witnessed, kind) => {
    expect(said(blind(seen, witnessed))).toBe(kind);
  });

  test('its own other probe is no witness', () => {
    const notified = { [KEY]: blind('---', '...'), 'i-a1 tcp:22': lately('+++') };
    expect(evaluate([anObservation(notified)]).kind).toBe('unknown');
  });

  test('a round that is still under way and has no witness yet is left out, and breaks nothing', () => {
    const notified = lately('----').map((one, index) =>
      index === 3 ? { ...one, isWitnessed: false, isOver: false } : one,
    );
    expect(said(notified)).toBe('down');
  });
});

describe('in a row', () => {
  test.each([
    [
      'a round that could not be asked leaves a hole in which it may have been well',
      '--?--',
      'suspect',
    ],
    ['three after the hole are a row', '-?---', 'down'],
    ['a round that comes 0.7 s late leaves none', '', 'down'],
  ])('%s', (_what, seen, kind) => {
    const late = [NOW - 2_900, NOW - 1_900, NOW - 200].map((sentAt) => ({ sentAt, seen: '-' }));
    expect(said(seen === '' ? late : lately(seen))).toBe(kind);
  });

  test.each([
    ['1.75 s', 1_750, 'down'],
    ['1.751 s', 1_751, 'suspect'],
  ])('a hole of %s between two misses', (_what, holeMs, kind) => {
    const sentAts = [NOW - 100 - 1_000 - holeMs, NOW - 100 - holeMs, NOW - 100];
    expect(said(sentAts.map((sentAt) => ({ sentAt, seen: '-' })))).toBe(kind);
  });

  test('one look of many that could not be asked leaves none', () => {
    expect(said(lately('--?------', 250))).toBe('down');
  });
});

describe('what is old says nothing', () => {
  // 3 x 1 s + 0.8 s
  test.each([
    ['answers, the last sent 3.8 s ago', '+++', 3_800, 'up'],
    ['answers, the last sent 3.801 s ago', '+++', 3_801, 'unknown'],
    ['misses, the last sent 3.8 s ago', '---', 3_800, 'down'],
    ['misses, the last sent 3.801 s ago', '---', 3_801, 'unknown'],
  ])('%s: %s', (_what, seen, agoMs, kind) => {
    expect(said(each(seen, NOW - agoMs - 2_000))).toBe(kind);
  });
});

describe('silence means down only after speech', () => {
  test('a probe that never answered says nothing', () => {
    expect(evaluate([anObservation({ [KEY]: lately('-----') }, { hasSpoken: false })]).kind).toBe(
      'unreachable',
    );
  });

  test('nor does one that cannot be sent from here', () => {
    const unreachables = new Map([[KEY, { reason: 'unreachable', why: 'no address' }]] as const);
    expect(evaluate([anObservation({ [KEY]: lately('+++') }, { unreachables })]).kind).toBe(
      'unreachable',
    );
  });

  test('nor one that was not asked yet', () => {
    expect(evaluate([anObservation({})]).kind).toBe('unreachable');
  });
});

describe('alternatives: the best that speaks', () => {
  const B = 'i-a1 tcp:22';
  test.each([
    ['either answers', '---', '+++', 'up'],
    ['both are silent', '---', '---', 'down'],
    ['one is silent, the other young in its silence', '---', '--', 'suspect'],
    ['one is silent, the other unknown', '---', '??', 'unknown'],
  ])('%s', (_what, first, second, kind) => {
    const observation = anObservation({ [KEY]: lately(first), [B]: lately(second) });
    expect(evaluate([observation], { probe: 'ike:500|tcp:22' }).kind).toBe(kind);
  });

  test('one that has never spoken does not speak for the other', () => {
    expect(
      evaluate([anObservation({ [KEY]: lately('---') })], { probe: 'ike:500|tcp:22' }).kind,
    ).toBe('down');
  });
});

describe('long silent: answered nowhere, and silent for as long as a verdict needs at one vantage at least', () => {
  const two = (here: readonly Notified[], there: readonly Notified[], hasSpokenThere = true) =>
    evaluate([
      anObservation({ [KEY]: here }),
      anObservation({ [KEY]: there }, { id: 'there', hasSpoken: hasSpokenThere }),
    ]);
  test.each([
    ['3 misses at both', lately('---'), lately('---'), true],
    [
      '3 misses here, 2 there yet: the other hears of the same death later',
      lately('---'),
      lately('--'),
      true,
    ],
    ['2 misses at both', lately('--'), lately('--'), false],
    ['3 misses here, an answer there', lately('---'), lately('--+'), false],
    [
      '3 misses here, there nothing could be asked for 4 s',
      lately('---'),
      each('+', NOW - 4_000),
      true,
    ],
  ])('%s: %s', (_what, here, there, isLongSilent) => {
    expect(two(here, there).isLongSilent).toBe(isLongSilent);
  });

  test('3 misses there count for nothing where it has never spoken', () => {
    expect(two(lately('--'), lately('---'), false).isLongSilent).toBe(false);
    expect(two(lately('---'), lately('---'), false).isLongSilent).toBe(true);
  });

  test.each([
    ['a miss since', 'still silent', '-', true],
    ['nothing since', 'not asked again', '', true],
    ['an answer since', 'well', '+', false],
  ])('silent before the clock jumped, with %s: %s', (_what, _state, since, isLongSilent) => {
    const observation = anObservation({ [KEY]: since === '' ? [] : lately(since) });
    const [history = noHistory] = observation.histories.values();
    const { goodSentAts, misses } = history;
    const wasSilent = goodSentAts.length === 0;
    const jumped = {
      ...observation,
      histories: new Map([[KEY, { ...history, misses, wasSilent }]]),
    };
    expect(evaluate([jumped])).toMatchObject({ isLongSilent });
  });

  test('misses without a witness count: who sees many silences must not take the witnessed one for a single death', () => {
    const unwitnessed = lately('---').map((one) => ({ ...one, isWitnessed: false }));
    expect(two(unwitnessed, unwitnessed)).toMatchObject({ kind: 'unknown', isLongSilent: true });
  });
});
