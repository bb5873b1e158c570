/** The report of check as text. Pure. */

import { counted } from '../../core/text.ts';
import { isLate } from '../../watcher/lastLooks.ts';
import { lateTexts } from '../../watcher/lastLooksText.ts';
import { colour } from '../output/colour.ts';
import { type Block, blank, line, title } from '../output/textBlocks.ts';
import { writeWatch } from '../output/watchText.ts';
import type { Viewpoint } from '../pass.ts';
import { writeConnectionGroup } from './connectionGroupsText.ts';
import { writeFindings, writeIncidents } from './findingsText.ts';
import { writeGroup } from './groupText.ts';
import { writeConnections, writeEndpoints } from './managedText.ts';
import type { Opening } from './opening.ts';
import { writeRoutes } from './routesText.ts';
import { type Trouble, troubleOf } from './trouble.ts';
import type { CheckReport } from './types.ts';

/** What is known before the probes: account, region, who watches, and what the leader has found. */
export const writeOpening = (opening: Opening): readonly Block[] => [
  ...headline(opening),
  ...leaderVerdict(opening),
];

/** More are listed after the probes. */
const NAMED_MAX = 5;

/** Nothing where the leader is late: another line reports that. */
function leaderVerdict({ watch, incidents }: Opening): readonly Block[] {
  if (watch === null || incidents === null || isLate(watch)) return [];
  const bad = incidents.filter(({ severity }) => severity !== 'info');
  if (bad.length === 0) return [line(colour('good', '✓ The leader has no open incident.'))];
  const isCritical = bad.some(({ severity }) => severity === 'critical');
  const named = bad
    .slice(0, NAMED_MAX)
    .map(
      ({ reason, subject, missedAt }) =>
        `${reason} ${subject.name}${missedAt === null ? '' : ' (ending)'}`,
    );
  const more = bad.length > NAMED_MAX ? ', ...' : '';
  return [
    line([
      colour(
        isCritical ? 'bad' : 'warn',
        `${isCritical ? '✕' : '!'} The leader has ${counted(bad.length, 'open incident')}`,
      ),
      `: ${named.join(', ')}${more}`,
    ]),
  ];
}

/** The rest, after the probes: the result first, then what it rests on. `opening` null: EC2 did not answer. */
export const writeCheck = (
  report: CheckReport,
  opening: Opening | null,
  showsAll: boolean,
): readonly Block[] => [
  ...writeResult(report, opening),
  ...(report.memory.kind === 'unreadable'
    ? [line([colour('warn', 'The state table cannot be read: '), report.memory.why])]
    : []),
  ...writeIncidents(report),
  ...report.groups.flatMap((group) => writeGroup(group, report)),
  ...(opening === null ? [] : writeRoutes(opening, showsAll)),
  ...writeConnections(report),
  ...report.connectionGroups.flatMap((group) => writeConnectionGroup(group, showsAll)),
  ...writeEndpoints(report.endpoints),
  ...writeFindings(report),
];

function headline({
  accountId,
  region,
  at,
  appliances,
  routes,
  viewpoint,
  watch,
  capture,
}: Opening): readonly Block[] {
  const groups = new Set(appliances.map(({ group }) => group));
  return [
    title(`Account ${accountId || 'unknown'}, ${region}, ${at.slice(0, 19).replace('T', ' ')} UTC`),
    line(
      `${counted(appliances.length, 'appliance')} in ${counted(groups.size, 'group')}, ${counted(routes.length, 'managed route')}. ${capture === null ? VIEWPOINTS[viewpoint] : `As in the capture ${capture}.`}`,
    ),
    ...(watch === null ? [] : writeWatch(watch)),
  ];
}

const VIEWPOINTS: Readonly<Record<Viewpoint, string>> = {
  machine: 'Probes leave from this machine.',
  functions: 'Probes leave from the deployed probe functions.',
  none: 'No probes are sent.',
};

function writeResult(report: CheckReport, opening: Opening | null): readonly Block[] {
  const { result, objections } = report;
  // The opening has said who does not watch.
  const told = new Set(opening?.watch == null ? [] : lateTexts(opening.watch));
  const why = objections
    .filter((objection) => !told.has(objection))
    .map((objection) => line(objection, 2));
  switch (result) {
    case 'well':
      return [blank, line(colour('good', '✓ Well: nothing needs a person.'))];
    case 'needs-a-person':
      return [
        blank,
        line(colour('bad', `✕ ${describeTrouble(troubleOf(report))}.`)),
        ...(why.length === 0 ? [] : [line('Besides, not everything could be checked:'), ...why]),
      ];
    case 'cannot-tell':
      return [
        blank,
        line(
          colour(
            'warn',
            why.length === 0
              ? '? Unknown whether all is well: it is not watched, see above.'
              : '? Unknown whether all is well:',
          ),
        ),
        ...why,
      ];
    default:
      return result satisfies never;
  }
}

function describeTrouble({ findingCount, groups }: Trouble): string {
  const finding = `${counted(findingCount, 'finding')} ${findingCount === 1 ? 'needs' : 'need'} a person`;
  const stuck = (group: string) =>
    `${group}${groups.length === 1 ? '' : 's'} ${groups.join(', ')} cannot fail over now`;
  if (groups.length === 0) return finding;
  return findingCount === 0 ? stuck('Group') : `${finding}, and ${stuck('group')}`;
}
