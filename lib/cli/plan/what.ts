/** What `plan --fail` can be asked about. Pure. */

import type { Topology } from '../../appliances/types/topology.ts';
import { compare } from '../../core/order.ts';
import { counted } from '../../core/text.ts';
import { toIso } from '../../core/time.ts';
import { sitesOf } from '../../siteToSite/assess/sites.ts';
import { isStanding } from '../../siteToSite/types/connection.ts';
import type { ConnectionPass } from '../check/connections.ts';
import { type Block, blank, line, table, title } from '../output/textBlocks.ts';
import { reportWatch, writeWatch } from '../output/watchText.ts';
import type { Observation } from '../pass.ts';

/** As `--json` prints it. Version 1: fields may be added, never renamed or taken away. */
export interface PlanSubjects {
  readonly version: 1;
  readonly region: string;
  readonly at: string;
  readonly watch: ReturnType<typeof reportWatch> | null;
  readonly subjects: readonly PlanSubject[];
}

export interface PlanSubject {
  /** As `--fail` takes it. */
  readonly fail: string;
  readonly what: string;
  readonly applianceCount: number;
  /** Managed routes that lead through it now. */
  readonly routeCount: number;
}

export const reportSubjects = (
  { world, leader }: Observation,
  connections: ConnectionPass,
): PlanSubjects => ({
  version: 1,
  region: world.region,
  at: toIso(world.at),
  watch: leader === null ? null : reportWatch(leader.watch),
  subjects: [...subjectsOf(world.topology), ...connectionSubjects(connections)],
});

function subjectsOf({ appliances, routes }: Topology): readonly PlanSubject[] {
  const subject = (fail: string, what: string, ids: readonly string[]): PlanSubject => ({
    fail,
    what,
    applianceCount: ids.length,
    routeCount: routes.filter(({ nextHop }) => ids.includes(nextHop)).length,
  });
  const zones = Map.groupBy(appliances, ({ zone }) => zone);
  return [
    ...[...zones]
      .toSorted(([a], [b]) => compare(a, b))
      .map(([zone, inside]) =>
        subject(
          `zone:${zone}`,
          counted(inside.length, 'appliance'),
          inside.map(({ instanceId }) => instanceId),
        ),
      ),
    ...appliances
      .toSorted((a, b) => compare(a.name, b.name) || compare(a.instanceId, b.instanceId))
      .map(({ instanceId, name, group, zone }) =>
        subject(`instance:${instanceId}`, `${name} of ${group} in ${zone}`, [instanceId]),
      ),
  ];
}

function connectionSubjects({ world, transit }: ConnectionPass): readonly PlanSubject[] {
  const facts = world.connections.known ? world.connections.value.filter(isStanding) : [];
  const gateways = world.customerGateways.known ? world.customerGateways.value : [];
  const routeCount = (ids: readonly string[]) =>
    (transit?.routes ?? []).filter(({ connectionId }) => ids.includes(connectionId)).length;
  return [
    ...facts
      .toSorted((a, b) => compare(a.name, b.name) || compare(a.connectionId, b.connectionId))
      .map(({ connectionId, name, group }) => ({
        fail: `connection:${connectionId}`,
        what: group === null ? name : `${name} of ${group}`,
        applianceCount: 0,
        routeCount: routeCount([connectionId]),
      })),
    ...sitesOf(facts, gateways)
      .filter(({ connections }) => connections.length > 1)
      .map(({ name, connections }) => ({
        fail: `site:${name}`,
        what: counted(connections.length, 'connection'),
        applianceCount: 0,
        routeCount: routeCount(connections.map(({ connectionId }) => connectionId)),
      })),
  ];
}

export const writeSubjects = (
  { region, subjects }: PlanSubjects,
  { leader }: Observation,
): readonly Block[] => [
  title(`What can be planned in ${region}`),
  ...(leader === null ? [] : writeWatch(leader.watch)),
  ...(subjects.length === 0
    ? [
        line(
          'No instance is tagged vpn-medic:group, and there is no connection, so there is nothing to fail.',
        ),
      ]
    : [
        table(
          ['--fail', 'ROUTES', 'WHAT'],
          subjects.map(({ fail, what, routeCount }) => [fail, String(routeCount), what]),
        ),
        blank,
        line('vpn-medic plan --fail WHAT says what would move where, and what would be lost.'),
      ]),
];
