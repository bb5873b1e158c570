/** Incidents and their changes, open and told, valid unless a test says otherwise. */

import type { Report, ReportedAction, ReportedHeld } from '../../lib/core/report.ts';
import type { Incident, IncidentChange } from '../../lib/incidents/types.ts';
import { ACCOUNT, NOW, REGION, zoneOf } from './facts.ts';
import { aNotification } from './notification.ts';

export const ID = `${ACCOUNT}/${REGION}/i-a1/ApplianceDown`;

export const anIncident = (over: Partial<Incident> = {}): Incident => ({
  id: ID,
  reason: 'ApplianceDown',
  subject: { kind: 'appliance', id: 'i-a1', name: 'vpn-a1', group: 'hq', zone: zoneOf('a') },
  severity: 'critical',
  summary: 'vpn-a1 (i-a1) is down: ike:500 does not answer.',
  evidence: ['here ike:500: no answer in 800 ms'],
  hint: 'Bring it back.',
  since: NOW - 3_000,
  detectedAt: NOW,
  openedAt: NOW,
  seenAt: NOW,
  missedAt: null,
  dueAt: NOW,
  notifiedAt: NOW + 100,
  notifiedSeverity: 'critical',
  notifiedReason: null,
  revision: null,
  notifiedRevision: null,
  severitySince: NOW,
  repeatedAt: NOW + 100,
  parent: null,
  inhibitedBy: null,
  silence: null,
  ackedAt: null,
  ackedBy: null,
  resolvedAt: null,
  restoredBy: null,
  actions: [],
  times: { decidedAt: NOW, firstWriteAt: NOW + 200, lastWriteAt: NOW + 300, readBackAt: NOW + 500 },
  openings: [],
  ...over,
});

export const aChange = (
  kind: IncidentChange['kind'] = 'opened',
  incident: Partial<Incident> = {},
  over: Partial<IncidentChange> = {},
): IncidentChange => ({
  kind,
  at: NOW + 100,
  accountId: ACCOUNT,
  region: REGION,
  incident: anIncident(incident),
  notification: aNotification({
    incidentId: ID,
    subject: 'CRITICAL vpn-a1: ApplianceDown, 1 route moved to vpn-b1',
    text: 'text',
    json: '{}',
    state: kind,
  }),
  ...over,
});

export const aReportedAction = (over: Partial<ReportedAction> = {}): ReportedAction => ({
  at: NOW + 200,
  kind: 'failover',
  thing: 'route',
  gist: 'moved to vpn-b1',
  summary: '10.0.0.0/8 in private-a: vpn-a1 -> vpn-b1',
  concerns: ['i-a1', 'hq', 'rtb-1 10.0.0.0/8'],
  serves: ['i-b1'],
  outcome: 'done',
  why: null,
  because: 'vpn-a1 is down: ike:500 does not answer',
  details: { route: 'rtb-1 10.0.0.0/8', from: 'i-a1', to: 'i-b1', kind: 'failover' },
  times: { decidedAt: NOW, wroteAt: NOW + 200, readBackAt: NOW + 500 },
  ...over,
});

export const aHeld = (over: Partial<ReportedHeld> = {}): ReportedHeld => ({
  kind: 'failover',
  thing: 'route',
  summary: 'rtb-1 10.0.0.0/8 not moved to vpn-b1',
  concerns: ['i-a1', 'hq', 'rtb-1 10.0.0.0/8', REGION],
  rule: 'S2',
  because: 'vpn-b1 is not eligible: it is young',
  until: null,
  details: { route: 'rtb-1 10.0.0.0/8', from: 'i-a1', to: 'i-b1' },
  ...over,
});

export const aReport = (over: Partial<Report> = {}): Report => ({
  accountId: ACCOUNT,
  region: REGION,
  findings: [],
  ignored: new Map(),
  actions: [],
  held: [],
  gone: new Set(),
  ...over,
});
