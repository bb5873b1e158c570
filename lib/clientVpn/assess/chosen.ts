/** What the owner chose for an endpoint, and what follows from it: no log, a full tunnel without a way out. Pure. */
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import type { EndpointCheck } from '../types/check.ts';

export const LOG_CHECK: EndpointCheck = {
  reasons: ['ConnectionLogOff'],
  judge({ fact }) {
    const { isLogged } = fact.settings;
    if (isLogged === null) return null;
    return isLogged
      ? []
      : [
          {
            reason: 'ConnectionLogOff',
            severity: 'info',
            summary: 'The endpoint writes no connection log: a login that fails leaves no trace.',
            evidence: ['ConnectionLogOptions.Enabled is false'],
            hint: ENDPOINT_FINDINGS.ConnectionLogOff.hint,
          },
        ];
  },
};

/** Only while everything that decides it is known. */
export const EGRESS_CHECK: EndpointCheck = {
  reasons: ['FullTunnelWithoutEgress'],
  judge({ fact, associations, surroundings }) {
    if (fact.settings.isSplit === true) return [];
    if (surroundings === null || !surroundings.routes.known) return null;
    if (fact.settings.isSplit === null || !associations.known) return null;
    const ways = surroundings.routes.value.filter(
      ({ destination, state }) => destination === '0.0.0.0/0' && state === 'active',
    );
    const why =
      ways.length === 0
        ? 'the endpoint has no route for 0.0.0.0/0'
        : closedWays(
            ways.map(({ subnetId }) => subnetId),
            surroundings.egress,
          );
    if (why === null) return null;
    if (why === '') return [];
    return [
      {
        reason: 'FullTunnelWithoutEgress',
        severity: 'info',
        summary: `All traffic of the clients goes through the tunnel, and ${why}: they reach no internet while they are connected.`,
        evidence: ['SplitTunnel is false', why],
        hint: ENDPOINT_FINDINGS.FullTunnelWithoutEgress.hint,
      },
    ];
  },
};

type Egress = NonNullable<Parameters<typeof EGRESS_CHECK.judge>[0]['surroundings']>['egress'];

/** Why none of the subnets leads out; empty: one does; null: it cannot be told. */
function closedWays(subnetIds: readonly string[], egress: Egress): string | null {
  // A transit gateway's own routes lead on from there.
  if (subnetIds.includes('')) return null;
  if (egress === null || !egress.known) return null;
  const { bySubnet, main } = egress.value;
  const leads = subnetIds.map((id) => bySubnet.get(id) ?? main);
  if (leads.includes(true)) return '';
  return leads.includes(null)
    ? null
    : `no route table of ${subnetIds.join(', ')} has a default route`;
}
