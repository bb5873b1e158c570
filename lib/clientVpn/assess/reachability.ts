/** Whether an endpoint answers probes, and whether any endpoint of a region does. Pure. */

import type { Finding } from '../../core/finding.ts';
import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import type { EndpointCheck } from '../types/check.ts';
import { type AssociationFact, isAway, isLeaving, SHUT } from '../types/endpoint.ts';
import type { EndpointWorld } from '../types/world.ts';
import { isLongDown } from './availability.ts';
import { subjectOf } from './subject.ts';

/** Silence counts only after a first answer: an endpoint that never answered may be closed to the function alone. */
export const ANSWER_CHECK: EndpointCheck = {
  reasons: ['EndpointUnreachable', 'ProbeNeverAnswered'],
  judge({ reachability, fact, associations }, past, _isOpen, now) {
    const { hasAnswered } = past;
    const at = `${fact.transport} ${fact.port}`;
    switch (reachability.kind) {
      // In a state that is not known it is probed for an outage alone.
      case 'up':
        return fact.state === 'unknown' ? null : [];
      // What is not available is not probed; another finding says so.
      case 'unasked':
        return fact.state === 'unknown' ? null : [];
      case 'unknown':
        return null;
      case 'down':
        if (isLongDown(past, now)) return [];
        // Without an association it cannot answer: NotYetUp says so.
        if (!past.hasBeenUp && associations.known && !hasAssociated(associations.value)) return [];
        return hasAnswered
          ? [
              {
                reason: 'EndpointUnreachable',
                severity: 'critical',
                summary: `The endpoint does not answer at ${at}${fact.state === 'available' ? ', though EC2 calls it available' : ''}: clients cannot connect.`,
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
                hint: 'Connect with a client. If that works, something between this function and the endpoint drops the probe.',
              },
            ];
      default:
        return reachability satisfies never;
    }
  },
};

/** Where EC2 cannot be asked for the endpoints: those that were up when it last could, and do not answer. */
export const silentUnread = ({ answers, absent, region, at }: EndpointWorld): readonly Finding[] =>
  [...answers].flatMap(([endpointId, answer]) => {
    const door = absent[endpointId]?.door;
    if (answer.kind !== 'down' || !door) return [];
    const subject = subjectOf(endpointId, door.name, region);
    return [
      {
        reason: 'EndpointUnreachable' as const,
        subject,
        severity: 'critical' as const,
        summary: `${subject.name}: The endpoint does not answer at ${door.transport} ${door.port}, and EC2 cannot be asked for it: clients cannot connect.`,
        evidence: [answer.why, ...answer.recent],
        since: at,
        hint: ENDPOINT_FINDINGS.EndpointUnreachable.hint,
      },
    ];
  });

/**
 * Every open endpoint of a region is unreachable. Of a region with a single endpoint only where users have another
 * region to go to. One that cannot be judged may be alive: then nothing is said. Once open, it ends when one is up again.
 */
export function findRegionDown(
  { region, regionCount, endpoints, at }: EndpointWorld,
  found: readonly Finding[],
  isOpen: boolean,
): readonly Finding[] {
  if (endpoints === null) return [];
  const counted = endpoints.filter(({ fact }) => !isLeaving(fact) && !isAway(fact, at));
  const shut = counted.flatMap(({ fact }) => {
    const finding = found.find(
      ({ reason, subject }) => subject.id === fact.endpointId && SHUT.has(reason),
    );
    return finding === undefined ? [] : [{ fact, finding }];
  });
  const open = counted.filter(({ fact }) => fact.state === 'available');
  const silent = shut.filter(({ finding }) => finding.reason === 'EndpointUnreachable');
  const begins =
    open.length > 0 && silent.length >= open.length && (open.length > 1 || regionCount > 1);
  const lasts = isOpen && counted.length > 0 && shut.length === counted.length;
  if (!begins && !lasts) return [];
  const down = (begins ? silent : shut).map(({ finding }) => finding);
  return [
    {
      reason: 'RegionDown',
      subject: { kind: 'region', id: region, name: region, group: null, zone: null },
      severity: 'critical',
      summary: `No Client VPN endpoint of ${region} answers (${down.length} of ${down.length}).${regionCount > 1 ? ' Users that DNS sends there cannot connect.' : ''}`,
      evidence: down.map(({ subject, evidence }) => `${subject.name}: ${evidence[0] ?? ''}`),
      since: Math.min(...down.map(({ since }) => since)),
      hint:
        regionCount > 1
          ? `Take ${region} out of the latency records (aws route53 change-resource-record-sets), so that DNS sends its users to another region.`
          : 'Look at the AWS Health Dashboard of the region, and try to connect from somewhere else.',
    },
  ];
}

const hasAssociated = (associations: readonly AssociationFact[]): boolean =>
  associations.some(({ state }) => state === 'associated');
