/** EC2 in memory: answers from facts, writes routes, and fails on request. */

import type { Ec2Port, RouteWrite } from '../../lib/appliances/ports.ts';
import type {
  InstanceFact,
  InterfaceFact,
  PrefixListFact,
  RouteTableFact,
  StatusFact,
  SubnetFact,
} from '../../lib/appliances/types/inventory.ts';
import { targetFields } from '../../lib/core/lastResort.ts';
import { known, type Reading, unknown } from '../../lib/core/reading.ts';
import type { WriteAnswer } from '../../lib/core/routeWrite.ts';
import type { TagFact } from '../../lib/core/tags.ts';
import { NOW } from './facts.ts';

export interface Ec2Facts {
  readonly tags?: readonly TagFact[];
  readonly instances?: readonly InstanceFact[];
  readonly statuses?: readonly StatusFact[];
  readonly interfaces?: readonly InterfaceFact[];
  readonly subnets?: readonly SubnetFact[];
  readonly tables?: readonly RouteTableFact[];
  readonly lists?: readonly PrefixListFact[];
}

type Part = 'tags' | 'instances' | 'statuses' | 'interfaces' | 'subnets' | 'tables' | 'lists';

export class MemoryEc2 implements Ec2Port {
  facts: Required<Ec2Facts>;
  /** Calls so far, as `statuses i-a1 i-b1`. */
  readonly calls: string[] = [];
  readonly writes: RouteWrite[] = [];
  /** Why a read of this part, about any of these ids, fails; null when it does not. */
  fault: (part: Part, ids: readonly string[]) => string | null = () => null;
  /** How a write ends; null: it is carried out. An `unclear` one is carried out too. */
  answer: (write: RouteWrite) => WriteAnswer | null = () => null;
  /** Whether a write that was accepted shows when it is read back. */
  shows: (write: RouteWrite) => boolean = () => true;
  now: () => number = () => NOW;

  constructor(facts: Ec2Facts) {
    this.facts = {
      tags: [],
      instances: [],
      statuses: [],
      interfaces: [],
      subnets: [],
      tables: [],
      lists: [],
      ...facts,
    };
  }

  #read<T>(
    part: Part,
    ids: readonly string[],
    facts: readonly T[],
  ): Promise<Reading<readonly T[]>> {
    this.calls.push([part, ...ids].join(' '));
    const why = this.fault(part, ids);
    return Promise.resolve(why === null ? known(facts, this.now()) : unknown(why, this.now()));
  }

  tags = (keys: readonly string[]) =>
    this.#read(
      'tags',
      [],
      this.facts.tags.filter(({ key }) => keys.includes(key)),
    );
  instances = (ids: readonly string[]) =>
    this.#read(
      'instances',
      ids,
      this.facts.instances.filter((one) => ids.includes(one.instanceId)),
    );
  statuses = (ids: readonly string[]) =>
    this.#read(
      'statuses',
      ids,
      this.facts.statuses.filter((one) => ids.includes(one.instanceId)),
    );
  interfaces = (ids: readonly string[]) =>
    this.#read(
      'interfaces',
      ids,
      this.facts.interfaces.filter(({ instanceId }) => ids.includes(instanceId ?? '')),
    );
  interfacesById = (ids: readonly string[]) =>
    this.#read(
      'interfaces',
      ids,
      this.facts.interfaces.filter(({ interfaceId }) => ids.includes(interfaceId)),
    );
  subnets = (vpcIds: readonly string[]) =>
    this.#read(
      'subnets',
      vpcIds,
      this.facts.subnets.filter(({ vpcId }) => vpcIds.includes(vpcId)),
    );
  routeTables = (
    of: { readonly vpcIds: readonly string[] } | { readonly tableIds: readonly string[] },
  ) =>
    'vpcIds' in of
      ? this.#read(
          'tables',
          of.vpcIds,
          this.facts.tables.filter(({ vpcId }) => of.vpcIds.includes(vpcId)),
        )
      : this.#read(
          'tables',
          of.tableIds,
          this.facts.tables.filter(({ tableId }) => of.tableIds.includes(tableId)),
        );
  prefixLists = (ids: readonly string[]) =>
    this.#read(
      'lists',
      ids,
      this.facts.lists.filter(({ prefixListId }) => ids.includes(prefixListId)),
    );

  replaceRoute = (write: RouteWrite): Promise<WriteAnswer> => {
    this.writes.push(write);
    const answer = this.answer(write) ?? { kind: 'written' };
    if ((answer.kind === 'written' || answer.kind === 'unclear') && this.shows(write)) {
      this.point(write.tableId, write.destination, write.target.id);
    }
    return Promise.resolve(answer);
  };

  /** Points a created route at an interface or a gateway, as an operator may. */
  point(tableId: string, destination: string, targetId: string): void {
    this.facts = {
      ...this.facts,
      tables: this.facts.tables.map((table) =>
        table.tableId === tableId
          ? {
              ...table,
              routes: table.routes.map((route) =>
                route.destination === destination && route.origin === 'created'
                  ? { ...route, ...targetFields(targetId) }
                  : route,
              ),
            }
          : table,
      ),
    };
  }
}
