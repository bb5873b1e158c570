/** Keys of probes that cannot be used: found, never down, and remembered by the next leader. */
import { expect, test } from '@jest/globals';
import { findKeys } from '../../../lib/appliances/assess/keys.ts';
import { judge } from '../../../lib/appliances/assess/verdict.ts';
import { mergedKeys } from '../../../lib/appliances/state/stored.ts';
import { foldAnswer, noHistory } from '../../../lib/probe/history.ts';
import type { ProbeClause, ProbeResult } from '../../../lib/probe/types.ts';
import { NOW } from '../../builders/facts.ts';
import { HERE } from '../../builders/ports.ts';
import { anAppliance, aWorld, goodSignals, policyOf } from '../../builders/world.ts';

const clauses: readonly ProbeClause[] = [
  [{ text: 'wireguard:51820', kind: 'wireguard', address: null, port: 51_820, keyName: '/k' }],
];
const appliance = anAppliance('i-a1', { probes: clauses });
const FAULT: ProbeResult = { kind: 'unknown', why: 'the key /k: gone', isKeyFault: true };

const seenBy = (...results: readonly ProbeResult[]) => ({
  vantage: HERE,
  histories: new Map([
    [
      'i-a1 wireguard:51820',
      results.reduce(
        (history, result, index) =>
          foldAnswer(history, result, NOW - 1_000 * (results.length - index), true),
        noHistory,
      ),
    ],
  ]),
  rounds: [],
  unreachables: new Map(),
});
const find = (...results: readonly ProbeResult[]) =>
  findKeys(appliance, aWorld({ appliances: [appliance], vantages: [seenBy(...results)] }), NOW);

test('a fault of the key is one finding, with the reason and the vantage', () => {
  expect(find(FAULT)).toMatchObject([
    {
      reason: 'ProbeKeyMissing',
      subject: { id: 'i-a1' },
      severity: 'warning',
      summary: expect.stringContaining('the key /k: gone'),
      evidence: ['wireguard:51820 from here: the key /k: gone'],
    },
  ]);
});

test('an answer, and an unknown that is not about the key, are none', () => {
  expect(find(FAULT, { kind: 'up', tookMs: 1, keyId: '/k 1' })).toEqual([]);
  expect(find({ kind: 'unknown', why: 'no route from here' })).toEqual([]);
});

test('however long it lasts, and after an answer too, the appliance is not down', () => {
  const verdictOf = (...results: readonly ProbeResult[]) =>
    judge(appliance, goodSignals('i-a1'), [seenBy(...results)], undefined, policyOf(), NOW).verdict;
  const faults = Array.from({ length: 60 }, () => FAULT);
  expect(verdictOf(...faults)).toMatchObject({ kind: 'up', isByEc2Alone: true, isProven: false });
  const answered: ProbeResult = { kind: 'up', tookMs: 1, keyId: '/k 1' };
  expect(verdictOf(answered, ...faults)).toMatchObject({ kind: 'unknown' });
  const changed = Array.from(
    { length: 60 },
    (): ProbeResult => ({ kind: 'down', why: 'no answer', tookMs: 800, keyId: '/k 2' }),
  );
  expect(verdictOf(answered, ...changed)).toMatchObject({ kind: 'unknown' });
});

test('keys that were answered are handed on: those of the newer leader last, four at most', () => {
  const probe = 'here wireguard:51820';
  expect(mergedKeys({ [probe]: ['1', '2'] }, { [probe]: ['2', '3'] })).toEqual({
    answeredKeys: { [probe]: ['1', '2', '3'] },
  });
  expect(mergedKeys({ [probe]: ['1', '2', '3'] }, { [probe]: ['4', '5'] })).toEqual({
    answeredKeys: { [probe]: ['2', '3', '4', '5'] },
  });
  expect(mergedKeys(undefined, {})).toEqual({});
});
