/** What a look at the endpoints has to tell: nothing is ever done to one. Pure. */
import type { EndpointWorld } from '../model/endpointWorld.ts';
import type { Finding } from '../model/finding.ts';
import type { Story } from '../model/story.ts';

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
