/** What could not be checked, in words. Pure. */

import { isUnrecorded, withoutRefusal } from '../../replay/unrecorded.ts';
import { lateTexts } from '../../watcher/lastLooksText.ts';
import type { Observation } from '../pass.ts';
import type { ApplianceReport } from './appliances.ts';
import type { ConnectionPass } from './connections.ts';
import type { EndpointPass } from './endpoints.ts';
import type { ScopeLook } from './scopeLook.ts';

/** Why the result cannot be `well`, one sentence each. */
export const objectionsOf = (
  observation: Observation,
  appliances: readonly ApplianceReport[],
  endpointPass: EndpointPass,
  connectionPass: ConnectionPass,
  others: readonly ScopeLook[],
  otherCount: number,
): readonly string[] =>
  [
    ...(observation.leader === null ? [] : lateTexts(observation.leader.watch)),
    ...applianceObjections(observation, appliances, otherCount),
    ...connectionObjections(connectionPass),
    ...endpointObjections(observation, endpointPass),
    ...others.flatMap(({ gaps }) => gaps).filter((gap) => !isUnrecorded({ evidence: [gap] })),
  ].map(withoutRefusal);

function applianceObjections(
  { world, store, viewpoint }: Observation,
  appliances: readonly ApplianceReport[],
  otherCount: number,
): readonly string[] {
  const unsure = appliances.filter(({ health }) => health === 'unsure');
  return [
    ...world.gaps.map(({ what, why }) => `${what} cannot be read: ${why}`),
    ...(world.gaps.length === 0 && appliances.length === 0 && otherCount === 0
      ? [`no instance in ${world.region} is tagged vpn-medic:group, so there is nothing to check`]
      : []),
    ...(unsure.length === 0
      ? []
      : [
          `${listNames(unsure)} cannot be judged ${viewpoint === 'none' ? 'without probes: EC2 alone proves nothing' : 'by these probes'}${viewpoint === 'machine' ? ': the deployed probes may reach more than this machine, so try --vantages' : ''}`,
        ]),
    ...(store.kind === 'unreadable' ? [`the watcher's state cannot be read: ${store.why}`] : []),
  ];
}

/** Probes that were switched off are no objection. */
const endpointObjections = (
  { viewpoint }: Observation,
  { world }: EndpointPass,
): readonly string[] =>
  world.gaps
    .filter(({ what }) => viewpoint !== 'none' || !what.startsWith('probe of '))
    .map(({ what, why }) => `${what} cannot be read: ${why}`);

const connectionObjections = ({ world }: ConnectionPass): readonly string[] => [
  ...(world.connections.known ? [] : [`connections cannot be read: ${world.connections.why}`]),
  ...(world.customerGateways.known
    ? []
    : [`customer gateways cannot be read: ${world.customerGateways.why}`]),
  ...(world.connections.known && world.series?.known === false
    ? [`metrics of tunnels cannot be read: ${world.series.why}`]
    : []),
];

const NAMES_SHOWN = 6;

function listNames(appliances: readonly ApplianceReport[]): string {
  const names = appliances.slice(0, NAMES_SHOWN).map(({ name }) => name);
  const rest = appliances.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
