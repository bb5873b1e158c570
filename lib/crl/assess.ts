/** Judges CRLs: inbox, published copies, what clients download, and endpoints. Pure. */

import type { Finding } from '../core/finding.ts';
import { CRL_FINDINGS } from '../core/findings/crl.ts';
import { CRL_FORM_FINDINGS } from '../core/findings/crlRefusals.ts';
import { describeMs, type Instant, toIso } from '../core/time.ts';
import { candidateFindings } from './assess/candidates.ts';
import { copyFindings } from './assess/copies.ts';
import { aFinding, inboxSubject } from './assess/finding.ts';
import { freshnessFindings } from './assess/freshness.ts';
import { judgeEndpoints } from './assess/imports.ts';
import { oddityFindings } from './assess/oddities.ts';
import { unjudgedOf } from './assess/unjudged.ts';
import { judgeFiles } from './assess/verdicts.ts';
import type { CrlRule } from './rules.ts';
import { ARRIVALS_KEPT, type CrlMemory, type FileMemory, type FileVerdict } from './state.ts';
import type { CrlSettings } from './types/policy.ts';
import type { CrlWorld, FileObservation } from './types/world.ts';
import { type Issuer, type NoIssuer, readIssuers as readPinned } from './x509/issuer.ts';
import { isSameName } from './x509/name.ts';

export interface CrlPass {
  /** The event that led here; null: the clock did. */
  readonly event: { readonly fileName: string; readonly sequencer: string } | null;
  readonly settings: CrlSettings;
  readonly rules: readonly CrlRule[];
}

export function assessCrls(
  world: CrlWorld,
  memory: CrlMemory,
  { event, settings, rules }: CrlPass,
  now: Instant,
): {
  readonly findings: readonly Finding[];
  readonly memory: CrlMemory;
  /** By `unjudgedKey`. */
  readonly unjudged: ReadonlySet<string>;
} {
  const { issuers, faults } = readIssuers(world);
  const whys = faults.map(({ why }) => why);
  const verdicts = judgeFiles(world, issuers, settings, rules, now);
  const endpoints = judgeEndpoints(world, verdicts, issuers, settings, now);
  const files = new Map(
    world.files.flatMap((file) => {
      const next = remember(file, verdicts.get(file.fileName), memory.files.get(file.fileName));
      if (next === null) return [];
      const sequencer = event?.fileName === file.fileName ? event.sequencer : next.sequencer;
      return [[file.fileName, { ...next, sequencer }] as const];
    }),
  );
  const findings = [
    ...observationFindings(world, verdicts, now),
    ...faults.map((fault) => issuerFault(fault, now)),
    ...expiringIssuers(issuers, now),
    ...world.files.flatMap((file) => {
      const verdict = verdicts.get(file.fileName);
      const remembered = files.get(file.fileName);
      return [
        ...(file.isCrowd ? [] : candidateFindings(file, verdict, whys, now)),
        ...copyFindings(file, now),
        ...oddityFindings(file, now),
        ...freshnessFindings(file, verdict, remembered, now),
      ];
    }),
    ...endpoints.findings,
  ];
  return {
    findings,
    memory: {
      files,
      askedAts: askedAtsOf(world, memory, now),
      verdicts,
      imports: endpoints.imports,
    },
    unjudged: unjudgedOf(world, verdicts, endpoints.unjudgedIds),
  };
}

function askedAtsOf(
  { endpoints }: CrlWorld,
  { askedAts }: CrlMemory,
  now: Instant,
): CrlMemory['askedAts'] {
  const kept = [...askedAts].filter(([, at]) => now - at < DAY_MS);
  const asking = endpoints.known ? endpoints.value : [];
  return new Map([...kept, ...asking.map(({ endpointId }) => [endpointId, now] as const)]);
}

function readIssuers({ issuers }: CrlWorld) {
  const read = issuers.known ? issuers.value.flatMap(readPinned) : [];
  return {
    issuers: read.flatMap((one) => (one.ok ? [one.issuer] : [])),
    faults: read.flatMap((one) => (one.ok ? [] : [one])),
  };
}

