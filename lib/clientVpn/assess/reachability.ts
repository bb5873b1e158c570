/** Whether an endpoint answers probes, and whether any endpoint of a region does. Pure. */

import type { Finding } from '../../core/finding.ts';
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import type { EndpointCheck } from '../types/check.ts';
import type { EndpointWorld } from '../types/world.ts';

/** Silence counts only after a first answer: an endpoint that never answered may be closed to the function alone. */
export const ANSWER_CHECK: EndpointCheck = {
  reasons: ['EndpointUnreachable', 'ProbeNeverAnswered'],
  judge({ reachability, fact }, { hasAnswered }) {
    const at = `${fact.transport} ${fact.port}`;
    switch (reachability.kind) {
      case 'up':
        return [];
      // What is not available is not probed; another finding says so.
      case 'unasked':
        return fact.state === 'unknown' ? null : [];
      case 'unknown':
        return null;
      case 'down':
        return hasAnswered
          ? [
              {
                reason: 'EndpointUnreachable',
                severity: 'critical',
                summary: `The endpoint does not answer at ${at}, though EC2 calls it available: clients cannot connect.`,
                evidence: [reachability.why, ...reachability.recent],
                hint: ENDPOINT_FINDINGS.EndpointUnreachable.hint,
              },
            ]
          : [
              {
                reason: 'ProbeNeverAnswered',
                severity: 'warning',
                summary: `The endpoint has never answered a probe at ${at} from here, so its silence says nothing.`,
                evidence: [reachability.why, ...reachability.recent],
                hint: 'Connect with a client. If that works, something between this function and the endpoint drops the knock.',
              },
            ];
      default:
        return reachability satisfies never;
    }
  },
};

/**
 * Every open endpoint of a region is unreachable. Of a region with a single endpoint only where users have another
 * region to go to. One that cannot be judged may be alive: then nothing is said.
 */
export function findRegionDown(
  { region, regionCount, endpoints }: EndpointWorld,
  found: readonly Finding[],
): readonly Finding[] {
  if (endpoints === null) return [];
  const open = endpoints.filter(({ fact }) => fact.state === 'available');
  if (open.length === 0 || (open.length === 1 && regionCount === 1)) return [];
  const shut = found.filter(({ reason }) => reason === 'EndpointUnreachable');
  if (shut.length < open.length) return [];
  return [
    {
      reason: 'RegionDown',
      subject: { kind: 'region', id: region, name: region, group: null, zone: null },
      severity: 'critical',
      summary: `No Client VPN endpoint of ${region} answers (${open.length} of ${open.length}).${regionCount > 1 ? ' Users that DNS sends there cannot connect.' : ''}`,
      evidence: shut.map(({ subject, evidence }) => `${subject.name}: ${evidence[0] ?? ''}`),
      since: Math.min(...shut.map(({ since }) => since)),
      hint:
        regionCount > 1
          ? `Take ${region} out of the latency records (aws route53 change-resource-record-sets), so that DNS sends its users to another region.`
          : 'Look at the AWS Health Dashboard of the region, and try to connect from somewhere else.',
    },
  ];
}
