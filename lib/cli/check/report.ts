/** What check found, joined from its looks. Pure. */

import { compare } from '../../core/order.ts';
import { toIso } from '../../core/time.ts';
import { reportWatch } from '../output/watchText.ts';
import type { Observation } from '../pass.ts';
import { CANNOT_TELL, type ExitCode, NEEDS_A_PERSON, WELL } from '../terminal.ts';
import { type ApplianceReport, reportAppliance, reportRoute } from './appliances.ts';
import { reportConnectionGroups } from './connectionGroups.ts';
import { type ConnectionPass, reportConnections } from './connections.ts';
import { type EndpointPass, reportEndpoints } from './endpoints.ts';
import type { Deployed } from './failover/types.ts';
import { reportFailover } from './failover.ts';
import { reportFindings } from './findings.ts';
import { reportIncident } from './incident.ts';
import { objectionsOf } from './objections.ts';
import type { ScopeLook } from './scopeLook.ts';
import { reportSshRepair } from './sshRepair.ts';
import { troubleOf } from './trouble.ts';
import type { CheckReport, GroupReport } from './types.ts';
import { reportWayBack } from './wayBack.ts';

export function reportCheck(
  observation: Observation,
  endpointPass: EndpointPass,
  connectionPass: ConnectionPass,
  others: readonly ScopeLook[],
  deployed: Deployed,
): CheckReport {
  const { world, leader } = observation;
  const { topology } = world;
  const appliances = topology.appliances
    .map((appliance) => reportAppliance(appliance, observation))
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.instanceId, b.instanceId));
  const endpoints = reportEndpoints(endpointPass);
  const { sites, connections } = reportConnections(connectionPass);
  const findings = reportFindings(observation, endpointPass, connectionPass, others);
  const incidents = (leader?.incidents ?? []).map(reportIncident);
  const suppressed = (leader?.suppressed ?? []).map(reportIncident);
  const objections = objectionsOf(
    observation,
    appliances,
    endpointPass,
    connectionPass,
    others,
    endpoints.length + connections.length,
  );
  const watch = leader === null ? null : reportWatch(leader.watch);
  const groups = reportGroups(appliances, observation, deployed);
  const connectionGroups = reportConnectionGroups(connectionPass.transit, leader);
  const trouble = troubleOf({
    watch,
    findings,
    incidents,
    suppressed,
    groups,
    connectionGroups,
  });
  const isBad = trouble.findingCount + trouble.groups.length > 0;
  return {
    version: 1,
    accountId: world.accountId,
    region: world.region,
    at: toIso(world.at),
    viewpoint: observation.viewpoint,
    watch,
    memory: observation.store,
    result: isBad ? 'needs-a-person' : objections.length > 0 ? 'cannot-tell' : 'well',
    objections,
    groups,
    appliances,
    routes: topology.routes.map((route) => reportRoute(route, observation.assessment)),
    endpoints,
    sites,
    connections,
    connectionGroups,
    incidents,
    suppressed,
    findings,
    gaps: world.gaps.map(({ what, why, zone }) => ({ what, why, zone })),
    capture: observation.capture,
  };
}

function reportGroups(
  appliances: readonly ApplianceReport[],
  observation: Observation,
  deployed: Deployed,
): readonly GroupReport[] {
  const { world, memory } = observation;
  return [...Map.groupBy(appliances, ({ group }) => group)]
    .map(([name, members]): GroupReport => {
      const routes = world.topology.routes.filter(({ group }) => group === name);
      const pinnedAts = memory.groups.get(name)?.pinnedAts ?? {};
      return {
        name,
        vpcIds: [...new Set(members.map(({ vpcId }) => vpcId))],
        zones: [...new Set(members.map(({ zone }) => zone))].toSorted(),
        applianceCount: members.length,
        wellCount: members.filter(({ health }) => health === 'well').length,
        routeCount: routes.length,
        failover: reportFailover(name, observation, deployed),
        wayBack: reportWayBack(name, observation),
        sshRepair: reportSshRepair(name, observation, deployed),
        pinnedRoutes: routes.flatMap(({ key }) => (key in pinnedAts ? [key] : [])),
      };
    })
    .toSorted((a, b) => compare(a.name, b.name));
}

export const CHECK_EXITS: Readonly<Record<CheckReport['result'], ExitCode>> = {
  well: WELL,
  'needs-a-person': NEEDS_A_PERSON,
  'cannot-tell': CANNOT_TELL,
};
