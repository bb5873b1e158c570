/** A whole small account behind ports in memory: two appliances, a table in each of their zones. */
import type { Vantage } from '../../lib/probe/types.ts';
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
import { somePorts, type TestPorts } from './ports.ts';

export const DEST = '10.20.0.0/16';
export const ROUTE = `rtb-a ${DEST}`;

/** `rtb-a` points at `nextHop` and prefers i-a1, `rtb-b` points at i-b1. */
export function anAccount(nextHop = 'i-a1', vantages?: readonly Vantage[]): TestPorts {
  const ids = ['i-a1', 'i-b1'];
  return somePorts({
    ...(vantages === undefined ? {} : { vantages }),
    ec2: new MemoryEc2({
      tags: tagsOf({
        'i-a1': { group: 'hq' },
        'i-b1': { group: 'hq' },
        'rtb-a': { group: 'hq', ...(nextHop === 'i-a1' ? {} : { preferred: 'i-a1' }) },
        'rtb-b': { group: 'hq' },
      }),
      instances: ids.map((id) => anInstance(id)),
      statuses: ids.map((id) => aStatus(id)),
      interfaces: ids.map((id) => anInterface(id)),
      subnets: ['a', 'b'].map((zone) => aSubnet(`subnet-${zone}`, zoneOf(zone))),
      tables: [
        aTableFact('rtb-a', {
          subnetIds: ['subnet-a'],
          routes: [aRouteFact(DEST, nextHop.replace('i-', 'eni-'))],
        }),
        aTableFact('rtb-b', { subnetIds: ['subnet-b'], routes: [aRouteFact(DEST, 'eni-b1')] }),
      ],
    }),
  });
}

/** Where a table's route leads now. */
export const leadsTo = ({ ec2 }: TestPorts, tableId: string): string | null | undefined =>
  ec2.facts.tables.find((table) => table.tableId === tableId)?.routes[0]?.interfaceId;
