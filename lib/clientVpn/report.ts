/** What a look at the endpoints has to tell: nothing is ever done to one. Pure. */

import type { Finding } from '../core/finding.ts';
import type { Story } from '../core/report.ts';
import type { EndpointWorld } from './types/world.ts';

export const endpointStory = (
  { accountId, region, endpoints, gone }: EndpointWorld,
  findings: readonly Finding[],
): Story => ({
  accountId,
  region,
  findings,
  ignored: new Map(
    (endpoints ?? []).flatMap(({ fact }) => {
      const why = fact.tags['vpn-medic:ignore'];
      return why === undefined ? [] : [[fact.endpointId, why] as const];
    }),
  ),
  deeds: [],
  held: [],
  gone: new Set(Object.keys(gone)),
});
