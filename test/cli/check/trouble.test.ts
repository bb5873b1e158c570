/** What makes check's result need a person, and what does not: counted once, and never as nothing. Pure. */
import { expect, test } from '@jest/globals';
import { type Trouble, troubleOf } from '../../../lib/cli/check/trouble.ts';
import type { FindingReport, GroupReport, LeaderIncident } from '../../../lib/cli/check/types.ts';

const SUBJECT = { kind: 'appliance', id: 'i-a', name: 'hq-a' } as const;
const FINDING: FindingReport = {
  reason: 'ApplianceDown',
  severity: 'critical',
  subject: { ...SUBJECT, group: 'hq', zone: null, within: [] },
  summary: '',
  evidence: [],
  hint: '',
  since: '',
  docs: '',
};
const INCIDENT: LeaderIncident = {
  ...FINDING,
  id: 'x',
  missedAt: null,
  isAcked: false,
};

const group = (cause: GroupReport['failover']['cause']): GroupReport => ({
  name: 'hq',
  vpcIds: [],
  zones: [],
  applianceCount: 1,
  wellCount: 1,
  routeCount: 1,
  failover: { canFailOver: cause === 'ready' ? 'yes' : 'no', cause, because: '', toDo: null },
  wayBack: { isSeen: 'no', because: '', toDo: null },
  sshRepair: null,
  pinnedRoutes: [],
});

type Report = Parameters<typeof troubleOf>[0];

const watchedBy = (isLate: boolean): Report['watch'] => ({
  isLate,
  scopes: [],
  off: [],
  paused: null,
});

const NONE: Report = {
  watch: watchedBy(false),
  findings: [],
  incidents: [],
  suppressed: [],
  groups: [],
  connectionGroups: [],
};

const cases: readonly (readonly [string, Partial<Report>, Trouble])[] = [
  ['nothing', {}, { findingCount: 0, groups: [] }],
  [
    'an incident, and the same found here: one',
    { incidents: [INCIDENT], findings: [FINDING] },
    { findingCount: 1, groups: [] },
  ],
  [
    'an incident that is acknowledged: none',
    { incidents: [{ ...INCIDENT, isAcked: true }] },
    { findingCount: 0, groups: [] },
  ],
  [
    'one that is acknowledged and still found here: one',
    { incidents: [{ ...INCIDENT, isAcked: true }], findings: [FINDING] },
    { findingCount: 1, groups: [] },
  ],
  [
    'an incident of a leader that is late: none, what it stored may be out of date',
    { incidents: [INCIDENT], watch: watchedBy(true) },
    { findingCount: 0, groups: [] },
  ],
  [
    'a pause: none, it is an operator’s own decision',
    { incidents: [{ ...INCIDENT, reason: 'Paused' }] },
    { findingCount: 0, groups: [] },
  ],
  [
    'found here, and suppressed by its root cause: none',
    { suppressed: [INCIDENT], findings: [FINDING] },
    { findingCount: 0, groups: [] },
  ],
  [
    'information: none',
    { findings: [{ ...FINDING, severity: 'info' }] },
    { findingCount: 0, groups: [] },
  ],
  ['a group that is alone', { groups: [group('alone')] }, { findingCount: 0, groups: ['hq'] }],
  [
    'a group that is alone, before a deployment: advice',
    { groups: [group('alone')], watch: null },
    { findingCount: 0, groups: [] },
  ],
  ...(['paused', 'observe', 'no-watcher', 'ready'] as const).map(
    (cause) =>
      [
        `a group whose failover is ${cause}: no trouble of the group`,
        { groups: [group(cause)] },
        { findingCount: 0, groups: [] },
      ] as const,
  ),
];

test.each(cases)('%s', (_what, changed, trouble) => {
  expect(troubleOf({ ...NONE, ...changed })).toEqual(trouble);
});
