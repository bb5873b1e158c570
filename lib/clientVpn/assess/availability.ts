/** Whether an endpoint is open to clients, in how many zones, and over which transport, as EC2 says. Pure. */

import { ENDPOINT_FINDINGS } from '../../core/findings/clientVpn.ts';
import { SHARED_FINDINGS } from '../../core/findings/shared.ts';
import { QUIET_TAG, quietFaultText } from '../../core/quiet.ts';
import { counted } from '../../core/text.ts';
import { describeMs, type Instant } from '../../core/time.ts';
import type { EndpointPast, EndpointStatus } from '../state.ts';
import type { EndpointCheck, Trouble } from '../types/check.ts';
import { type AssociationFact, quietOf } from '../types/endpoint.ts';
import type { EndpointObservation } from '../types/world.ts';

/** After this, `LongDown` is reported in place of the outage. */
export const LONG_DOWN_MS = 14 * 24 * 3_600_000;
/** An association takes EC2 some minutes, and was seen to take over ten. */
const ASSOCIATING_MS = 30 * 60_000;

/** As EC2 and the probes say; silence counts only after a first answer. */
export function statusOf(
  { fact, associations, reachability }: EndpointObservation,
  hasAnswered: boolean,
): EndpointStatus {
  const states = associations.known ? associations.value.map(({ state }) => state) : [];
  const closed = states.includes('associating') ? 'associating' : 'down';
  switch (fact.state) {
    case 'pending-associate':
    case 'pending':
      return closed;
    case 'available':
      if (!associations.known) return 'unknown';
      // A state that we do not know may mean the same.
      if (!states.includes('associated')) return states.includes('unknown') ? 'unknown' : closed;
      if (!hasAnswered || reachability.kind === 'up') return 'up';
      return reachability.kind === 'down' ? 'down' : 'unknown';
    case 'unknown':
    case 'deleting':
    case 'deleted':
      return 'unknown';
    default:
      return fact.state satisfies never;
  }
}

/** Open to clients: `available`, with at least one associated subnet or zone. */
export const AVAILABLE_CHECK: EndpointCheck = {
  reasons: ['EndpointUnavailable', 'NotYetUp', 'LongDown'],
  judge(observation, past, _isOpen, now) {
    const status = statusOf(observation, past.hasAnswered);
    // What was down is up when it answers, where it ever did: EC2's word alone is not enough.
    if (status === 'unknown') return null;
    if (status === 'up') return [];
    if (isLongDown(past, now)) return [longDown(observation, past, now)];
    if (isAssociated(observation)) return [];
    return [past.hasBeenUp ? unavailable(observation, status, past, now) : notYetUp(observation)];
  },
};

const isAssociated = ({ fact, associations }: EndpointObservation): boolean =>
  fact.state === 'available' &&
  associations.known &&
  associations.value.some(({ state }) => state === 'associated');

/** Down for so long that `LongDown` says it, in place of what is wrong. */
export const isLongDown = ({ hasBeenUp, downSince }: EndpointPast, now: Instant): boolean =>
  hasBeenUp && downSince !== null && now - downSince > LONG_DOWN_MS;

function unavailable(
  { fact, associations }: EndpointObservation,
  status: EndpointStatus,
  { associatingSince }: EndpointPast,
  now: Instant,
): Trouble {
  const isOnItsWay = status === 'associating' && now - (associatingSince ?? now) <= ASSOCIATING_MS;
  const [what, then] = isOnItsWay
    ? [
        'A subnet of the endpoint is being associated, which takes EC2 some minutes',
        'until then no client can connect',
      ]
    : [WHATS[fact.state] ?? 'The endpoint has no active association', 'no client can connect'];
  return {
    reason: 'EndpointUnavailable',
    severity: isOnItsWay ? 'warning' : 'critical',
    summary: `${what}: ${then}.`,
    evidence: evidenceOf({ fact, associations }),
    hint: lookCommand(fact.endpointId),
  };
}

const WHATS: Readonly<Record<string, string>> = {
  'pending-associate': 'The endpoint has no subnet that it lets clients into',
  pending: 'The endpoint is pending, not available',
};

const notYetUp = (observation: EndpointObservation): Trouble => ({
  reason: 'NotYetUp',
  severity: 'info',
  summary: 'The endpoint has never been up since vpn-medic watches it.',
  evidence: evidenceOf(observation),
  hint: `Associate a subnet, or wait until the association is done: ${lookCommand(observation.fact.endpointId)}`,
});

const longDown = (
  observation: EndpointObservation,
  { downSince }: EndpointPast,
  now: Instant,
): Trouble => ({
  reason: 'LongDown',
  severity: 'warning',
  summary: `The endpoint has been down for ${describeMs(now - (downSince ?? now))}: no client could connect.`,
  evidence: evidenceOf(observation),
  hint: SHARED_FINDINGS.LongDown.hint,
});

const evidenceOf = ({
  fact,
  associations,
}: Pick<EndpointObservation, 'fact' | 'associations'>): readonly string[] => [
  `state ${fact.state}`,
  ...(associations.known
    ? [
        `associations: ${associations.value.map(({ state }) => state).join(', ') || 'none'}`,
        ...failedOf(associations.value).map(failureText),
      ]
    : []),
  ...(fact.stateMessage === '' ? [] : [`EC2 says: ${fact.stateMessage}`]),
];

const lookCommand = (endpointId: string): string =>
  `aws ec2 describe-client-vpn-target-networks --client-vpn-endpoint-id ${endpointId}`;

