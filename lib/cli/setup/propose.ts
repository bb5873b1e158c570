/** Which instances look like appliances, how they form groups, and which tags are missing. Pure. */
import type { InstanceFact, RouteTableFact } from '../../appliances/types/inventory.ts';
import { compare } from '../../core/order.ts';
import { TAG } from '../../core/tags.ts';
import { counted } from '../../core/text.ts';
import type { SetupFacts } from './facts.ts';
import { groupNameOf } from './names.ts';
import { probeOf } from './probes.ts';
import { type Product, productOf } from './products.ts';
import { missingTags } from './tags.ts';
import { connectionProposalOf } from './transit.ts';
import type {
  LeftOut,
  ProbeGuess,
  Proposal,
  ProposedGroup,
  ProposedMember,
  ProposedTable,
} from './types.ts';

/** The same account gives the same proposal, in whatever order it was read. */
export function proposalOf(facts: SetupFacts): Proposal {
  const candidates = facts.instances
    .filter(({ state }) => state === 'running')
    .toSorted((a, b) => compare(a.instanceId, b.instanceId))
    .map((instance) => candidateOf(instance, facts));
  const leftOut = candidates.flatMap((one) => objectionTo(one) ?? []);
  const fit = candidates.filter((one) => objectionTo(one) === null);
  const taken = new Set(candidates.flatMap(({ group }) => group ?? []));
  const groups = clustersOf(fit).map((cluster) => groupOf(cluster, facts, taken));
  const spares = fit.filter(
    ({ instance }) => !groups.some(({ members }) => members.some(isMember(instance))),
  );
  const connections = connectionProposalOf(facts.transit, taken);
  return {
    groups,
    connectionGroups: connections.groups,
    unclear: connections.unclear,
    tags: missingTags(groups, connections.groups, facts.tags),
    leftOut: [
      ...leftOut,
      ...facts.instances.flatMap(notRunning),
      ...spares.map(({ instance }) => ({
        ...named(instance),
        why: 'no route leads to it, and nothing shows which group it stands by for',
      })),
    ],
  };
}

interface Candidate {
  readonly instance: InstanceFact;
  /** Routes that people made and that lead to it, by table. */
  readonly carried: readonly ProposedTable[];
  readonly product: Product | null;
  readonly probe: ProbeGuess;
  readonly group: string | null;
  readonly isIgnored: boolean;
}

function candidateOf(instance: InstanceFact, facts: SetupFacts): Candidate {
  const own = new Set(
    facts.forwarders
      .filter(({ instanceId }) => instanceId === instance.instanceId)
      .map(({ interfaceId }) => interfaceId),
  );
  const tags = facts.tags.get(instance.instanceId);
  const product = productOf(facts.images.get(instance.instanceId) ?? '');
  return {
    instance,
    carried: facts.tables
      .toSorted((a, b) => compare(a.tableId, b.tableId))
      .flatMap((table) => carriedIn(table, own)),
    product,
    probe: probeOf([...own], facts, product, tags?.get(TAG.probe)),
    group: tags?.get(TAG.group)?.trim() || null,
    isIgnored: tags?.has(TAG.ignore) === true,
  };
}

function carriedIn(
  { tableId, name, routes }: RouteTableFact,
  own: ReadonlySet<string>,
): readonly ProposedTable[] {
  const destinations = routes
    .filter(({ interfaceId, origin }) => origin === 'created' && own.has(interfaceId ?? ''))
    .map(({ destination }) => destination)
    .toSorted();
  return destinations.length === 0 ? [] : [{ tableId, name, destinations }];
}

function objectionTo(candidate: Candidate): LeftOut | null {
  const { instance, carried, product, probe, group, isIgnored } = candidate;
  if (isIgnored) return { ...named(instance), why: `it is tagged ${TAG.ignore}` };
  if (group === null && product !== null && product.clause === null) {
    return { ...named(instance), why: `its image is that of a ${product.name}` };
  }
  const isDefaultOnly =
    carried.length > 0 &&
    carried.every(({ destinations }) => destinations.every((to) => DEFAULTS.has(to)));
  return group === null && isDefaultOnly && probe.basis === 'none'
    ? {
        ...named(instance),
        why: 'only default routes lead to it and no VPN port is open: a NAT instance? If it is an appliance, tag it by hand',
      }
    : null;
}

const notRunning = (instance: InstanceFact): readonly LeftOut[] =>
  instance.state === 'running' || instance.state === 'terminated'
    ? []
    : [{ ...named(instance), why: `it is ${instance.state}: only running ones are proposed` }];

const DEFAULTS: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);

const named = ({ instanceId, name }: InstanceFact) => ({ instanceId, name: name || instanceId });

