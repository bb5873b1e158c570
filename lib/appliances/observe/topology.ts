/** From inventory and tags to appliances, tables, managed routes and preferred next hops. Pure. */

import { compare } from '../../core/order.ts';
import { TAG, tagIndex } from '../../core/tags.ts';
import type { ApplianceMemory } from '../state.ts';
import type { Inventory } from '../types/inventory.ts';
import type { LearntRoutes } from '../types/learnt.ts';
import type { Fault, Topology } from '../types/topology.ts';
import { openGone, readAppliances } from './appliances.ts';
import { findMovedArms, findUnclearArms } from './arms.ts';
import { withDirectProbe } from './directProbe.ts';
import { checkGroups } from './groups.ts';
import { gatewayFaults } from './lastResort.ts';
import { readPools } from './pools.ts';
import type { Preferences } from './preferences.ts';
import { readRoutes } from './routes.ts';

/**
 * What the inventory means. Parts that were never readable contribute nothing; `remembered` keeps an appliance
 * whose zone cannot be read, and one that EC2 no longer knows; `learnt` says where the owner of each route put it;
 * `isAdmitted` who may take the place of a member that is gone.
 */
export function readTopology(
  inventory: Inventory,
  remembered: ReadonlyMap<string, ApplianceMemory>,
  learnt: LearntRoutes = new Map(),
  isAdmitted: Preferences['isAdmitted'] = () => true,
): Topology {
  const tags = tagIndex(inventory.tags.known ? inventory.tags.value : []);
  const subnets = inventory.subnets.known ? inventory.subnets.value : [];
  const faults: Fault[] = [...gatewayFaults(tags)];
  const isGone = openGone(inventory, remembered);
  const tagged = readAppliances(inventory, tags, remembered, faults);
  const prefixLists = new Map(
    (inventory.prefixLists.known ? inventory.prefixLists.value : []).map(
      ({ prefixListId, cidrs }) => [prefixListId, cidrs],
    ),
  );
  const pools = readPools(tagged, prefixLists, isGone, faults);
  const { tables, routes } = readRoutes(
    inventory,
    tags,
    { learnt, pools, prefixLists, isGone, isAdmitted },
    tagged,
    faults,
  );
  checkGroups(
    tagged.filter((one) => {
      const own = tables.filter(({ groups }) => groups.includes(one.group));
      return own.length === 0 || own.some((table) => isAdmitted(one, table));
    }),
    faults,
  );
  const localCidrs = new Map(
    [...Map.groupBy(subnets, ({ vpcId }) => vpcId)].map(([vpcId, members]) => [
      vpcId,
      members.flatMap(({ cidrs }) => cidrs),
    ]),
  );
  const appliances = tagged.map((one) => withDirectProbe(one, { routes, localCidrs, prefixLists }));
  findUnclearArms(appliances, routes, tables, faults);
  findMovedArms(appliances, tables, faults);
  return {
    accountId: inventory.accountId,
    region: inventory.region,
    appliances,
    routes,
    tables,
    faults: faults.toSorted(
      (a, b) => compare(a.reason, b.reason) || compare(a.subject.id, b.subject.id),
    ),
    ignored: new Map(
      [...tags].flatMap(([id, page]) => {
        const why = page.get(TAG.ignore);
        return why === undefined ? [] : [[id, why] as const];
      }),
    ),
    localCidrs,
    prefixLists,
  };
}
