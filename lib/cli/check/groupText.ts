/** A group of appliances as text. Pure. */

import { counted, shellQuoted } from '../../core/text.ts';
import { type Colour, colour, type Words } from '../output/colour.ts';
import { type Block, blank, line, table, title } from '../output/textBlocks.ts';
import type { ApplianceReport } from './appliances.ts';
import { isTrouble } from './failover.ts';
import { FAILOVER_COLOURS, writeFailover } from './failoverText.ts';
import type { CheckReport, GroupReport } from './types.ts';

export function writeGroup(
  group: GroupReport,
  { appliances, watch }: CheckReport,
): readonly Block[] {
  const members = appliances.filter((one) => one.group === group.name);
  const isWell = group.wellCount === group.applianceCount;
  const isDown = members.some(({ health }) => health === 'down');
  const isStuck = watch !== null && isTrouble(group.failover);
  return [
    blank,
    title([
      isDown
        ? colour('bad', '✕ ')
        : isWell
          ? isStuck
            ? colour('warn', '! ')
            : colour('good', '✓ ')
          : colour('warn', '? '),
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
            'its services can be restarted: ',
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
