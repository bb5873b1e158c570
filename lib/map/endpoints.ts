/** The Client VPN part of the map. Pure. */
import { type AssociationFact, type EndpointFact, isLeaving } from '../clientVpn/types/endpoint.ts';
import type { Reading } from '../core/reading.ts';
import type { Health, MapEndpoint } from './scene.ts';

export interface EndpointSeen {
  readonly fact: EndpointFact;
  readonly associations: Reading<readonly AssociationFact[]>;
}

/** By EC2: an endpoint accepts clients when it is available and has an active association. */
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
  { fact, associations }: EndpointSeen,
  active: readonly AssociationFact[] | null,
): { readonly health: Health; readonly why: string } {
  if (fact.state === 'unknown') return { health: 'unsure', why: 'EC2 reports an unknown state' };
  if (fact.state !== 'available') return { health: 'down', why: `EC2 says ${fact.state}` };
  if (active === null) {
    const why = associations.known ? '' : associations.why;
    return { health: 'unsure', why: `its associations cannot be read: ${why}` };
  }
  return active.length > 0
    ? { health: 'well', why: `available, ${active.length} active` }
    : { health: 'down', why: 'no active association: no client can connect' };
}
