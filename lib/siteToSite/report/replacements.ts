/** What a pass did with tunnel endpoints, and what it held, as a report's lines. Pure. */
import type { ReportedAction, ReportedHeld } from '../../core/report.ts';
import type { HeldReplacement, ReplacementOutcome } from '../types/replacement.ts';

export function reportedReplacement(outcome: ReplacementOutcome): ReportedAction {
  const { replacement, at, kind } = outcome;
  const { tunnelId, connectionId, connectionName, outsideIp, because } = replacement;
  return {
    at,
    kind: 'replace-tunnel',
    thing: 'tunnel endpoint',
    gist: 'replaced',
    summary: `endpoint ${outsideIp} of ${connectionName} replaced`,
    concerns: [tunnelId, connectionId],
    serves: [tunnelId],
    outcome: kind === 'written' && outcome.isUnclear ? 'asked' : kind,
    why: kind === 'done' ? null : outcome.why,
    because,
    details: { connection: connectionId, tunnel: outsideIp },
  };
}

export const reportedHeldReplacement = ({
  replacement: { tunnelId, connectionId, connectionName, outsideIp },
  rule,
  because,
  until,
}: HeldReplacement): ReportedHeld => ({
  kind: 'replace-tunnel',
  thing: 'tunnel endpoint',
  summary: `endpoint ${outsideIp} of ${connectionName} not replaced`,
  concerns: [tunnelId],
  rule,
  because,
  until,
  details: { connection: connectionId, tunnel: outsideIp },
});
