/** Whether those who are connected reach something: authorization rules, routes, and ranges that collide. Pure. */
import { overlap } from '../../core/cidr.ts';
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import { counted } from '../../core/text.ts';
import type { EndpointCheck } from '../types/check.ts';
import type { AssociationFact } from '../types/endpoint.ts';
import type { ClientRouteFact } from '../types/surroundings.ts';

/** Of an endpoint that was never in use, `NotYetUp` says enough. */
export const RULES_CHECK: EndpointCheck = {
  reasons: ['AuthorizationRulesMissing', 'AuthorizationRuleFailed'],
  judge({ surroundings }, { hasBeenUp }) {
    if (surroundings?.rules.known !== true) return null;
    const { value: rules } = surroundings.rules;
    const failed = rules.filter(({ state }) => state === 'failed');
    const isClosed = rules.every(({ state }) => state === 'failed' || state === 'revoking');
    return [
      ...(isClosed && hasBeenUp
        ? [
            {
              reason: 'AuthorizationRulesMissing',
              severity: 'warning',
              summary:
                'The endpoint has no authorization rule in force: users connect and reach nothing.',
              evidence: [`${counted(rules.length, 'rule')}, none active`],
              hint: ENDPOINT_FINDINGS.AuthorizationRulesMissing.hint,
            } as const,
          ]
        : []),
      ...(failed.length > 0
        ? [
            {
              reason: 'AuthorizationRuleFailed',
              severity: 'warning',
              summary: `The authorization of ${failed.map(({ destination }) => destination).join(', ')} failed: no client reaches it by that rule.`,
              evidence: failed.map(
                ({ destination, stateMessage }) =>
                  `${destination}: failed, ${stateMessage === '' ? 'EC2 gives no reason' : `EC2 says: ${stateMessage}`}`,
              ),
              hint: ENDPOINT_FINDINGS.AuthorizationRuleFailed.hint,
            } as const,
          ]
        : []),
    ];
  },
};

export const ROUTES_CHECK: EndpointCheck = {
  reasons: ['EndpointRouteFailed'],
  judge({ surroundings, associations }, { hasBeenUp }) {
    if (surroundings?.routes.known !== true || !associations.known) return null;
    const { value: routes } = surroundings.routes;
    const bad = routes.flatMap((route) => {
      const why = faultOf(route, associations.value);
      return why === null ? [] : [{ route, why }];
    });
    const isNone = routes.length === 0 && hasBeenUp && associations.value.length > 0;
    if (bad.length === 0 && !isNone) return [];
    return [
      {
        reason: 'EndpointRouteFailed',
        severity: 'warning',
        summary: isNone
          ? 'The endpoint has no route: users connect and reach nothing.'
          : `${counted(bad.length, 'route')} of the endpoint ${bad.length === 1 ? 'leads' : 'lead'} nowhere: ${bad.map(({ route }) => route.destination).join(', ')}.`,
        evidence: bad.map(
          ({ route, why }) => `${route.destination} by ${route.subnetId || 'the gateway'}: ${why}`,
        ),
        hint: ENDPOINT_FINDINGS.EndpointRouteFailed.hint,
      },
    ];
  },
};

/** A subnet that no association names is gone from the endpoint, whatever the route's own state. */
function faultOf(
  { state, stateMessage, subnetId }: ClientRouteFact,
  associations: readonly AssociationFact[],
): string | null {
  if (state === 'failed') {
    return stateMessage === '' ? 'failed' : `failed, EC2 says: ${stateMessage}`;
  }
  if (state !== 'active' || subnetId === '') return null;
  const isThere = associations.some(
    (one) => one.subnetId === subnetId && one.state !== 'disassociated',
  );
  return isThere || associations.length === 0 ? null : 'the endpoint has no association with it';
}

/** Addresses of clients are translated on their way into a VPC: two endpoints alone collide only for what connects to clients. */
export const RANGE_CHECK: EndpointCheck = {
  reasons: ['ClientRangeOverlap'],
  judge({ fact: { clientCidr }, surroundings }, _past, isOpen) {
    if (clientCidr === null) return [];
    if (surroundings === null) return null;
    const { ranges, peers, others } = surroundings;
    const networks = [
      ...(ranges?.known === true
        ? ranges.value.map(({ cidr, vpcId }) => ({ cidr, of: `its VPC ${vpcId}` }))
        : []),
      ...(peers?.known === true
        ? peers.value.map(({ cidr, vpcId, peeringId }) => ({
            cidr,
            of: `${vpcId}, peered by ${peeringId}`,
          }))
        : []),
    ].filter(({ cidr }) => overlap(cidr, clientCidr));
    const clients = others
      .filter(({ cidr }) => overlap(cidr, clientCidr))
      .map(({ cidr, name, endpointId }) => ({ cidr, of: `the endpoint ${name} (${endpointId})` }));
    const all = [...networks, ...clients];
    const [first] = all;
    const isSeen = ranges?.known !== false && peers?.known !== false;
    if (first === undefined) return isSeen || !isOpen('ClientRangeOverlap') ? [] : null;
    return [
      {
        reason: 'ClientRangeOverlap',
        severity: networks.length > 0 ? 'warning' : 'info',
        summary: `The client range ${clientCidr} overlaps ${first.cidr} of ${first.of}${all.length > 1 ? ` and ${counted(all.length - 1, 'more range')}` : ''}: ${networks.length > 0 ? 'clients do not reach all of it' : 'what connects to clients reaches one of them'}.`,
        evidence: all.map(({ cidr, of }) => `${clientCidr} and ${cidr} of ${of}`),
        hint: ENDPOINT_FINDINGS.ClientRangeOverlap.hint,
      },
    ];
  },
};
