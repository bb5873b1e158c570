/** What a look at the endpoints has to tell: nothing is ever done to one. Pure. */

import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
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
  actions: [],
  held: [],
  gone: new Set(Object.keys(gone)),
});
