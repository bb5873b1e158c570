/** The Client VPN part of the map. Pure. */
import { type AssociationFact, type EndpointFact, isLeaving } from '../clientVpn/types/endpoint.ts';
import type { Reading } from '../core/reading.ts';
import type { LeaderVerdict } from '../watcher/leaderView.ts';
import type { Health, MapEndpoint } from './scene.ts';

export interface EndpointSeen {
  readonly fact: EndpointFact;
  readonly associations: Reading<readonly AssociationFact[]>;
  /** Of a probe in the same look; absent: none was sent. */
  readonly reachability?: { readonly kind: 'up' | 'down' | 'unknown' | 'unasked' };
  /** The leader's verdict; absent: it has none that is fresh. */
  readonly leader?: LeaderVerdict | undefined;
}

/** An endpoint accepts clients when it is available, has an active association, and answers. */
export const mapEndpoints = (observations: readonly EndpointSeen[]): readonly MapEndpoint[] =>
  observations
    .filter(({ fact }) => !isLeaving(fact))
    .map((observation) => {
      const { fact } = observation;
      const active = activeOf(observation);
      return {
        id: fact.endpointId,
        name: fact.name === '' ? fact.endpointId : fact.name,
        zones: [...new Set((active ?? []).flatMap(({ zones }) => zones))].toSorted(),
        ...judge(observation, active),
      };
    });

const activeOf = ({ associations }: EndpointSeen): readonly AssociationFact[] | null =>
  associations.known ? associations.value.filter(({ state }) => state === 'associated') : null;

function judge(
  { fact, associations, reachability, leader }: EndpointSeen,
  active: readonly AssociationFact[] | null,
): { readonly health: Health; readonly why: string } {
  if (fact.state === 'unknown') return { health: 'unsure', why: 'EC2 reports an unknown state' };
  if (fact.state !== 'available') return { health: 'down', why: `EC2 says ${fact.state}` };
  if (active === null) {
    const why = associations.known ? '' : associations.why;
    return { health: 'unsure', why: `its associations cannot be read: ${why}` };
  }
  if (active.length === 0) {
    return { health: 'down', why: 'no active association: no client can connect' };
  }
  const state = `available, ${active.length} active`;
  if (leader?.kind === 'down') return { health: 'down', why: `${state}; leader: ${leader.why}` };
  if (leader?.kind === 'up') return { health: 'well', why: `${state}, answers the leader` };
  if (reachability?.kind === 'up') return { health: 'well', why: `${state}, answers` };
  const silent = reachability?.kind === 'down' ? 'does not answer here' : 'no answer was seen';
  return { health: 'unsure', why: `${state}; ${silent}` };
}
