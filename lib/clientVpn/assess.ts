/** Judges the Client VPN endpoints of one region. Pure. */

import type { Finding, Subject } from '../core/finding.ts';
import { ENDPOINT_FINDINGS } from '../core/findings/clientVpn.ts';
import { compare } from '../core/order.ts';
import { type EndpointReason, isEndpointReason } from '../core/reasons.ts';
import { unjudgedKey } from '../core/report.ts';
import type { Instant } from '../core/time.ts';
import { RANGE_CHECK, ROUTES_CHECK, RULES_CHECK } from './assess/access.ts';
import { AUTHENTICATION_CHECK } from './assess/authentication.ts';
import {
  ASSOCIATION_CHECK,
  AVAILABLE_CHECK,
  PENDING_CHECK,
  statusOf,
  TAG_CHECK,
  TRANSPORT_CHECK,
  ZONES_CHECK,
} from './assess/availability.ts';
import { CAPACITY_CHECK } from './assess/capacity.ts';
import { EGRESS_CHECK, LOG_CHECK } from './assess/chosen.ts';
import { HANDLER_CHECK } from './assess/connectHandler.ts';
import { CRL_CHECK } from './assess/crl.ts';
import { DIRECTORY_CHECK } from './assess/directory.ts';
import { IDP_CHECK } from './assess/identityProvider.ts';
import { DROPPED_CHECK, TRAFFIC_CHECK } from './assess/load.ts';
import { ANSWER_CHECK, findRegionDown, silentUnread } from './assess/reachability.ts';
import { RENEWAL_CHECK, SERVER_CERTIFICATE_CHECK } from './assess/serverCertificate.ts';
import { notSeenWell, othersOn } from './assess/shared.ts';
import { subjectOf } from './assess/subject.ts';
import {
  type EndpointMemory,
  type EndpointPast,
  learn,
  noEndpointPast,
  pastFindings,
} from './state.ts';
import { type EndpointCheck } from './types/check.ts';
import { isLeaving } from './types/endpoint.ts';
import type { EndpointObservation, EndpointWorld } from './types/world.ts';

export interface EndpointAssessment {
  /** Ordered by reason, then subject. */
  readonly findings: readonly Finding[];
  readonly memory: EndpointMemory;
  /** By `unjudgedKey`: what this pass can neither find nor deny, also where the memory lost that it was found. */
  readonly unjudged: ReadonlySet<string>;
}

export const ENDPOINT_CHECKS: readonly EndpointCheck[] = [
  AVAILABLE_CHECK,
  PENDING_CHECK,
  ASSOCIATION_CHECK,
  ZONES_CHECK,
  CAPACITY_CHECK,
  AUTHENTICATION_CHECK,
  CRL_CHECK,
  IDP_CHECK,
  HANDLER_CHECK,
  DROPPED_CHECK,
  TRAFFIC_CHECK,
  ANSWER_CHECK,
  TRANSPORT_CHECK,
  DIRECTORY_CHECK,
  SERVER_CERTIFICATE_CHECK,
  RENEWAL_CHECK,
  RULES_CHECK,
  ROUTES_CHECK,
  RANGE_CHECK,
  LOG_CHECK,
  EGRESS_CHECK,
  TAG_CHECK,
];

/** Findings of all endpoints; what cannot be read now stays as it was found last. */
export function assessEndpoints(
  world: EndpointWorld,
  memory: EndpointMemory,
  now: Instant,
): EndpointAssessment {
  const before = new Map(pastFindings(memory).map((one) => [keyOf(one), one]));
  const observations = (world.endpoints ?? []).filter(({ fact }) => !isLeaving(fact));
  const pasts = new Map(
    observations.map((observation) => {
      const past = pastOf(observation.fact.endpointId, memory);
      const status = statusOf(observation, past.hasAnswered);
      return [observation.fact.endpointId, learn(observation, status, past, now)] as const;
    }),
  );
  const unjudged = new Set<string>();
  const hasEnded = ({ reason, subject }: Finding) =>
    reason === 'EndpointUnreachable' && world.answers.get(subject.id)?.kind === 'up';
  const found =
    world.endpoints === null
      ? [
          ...[...before.values()].filter((one) => !ABOUT_SIGHT.has(one.reason) && !hasEnded(one)),
          ...silentUnread(world),
        ]
      : [
          ...stillFound(world, before),
          ...notSeenWell(
            observations.flatMap((observation) =>
              judge(observation, world, pasts, before, unjudged, now),
            ),
            observations,
            unjudged,
          ),
        ];
  const region = { reason: 'RegionDown', subject: { id: world.region } };
  const isRegionDown = before.has(keyOf(region));
  const findings = [
    ...found,
    ...findRegionDown(world, found, isRegionDown),
    ...findGaps(world),
    ...findUnread(world, pasts),
  ]
    .map((finding) => ({
      ...finding,
      since: Math.min(now, before.get(keyOf(finding))?.since ?? finding.since),
    }))
    .filter((finding, index, all) => index === all.findLastIndex(isSameAs(finding)))
    .toSorted((a, b) => compare(a.reason, b.reason) || compare(a.subject.id, b.subject.id));
  return {
    findings,
    unjudged: new Set([...unjudged, ...observations.flatMap((one) => notOver(one, pasts))]),
    memory: {
      asked: world.asked,
      gone: { ...world.gone },
      endpoints:
        world.endpoints === null
          ? memory.endpoints
          : { ...Object.fromEntries(pasts), ...world.absent },
      findings: findings.flatMap(asStored),
    },
  };
}

