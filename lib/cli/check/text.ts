/** The report of check as text. Pure. */

import { counted, shellQuoted } from '../../core/text.ts';
import { isLate } from '../../watcher/lastLooks.ts';
import { type Colour, colour, type Span, type Words } from '../output/colour.ts';
import { type Block, blank, line, table, title } from '../output/textBlocks.ts';
import { writeWatch } from '../output/watchText.ts';
import type { Viewpoint } from '../pass.ts';
import type { ApplianceReport, RouteReport } from './appliances.ts';
import { writeConnectionGroup } from './connectionGroupsText.ts';
import { FAILOVER_COLOURS, writeFailover } from './failoverText.ts';
import { writeConnections, writeEndpoints } from './managedText.ts';
import type { CheckReport, FindingReport, GroupReport, Opening } from './report.ts';

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
  if (bad.length === 0) return [line(colour('good', '✓ By the leader nothing is open.'))];
  const isCritical = bad.some(({ severity }) => severity === 'critical');
  const named = bad.slice(0, NAMED_MAX).map(({ reason, subject }) => `${reason} ${subject.name}`);
  const more = bad.length > NAMED_MAX ? ', ...' : '';
  return [
    line([
      colour(
        isCritical ? 'bad' : 'warn',
        `${isCritical ? '✕' : '!'} By the leader ${bad.length === 1 ? 'one incident is' : `${bad.length} incidents are`} open`,
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
  ...writeResult(report),
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

function writeGroup(group: GroupReport, { appliances }: CheckReport): readonly Block[] {
  const members = appliances.filter((one) => one.group === group.name);
  const isWell = group.wellCount === group.applianceCount;
  const isDown = members.some(({ health }) => health === 'down');
  return [
    blank,
    title([
      colour(isWell ? 'good' : isDown ? 'bad' : 'warn', isWell ? '✓ ' : isDown ? '✕ ' : '? '),
      colour('strong', `Group ${group.name}: `),
      colour(isWell ? 'good' : 'warn', `${group.wellCount} of ${group.applianceCount} well`),
      colour('strong', `, ${counted(group.routeCount, 'route')}`),
    ]),
    ...writeFailover(group),
    ...writeWayBack(group),
    ...writeSshRepair(group),
    table(
      ['APPLIANCE', 'ID', 'ZONE', 'HEALTH', 'ROUTES', 'WHY'],
      members.map((one) => [
        one.name,
        one.instanceId,
        one.zone,
        healthOf(one),
        String(one.routeCount),
        one.ignored === null ? one.why : `ignored (${one.ignored}); ${one.why}`,
      ]),
    ),
    ...(group.pinnedRoutes.length === 0
      ? []
      : [
          line(
            [
              colour('warn', `${counted(group.pinnedRoutes.length, 'route')} pinned`),
              ` after flapping: once it is repaired, run vpn-medic ack ${shellQuoted(group.name)}`,
            ],
            2,
          ),
        ]),
  ];
}

const writeWayBack = ({ wayBack }: GroupReport): readonly Block[] => [
  line(
    [
      'far side answers through its tunnels: ',
      colour(wayBack.isSeen === 'yes' ? 'good' : 'warn', wayBack.isSeen),
      `, because ${wayBack.because}`,
    ],
    2,
  ),
  ...toDo(wayBack),
];

const writeSshRepair = ({ sshRepair }: GroupReport): readonly Block[] =>
  sshRepair === null
    ? []
    : [
        line(
          [
            'can be repaired over SSH: ',
            colour(FAILOVER_COLOURS[sshRepair.canLogIn], sshRepair.canLogIn),
            `, because ${sshRepair.because}`,
          ],
          2,
        ),
        ...toDo(sshRepair),
      ];

const toDo = ({ toDo: what }: { readonly toDo: string | null }): readonly Block[] =>
  what === null ? [] : [line(['To do: ', what], 4)];

const HEALTH_COLOURS: Readonly<Record<ApplianceReport['health'], Colour>> = {
  well: 'good',
  down: 'bad',
  unsure: 'warn',
};

const healthOf = ({ health }: ApplianceReport): Words =>
  colour(HEALTH_COLOURS[health], health === 'down' ? 'DOWN' : health);

/** Above this number, routes on their preferred next hop are only counted. */
const ROUTES_SHOWN = 40;

function writeRoutes({ routes, appliances }: Opening, showsAll: boolean): readonly Block[] {
  if (routes.length === 0) return [];
  const names = new Map(appliances.map(({ instanceId, name }) => [instanceId, name]));
  const shown =
    showsAll || routes.length <= ROUTES_SHOWN
      ? routes
      : routes.filter((route) => !isExpected(route));
  const hiddenCount = routes.length - shown.length;
  const tableNames = namesOfTables(routes);
  return [
    blank,
    title('Managed routes'),
    ...(shown.length === 0
      ? []
      : [
          table(
            ['TABLE', 'DESTINATION', 'NEXT HOP', 'PREFERRED', 'STATE'],
            shown.map((route) => [
              tableNames.get(route.tableId) ?? route.tableId,
              route.destination,
              names.get(route.nextHop) ?? route.nextHop,
              route.preferred === null ? '-' : (names.get(route.preferred) ?? route.preferred),
              stateOf(route),
            ]),
          ),
        ]),
    ...(hiddenCount === 0
      ? []
      : [
          line(
            `${shown.length === 0 ? `All ${hiddenCount} are` : `${hiddenCount} more are`} on their preferred next hop (--all lists them).`,
            2,
          ),
        ]),
  ];
}

const isExpected = ({ state }: RouteReport): boolean => state === 'preferred' || state === 'pool';

/** Names that two tables share get the id too. */
function namesOfTables(routes: readonly RouteReport[]): ReadonlyMap<string, string> {
  const byId = new Map(routes.map(({ tableId, tableName }) => [tableId, tableName]));
  const idsByName = Map.groupBy(byId.keys(), (id) => byId.get(id));
  return new Map(
    [...byId].map(([id, name]) => [
      id,
      name !== id && (idsByName.get(name)?.length ?? 0) > 1 ? `${name} (${id})` : name,
    ]),
  );
}

function stateOf({ state, why }: RouteReport): Words {
  switch (state) {
    case 'preferred':
      return colour('good', 'preferred');
    case 'pool':
      return colour('good', 'preferred (client pool, pinned)');
    case 'failedOver':
      return colour('warn', 'failed over');
    case 'pool-moved':
      return colour('warn', 'moved (client pool, not on its appliance)');
    case 'contested':
      return colour('warn', `never moved: ${why ?? 'two appliances claim it'}`);
    case 'next-hop-down':
      return colour('bad', 'next hop is down');
    default:
      return state satisfies never;
  }
}

const SEVERITY_COLOURS: Readonly<Record<FindingReport['severity'], Colour>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'dim',
};

/** As the groups and the result have marks. */
const MARKS: Readonly<Record<FindingReport['severity'], string>> = {
  critical: '✕',
  warning: '!',
  info: '·',
};

const markedReason = (severity: FindingReport['severity'], reason: string): Span =>
  colour(SEVERITY_COLOURS[severity], `${MARKS[severity]} ${severity.toUpperCase()} ${reason}`);

const keyOf = ({ reason, subject }: FindingReport | CheckReport['incidents'][number]): string =>
  `${reason} ${subject.id}`;

/** What no incident of the leader's says already; all of them where the leader's may be out of date. */
function ownFindings({ findings, incidents, suppressed, watch }: CheckReport) {
  const isOutOfDate = watch?.isLate !== false;
  const covered = new Set((isOutOfDate ? [] : [...incidents, ...suppressed]).map(keyOf));
  return findings.filter((finding) => !covered.has(keyOf(finding)));
}

/** What the leader has found is not said twice. */
function writeFindings(report: CheckReport): readonly Block[] {
  const findings = ownFindings(report);
  if (findings.length === 0) return [];
  return [
    blank,
    title('Findings'),
    ...findings.flatMap(({ severity, reason, summary, evidence, hint, docs }) => [
      line([markedReason(severity, reason), ' ', summary], 2),
      ...(severity === 'info' ? [] : evidence.map((text) => line(colour('dim', text), 6))),
      line(['To do: ', hint], 4),
      line(colour('dim', docs), 4),
    ]),
  ];
}

function writeIncidents({ incidents, suppressed }: CheckReport): readonly Block[] {
  if (incidents.length === 0) return [];
  return [
    blank,
    title('Open incidents, by the leader'),
    ...incidents.flatMap(({ severity, reason, summary, hint, isAcked }) => [
      line(
        [
          markedReason(severity, reason),
          ` ${summary}${isAcked ? ' (acknowledged, or in maintenance)' : ''}`,
        ],
        2,
      ),
      line(['To do: ', hint], 4),
    ]),
    ...(suppressed.length === 0
      ? []
      : [
          line(
            `${suppressed.length} more suppressed, same root cause: vpn-medic incidents --all lists them.`,
            2,
          ),
        ]),
  ];
}

function writeResult(report: CheckReport): readonly Block[] {
  const { result, incidents, objections } = report;
  const bad = new Set(
    [...ownFindings(report), ...incidents].flatMap((one) =>
      one.severity === 'info' ? [] : [keyOf(one)],
    ),
  ).size;
  const why = objections.map((objection) => line(objection, 2));
  switch (result) {
    case 'well':
      return [blank, line(colour('good', '✓ Well: nothing needs a person.'))];
    case 'needs-a-person':
      return [
        blank,
        line(
          colour('bad', `✕ ${counted(bad, 'finding')} ${bad === 1 ? 'needs' : 'need'} a person.`),
        ),
        ...(why.length === 0 ? [] : [line('Besides, not everything could be checked:'), ...why]),
      ];
    case 'cannot-tell':
      return [blank, line(colour('warn', '? Unknown whether all is well:')), ...why];
    default:
      return result satisfies never;
  }
}
