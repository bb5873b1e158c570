/** The report of one pass over the endpoints: findings only, since nothing is ever written. Pure. */

import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import { quietOf } from './types/endpoint.ts';
import type { EndpointWorld } from './types/world.ts';

export const endpointReport = (
  { accountId, region, endpoints, gone }: EndpointWorld,
  findings: readonly Finding[],
): Report => ({
  accountId,
  region,
  findings,
  ignored: new Map(
    (endpoints ?? []).flatMap(({ fact }) => {
      const why = fact.tags['vpn-medic:ignore'];
      return why === undefined ? [] : [[fact.endpointId, why] as const];
    }),
  ),
  quiets: new Map(
    (endpoints ?? []).flatMap(({ fact }) => {
      const { quiet } = quietOf(fact);
      return quiet === null ? [] : [[fact.endpointId, quiet] as const];
    }),
  ),
  actions: [],
  held: [],
  gone: new Set(Object.keys(gone)),
});
