/** What a storm over endpoints may say of them: each finding with a cause, and no end of what is still broken (S13). */

import type { Finding } from '../../lib/core/finding.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import type { Storm } from './endpoints.ts';

const HOUR_MS = 3_600_000;

/** What must be true of the world, now or within the last hour of metrics, for a finding to be told. */
export const CAUSES: Readonly<Record<string, readonly Fault['kind'][]>> = {
  EndpointUnreachable: ['endpoint-unreachable', 'endpoint-pending'],
  // Where the state table was away, nobody remembers that it ever answered.
  ProbeNeverAnswered: ['endpoint-unreachable', 'endpoint-pending'],
  NotYetUp: ['associations-lost', 'endpoint-pending'],
  RegionDown: ['endpoint-unreachable', 'endpoint-pending'],
  EndpointUnavailable: [
    'associations-lost',
    'endpoint-pending',
    'association-failed',
    'association-coming',
  ],
  EndpointPending: ['endpoint-pending', 'association-coming'],
  AssociationFailed: ['association-failed'],
  EndpointSingleZone: ['associations-lost', 'association-failed', 'association-coming'],
  ConnectionsDropped: ['users-gone'],
  TrafficOffBaseline: ['users-gone'],
  AuthFailuresHigh: ['logins-fail'],
  ClientCrlExpired: ['crl-old'],
  ClientCrlExpiring: ['crl-old'],
  ConnectHandlerErrors: ['handler-fails'],
  DirectoryImpaired: ['directory-ill'],
  ServerCertificateExpiring: ['certificate-old'],
  AuthorizationRulesMissing: ['rules-revoked'],
  EndpointSettingsUnread: ['surroundings-unreadable'],
  SightLost: [
    'probe-dns-dead',
    'endpoints-unreadable',
    'associations-unreadable',
    'metrics-trouble',
    'endpoint-strange',
  ],
};

/** By these an endpoint does not answer, whatever EC2 would say of it. */
const SILENT: readonly Fault['kind'][] = [
  'endpoint-unreachable',
  'endpoint-pending',
  'endpoint-deleted',
  'associations-lost',
];

/** Findings that nothing in the world accounts for. */
export const unfounded = ({ polls, spells }: Storm): readonly string[] => {
  const wrong: string[] = [];
  const before = new Set<string>();
  const ever = new Set<string>();
  for (const { from, to, findings, world } of polls) {
    const now = new Set(findings.map(({ reason, subject }) => `${reason} ${subject.id}`));
    const isFounded = ({ reason, subject }: Finding, kinds = CAUSES[reason]): boolean =>
      spells.some(
        ({ fault, startAt, endAt }) =>
          kinds?.includes(fault.kind) === true &&
          (!('endpointId' in fault) ||
            subject.kind === 'region' ||
            fault.endpointId === subject.id) &&
          startAt <= to &&
          endAt >= from - 1.5 * HOUR_MS,
      );
    // Only that one does not answer can be found there: what was known last stands, even if that was before the table was away.
    if (world.endpoints === null) {
      for (const finding of findings) {
        const key = `${finding.reason} ${finding.subject.id}`;
        const isNew = !ever.has(key) && !/^(SightLost|EndpointSettingsUnread)/.test(key);
        if (isNew && !(finding.reason === 'EndpointUnreachable' && isFounded(finding, SILENT)))
          wrong.push(`blind: ${key}`);
        before.add(key);
      }
      continue;
    }
    for (const finding of findings) {
      const { reason, subject } = finding;
      const key = `${reason} ${subject.id}`;
      // What stands because it cannot be seen was founded when it began.
      if (before.has(key) || reason === 'EndpointNotHealthCheckable') continue;
      // Read again from a table that was away, it stands until it is seen to be over.
      const isRemembered =
        ever.has(key) &&
        spells.some(
          ({ fault, startAt, endAt }) =>
            fault.kind === 'store-unreachable' && startAt <= to && endAt >= from - 60_000,
        );
      if (!isFounded(finding) && !isRemembered)
        wrong.push(`${new Date(from).toISOString()} ${key}`);
    }
    before.clear();
    for (const key of now) {
      before.add(key);
      ever.add(key);
    }
  }
  return wrong;
};

/** Resolved while it was going on (S13). */
export const falselyOver = ({ notified, spells }: Storm): readonly string[] =>
  notified.flatMap(({ at, state, incidentId }) => {
    const [, , subjectId, reason = ''] = incidentId.split('/');
    const own = spells.filter(
      ({ fault }) => 'endpointId' in fault && fault.endpointId === subjectId,
    );
    // One look takes up to a quarter of a minute.
    const all = own.filter(({ startAt, endAt }) => startAt < at - 30_000 && endAt > at);
    const some = own.filter(({ startAt, endAt }) => startAt <= at && endAt > at - 30_000);
    // What EC2 no longer has is over.
    const isDeleted = own.some(
      ({ fault, startAt, endAt }) =>
        fault.kind === 'endpoint-deleted' && startAt <= at && endAt > at - 600_000,
    );
    return state === 'resolved' && !isDeleted && BROKEN[reason]?.(faultsOf(all), faultsOf(some))
      ? [`${new Date(at).toISOString()} ${incidentId}`]
      : [];
  });

interface Active {
  has: (kind: Fault['kind']) => boolean;
  /** Associations are lost but for so many. */
  leaves: (count: 0 | 1) => boolean;
}

const faultsOf = (spells: Storm['spells']): Active => ({
  has: (kind) => spells.some(({ fault }) => fault.kind === kind),
  leaves: (count) =>
    spells.some(({ fault }) => fault.kind === 'associations-lost' && fault.leaves === count),
});

const isShut = ({ has, leaves }: Active): boolean =>
  has('endpoint-unreachable') || has('endpoint-pending') || leaves(0);

/** By reason: whether it lasts, by the faults that were on all the time, and those that were on at some time. */
const BROKEN: Readonly<Record<string, (all: Active, some: Active) => boolean>> = {
  EndpointUnavailable: isShut,
  EndpointUnreachable: isShut,
  LongDown: isShut,
  ClientCrlExpired: ({ has }) => has('crl-old'),
  AssociationFailed: ({ has }, some) => has('association-failed') && !some.has('associations-lost'),
  EndpointSingleZone: ({ has, leaves }) =>
    leaves(0) || leaves(1) || has('association-failed') || has('association-coming'),
  EndpointPending: ({ has }, some) =>
    has('endpoint-pending') ||
    (has('association-coming') &&
      !some.has('associations-lost') &&
      !some.has('association-failed')),
  DirectoryImpaired: ({ has }) => has('directory-ill'),
  ServerCertificateExpiring: ({ has }) => has('certificate-old'),
  AuthorizationRulesMissing: ({ has }) => has('rules-revoked'),
};

/**
 * Told, and never told as over. What was told while the state table was away, or refused every record of it, left no trace
 * there, and each of these looks is a process of its own: nobody can know of it.
 */
export const openOf = ({ notified, spells }: Storm): readonly string[] => {
  const open = new Set<string>();
  for (const { at, state, incidentId, memberIds } of notified) {
    const isTraceless = spells.some(
      ({ fault, startAt, endAt }) =>
        // A look that began without its memory ends within half a minute.
        (fault.kind === 'store-unreachable' || fault.kind === 'store-flaky') &&
        at >= startAt &&
        at < endAt + 30_000,
    );
    if (state === 'resolved') for (const id of [incidentId, ...memberIds]) open.delete(id);
    else if (!isTraceless) open.add(incidentId);
  }
  return [...open];
};
