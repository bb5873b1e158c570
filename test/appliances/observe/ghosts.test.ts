/** A stored appliance that never was: what it is said to own belongs to whom EC2 shows it at. */
import { expect, test } from '@jest/globals';
import { readTopology } from '../../../lib/appliances/observe/topology.ts';
import type { InterfaceFact } from '../../../lib/appliances/types/inventory.ts';
import {
  anInstance,
  anInterface,
  anInventory,
  aRouteFact,
  aTableFact,
} from '../../builders/facts.ts';
import { anArm, applianceMemory } from '../../builders/world.ts';

const HQ = { group: 'hq' };
const FIREWALL = 'eni-firewall';

/** A table of the group leads 0.0.0.0/0 to an interface that the state says a ghost owns. */
const nextHops = (link: InterfaceFact | null) =>
  readTopology(
    anInventory({
      tags: { 'i-a1': HQ, 'i-b1': HQ, 'rtb-1': HQ },
      instances: [anInstance('i-a1'), anInstance('i-b1')],
      tables: [
        aTableFact('rtb-1', {
          routes: [aRouteFact('10.20.0.0/16', 'eni-a1'), aRouteFact('0.0.0.0/0', FIREWALL)],
        }),
      ],
      lost: [{ interfaceId: FIREWALL, link }],
    }),
    new Map([['i-fade', applianceMemory({ interfaces: [anArm(FIREWALL, { hasCarried: true })] })]]),
  ).routes.map(({ destination, nextHop }) => `${destination} ${nextHop}`);

test.each([
  ['an instance without our tag', 'i-0f1e2d3c'],
  ['what is no instance of this account', null],
])('an interface in use at %s is no next hop of a ghost', (_what, instanceId) => {
  const link = anInterface('i-x', { interfaceId: FIREWALL, instanceId, status: 'in-use' });
  expect(nextHops(link)).toEqual(['10.20.0.0/16 i-a1']);
});

test('one that EC2 no longer knows is the dead end that it was', () => {
  expect(nextHops(null)).toEqual(['0.0.0.0/0 i-fade', '10.20.0.0/16 i-a1']);
});
