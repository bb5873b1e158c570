/** Silence through a tunnel: it counts only while the same far side answers through another appliance. */
import { describe, expect, test } from '@jest/globals';
import type { VantageObservation } from '../../../lib/appliances/types/world.ts';
import { anObservation, each, type Notified } from '../../builders/evidence.ts';
import { NOW } from '../../builders/facts.ts';
import { evaluate, lately } from '../../builders/probeHistory.ts';

const PROBE = 'tcp:10.20.0.5:22';
const OWN = `i-a1 ${PROBE}`;
const PEERS = `i-b1 ${PROBE}`;
const FAR_SIDE = 'hq tcp:10.20.0.5:22';

/** Rounds in which nothing else answers. */
const alone = (notified: readonly Notified[]): readonly Notified[] =>
  notified.map((one) => ({ ...one, isWitnessed: false }));

const through = (
  key: string,
  id: string,
  notified: readonly Notified[],
  farSide = FAR_SIDE,
): VantageObservation =>
  anObservation({ [key]: alone(notified) }, { id, farSides: new Map([[key, farSide]]) });

const evaluated = (...vantages: readonly VantageObservation[]) =>
  evaluate(vantages, { probe: PROBE });

describe('three misses, 2 s apart, from a vantage that reaches nothing else', () => {
  const silent = through(OWN, 'probe-a', lately('---'));

  test.each<[string, readonly Notified[], string, string]>([
    ['answers through another appliance all the while', lately('+++'), 'down', 'lost'],
    ['is silent there too', lately('---'), 'suspect', 'unsure'],
    ['missed its last probe there', lately('++-'), 'suspect', 'unsure'],
    ['answered there first after the second miss', lately('--+'), 'suspect', 'unsure'],
    ['was last asked there before the third miss', each('+++', NOW - 3_200), 'suspect', 'unsure'],
    ['is not asked there', [], 'suspect', 'unsure'],
  ])('the far side %s: %s', (_how, peers, kind, tunnel) => {
    expect(evaluated(silent, through(PEERS, 'probe-b', peers))).toMatchObject({ kind, tunnel });
  });

  test('another far side, or another group’s, is no witness', () => {
    const other = through(PEERS, 'probe-b', lately('+++'), 'branch tcp:10.20.0.5:22');
    expect(evaluated(silent, other).kind).toBe('suspect');
  });

  test('its own probe at another vantage is no witness', () => {
    const other = through(OWN, 'probe-b', lately('+++'));
    expect(evaluated(silent, other).kind).not.toBe('down');
  });
});

describe('from a vantage that another appliance has answered', () => {
  const witness = through(PEERS, 'probe-b', lately('+++'));
  const silent = (others: string) =>
    anObservation(
      { [OWN]: alone(lately('---')), 'i-b1 ike:500': alone(lately(others)) },
      { id: 'probe-a', farSides: new Map([[OWN, FAR_SIDE]]) },
    );

  test.each([
    ['and that answers it still', '+++', 'down'],
    ['and that does not now: the vantage itself may be cut off', '---', 'suspect'],
  ])('%s: %s', (_how, others, kind) => {
    expect(evaluated(silent(others), witness).kind).toBe(kind);
  });
});

describe('without a witness', () => {
  // 2 s of silence and one interval, in which the witness would have been asked.
  test.each([
    ['2.999 s', 2_999, 'suspect'],
    ['3 s', 3_000, 'unwitnessed'],
  ])('a silence of %s is %s', (_what, lastsMs, kind) => {
    const sentAts = [NOW - 100 - lastsMs, NOW - 100 - lastsMs / 2, NOW - 100];
    const silent = sentAts.map((sentAt) => ({ sentAt, seen: '-' }));
    expect(evaluated(through(OWN, 'probe-a', silent)).kind).toBe(kind);
  });

  test('it is no part of a mass failure', () => {
    const result = evaluated(through(OWN, 'probe-a', lately('----')));
    expect(result).toMatchObject({ isSilent: false, isLongSilent: false, tunnel: 'silent' });
  });
});

test('an answer through the tunnel is the appliance’s own; one from an address beside it is not', () => {
  const isOwn = (vantage: VantageObservation) => evaluated(vantage).isOwnProven;
  expect(isOwn(through(OWN, 'probe-a', lately('+++')))).toBe(true);
  expect(isOwn(anObservation({ [OWN]: lately('+++') }))).toBe(false);
});
