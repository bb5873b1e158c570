/** Routes of VPC tables to gateways and endpoints that carry nothing. Pure. */
import { NETWORK_FINDINGS } from '../../core/findings/network.ts';
import type { Reading } from '../../core/reading.ts';
import { counted } from '../../core/text.ts';
import type { NetworkFinding } from '../state.ts';
import type { NetworkTable, NetworkWorld } from '../types.ts';
import { subjectOf } from './finding.ts';

/** What EC2 calls a blackhole; peerings are judged by their own state. Null: it is not known. */
export function routesToNothing({
  tables,
  privateLinks,
  at,
}: NetworkWorld): readonly NetworkFinding[] | null {
  if (!tables.known) return null;
  // One that is watched has a finding of its own, which names its routes.
  const watched = new Set(
    privateLinks.known
      ? privateLinks.value.flatMap(({ state, ignored, endpointId }) =>
          isWell(state) || ignored !== null ? [] : endpointId,
        )
      : [],
  );
  return tables.value
    .filter(({ ignored }) => ignored === null)
    .flatMap(({ tableId, name, vpcId, routes, isWatched }) => {
      const bad = routes
        .filter(({ target, isBlackhole }) => isBlackhole && GATEWAY.test(target))
        .filter(({ target }) => !watched.has(target))
        .map(({ destination, target }) => `${destination} by ${target}: EC2 calls it a blackhole`);
      if (bad.length === 0) return [];
      return [
        {
          reason: 'RouteTargetGone' as const,
          subject: subjectOf('table', tableId, name),
          severity: isWatched ? ('warning' as const) : ('info' as const),
          summary: `${counted(bad.length, 'route')} of ${name} (${vpcId}) ${bad.length === 1 ? 'leads' : 'lead'} to what is gone: ${bad[0] ?? ''}.`,
          evidence: bad,
          since: at,
          hint: NETWORK_FINDINGS.RouteTargetGone.hint,
        },
      ];
    });
}

const GATEWAY = /^(?:tgw|vgw|vpce)-/;

const isWell = (state: string): boolean => state === 'available' || state === 'pending';

/** Evidence of an endpoint: the routes that lead to it. */
export const routesTo = (
  endpointId: string,
  tables: Reading<readonly NetworkTable[]>,
): readonly string[] =>
  (tables.known ? tables.value : []).flatMap(({ name, routes }) =>
    routes
      .filter(({ target }) => target === endpointId)
      .map(({ destination }) => `${destination} of ${name} leads to it`),
  );
