/** Which finding suppresses which: one notification for the root cause instead of one for each symptom. Pure. */
import { bySeverity, type Finding, type Severity, type Subject } from '../core/finding.ts';
import {
  DOUBTS,
  DOWN,
  FELLING,
  NO_REFUSAL,
  PART_OF,
  UNJUDGED,
} from '../core/findings/relations.ts';
import { compare } from '../core/order.ts';

/** What inhibition looks at, of a finding or an incident. */
export interface Explicable {
  readonly reason: string;
  readonly subject: Subject;
  readonly severity: Severity;
}

/**
 * One name for findings that are one trouble of one thing, in another form: down in whatever way, late, about to expire
 * and expired, a repair and its failure, a file refused by one rule or another, a copy that is wrong and then out of
 * sight, an endpoint without the published CRL for whatever reason. A new form continues the open incident: it is never
 * resolved beside it.
 */
export const troubleOf = ({ reason, subject }: Pick<Explicable, 'reason' | 'subject'>): string => {
  if (isRefusal({ reason, subject })) return `${subject.id} refused`;
  const form = DOWN.has(reason)
    ? 'down'
    : reason
        .replace(/^Repair.*/, 'Repair')
        .replace(/^Drill(?:Running|Failed)$/, 'Drill')
        .replace(/^Crl(?:Late|InboxSilent)$/, 'CrlExpiring')
        .replace(/Expired$/, 'Expiring')
        .replace(/^CrlImportFailed$/, 'CrlEndpointBehind')
        .replace(/^(CrlEndpoint)(?:Behind|Unfit|Ahead|Unknown)$/, '$1')
        .replace(/^(CrlCopy)(?:Lost|Strange|Unreadable)$/, '$1')
        .replace(/^(Crl(?:Served|Replica))(?:Differs|Unknown)$/, '$1');
  return `${subject.id} ${form}`;
};

/** Whether it says that an uploaded CRL is refused. */
export const isRefusal = ({ reason, subject }: Pick<Explicable, 'reason' | 'subject'>): boolean =>
  subject.kind === 'crl' && !NO_REFUSAL.has(reason);

/** Ids of things that are found down and critical, or that cannot be judged: what is wrong with them or within them does not end. */
export const unwellIds = (findings: Iterable<Finding>): ReadonlySet<string> =>
  new Set(
    [...findings].flatMap((one) =>
      (isDown(one) && one.severity === 'critical') || UNJUDGED.has(one.reason)
        ? [one.subject.id]
        : [],
    ),
  );

export const isDown = ({ reason }: Explicable): boolean => DOWN.has(reason);

/** Whether sight of its subject is lost as a whole: then nothing there that was down may be called over. */
export const isObjection = ({ reason, severity }: Explicable): boolean =>
  DOUBTS.includes(reason) && severity === 'critical';

/** Whether an objection is about this one: a region's is about everything. */
export const isObjectedBy = (
  { subject: { id, within = [] } }: Explicable,
  by: Explicable,
): boolean =>
  by.subject.kind === 'region' || id === by.subject.id || within.includes(by.subject.id);

/**
 * The one of `findings` that explains this best (the greatest), by the ids that the caller gave them. One that is silenced
 * explains no other subject's.
 */
export function openExplainer(
  findings: ReadonlyMap<string, Finding>,
  isSilenced: (subject: Subject) => boolean,
): (one: Explicable, isActedOn: boolean) => string | null {
  const felled = new Map<string, [rank: number, id: string]>();
  const objections: (readonly [id: string, Finding])[] = [];
  for (const [id, finding] of findings) {
    if (isObjection(finding)) objections.push([id, finding]);
    const rank = FELLING.indexOf(finding.reason);
    if (rank < 0) continue;
    const before = felled.get(finding.subject.id);
    if (before === undefined || rank < before[0]) felled.set(finding.subject.id, [rank, id]);
  }
  const shared = openShared(findings, isSilenced);
  return (one, isActedOn) => {
    if (!isDown(one)) return shared(one);
    // What vpn-medic acted on is always notified.
    const objection = objections.find(([, by]) => isObjectedBy(one, by));
    if (objection !== undefined && !isActedOn) return objection[0];
    const ownRank = FELLING.indexOf(one.reason);
    const greater = (one.subject.within ?? [])
      .flatMap((id) => {
        const found = felled.get(id);
        return found !== undefined && (ownRank < 0 || found[0] <= ownRank) ? [found] : [];
      })
      .toSorted(([a], [b]) => a - b);
    return greater[0]?.[1] ?? null;
  };
}

/** The first of those that fail by the same thing; null: it is the first, or fails alone. */
function openShared(
  findings: ReadonlyMap<string, Finding>,
  isSilenced: (subject: Subject) => boolean,
): (one: Explicable) => string | null {
  const first = new Map<string, readonly [id: string, subjectId: string]>();
  const inOrder = [...findings]
    .filter(([, { subject }]) => subject.dependsOn !== undefined && !isSilenced(subject))
    .toSorted(([a, x], [b, y]) => bySeverity(x, y) || x.since - y.since || compare(a, b));
  for (const [id, one] of inOrder) {
    for (const key of keysOf(one)) if (!first.has(key)) first.set(key, [id, one.subject.id]);
  }
  return (one) => {
    const leads = keysOf(one).map((key) => first.get(key));
    const isOther = leads.every((lead) => lead !== undefined && lead[1] !== one.subject.id);
    return isOther ? (leads[0]?.[0] ?? null) : null;
  };
}

const keysOf = ({ reason, subject: { dependsOn = [] } }: Explicable): readonly string[] =>
  dependsOn.map((id) => `${reason} ${id}`);

/** The reason whose notification covers this one too; null: none. */
export const wholeOf = ({ reason }: Explicable): string | null => PART_OF.get(reason) ?? null;

/** Whether people know of it only by the notice of its whole. */
export const isNotifiedAsPart = (one: Explicable & { readonly parent: string | null }): boolean => {
  const whole = wholeOf(one);
  return whole !== null && one.parent?.endsWith(`/${whole}`) === true;
};