/** What EC2 began and does not finish. Of an outage `EndpointUnavailable` says it. */
export const PENDING_CHECK: EndpointCheck = {
  reasons: ['EndpointPending'],
  judge(observation, { pendingSince, hasBeenUp }, _isOpen, now) {
    const { fact, associations } = observation;
    if (fact.state === 'unknown' || !associations.known) return null;
    if (pendingSince === null || now - pendingSince < PENDING_MS) return [];
    if (hasBeenUp && !isAssociated(observation)) return null;
    const took = describeMs(now - pendingSince);
    const coming = comingOf(associations.value);
    return [
      {
        reason: 'EndpointPending',
        severity: 'warning',
        summary:
          fact.state === 'pending'
            ? `The endpoint has been pending for ${took}: it takes EC2 some minutes.`
            : `${coming.map(placeOf).join(', ')} has been associating for ${took}: it takes EC2 some minutes.`,
        evidence: evidenceOf(observation),
        hint: lookCommand(fact.endpointId),
      },
    ];
  },
};

const PENDING_MS = 3_600_000;

const comingOf = (associations: readonly AssociationFact[]): readonly AssociationFact[] =>
  associations.filter(({ state }) => state === 'associating');

const failedOf = (associations: readonly AssociationFact[]): readonly AssociationFact[] =>
  associations.filter(({ state }) => state === 'association-failed');

const placeOf = ({ subnetId, zones }: AssociationFact): string =>
  [subnetId || 'a transit gateway', ...(zones.length === 0 ? [] : [`(${zones.join()})`])].join(' ');

const failureText = (one: AssociationFact): string =>
  `${one.associationId}, ${placeOf(one)}: association-failed, ${one.stateMessage === '' ? 'EC2 gives no reason' : `EC2 says: ${one.stateMessage}`}`;

/** An association that EC2 gave up on stays so until it is removed. */
export const ASSOCIATION_CHECK: EndpointCheck = {
  reasons: ['AssociationFailed'],
  judge({ fact, associations }) {
    if (!associations.known) return null;
    const failed = failedOf(associations.value);
    const [first] = failed;
    if (first === undefined) return [];
    const says = first.stateMessage === '' ? '' : ` EC2 says: ${first.stateMessage}`;
    return [
      {
        reason: 'AssociationFailed',
        severity: 'warning',
        summary: `The association of ${failed.map(placeOf).join(', ')} failed: no client is let in there.${says}`,
        evidence: failed.map(failureText),
        hint: `Remove it, correct the cause and associate again: aws ec2 disassociate-client-vpn-target-network --client-vpn-endpoint-id ${fact.endpointId} --association-id ${first.associationId}`,
      },
    ];
  },
};

export const ZONES_CHECK: EndpointCheck = {
  reasons: ['EndpointSingleZone'],
  judge({ fact, associations }, { pendingSince }, _isOpen, now) {
    if (!associations.known) return null;
    const active = associations.value.filter(({ state }) => state === 'associated');
    // None at all is EndpointUnavailable, and no second zone either.
    if (active.length === 0) return null;
    if (active.some(({ zones }) => zones.length === 0)) return null;
    const zones = [...new Set(active.flatMap((one) => one.zones))].toSorted();
    if (zones.length > 1) return [];
    if (associations.value.some(({ state }) => state === 'unknown')) return null;
    const failed = failedOf(associations.value);
    const coming = comingOf(associations.value);
    const isComing = coming.length > 0 && now - (pendingSince ?? now) <= ASSOCIATING_MS;
    if (isComing) return null;
    return [
      {
        reason: 'EndpointSingleZone',
        severity: 'warning',
        summary: `The endpoint lets clients in by ${zones.join()} alone${failed.length === 0 ? '' : `, since the association of ${failed.map(placeOf).join(', ')} failed`}: with that zone no client can connect.`,
        evidence: [
          `${counted(active.length, 'active association')}, all in ${zones.join()}`,
          ...failed.map(failureText),
        ],
        hint:
          failed.length > 0
            ? `See why it failed: ${lookCommand(fact.endpointId)}`
            : coming.length > 0
              ? `${coming.map(placeOf).join(', ')} is still being associated: ${lookCommand(fact.endpointId)}`
              : `Associate a subnet of a second zone: aws ec2 associate-client-vpn-target-network --client-vpn-endpoint-id ${fact.endpointId} --subnet-id subnet-…`,
      },
    ];
  },
};

/** A tag that cannot be read hides nothing: it is notified at all hours. */
export const TAG_CHECK: EndpointCheck = {
  reasons: ['TagInvalid'],
  judge({ fact }) {
    const { quietFault } = quietOf(fact);
    if (quietFault === null) return [];
    const { endpointId, name } = fact;
    return [
      {
        reason: 'TagInvalid',
        severity: 'warning',
        summary: quietFaultText(name || endpointId, quietFault),
        evidence: [],
        hint: `Mend the tag ${QUIET_TAG} on ${endpointId}.`,
      },
    ];
  },
};

/** Route 53 has no UDP health checks, so DNS failover between regions never sees such an endpoint fail. */
export const TRANSPORT_CHECK: EndpointCheck = {
  reasons: ['EndpointNotHealthCheckable'],
  judge: ({ fact }) =>
    fact.transport !== 'udp'
      ? []
      : [
          {
            reason: 'EndpointNotHealthCheckable',
            severity: 'info',
            summary:
              'The endpoint uses UDP, and Route 53 health checks use TCP: DNS cannot fail over from it by itself.',
            evidence: [`transport udp, port ${fact.port}`],
            hint: ENDPOINT_FINDINGS.EndpointNotHealthCheckable.hint,
          },
        ],
};
