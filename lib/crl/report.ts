/** The report of one pass over CRLs. Pure. */

import type { Finding, Severity, Subject } from '../core/finding.ts';
import type { CrlReason } from '../core/reasons.ts';
import type { Report, ReportedAction, ReportedHeld } from '../core/report.ts';
import { isRefusal } from '../incidents/inhibition.ts';
import { endpointSubject, fileSubject } from './assess/finding.ts';
import { ageing, SIGN_NOW } from './assess/freshness.ts';
import { oddFindings } from './assess/oddities.ts';
import { unjudgedAfter } from './assess/unjudged.ts';
import type { CrlHeld, CrlOutcome, CrlPlan } from './types/plan.ts';
import type { CrlWorld } from './types/world.ts';

export function crlReport(
  world: CrlWorld,
  findings: readonly Finding[],
  plan: CrlPlan,
  outcomes: readonly CrlOutcome[],
): Report {
  const endpoints = world.endpoints.known ? world.endpoints.value : [];
  return {
    accountId: world.accountId,
    region: world.region,
    findings: [...stillSo(findings, outcomes), ...outcomes.flatMap(failure)],
    ignored: new Map([
      ...endpoints.flatMap(({ endpointId, ignore }) =>
        ignore === null ? [] : [[endpointId, ignore] as const],
      ),
      ...world.untaggedIds.map(
        (id) => [id, 'no endpoint with this id asks for a CRL now'] as const,
      ),
    ]),
    actions: outcomes.map(reportedActionOf),
    held: plan.held.map(heldOf),
    gone: new Set(),
    unjudged: unjudgedAfter(plan, outcomes),
  };
}

/** Of a copy that this pass has replaced, and read back, what is to be said of the new one. */
function stillSo(
  findings: readonly Finding[],
  outcomes: readonly CrlOutcome[],
): readonly Finding[] {
  const published = outcomes.flatMap(({ action, kind, at }) =>
    action.kind === 'publish' && kind === 'done' ? [{ ...action, at }] : [],
  );
  const ids = new Set(published.map(({ fileName }) => fileSubject(fileName).id));
  const refused = new Set(
    outcomes.flatMap((one) => failure(one).map(({ reason, subject }) => `${reason} ${subject.id}`)),
  );
  return [
    ...findings.filter(
      (one) =>
        (!ids.has(one.subject.id) || isRefusal(one) || OF_INBOX.has(one.reason)) &&
        // The failed import says it.
        !(one.reason === 'CrlEndpointBehind' && refused.has(`CrlImportFailed ${one.subject.id}`)),
    ),
    ...published.flatMap((one) => [
      ...oddFindings(one.fileName, one.oddities, one.at),
      ...ageing(one.fileName, one, SIGN_NOW, one.at),
    ]),
  ];
}

/** Of the upload, not of the published copy. */
const OF_INBOX: ReadonlySet<string> = new Set(['CrlCandidateGone', 'CrlCandidateUnreadable']);

/** An action that did not complete is a finding of its own. */
function failure(outcome: CrlOutcome): readonly Finding[] {
  const { action, kind, why, at } = outcome;
  const tell = (
    reason: CrlReason,
    severity: Severity,
    subject: Subject,
    summary: string,
    hint: string,
  ): readonly Finding[] => [
    { reason, severity, subject, summary, hint, evidence: why === null ? [] : [why], since: at },
  ];
  if (action.kind === 'import') {
    if (kind !== 'failed' && kind !== 'written') return [];
    const subject = endpointSubject(action.endpointId, action.name);
    const summary = `${action.fileName} was not taken over by ${action.name}: ${why}.`;
    return tell('CrlImportFailed', 'critical', subject, summary, IMPORT_HINT);
  }
  const subject = fileSubject(action.fileName);
  const notWritten = (where: string) =>
    `${action.fileName} could not be written${where}; what was there stays: ${why}.`;
  if (action.kind !== 'publish') {
    const summary = notWritten(' to the second region');
    return kind === 'failed'
      ? tell('CrlReplicaDiffers', 'warning', subject, summary, WRITE_HINT)
      : [];
  }
  if (kind === 'failed')
    return tell('CrlWriteFailed', 'critical', subject, notWritten(''), WRITE_HINT);
  const behind = outcome.action.kind === 'publish' && 'isReplicaBehind' in outcome;
  return [
    ...(behind && outcome.isReplicaBehind
      ? tell(
          'CrlReplicaDiffers',
          'warning',
          subject,
          `The second region's ${action.fileName} is behind or not served: the published one is ahead.`,
          WRITE_HINT,
        )
      : []),
    ...(kind === 'written'
      ? tell(
          'CrlServedDiffers',
          'critical',
          subject,
          `${action.fileName} is published, and clients do not get it yet.`,
          'A "+" in the name needs the rewrite at the edge; else look for a cache that keeps too long.',
        )
      : []),
  ];
}

const IMPORT_HINT =
  'See what the evidence says; the next look, within 15 minutes, tries again by itself.';
const WRITE_HINT =
  "Look at the bucket's policy and key, and at the state table; the next look tries again by itself.";

function reportedActionOf(outcome: CrlOutcome): ReportedAction {
  const { action, at, kind, why } = outcome;
  const common = { at, kind: action.kind, thing: 'CRL', outcome: kind, why };
  switch (action.kind) {
    case 'publish':
    case 'replicate': {
      const gist =
        action.kind === 'publish' ? `published with ${action.gist}` : 'copied to the second region';
      return {
        ...common,
        gist,
        summary: `${action.fileName} ${gist}`,
        concerns: [action.fileName],
        serves: [action.fileName],
        details: { file: action.fileName, sha256: action.sha256, kind: action.kind },
      };
    }
    case 'import': {
      const resetCount = 'resetCount' in outcome ? outcome.resetCount : null;
      const cost = `${resetCount ?? 'an unknown number of'} live connection${resetCount === 1 ? ' was' : 's were'} reset`;
      return {
        ...common,
        // The subject line names the endpoint and has 99 characters.
        gist: `imported, ${cost}`,
        summary: `${action.fileName} (${action.gist}) imported to ${action.name}, because ${action.because}: ${cost}`,
        concerns: [action.endpointId],
        serves: [action.endpointId],
        details: {
          file: action.fileName,
          endpoint: action.endpointId,
          resetCount,
          kind: action.kind,
        },
      };
    }
    default:
      return action satisfies never;
  }
}

const heldOf = ({ kind, subjectId, summary, rule, because, until }: CrlHeld): ReportedHeld => ({
  kind,
  thing: 'CRL',
  summary,
  concerns: [kind === 'import' ? subjectId : fileSubject(subjectId).id],
  rule,
  because,
  until,
  details: { subject: subjectId, kind },
});