/** A certificate beside a secret key is pinned all the same: without it every list of that CA would be refused. */
const issuerFault = ({ fileName, why, isSecret }: NoIssuer, now: Instant): Finding =>
  isSecret
    ? aFinding('CrlPrivateKey', 'warning', inboxSubject(`issuers/${fileName}`), now, {
        summary: `A private key lies among the pinned issuers: ${why}. Every principal that may read the inbox has been able to read it.`,
        hint: CRL_FORM_FINDINGS.CrlPrivateKey.hint,
      })
    : aFinding('CrlIssuerUnreadable', 'warning', inboxSubject('issuers'), now, {
        summary: `A pinned issuer cannot be read, so its lists are refused: ${why}`,
        hint: CRL_FINDINGS.CrlIssuerUnreadable.hint,
      });

/** Null: nothing worth keeping. */
function remember(
  { arrival }: FileObservation,
  verdict: FileVerdict | undefined,
  before: FileMemory | undefined,
): FileMemory | null {
  if (arrival === null || verdict === undefined || !verdict.isJudged) return before ?? null;
  const { etag, modifiedAt } = arrival;
  const isNew = before?.etag !== etag;
  const arrivedAts = [...(before?.arrivedAts ?? []), ...(isNew ? [modifiedAt] : [])];
  return {
    etag,
    sequencer: isNew ? null : (before?.sequencer ?? null),
    // Set once it is published; until then every pass judges it again.
    sha256: isNew ? null : (before?.sha256 ?? null),
    arrivedAts: arrivedAts.slice(-ARRIVALS_KEPT),
  };
}

function observationFindings(
  world: CrlWorld,
  verdicts: ReadonlyMap<string, FileVerdict>,
  now: Instant,
): readonly Finding[] {
  const gaps = [
    ...(world.inbox.known ? [] : [['inbox', world.inbox.why] as const]),
    ...(world.issuers.known ? [] : [['issuers', world.issuers.why] as const]),
    ...(world.endpoints.known ? [] : [['endpoints', world.endpoints.why] as const]),
  ];
  const lost = gaps.map(([what, why]) =>
    aFinding('CrlSightLost', 'warning', inboxSubject(what), now, {
      summary: `The ${what} cannot be read: nothing new is published or imported until they can.`,
      evidence: [why],
      hint: CRL_FINDINGS.CrlSightLost.hint,
    }),
  );
  if (!world.inbox.known) return lost;
  const { objectCount, isWhole, unread } = world.inbox.value;
  const crowd = world.files.filter(
    ({ fileName, isCrowd }) => isCrowd && (verdicts.get(fileName)?.refusals ?? []).length > 0,
  );
  if (isWhole && unread.length < UNREAD_NOTIFIED && crowd.length === 0) return lost;
  const count = isWhole ? String(objectCount) : `more than ${objectCount}`;
  return [
    ...lost,
    aFinding('CrlInboxFlooded', 'warning', inboxSubject('inbox'), now, {
      summary: `The inbox holds ${count} files, most of names that were never published: the first refused ones are notified one by one, the rest is not.`,
      evidence: [
        ...crowd.slice(0, 5).map(({ fileName }) => `refused: ${JSON.stringify(fileName)}`),
        ...unread.slice(0, 5).map((name) => `not read yet: ${JSON.stringify(name)}`),
      ],
      hint: CRL_FINDINGS.CrlInboxFlooded.hint,
    }),
  ];
}

const UNREAD_NOTIFIED = 16;

const DAY_MS = 86_400_000;
const ISSUER_WARNING_MS = 30 * DAY_MS;

/** Or that have expired; unless a successor of the same name is pinned already. */
const expiringIssuers = (issuers: readonly Issuer[], now: Instant): readonly Finding[] =>
  issuers
    .filter(
      ({ name, notAfterAt }) =>
        notAfterAt - now < ISSUER_WARNING_MS &&
        !issuers.some((other) => isSameName(other.name, name) && other.notAfterAt > notAfterAt),
    )
    .map(({ fileName, notAfterAt }) =>
      aFinding('CrlIssuerExpiring', 'warning', inboxSubject(`issuers/${fileName}`), now, {
        summary:
          notAfterAt > now
            ? `The pinned issuer ${fileName} expires in ${describeMs(notAfterAt - now)}; lists signed by it are refused after that.`
            : `The pinned issuer ${fileName} expired ${describeMs(now - notAfterAt)} ago; lists signed by it are refused.`,
        evidence: [`valid until ${toIso(notAfterAt)}`],
        hint: CRL_FINDINGS.CrlIssuerExpiring.hint,
      }),
    );
