/** A claim to a client pool of an appliance that is not admitted: tagged by anybody who may tag an instance. */
import { expect, test } from '@jest/globals';
import type { Plan } from '../../../lib/appliances/types/plan.ts';
import { planFor } from '../../builders/candidates.ts';
import { NOW } from '../../builders/facts.ts';
import { aRoute, aTable, confirmedDown } from '../../builders/world.ts';

const founder = { how: 'founder', at: NOW - 60_000 } as const;

/** i-a1 carried the pool's route and is dead; i-c1 claims the pool, came later, and is a stranger. */
function planned(isInherited: boolean, named: readonly string[] = []): Plan {
  const preferred = { kind: 'pool', instanceId: 'i-c1', pool: '10.8.0.0/24' } as const;
  return planFor({
    ids: ['i-a1', 'i-b1', 'i-c1'],
    routes: [
      aRoute('rtb-1 10.8.0.0/24', 'i-a1', {
        preferred: isInherited ? { ...preferred, isInherited } : preferred,
      }),
    ],
    tables: [aTable('rtb-1'), ...named.map((id) => aTable('rtb-2', { members: [id] }))],
    verdicts: { 'i-a1': confirmedDown() },
    memory: {
      admissions: new Map([
        ['hq', { members: { 'i-a1': founder, 'i-b1': founder }, identities: [] }],
      ]),
    },
  });
}

test('to what no other has claimed counts for nothing: the route moves as any other', () => {
  expect(planned(false).actions).toMatchObject([{ kind: 'failover', to: 'i-b1' }]);
});

test('counts for nothing in a table that does not name it, though another does', () => {
  expect(planned(false, ['i-c1']).actions).toMatchObject([{ kind: 'failover', to: 'i-b1' }]);
});

test('to what an appliance that is gone had claimed makes no other the carrier: the route waits for an heir that is admitted', () => {
  const { actions, held } = planned(true);
  expect(actions).toEqual([]);
  expect(held).toMatchObject([{ kind: 'pool', to: 'i-c1', rule: 'S2' }]);
});
