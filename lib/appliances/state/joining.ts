/** What is learnt of each group's members, and how it is stored. Pure. */
import * as v from 'valibot';
import { mapOf } from '../../core/mapOf.ts';
import { compare } from '../../core/order.ts';
import type { Instant } from '../../core/time.ts';
import type { Memory } from '../state.ts';
import { type Admissions, type GroupAdmission, HOWS, type Membership } from '../types/admission.ts';
import type { Policy } from '../types/policy.ts';
import type { Appliance, Topology } from '../types/topology.ts';
import type { World } from '../types/world.ts';
import {
  carriersOf,
  IDENTITIES_MAX,
  identitiesOf,
  isNamedBy,
  joinOf,
  withFounders,
} from './admission.ts';

/** The same map when nothing changed. Nothing is learnt while anything cannot be read. */
export function learnAdmissions(
  world: World,
  memory: Memory,
  policy: Policy,
  now: Instant,
): Admissions {
  if (world.gaps.length > 0) return memory.admissions;
  const known = withFounders(memory, world.topology, now);
  const changes = [...known.admissions].flatMap(([group, before]) => {
    const after = joined(group, before, world, known, policy, now);
    return after === before ? [] : [[group, after] as const];
  });
  return changes.length === 0 ? known.admissions : new Map([...known.admissions, ...changes]);
}

function joined(
  group: string,
  before: GroupAdmission,
  { topology }: World,
  memory: Memory,
  policy: Policy,
  now: Instant,
): GroupAdmission {
  const leading = carriersOf(group, topology);
  const carriers = new Set(leading.filter((one) => !carriesByTag(one, before, topology)));
  const members = new Map(Object.entries(before.members));
  const identities = new Set([
    ...before.identities,
    ...[...carriers].flatMap(({ identity }) => identitiesOf(identity)),
  ]);
  let isChanged = identities.size > before.identities.length;
  for (const one of topology.appliances) {
    if (one.group !== group) continue;
    const known = members.get(one.instanceId);
    if (known?.how === 'founder' || known?.how === 'carrier') continue;
    if (known?.how === 'table' && leading.includes(one)) continue;
    const how = carriers.has(one) ? 'carrier' : howOf(joinOf(one, { topology, memory, policy }));
    if (how === known?.how) continue;
    isChanged = true;
    if (how === undefined) members.delete(one.instanceId);
    else members.set(one.instanceId, { how, at: known?.at ?? now });
  }
  if (!isChanged) return before;
  const present = new Set(topology.appliances.map(({ instanceId }) => instanceId));
  return {
    members: Object.fromEntries(
      [...members]
        .filter(([id]) => present.has(id) || memory.appliances.has(id))
        .toSorted(([a], [b]) => compare(a, b)),
    ),
    identities: [...identities].slice(-IDENTITIES_MAX),
  };
}

/** It came by a table's tag, or only tables whose tag names it lead to it: its routes make it no carrier of the group. */
const carriesByTag = (one: Appliance, before: GroupAdmission, { routes, tables }: Topology) =>
  before.members[one.instanceId]?.how === 'table' ||
  routes
    .filter(({ group, nextHop }) => group === one.group && nextHop === one.instanceId)
    .every(({ tableId }) =>
      tables.some((table) => table.tableId === tableId && isNamedBy(table, one)),
    );

const howOf = (admission: ReturnType<typeof joinOf>): Membership['how'] | undefined =>
  admission.isAdmitted ? admission.how : undefined;

const MEMBERS_MAX = 2_000;

const Text = v.pipe(v.string(), v.maxLength(2_000));
const Stored = mapOf(
  Text,
  v.object({
    members: v.pipe(
      v.record(
        v.pipe(v.string(), v.maxLength(100)),
        v.object({ how: v.picklist(HOWS), at: v.pipe(v.number(), v.minValue(0)) }),
      ),
      v.check((members) => Object.keys(members).length <= MEMBERS_MAX),
    ),
    identities: v.pipe(v.array(Text), v.maxLength(IDENTITIES_MAX)),
  }),
);

export const storedAdmissions = (admissions: Admissions): unknown => Object.fromEntries(admissions);

/** Empty for garbage: every group is seen for the first time. */
export function parseAdmissions(body: unknown, past: (at: Instant) => Instant): Admissions {
  const parsed = v.safeParse(Stored, body);
  if (!parsed.success) return new Map();
  return new Map(
    [...parsed.output].map(([group, { members, identities }]) => [
      group,
      {
        members: Object.fromEntries(
          Object.entries(members).map(([id, one]) => [id, { ...one, at: past(one.at) }]),
        ),
        identities,
      },
    ]),
  );
}
