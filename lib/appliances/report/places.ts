/** What a finding's subject is within (appliance, zone, group, region): by it findings are inhibited, silenced and ignored. Pure. */

import type { Finding, Subject } from '../../core/finding.ts';
import type { Appliance } from '../types/topology.ts';
import type { World } from '../types/world.ts';

/** The findings, each with the ids of what its subject is within, the nearest first; those that say so already keep it. */
export function withPlaces(findings: readonly Finding[], world: World): readonly Finding[] {
  if (findings.length === 0) return findings;
  const places = openPlaces(world);
  return findings.map((finding) =>
    finding.subject.within === undefined
      ? { ...finding, subject: { ...finding.subject, within: places(finding.subject) } }
      : finding,
  );
}

function openPlaces({ topology, region }: World): (subject: Subject) => readonly string[] {
  const appliances = new Map(topology.appliances.map((one) => [one.instanceId, one]));
  const routes = new Map(topology.routes.map((one) => [one.key, one]));
  const ofAppliance = (id: string): readonly string[] => {
    const appliance = appliances.get(id);
    return appliance === undefined ? [] : [appliance.zone, appliance.group, appliance.vpcId];
  };
  return (subject) => {
    const { id, kind, group, zone } = subject;
    const route = routes.get(id);
    const greater = [
      ...(kind === 'route' && route !== undefined
        ? [route.nextHop, ...ofAppliance(route.nextHop)]
        : []),
      // A route's key begins with its table.
      ...(kind === 'route' ? [id.split(' ')[0] ?? ''] : []),
      ...ofAppliance(id),
      ...(kind === 'appliance' && zone !== null ? [zone] : []),
      ...(group === null ? [] : [group]),
      ...(kind === 'zone' || kind === 'group'
        ? sharedBy(topology.appliances.filter((one) => one.zone === id || one.group === id))
        : []),
      region,
    ];
    return [...new Set(greater)].filter((one) => one !== id && one !== '');
  };
}

/** The group and VPC that all appliances of a zone or group share. */
const sharedBy = (inside: readonly Appliance[]): readonly string[] =>
  [({ group }: Appliance) => group, ({ vpcId }: Appliance) => vpcId].flatMap((of) => {
    const [only, ...others] = new Set(inside.map(of));
    return only === undefined || others.length > 0 ? [] : [only];
  });
