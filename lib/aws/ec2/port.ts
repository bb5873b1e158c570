/** EC2 of one region as a port: one file for each operation. */
import type { Ec2Port } from '../../appliances/ports.ts';
import { WRITE_TIMES } from '../../core/callTimes.ts';
import { isElastic } from '../../core/elasticAddress.ts';
import type { Clock } from '../../core/time.ts';
import type { CallHook } from '../client.ts';
import { associateAddress, readAddresses } from './addresses.ts';
import { ec2Client } from './client.ts';
import type { Ec2Context } from './context.ts';
import { readInstances } from './instances.ts';
import { readInterfaces } from './interfaces.ts';
import { readPrefixLists } from './prefixLists.ts';
import { readRouteTables } from './routeTables.ts';
import { replaceRoute } from './routeWrite.ts';
import { readStatuses } from './statuses.ts';
import { readSubnets } from './subnets.ts';
import { readTags } from './tags.ts';

export function ec2Port(region: string, clock: Clock, onCall?: CallHook): Ec2Port {
  const context: Ec2Context = {
    // Reads say themselves how long they wait.
    client: ec2Client(region, onCall, WRITE_TIMES.attemptMs, WRITE_TIMES.attempts),
    service: 'ec2',
    clock,
  };
  return {
    tags: (keys, signal) => readTags(context, keys, signal),
    instances: (instanceIds, signal) => readInstances(context, instanceIds, signal),
    statuses: (instanceIds, signal) => readStatuses(context, instanceIds, signal),
    interfaces: (ids, signal) => readInterfaces(context, 'attachment.instance-id', ids, signal),
    interfacesById: (ids, signal) => readInterfaces(context, 'network-interface-id', ids, signal),
    subnets: (vpcIds, signal) => readSubnets(context, vpcIds, signal),
    routeTables: (of, signal) =>
      'tableIds' in of && of.tableIds.some(isElastic)
        ? readAddresses(context, of.tableIds, signal)
        : readRouteTables(context, of, signal),
    prefixLists: (prefixListIds, signal) => readPrefixLists(context, prefixListIds, signal),
    replaceRoute: (write, signal) =>
      isElastic(write.tableId)
        ? associateAddress(context, write, signal)
        : replaceRoute(context, write, signal),
  };
}
