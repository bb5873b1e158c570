/** Which members of a group may become a next hop of its routes (S2). Pure. */
import type { Instant } from '../../core/time.ts';
import type { Admissions, GroupAdmission, Membership } from '../types/admission.ts';
import type { Policy } from '../types/policy.ts';
import type { Appliance, Identity, TableObservation, Topology } from '../types/topology.ts';
import type { Admit } from './admit.ts';
import { admitOf } from './admit.ts';

export type Admission =
  | { readonly isAdmitted: true; readonly how: Membership['how']; readonly because: string }
  | { readonly isAdmitted: false; readonly because: string };

export interface AdmissionScene {
  readonly topology: Topology;
  readonly memory: { readonly admissions: Admissions; readonly admits: readonly Admit[] };
  readonly policy: Pick<Policy, 'joinPolicy'>;
}

/**
 * Whether an appliance may carry routes of its group in this table: a founder or carrier, by what people said, by the
 * policy, by the table's tag, or, without that tag, by the instance profile or auto scaling group of a member that has
 * carried. Until the group has a carrier nothing is asked of any newcomer.
 */
export function admissionOf(
  appliance: Appliance,
  table: Pick<TableObservation, 'name' | 'members'> | undefined,
  { memory, policy }: Omit<AdmissionScene, 'topology'>,
): Admission {
  const { instanceId, group, identity } = appliance;
  const said = admitOf(memory.admits, appliance);
  if (said?.isAdmitted === false) {
    return { isAdmitted: false, because: `${said.by} revoked its admission` };
  }
  if (said !== undefined) return yes('operator', `${said.by} admitted it`);
  const known = memory.admissions.get(group);
  if (known === undefined) return yes('founder', 'its group has no carrier yet');
  const how = known.members[instanceId]?.how;
  if (how === 'founder') return yes(how, 'it was there when its group was first seen');
  if (how === 'carrier') return yes(how, 'it has carried routes of its group');
  if (policy.joinPolicy === 'any') return yes('policy', 'joinPolicy is any');
  if (table?.members !== undefined) {
    return isNamedBy(table, appliance)
      ? yes('table', `the tag vpn-medic:members of ${table.name} names it, for that table`)
      : {
          isAdmitted: false,
          because: `the tag vpn-medic:members of ${table.name} does not name it`,
        };
  }
  const shared = identitiesOf(identity).find((one) => known.identities.includes(one));
  return shared === undefined
    ? {
        isAdmitted: false,
        because:
          'it came later, and shares neither instance profile nor auto scaling group with a member that has carried its routes',
      }
    : yes('identity', `a member that has carried its routes has the same ${shared}`);
}

const yes = (how: Membership['how'], because: string): Admission => ({
  isAdmitted: true,
  how,
  because,
});

/** Admitted for one table of its group at least; of a group without tables, as such. */
export function joinOf(appliance: Appliance, scene: AdmissionScene): Admission {
  const tables = scene.topology.tables.filter(({ groups }) => groups.includes(appliance.group));
  const answers = tables.map((table) => admissionOf(appliance, table, scene));
  return (
    answers.find(({ isAdmitted }) => isAdmitted) ??
    answers[0] ??
    admissionOf(appliance, undefined, scene)
  );
}

export const identitiesOf = (identity: Identity | undefined): readonly string[] => [
  ...(identity?.instanceProfile == null ? [] : [`instance profile ${identity.instanceProfile}`]),
  ...(identity?.autoScalingGroup == null
    ? []
    : [`auto scaling group ${identity.autoScalingGroup}`]),
];

/** Whether the table's tag `vpn-medic:members` names it: that admits it to the routes of this table alone. */
export const isNamedBy = (
  { members }: Pick<TableObservation, 'members'>,
  { instanceId, identity }: Appliance,
): boolean =>
  members !== undefined && namesOf(instanceId, identity).some((name) => members.includes(name));

/** An instance profile by its ARN, or by its name. */
const namesOf = (instanceId: string, identity: Identity | undefined): readonly string[] => [
  instanceId,
  ...(identity?.instanceProfile == null
    ? []
    : [identity.instanceProfile, identity.instanceProfile.split('/').at(-1) ?? '']),
  ...(identity?.autoScalingGroup == null ? [] : [identity.autoScalingGroup]),
];

/**
 * A group at first sight: the members that its routes lead to, and those that were launched as one of them is. Where a
 * carrier has neither profile nor auto scaling group, others without both are no stranger than it. Null: no carrier yet.
 */
function foundersOf(group: string, topology: Topology, now: Instant): GroupAdmission | null {
  const carriers = carriersOf(group, topology);
  if (carriers.length === 0) return null;
  const identities = carriers.flatMap(({ identity }) => identitiesOf(identity));
  const isFounder = (one: Appliance) =>
    identitiesOf(one.identity).some((name) => identities.includes(name)) ||
    (isBare(one) && carriers.some(isBare));
  return {
    members: Object.fromEntries(
      topology.appliances.flatMap((one): readonly [string, Membership][] => {
        if (one.group !== group) return [];
        if (carriers.includes(one)) return [[one.instanceId, { how: 'carrier', at: now }]];
        return isFounder(one) ? [[one.instanceId, { how: 'founder', at: now }]] : [];
      }),
    ),
    identities: [...new Set(identities)].slice(-IDENTITIES_MAX),
  };
}

const isBare = ({ identity }: Appliance): boolean =>
  identity !== undefined && identitiesOf(identity).length === 0;

export function carriersOf(group: string, { appliances, routes }: Topology): readonly Appliance[] {
  const ids = new Set(routes.filter((one) => one.group === group).map(({ nextHop }) => nextHop));
  return appliances.filter((one) => one.group === group && ids.has(one.instanceId));
}

/** With the founders of the groups that are seen for the first time; the same object when there are none. */
export function withFounders<M extends { readonly admissions: Admissions }>(
  memory: M,
  topology: Topology,
  now: Instant,
): M {
  const found = [...new Set(topology.appliances.map(({ group }) => group))]
    .filter((group) => !memory.admissions.has(group))
    .flatMap((group): readonly (readonly [string, GroupAdmission])[] => {
      const founders = foundersOf(group, topology, now);
      return founders === null ? [] : [[group, founders]];
    });
  return found.length === 0
    ? memory
    : { ...memory, admissions: new Map([...memory.admissions, ...found]) };
}

export const IDENTITIES_MAX = 40;