const isMember =
  ({ instanceId }: InstanceFact) =>
  (member: ProposedMember): boolean =>
    member.instanceId === instanceId;

/** Candidates that belong together; those without a route and without kin are in none. */
function clustersOf(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const clusters: Candidate[][] = [];
  const carriers = candidates.filter(({ carried, group }) => carried.length > 0 || group !== null);
  for (const one of carriers) {
    const kin = clusters.filter((cluster) => cluster.some((other) => areOneGroup(one, other)));
    const merged = [...kin.flat(), one];
    for (const old of kin) clusters.splice(clusters.indexOf(old), 1);
    clusters.push(merged);
  }
  for (const spare of candidates.filter((one) => !carriers.includes(one))) {
    const homes = clusters.filter((cluster) => cluster.some((one) => areAlike(one, spare)));
    // Kin of two groups: a person decides.
    if (homes.length === 1) homes[0]?.push(spare);
  }
  return clusters;
}

/** A tag decides; without one, the same destination in one VPC. */
function areOneGroup(a: Candidate, b: Candidate): boolean {
  if (a.instance.vpcId !== b.instance.vpcId) return a.group !== null && a.group === b.group;
  if (a.group !== null && b.group !== null) return a.group === b.group;
  const reached = new Set(a.carried.flatMap(({ destinations }) => destinations));
  return b.carried.some(({ destinations }) => destinations.some((to) => reached.has(to)));
}

/** Launched by the same hand: one auto scaling group, or one instance profile, in one VPC. */
function areAlike({ instance: a }: Candidate, { instance: b }: Candidate): boolean {
  return (
    a.vpcId === b.vpcId &&
    (isSame(a.autoScalingGroup, b.autoScalingGroup) || isSame(a.instanceProfile, b.instanceProfile))
  );
}

const isSame = (one: string | null | undefined, other: string | null | undefined): boolean =>
  one != null && one !== '' && one === other;

function groupOf(
  cluster: readonly Candidate[],
  { groupIds }: SetupFacts,
  taken: Set<string>,
): ProposedGroup {
  const name = groupNameOf(
    cluster.map(({ instance, group }) => ({ ...instance, group })),
    taken,
  );
  taken.add(name);
  const members = cluster
    .toSorted((a, b) => compare(a.instance.instanceId, b.instance.instanceId))
    .map(({ instance, product, probe }) => ({
      ...named(instance),
      zone: instance.zone,
      subnetId: instance.subnetId,
      product: product?.name ?? null,
      probe,
    }));
  const tables = new Map<string, ProposedTable>();
  for (const { tableId, name: tableName, destinations } of cluster.flatMap((one) => one.carried)) {
    const before = tables.get(tableId)?.destinations ?? [];
    const all = [...new Set([...before, ...destinations])].toSorted();
    tables.set(tableId, { tableId, name: tableName || tableId, destinations: all });
  }
  const vpcId = cluster[0]?.instance.vpcId ?? '';
  const lacks = lacksOf(members, tables.size, groupIds !== null);
  return { name, vpcId, members, tables: [...tables.values()], lacks };
}

function lacksOf(
  members: readonly ProposedMember[],
  tableCount: number,
  areRulesKnown: boolean,
): readonly string[] {
  const zones = new Set(members.map(({ zone }) => zone));
  const namesOf = (basis: ProbeGuess['basis']): string =>
    members
      .filter(({ probe }) => probe.basis === basis)
      .map(({ name }) => name)
      .join(', ');
  const [unsure, keyed] = [namesOf('none'), namesOf('key')];
  return [
    ...(tableCount === 0 ? ['no route leads to any of its members'] : []),
    ...(members.length === 1 ? ['a second appliance, best in another zone'] : []),
    ...(members.length > 1 && zones.size === 1
      ? [`an appliance in another zone: all are in ${[...zones].join()}`]
      : []),
    ...(areRulesKnown && unsure !== ''
      ? [`a probe that answers: no port of a known VPN daemon is open on ${unsure}`]
      : []),
    ...(keyed === ''
      ? []
      : [
          `a probe that answers: WireGuard, whose port is open on ${keyed}, answers only a peer that it knows (docs/probes.md, "Probes with a key")`,
        ]),
  ];
}

/** `2 groups, 4 appliances, 6 tags to add`. */
export const summaryOf = ({ groups, connectionGroups, tags }: Proposal): string =>
  [
    counted(groups.length, 'group'),
    counted(
      groups.reduce((sum, { members }) => sum + members.length, 0),
      'appliance',
    ),
    ...(connectionGroups.length === 0
      ? []
      : [counted(connectionGroups.length, 'connection group')]),
    `${counted(tags.length, 'tag')} to add`,
  ].join(', ');
