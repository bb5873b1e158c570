/** The tags of a proposal that are not there yet. Pure. */
import type { TagWrite } from '../../appliances/ports/discovery.ts';
import { TAG, type TagIndex, words } from '../../core/tags.ts';
import type { ProbeGuess, ProposedConnectionGroup, ProposedGroup, ProposedTable } from './types.ts';

/** Existing tags stay; only a table's list of groups may become longer. */
export function missingTags(
  groups: readonly ProposedGroup[],
  connectionGroups: readonly ProposedConnectionGroup[],
  tags: TagIndex,
): readonly TagWrite[] {
  const lacking = (resourceId: string, key: string, value: string): readonly TagWrite[] =>
    tags.get(resourceId)?.has(key) === true ? [] : [{ resourceId, key, value }];
  const ofMembers = groups.flatMap(({ name, members }) =>
    members.flatMap(({ instanceId, probe }) => [
      ...lacking(instanceId, TAG.group, name),
      ...(IS_PROPOSED[probe.basis] ? lacking(instanceId, TAG.probe, probe.clause) : []),
    ]),
  );
  const ofConnections = connectionGroups.flatMap(({ name, members }) =>
    members.flatMap(({ connectionId }) => lacking(connectionId, TAG.group, name)),
  );
  return [
    ...ofMembers,
    ...ofTables(groups, tags),
    ...ofConnections,
    ...ofTables(connectionGroups, tags),
  ];
}

function ofTables(
  groups: readonly { readonly name: string; readonly tables: readonly ProposedTable[] }[],
  tags: TagIndex,
): readonly TagWrite[] {
  const byTable = Map.groupBy(
    groups.flatMap(({ name, tables }) => tables.map(({ tableId }) => ({ tableId, name }))),
    ({ tableId }) => tableId,
  );
  return [...byTable].flatMap(([tableId, some]): readonly TagWrite[] => {
    const before = words(tags.get(tableId)?.get(TAG.group) ?? '');
    const missing = some.map(({ name }) => name).filter((name) => !before.includes(name));
    const value = [...before, ...missing].join(' ');
    return missing.length === 0 ? [] : [{ resourceId: tableId, key: TAG.group, value }];
  });
}

/** A probe with a key would be wrong before the key is there. */
const IS_PROPOSED: Readonly<Record<ProbeGuess['basis'], boolean>> = {
  tag: false,
  rules: true,
  image: true,
  key: false,
  none: false,
};
