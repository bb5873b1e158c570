/** Findings about tags of transit gateway route tables that cannot be read. Pure. */
import type { Finding } from '../../core/finding.ts';
import { parseGroups, words } from '../../core/tags.ts';
import type { Instant } from '../../core/time.ts';
import type { TransitWorld } from '../types/world.ts';
import { preferredOf } from './routes.ts';

export function tagFindings({ tables }: TransitWorld, now: Instant): readonly Finding[] {
  if (!tables.known) return [];
  return tables.value.flatMap(
    ({ tableId, name, groupTag, preferredTag, membersTag, ignored }): readonly Finding[] => {
      if (ignored !== null) return [];
      const groups = parseGroups(groupTag);
      const whys = [
        ...(groups.ok ? [] : [`vpn-medic:group: ${groups.why}`]),
        ...(preferredTag === null || preferredOf(preferredTag) !== null
          ? []
          : [
              `vpn-medic:preferred: "${preferredTag}" is no connection: write for example "vpn-0a1b2c3d4e5f60718"`,
            ]),
        ...words(membersTag ?? '')
          .filter((word) => preferredOf(word) === null)
          .map(
            (word) =>
              `vpn-medic:members: "${word}" is no connection: write ids of connections, for example "vpn-0a1b2c3d4e5f60718"`,
          ),
      ];
      return whys.map((why) => ({
        reason: 'TagInvalid',
        subject: { kind: 'table', id: tableId, name, group: null, zone: null },
        severity: 'warning',
        summary: `The tag ${why}. It has no effect as it is.`,
        evidence: [`${tableId} is a transit gateway route table`],
        since: now,
        hint: 'Correct the tag.',
      }));
    },
  );
}
