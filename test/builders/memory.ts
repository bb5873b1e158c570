/** A keeper over EC2 in memory: two appliances in two zones, one table. */

import { openKeeper } from '../../lib/appliances/observe/inventory.ts';
import type { ApplianceMemory } from '../../lib/appliances/state.ts';
import { MemoryEc2 } from './ec2.ts';
import {
  anInstance,
  anInterface,
  aRouteFact,
  aStatus,
  aSubnet,
  aTableFact,
  tagsOf,
  zoneOf,
} from './facts.ts';
import { calm, somePorts, type TestPorts } from './ports.ts';

export const HQ = { group: 'hq' };

export function aKeeper(remembered: ReadonlyMap<string, ApplianceMemory> = new Map()) {
  const ids = ['i-a1', 'i-b1'];
  const ec2 = new MemoryEc2({
    tags: tagsOf({ 'i-a1': HQ, 'i-b1': HQ, 'rtb-1': HQ }),
    instances: ids.map((id) => anInstance(id)),
    statuses: ids.map((id) => aStatus(id)),
    interfaces: ids.map((id) => anInterface(id)),
    subnets: [aSubnet('subnet-a', zoneOf('a'))],
    tables: [aTableFact('rtb-1', { routes: [aRouteFact('10.20.0.0/16', 'eni-a1')] })],
    lists: [{ prefixListId: 'pl-1', cidrs: ['10.30.0.0/16'] }],
  });
  const ports: TestPorts = somePorts({ ec2 });
  const keeper = openKeeper(ports, '', () => remembered);
  return {
    ec2,
    ports,
    keeper,
    look: () => keeper.readDue(calm()),
    /** Looks once a second, as the watcher does. */
    async watch(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        await keeper.readDue(calm());
        await ports.clock.run(ports.clock.monotonicMs() + 1_000);
      }
    },
    /** Calls of each kind since the last time this was asked. */
    calls() {
      const counts: Record<string, number> = {};
      for (const call of ec2.calls.splice(0)) {
        const [part = ''] = call.split(' ');
        counts[part] = (counts[part] ?? 0) + 1;
      }
      return counts;
    },
  };
}

export const whats = (keeper: ReturnType<typeof aKeeper>['keeper']): readonly string[] =>
  keeper.gaps().map(({ what }) => what);
