/** Judges the groups of connections and the transit gateway routes over them. Pure. */
import type { Finding } from '../core/finding.ts';
import { compare } from '../core/order.ts';
import { describeMs, type Instant } from '../core/time.ts';
import { groupFindings } from './assess/groups.ts';
import { learn } from './assess/learn.ts';
import { routeFindings } from './assess/routeFindings.ts';
import { tagFindings } from './assess/tagFindings.ts';
import { NOT_SHOWN, TRANSIT_REASONS, type TransitMemory } from './state.ts';
import { TRANSIT_POLICY as POLICY } from './types/policy.ts';
import type { TransitWorld } from './types/world.ts';

export interface TransitAssessed {
  /** Ordered by reason, then subject. */
  readonly findings: readonly Finding[];
  readonly memory: TransitMemory;
}

export function assessTransit(
  world: TransitWorld,
  before: TransitMemory,
  now: Instant,
): TransitAssessed {
  const whys = unreadOf(world);
  const blindSince = whys.length === 0 ? null : (before.blindSince ?? now);
  const learnt = { ...learn(world, before, now), blindSince };
  const seen = [
    ...groupFindings(world, learnt, now),
    ...routeFindings(world, learnt, now),
    ...tagFindings(world, now),
  ];
  const isShown = Object.values(learnt.routes).every(({ doubt }) => doubt !== NOT_SHOWN);
  const isWhole = whys.length === 0 && world.paths.known && isShown;
  const own = isWhole ? seen : [...seen, ...unseen(seen, before.found)];
  const memory = { ...learnt, found: own.flatMap(keptOf).slice(0, FOUND_KEPT) };
  const findings = [...own, ...unreadFindings(world, whys, blindSince, now)];
  return {
    findings: findings.toSorted(
      (a, b) => compare(a.reason, b.reason) || compare(a.subject.id, b.subject.id),
    ),
    memory,
  };
}

const keyOf = ({ reason, subject }: Pick<Finding, 'reason' | 'subject'>): string =>
  `${reason} ${subject.id}`;

/** What cannot be read is neither found nor over: what was found stays so (S13). */
function unseen(
  seen: readonly Finding[],
  before: TransitMemory['found'],
): readonly TransitMemory['found'][number][] {
  const keys = new Set(seen.map(keyOf));
  return before.filter((one) => !keys.has(keyOf(one)));
}

const FOUND_KEPT = 200;

function keptOf(finding: Finding): TransitMemory['found'] {
  const reason = TRANSIT_REASONS.find((one) => one === finding.reason);
  if (reason === undefined) return [];
  const { subject, evidence } = finding;
  return [
    {
      ...finding,
      reason,
      evidence: [...evidence],
      subject: { ...subject, within: [...(subject.within ?? [])] },
    },
  ];
}

/** Connections that cannot be read are a finding of their own subject. */
const unreadOf = ({ tables, routes, attachments }: TransitWorld): readonly string[] =>
  [tables, attachments, ...routes.values()].flatMap((one) => (one.known ? [] : [one.why]));

function unreadFindings(
  { region }: TransitWorld,
  whys: readonly string[],
  since: Instant | null,
  now: Instant,
): readonly Finding[] {
  if (since === null || now - since < POLICY.blindMs) return [];
  return [
    {
      reason: 'TransitUnread',
      subject: { kind: 'region', id: region, name: region, group: null, zone: null },
      severity: 'warning',
      summary: `Transit gateway routes of ${region} cannot be read for ${describeMs(now - since)}: none of them is moved.`,
      evidence: [...new Set(whys)].slice(0, 5),
      since,
      hint: 'If it says "denied": grant the action to the role of pollConnections (PollConnectionsRole). If "throttled": find who else calls it.',
    },
  ];
}
