/**
 * Goal: in whole accounts the proposal finds the groups that their owners made, and its tags are ones that the product
 * reads without a complaint. Method: the example captures and drawn accounts, each without the tags that it has.
 */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openCaptured } from '../../../lib/cli/captured/account.ts';
import { factsOf } from '../../../lib/cli/captured/facts.ts';
import { observeOnce } from '../../../lib/cli/pass.ts';
import type { SetupFacts } from '../../../lib/cli/setup/facts.ts';
import { proposalOf } from '../../../lib/cli/setup/propose.ts';
import type { Proposal } from '../../../lib/cli/setup/types.ts';
import { TAG, tagIndex } from '../../../lib/core/tags.ts';
import type { Snapshot } from '../../../lib/simulator/snapshot.ts';
import { someAccount } from '../../storm/account.ts';
import { drawStorm } from '../../storm/draw.ts';

/** As `setup` reads an account in which nothing is tagged. */
const untagged = ({ region, instances, interfaces, routeTables }: Snapshot): SetupFacts => ({
  region,
  instances,
  forwarders: interfaces.filter(
    ({ hasSourceDestCheck, instanceId }) => !hasSourceDestCheck && instanceId !== null,
  ),
  tables: routeTables,
  tags: tagIndex([]),
  groupIds: null,
  securityGroups: new Map(),
  images: new Map(),
  transit: { connections: [], tables: [] },
  crlAddresses: [],
  connectionCount: 0,
  endpointCount: 0,
  notes: [],
});

/** Each group that owners made, by its members' ids. */
function ownersGroups({ tags, instances }: Snapshot): readonly (readonly string[])[] {
  const own = new Set(instances.map(({ instanceId }) => instanceId));
  const members = tags.filter(({ key, resourceId }) => key === TAG.group && own.has(resourceId));
  return [...Map.groupBy(members, ({ value }) => value).values()].map((some) =>
    some.map(({ resourceId }) => resourceId).toSorted(),
  );
}

const proposedGroups = ({ groups }: Proposal): readonly (readonly string[])[] =>
  groups.map(({ members }) => members.map(({ instanceId }) => instanceId).toSorted());

describe.each(['hub', 'small-office'])('examples/captures/%s.jsonl', (name) => {
  const file = join(import.meta.dirname, `../../../examples/captures/${name}.jsonl`);

  test('has the proposed groups that its owner made', async () => {
    const { facts } = await factsOf(await openCaptured(file, {}));
    const { snapshot } = facts;
    expect(ownersGroups(snapshot).length).toBeGreaterThan(0);
    expect(new Set(proposedGroups(proposalOf(untagged(snapshot))))).toEqual(
      new Set(ownersGroups(snapshot)),
    );
  });
});

const SEEDS = Array.from({ length: 40 }, (_, index) => `setup-${index}`);

describe('a drawn account', () => {
  test.each(SEEDS)('%s: no proposed group has members of two', (seed) => {
    const { snapshot } = drawStorm(seed);
    const owners = ownersGroups(snapshot);
    const mixed = proposedGroups(proposalOf(untagged(snapshot))).filter(
      (group) => !owners.some((own) => group.every((id) => own.includes(id))),
    );
    expect(mixed).toEqual([]);
  });

  test.each(SEEDS)(
    '%s: with the proposed tags alone every one of its appliances and its routes are read, and no tag is wrong',
    async (seed) => {
      const { snapshot } = drawStorm(seed);
      const proposal = proposalOf(untagged(snapshot));
      const tags = proposal.tags.map((tag) => ({ ...tag, resourceType: typeOf(tag.resourceId) }));
      const account = someAccount({ snapshot: { ...snapshot, tags } });
      const { ports } = account.start('setup');
      const { region } = ports;
      const setup = { ...ports, viewpoint: 'none', homeRegion: region, store: null } as const;
      const { world } = await account.clock.through(
        observeOnce(setup, new AbortController().signal),
      );
      const { appliances, routes, faults } = world.topology;
      expect(appliances.map(({ instanceId }) => instanceId).toSorted()).toEqual(
        proposedGroups(proposal).flat().toSorted(),
      );
      const carried = proposal.groups.flatMap(({ tables }) =>
        tables.flatMap(({ tableId, destinations }) => destinations.map((to) => `${tableId} ${to}`)),
      );
      expect(
        routes.map(({ tableId, destination }) => `${tableId} ${destination}`).toSorted(),
      ).toEqual(carried.toSorted());
      expect(faults.filter(({ reason }) => reason === 'TagInvalid')).toEqual([]);
    },
  );
});

const typeOf = (resourceId: string): string =>
  resourceId.startsWith('i-') ? 'instance' : 'route-table';