/** One that EC2 left out for long was known before. */
const pastOf = (endpointId: string, { endpoints, gone }: EndpointMemory): EndpointPast =>
  endpoints[endpointId] ?? { ...noEndpointPast, hasBeenUp: gone[endpointId] !== undefined };

/** An outage is over when the endpoint is open, or answers again: also where the state that knew of better days is lost. */
function notOver(
  observation: EndpointObservation,
  pasts: ReadonlyMap<string, EndpointPast>,
): readonly string[] {
  const { endpointId, tags } = observation.fact;
  if (tags['vpn-medic:ignore'] !== undefined) return [];
  const past = pasts.get(endpointId) ?? noEndpointPast;
  const isUp = statusOf(observation, past.hasAnswered) === 'up';
  const reasons: readonly EndpointReason[] = [
    ...(isUp ? [] : (['EndpointUnavailable', 'LongDown'] as const)),
    ...(observation.reachability.kind === 'up' ? [] : (['EndpointUnreachable'] as const)),
  ];
  return reasons.map((reason) => unjudgedKey(reason, endpointId));
}

/** Of endpoints that one answer leaves out, and of their region. */
function stillFound(
  { absent, region }: EndpointWorld,
  before: ReadonlyMap<string, Finding>,
): readonly Finding[] {
  const ids = new Set(Object.keys(absent));
  return [...before.values()].filter(
    ({ reason, subject }) =>
      ids.has(subject.id) || (reason === 'RegionDown' && subject.id === region && ids.size > 0),
  );
}

function judge(
  observation: EndpointObservation,
  world: EndpointWorld,
  pasts: ReadonlyMap<string, EndpointPast>,
  before: ReadonlyMap<string, Finding>,
  unjudged: Set<string>,
  now: Instant,
): readonly Finding[] {
  const { endpointId, name } = observation.fact;
  const subject = subjectOf(endpointId, name, world.region);
  const past = pasts.get(subject.id) ?? noEndpointPast;
  const last = (reason: EndpointReason) => before.get(keyOf({ reason, subject }));
  return ENDPOINT_CHECKS.flatMap(({ reasons, judge: check }) => {
    const troubles = check(observation, past, (reason) => last(reason) !== undefined, now);
    if (troubles === null) {
      for (const reason of reasons) unjudged.add(unjudgedKey(reason, subject.id));
      return reasons.flatMap((reason) => last(reason) ?? []);
    }
    return troubles.map(({ dependsOn, ...trouble }) => ({
      ...trouble,
      summary: `${subject.name}: ${trouble.summary}`,
      evidence: [...trouble.evidence, ...othersOn(dependsOn, subject.id, world)],
      subject: dependsOn === undefined ? subject : { ...subject, dependsOn },
      since: now,
    }));
  });
}

/** Its subject differs from that of the appliances' `SightLost`: either may exist without the other. */
function findGaps({ at, gaps, endpoints, region }: EndpointWorld): readonly Finding[] {
  if (gaps.length === 0) return [];
  const isWhole = endpoints === null;
  return [
    {
      reason: 'SightLost',
      subject: {
        kind: 'region',
        id: `${region} endpoints`,
        name: region,
        group: null,
        zone: null,
        within: [region],
      },
      severity: 'warning',
      summary: isWhole
        ? `The Client VPN endpoints of ${region} cannot be read: what was open stays open, and nothing new can be seen.`
        : `A part of what there is to know of the Client VPN endpoints of ${region} cannot be read; the rest goes on.`,
      evidence: gaps.slice(0, 10).map(({ what, why }) => `${what}: ${why}`),
      since: at,
      hint: 'Look at the reason: a denied action needs a grant to the role of pollEndpoints, throttling another tool to slow down, a region that is not enabled to be taken out of VPN_MEDIC_REGIONS.',
    },
  ];
}

const ABOUT_SIGHT: ReadonlySet<string> = new Set(['SightLost', 'EndpointSettingsUnread']);

/** As of the last time that each endpoint's turn was. */
function findUnread(
  { at, region }: EndpointWorld,
  pasts: ReadonlyMap<string, EndpointPast>,
): readonly Finding[] {
  const unread = [...pasts.values()].flatMap((past) => past.unread);
  if (unread.length === 0) return [];
  return [
    {
      reason: 'EndpointSettingsUnread',
      subject: {
        kind: 'region',
        id: `${region} endpoint settings`,
        name: region,
        group: null,
        zone: null,
        within: [region],
      },
      severity: 'info',
      summary: `Some settings of the Client VPN endpoints of ${region} cannot be read: what was found of them stays, and nothing new is.`,
      evidence: unread.slice(0, 10),
      since: at,
      hint: ENDPOINT_FINDINGS.EndpointSettingsUnread.hint,
    },
  ];
}

const keyOf = ({
  reason,
  subject,
}: {
  readonly reason: string;
  readonly subject: Pick<Subject, 'id'>;
}): string => `${subject.id} ${reason}`;

const isSameAs = (one: Finding) => (other: Finding) => keyOf(one) === keyOf(other);

const asStored = (finding: Finding): EndpointMemory['findings'] => {
  const { reason, subject, evidence } = finding;
  const { within, dependsOn, ...rest } = subject;
  return isEndpointReason(reason)
    ? [
        {
          ...finding,
          reason,
          evidence: [...evidence],
          subject: {
            ...rest,
            ...(within === undefined ? {} : { within: [...within] }),
            ...(dependsOn === undefined ? {} : { dependsOn: [...dependsOn] }),
          },
        },
      ]
    : [];
};
