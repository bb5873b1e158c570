/** One read-only pass over everything that the map shows. */

import type { Ports } from '../appliances/ports.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { EndpointPort } from '../clientVpn/ports.ts';
import { unpacked } from '../core/packed.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import { recallNetwork } from '../network/state.ts';
import { recallConnections } from '../siteToSite/state.ts';
import { recallTransit } from '../transitGateway/state.ts';
import { freshLook } from '../watcher/lastLooks.ts';
import { type LeaderView, readLeaderView } from '../watcher/leaderView.ts';
import { READ_ONLY, singlePass } from '../watcher/singlePass.ts';
import { openState } from '../watcher/state.ts';
import { mapAppliances } from './appliances.ts';
import { type EndpointSeen, mapEndpoints } from './clientVpn.ts';
import { mapDirectConnect } from './directConnect.ts';
import { heldByLeader } from './held.ts';
import type { MapScene } from './scene.ts';
import { mapSites } from './siteToSite.ts';
import { mapTransitTables } from './transitGateway.ts';

export interface SurveyPorts {
  readonly endpoints: Pick<EndpointPort, 'endpoints' | 'associations'>;
}

/** The three parts are read side by side; one that cannot be read is a gap on the map, and hides no other. */
export async function survey(
  ports: Ports & SurveyPorts,
  accountId: string | null,
  policy: Policy,
  signal: AbortSignal,
  homeRegion: string = ports.region,
): Promise<MapScene> {
  const observed: Policy = { ...policy, mode: 'observe' };
  const { store, clock, region } = ports;
  const [remembered, leader] = await Promise.all([
    openState(store, clock, region).remembered(observed, signal),
    readLeaderView(store, region, homeRegion, clock.now, signal),
  ]);
  const [{ tick }, others] = await Promise.all([
    singlePass(ports, remembered, { ...READ_ONLY, accountId, policy: observed }, signal),
    surveyOthers(ports, leader, signal),
  ]);
  const { world, assessment, memory } = tick;
  const scene = mapAppliances({
    world,
    assessment,
    held: heldByLeader({ world, assessment, memory, leader }, policy),
    groups: memory.groups,
    mode: policy.mode,
    leader,
    lookedFrom: 'the probe functions',
  });
  return { ...scene, ...others, gaps: [...scene.gaps, ...others.gaps] };
}

/** Sites as of the last poll, and Client VPN endpoints as they are now. */
async function surveyOthers(
  { region, store, endpoints }: Pick<Ports, 'region' | 'store'> & SurveyPorts,
  leader: LeaderView | null,
  signal: AbortSignal,
): Promise<Pick<MapScene, 'sites' | 'transitTables' | 'endpoints' | 'gaps'>> {
  const [stored, observations] = await Promise.all([
    store.read([`memory#connections#${region}`], signal),
    surveyEndpoints(endpoints, signal),
  ]);
  const isPolled = leader !== null && freshLook(leader.watch, 'connections') !== null;
  const kept = unpacked(stored.known ? (stored.value[0]?.body ?? null) : null);
  const memory = recallConnections(kept);
  return {
    sites: [
      ...mapSites(memory, isPolled),
      ...mapDirectConnect(recallNetwork(Object(kept).network), leader, isPolled),
    ],
    transitTables: mapTransitTables(recallTransit(Object(kept).transit), memory, isPolled),
    endpoints: observations.known ? mapEndpoints(withLeaders(observations.value, leader)) : [],
    gaps: [
      ...(stored.known ? [] : [`sites cannot be read: ${stored.why}`]),
      ...(observations.known ? [] : [`endpoints cannot be read: ${observations.why}`]),
    ],
  };
}

/** With the leader's verdicts. */
export const withLeaders = (
  seen: readonly EndpointSeen[],
  leader: LeaderView | null,
): readonly EndpointSeen[] =>
  seen.map((one) => ({ ...one, leader: leader?.verdicts.get(one.fact.endpointId) }));

async function surveyEndpoints(
  endpoints: SurveyPorts['endpoints'],
  signal: AbortSignal,
): Promise<Reading<readonly EndpointSeen[]>> {
  const listed = await endpoints.endpoints(signal);
  if (!listed.known) return listed;
  const ids = listed.value.map(({ endpointId }) => endpointId);
  const associations = await endpoints.associations(ids, signal);
  const observations = listed.value.map((fact) => ({
    fact,
    associations: associations.get(fact.endpointId) ?? unknown('not read', listed.at),
  }));
  return known(observations, listed.at);
}
