/** Whether an endpoint is open to clients, in how many zones, and over which transport, as EC2 says. Pure. */
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import type { EndpointCheck } from '../types/check.ts';

/** Open to clients: `available`, with at least one associated subnet or zone. */
export const AVAILABLE_CHECK: EndpointCheck = {
  reasons: ['EndpointUnavailable'],
  judge({ fact, associations }) {
    const unavailable = (what: string, evidence: readonly string[]) =>
      [
        {
          reason: 'EndpointUnavailable',
          severity: 'critical',
          summary: `${what}: nobody can connect.`,
          evidence: [`state ${fact.state}`, ...evidence],
          hint: `aws ec2 describe-client-vpn-target-networks --client-vpn-endpoint-id ${fact.endpointId}`,
        },
      ] as const;
    const says = fact.stateMessage === '' ? [] : [`EC2 says: ${fact.stateMessage}`];
    switch (fact.state) {
      case 'pending-associate':
        return unavailable('The endpoint has no subnet that it lets clients into', says);
      case 'pending':
        return unavailable('The endpoint is pending, not available', says);
      case 'unknown':
        return null;
      case 'available': {
        if (!associations.known) return null;
        const states = associations.value.map(({ state }) => state);
        if (states.includes('associated')) return [];
        // A state that we do not know may mean the same.
        if (states.includes('unknown')) return null;
        return unavailable('The endpoint has no active association', [
          `associations: ${states.join(', ') || 'none'}`,
          ...says,
        ]);
      }
      case 'deleting':
      case 'deleted':
        return [];
      default:
        return fact.state satisfies never;
    }
  },
};

export const ZONES_CHECK: EndpointCheck = {
  reasons: ['EndpointSingleZone'],
  judge({ fact, associations }) {
    if (!associations.known) return null;
    const active = associations.value.filter(({ state }) => state === 'associated');
    // None at all is EndpointUnavailable; an association whose zone is not known may be in a second one.
    if (active.length === 0) return [];
    if (active.some(({ zones }) => zones.length === 0)) return null;
    const zones = [...new Set(active.flatMap((one) => one.zones))].toSorted();
    if (zones.length > 1) return [];
    return [
      {
        reason: 'EndpointSingleZone',
        severity: 'warning',
        summary: `The endpoint lets clients in by ${zones.join()} alone: with that zone everybody is out.`,
        evidence: [
          `${active.length} active association${active.length === 1 ? '' : 's'}, all in ${zones.join()}`,
        ],
        hint: `Associate a subnet of a second zone: aws ec2 associate-client-vpn-target-network --client-vpn-endpoint-id ${fact.endpointId} --subnet-id subnet-…`,
      },
    ];
  },
};

/** Route 53 has no UDP health checks, so DNS failover between regions never sees such an endpoint fail. */
export const TRANSPORT_CHECK: EndpointCheck = {
  reasons: ['EndpointNotHealthCheckable'],
  judge: ({ fact }) =>
    fact.transport === 'tcp'
      ? []
      : [
          {
            reason: 'EndpointNotHealthCheckable',
            severity: 'info',
            summary:
              'The endpoint speaks UDP, and Route 53 health checks speak TCP: DNS cannot fail over from it by itself.',
            evidence: [`transport udp, port ${fact.port}`],
            hint: ENDPOINT_FINDINGS.EndpointNotHealthCheckable.hint,
          },
        ],
};
