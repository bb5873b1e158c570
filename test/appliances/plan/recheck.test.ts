/** The second thought: what would be done now, held against what is about to be done. */
import { describe, expect, test } from '@jest/globals';
import { objectionTo, wayTableIds } from '../../../lib/appliances/plan/recheck.ts';
import type { Held, Plan } from '../../../lib/appliances/types/plan.ts';
import type { Verdict } from '../../../lib/appliances/types/verdict.ts';
import { anObservation } from '../../builders/evidence.ts';
import { HERE } from '../../builders/ports.ts';
import { aMove, anAppliance, aTable, aWorld, down, unsure, up } from '../../builders/world.ts';

const MOVE = aMove();
const again = (over: Partial<Plan>): Plan => ({ actions: [], held: [], ...over });
const objection = (plan: Partial<Plan>, from: Verdict = down(), move = MOVE) =>
  objectionTo(move, again(plan), new Map([[move.from, from]]));
const held: Held = {
  kind: 'failover',
  routeKey: MOVE.routeKey,
  group: MOVE.group,
  from: MOVE.from,
  to: MOVE.to,
  rule: 'S3',
  because: 'a mass failure is suspected',
  until: null,
};

describe('a move', () => {
  test('that would be made again is not doubted', () => {
    expect(objection({ actions: [aMove({ because: 'said otherwise' })] })).toBeNull();
  });

  test.each([
    ['leads elsewhere now', { toTargetId: 'eni-c1' }],
    ['starts elsewhere now', { fromTargetId: 'eni-c1' }],
  ])('that %s is planned anew', (_what, over) => {
    expect(objection({ actions: [aMove(over)] })).toBe('it was planned anew before it was written');
  });

  test('that a rule holds now says which and why', () => {
    expect(objection({ held: [held] })).toBe(
      'S3 holds it since it was planned: a mass failure is suspected',
    );
  });

  test('of another route speaks neither for nor against it', () => {
    const other = { routeKey: 'rtb-2 10.0.0.0/8' };
    expect(objection({ actions: [aMove(other)], held: [{ ...held, ...other }] })).not.toBeNull();
  });

  test.each([
    ['has answered', up(), 'the appliance that it was to leave has answered since it was planned'],
    [
      'cannot be judged',
      unsure(),
      'the appliance that it was to leave has answered since it was planned',
    ],
    [
      'is still dead: the route left by itself',
      down(),
      'it is well where it is since it was planned',
    ],
  ])('that nobody wants any more because what it leaves %s', (_what, from, why) => {
    expect(objection({}, from)).toBe(why);
  });

  test('to the preferred next hop, when no longer asked for, stays where it is', () => {
    expect(objection({}, up(), aMove({ kind: 'failback' }))).toBe(
      'it is well where it is since it was planned',
    );
  });
});

describe('tables that a far side is proven through', () => {
  const far = [
    [{ text: 'tcp:10.20.0.5:22', kind: 'tcp', address: '10.20.0.5', port: 22 }],
  ] as const;
  const world = (probed: string) =>
    aWorld({
      appliances: ['i-a1', 'i-b1', 'i-c1'].map((id) =>
        anAppliance(id, id === probed ? { probes: far } : {}),
      ),
      tables: [aTable('rtb-probe', { subnetIds: ['subnet-p'] }), aTable('rtb-other')],
      vantages: [{ ...anObservation({}), vantage: { ...HERE, subnetIds: ['subnet-p'] } }],
    });

  test.each([
    ['the one to leave', 'i-a1', ['rtb-probe']],
    ['the one to go to', 'i-b1', ['rtb-probe']],
    ['a bystander', 'i-c1', []],
    ['nobody', '', []],
  ])('are read again when %s is judged by it', (_what, probed, expected) => {
    expect(wayTableIds(world(probed), again({ actions: [MOVE] }))).toEqual(expected);
  });

  test('are not read when there is nothing to do', () => {
    expect(wayTableIds(world('i-a1'), again({}))).toEqual([]);
  });
});
