/** Goal: a standby connection of a transit gateway is recognised, and where the routes do not show whose it is, a person chooses. */
import { expect, test } from '@jest/globals';
import { missingTags } from '../../../lib/cli/setup/tags.ts';
import { connectionProposalOf } from '../../../lib/cli/setup/transit.ts';
import type { TransitConnection, TransitTable } from '../../../lib/cli/setup/types.ts';
import { tagIndex } from '../../../lib/core/tags.ts';
import { tagsOf } from '../../builders/facts.ts';

const on = (id: string, name: string, group: string | null = null): TransitConnection => ({
  connectionId: `vpn-${id}`,
  name,
  group,
  transitGatewayId: 'tgw-1',
});

const table = (
  statics: readonly (readonly [string, string])[],
  others: string[] = [],
): TransitTable => ({
  tableId: 'tgw-rtb-1',
  transitGatewayId: 'tgw-1',
  statics: statics.map(([destination, resourceId]) => ({
    destination,
    attachment: { attachmentId: `tgw-attach-${resourceId}`, resourceId, resourceType: 'vpn' },
    isBlackhole: false,
  })),
  carriers: new Set([...statics.map(([, id]) => id), ...others]),
});

const proposed = (connections: readonly TransitConnection[], tables: readonly TransitTable[]) =>
  connectionProposalOf({ connections, tables }, new Set());

test('one connection carries the static routes and another carries none: one group, and the table is tagged', () => {
  const { groups, unclear } = proposed(
    [on('2', 'berlin-b'), on('1', 'berlin-a')],
    [table([['10.9.0.0/16', 'vpn-1']])],
  );
  expect(unclear).toEqual([]);
  expect(groups).toMatchObject([{ name: 'berlin', carrierIds: ['vpn-1'] }]);
  expect(missingTags([], groups, tagIndex([]))).toEqual([
    { resourceId: 'vpn-1', key: 'vpn-medic:group', value: 'berlin' },
    { resourceId: 'vpn-2', key: 'vpn-medic:group', value: 'berlin' },
    { resourceId: 'tgw-rtb-1', key: 'vpn-medic:group', value: 'berlin' },
  ]);
});

test('a connection that propagated routes lead to stands by for none', () => {
  const tables = [table([['10.9.0.0/16', 'vpn-1']], ['vpn-2'])];
  expect(proposed([on('1', 'berlin'), on('2', 'paris')], tables)).toEqual({
    groups: [],
    unclear: [],
  });
});

test('two connections with static routes and one without: a note, and no tag', () => {
  const statics = [
    ['10.9.0.0/16', 'vpn-1'],
    ['10.8.0.0/16', 'vpn-2'],
  ] as const;
  const { groups, unclear } = proposed(
    [on('1', 'berlin'), on('2', 'paris'), on('3', 'spare')],
    [table(statics)],
  );
  expect(groups).toEqual([]);
  expect(unclear).toEqual([
    'tgw-1: static routes lead to berlin, paris, and none to spare; tag those that reach the same site with one vpn-medic:group',
  ]);
});

test('a group that tags name is kept, and only its table lacks a tag', () => {
  const { groups } = proposed(
    [on('1', 'a', 'hq'), on('2', 'b', 'hq')],
    [table([['10.9.0.0/16', 'vpn-1']])],
  );
  const tags = tagIndex(tagsOf({ 'vpn-1': { group: 'hq' }, 'vpn-2': { group: 'hq' } }));
  expect(missingTags([], groups, tags)).toEqual([
    { resourceId: 'tgw-rtb-1', key: 'vpn-medic:group', value: 'hq' },
  ]);
});
