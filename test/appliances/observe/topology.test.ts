/** What must hold of the reading of any inventory, however ill its tags and wiring are. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readTopology } from '../../../lib/appliances/observe/topology.ts';
import { vpcIdsOf } from '../../../lib/appliances/types/topology.ts';
import { anyInventory, shuffled } from '../../builders/anyAccount.ts';
import { ACCOUNT, anInventory } from '../../builders/facts.ts';

describe('the group tag of a gateway', () => {
  const faultsOf = (id: string, group: string) =>
    readTopology(anInventory({ tags: { [id]: { group } } }), new Map()).faults;

  test.each(['vgw-0a', 'tgw-0a'])(
    'that cannot be read on %s is notified, and what follows',
    (id) => {
      expect(faultsOf(id, ' ')).toMatchObject([
        {
          reason: 'TagInvalid',
          subject: { kind: 'gateway', id },
          summary: expect.stringContaining('last resort of no group'),
        },
      ]);
    },
  );

  test('that can be read is not, and neither is that of what is no gateway', () => {
    expect(faultsOf('vgw-0a', 'hq branch')).toEqual([]);
    expect(faultsOf('tgw-rtb-0a', ' ')).toEqual([]);
  });
});

describe('of any account', () => {
  test('the order of EC2’s answers changes nothing', () => {
    fc.assert(
      fc.property(anyInventory, fc.nat(), (inventory, seed) => {
        const a = readTopology(inventory, new Map());
        const b = readTopology(shuffled(inventory, seed), new Map());
        expect([b.appliances, b.routes, b.faults]).toEqual([a.appliances, a.routes, a.faults]);
        const preferences = ({ tables }: typeof a) =>
          tables.map(({ tableId, preferredZone }) => [tableId, preferredZone]);
        expect(preferences(b)).toEqual(preferences(a));
      }),
      { numRuns: 200 },
    );
  });

  test('a managed route is a created one of a table of ours, tagged for the group of its carrier', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const { routes, appliances } = readTopology(inventory, new Map());
        const facts = inventory.routeTables.known ? inventory.routeTables.value : [];
        const tags = inventory.tags.known ? inventory.tags.value : [];
        for (const route of routes) {
          const fact = facts.find(({ tableId }) => tableId === route.tableId);
          const tag = tags.find(({ resourceId }) => resourceId === route.tableId)?.value ?? '';
          expect(fact?.accountId).toBe(ACCOUNT);
          expect(fact?.routes).toContainEqual(
            expect.objectContaining({ destination: route.destination, origin: 'created' }),
          );
          expect(tag.split(' ')).toContain(route.group);
          expect(appliances.find(({ instanceId }) => instanceId === route.nextHop)?.group).toBe(
            route.group,
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the preferred next hop is an appliance of the route’s group with an arm in its VPC', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const { routes, appliances } = readTopology(inventory, new Map());
        const here = (id: string) => appliances.find(({ instanceId }) => instanceId === id)?.vpcId;
        for (const { preferred, group, vpcId, nextHop } of routes) {
          // EC2 lets no route lead into another VPC; this account may hold one all the same.
          if (preferred.kind !== 'appliance' || here(nextHop) !== vpcId) continue;
          const owner = appliances.find(({ instanceId }) => instanceId === preferred.instanceId);
          expect(owner?.group).toBe(group);
          // With any of its arms.
          expect(owner === undefined ? [] : vpcIdsOf(owner)).toContain(vpcId);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('an empty account is read as nothing', () => {
  expect(readTopology(anInventory({}), new Map())).toMatchObject({
    appliances: [],
    routes: [],
    tables: [],
    faults: [],
  });
});
