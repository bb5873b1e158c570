/** The report of one pass over the endpoints: findings only, since nothing is ever written. Pure. */

import type { Finding } from '../core/finding.ts';
import { readQuietTag } from '../core/quiet.ts';
import type { Report } from '../core/report.ts';
import { quietOf } from './types/endpoint.ts';
import type { EndpointWorld } from './types/world.ts';

export const endpointReport = (
  { accountId, region, endpoints, absent, gone }: EndpointWorld,
  findings: readonly Finding[],
): Report => ({
  accountId,
  region,
  findings,
  ignored: new Map([
    ...(endpoints ?? []).flatMap(({ fact }) => {
      const why = fact.tags['vpn-medic:ignore'];
      return why === undefined ? [] : [[fact.endpointId, why] as const];
    }),
    ...Object.entries(absent).flatMap(([id, { ignore }]) =>
      ignore === null ? [] : [[id, ignore] as const],
    ),
  ]),
  quiets: new Map([
    ...(endpoints ?? []).flatMap(({ fact }) => {
      const { quiet } = quietOf(fact);
      return quiet === null ? [] : [[fact.endpointId, quiet] as const];
    }),
    ...Object.entries(absent).flatMap(([id, past]) => {
      const { quiet } = readQuietTag(past.quiet);
      return quiet === null ? [] : [[id, quiet] as const];
    }),
  ]),
  actions: [],
  held: [],
  gone: new Set(Object.keys(gone)),
});
