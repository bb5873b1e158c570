/** Whether each endpoint has the published CRL, and when the newer one is to be imported. Pure. */

import type { Finding } from '../../core/finding.ts';
import { CRL_FINDINGS } from '../../core/findings/crl.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { endpointFault } from '../rules/endpoint.ts';
import { elsewhere } from '../rules/oddities.ts';
import type { FileVerdict, ImportNeed } from '../state.ts';
import { nextOpenAt } from '../types/importWindow.ts';
import type { CrlSettings } from '../types/policy.ts';
import type { CrlWorld, EndpointObservation, FileObservation } from '../types/world.ts';
import { compareCrls } from '../x509/compare.ts';
import type { Issuer } from '../x509/issuer.ts';
import { isSameName } from '../x509/name.ts';
import { type Crl, parseCrl } from '../x509/parse.ts';
import { verifyCrl } from '../x509/verify.ts';
import { expiryFindings, listText, parsePem, subjectOf, type Wanted } from './endpointExpiry.ts';
import { aFinding } from './finding.ts';
import { checksWithin } from './freshness.ts';

interface Judged {
  /** Whether the endpoint has the CRL is left open. */
  readonly isUnjudged?: true;
  readonly need: ImportNeed | null;
  readonly findings: readonly Finding[];
}

export function judgeEndpoints(
  world: CrlWorld,
  verdicts: ReadonlyMap<string, FileVerdict>,
  issuers: readonly Issuer[],
  settings: CrlSettings,
  now: Instant,
): {
  readonly findings: readonly Finding[];
  readonly imports: ReadonlyMap<string, ImportNeed>;
  /** Of endpoints that cannot be compared. */
  readonly unjudgedIds: readonly string[];
} {
  const imports = new Map<string, ImportNeed>();
  const unjudgedIds: string[] = [];
  const findings: Finding[] = [];
  for (const endpoint of world.endpoints.known ? world.endpoints.value : []) {
    const file = world.files.find(({ fileName }) => fileName === endpoint.fileName);
    const wanted = wantedCrl(file, verdicts.get(endpoint.fileName), issuers, settings, now);
    const judged = judgeEndpoint(
      endpoint,
      inPlace(endpoint, wanted, file?.url ?? null, settings),
      settings,
      now,
    );
    if (judged.need !== null) imports.set(endpoint.endpointId, judged.need);
    if (judged.isUnjudged && endpoint.ignore === null) unjudgedIds.push(endpoint.endpointId);
    findings.push(...judged.findings);
  }
  return { findings, imports, unjudgedIds };
}

/** The published CRL, or the one about to be. Verified again: being in the public bucket is no proof. */
function wantedCrl(
  file: FileObservation | undefined,
  verdict: FileVerdict | undefined,
  issuers: readonly Issuer[],
  { octetsMax }: CrlSettings,
  now: Instant,
): Wanted {
  const crl = verdict?.accepted?.judgement.crl;
  if (crl !== undefined) return fit({ kind: 'list', crl, isAfterPublish: true });
  if (file === undefined || !file.published.known || issuers.length === 0) return { kind: 'none' };
  const { value } = file.published;
  if (value === null) return { kind: 'unfit', why: 'nothing is published under that name' };
  if (value.bytes === null) return { kind: 'none' };
  const parsed = parseCrl(value.bytes, { octetsMax, entryCountMax: 1_000_000 });
  if (!parsed.ok) return { kind: 'none' };
  const verified = verifyCrl(parsed.crl, issuers, now);
  if (!verified.ok) return { kind: 'unfit', why: `the published CRL is in doubt: ${verified.why}` };
  const { nextUpdateAt } = parsed.crl;
  // An expired CRL would lock every user out; the file has a finding of its own.
  if (nextUpdateAt === null || nextUpdateAt <= now) return { kind: 'none' };
  return fit({ kind: 'list', crl: parsed.crl, isAfterPublish: false });
}

function fit(wanted: Extract<Wanted, { kind: 'list' }>): Wanted {
  const why = endpointFault(wanted.crl);
  return why === null ? wanted : { kind: 'unfit', why };
}

/** A distribution point that users' certificates may not name locks all of them out, unless the endpoint goes by it already. */
function inPlace(
  { list }: EndpointObservation,
  wanted: Wanted,
  url: string | null,
  settings: CrlSettings,
): Wanted {
  const why = wanted.kind === 'list' ? elsewhere(wanted.crl, url) : null;
  if (wanted.kind !== 'list' || why === null || !list.known) return wanted;
  const imported = list.value.pem === null ? null : parsePem(list.value.pem, settings);
  const theirs = imported?.extensions.distributionPoint?.der;
  if (theirs !== undefined && theirs === wanted.crl.extensions.distributionPoint?.der)
    return wanted;
  return { kind: 'unfit', why };
}

const NOTHING: Judged = { need: null, findings: [] };

function judgeEndpoint(
  endpoint: EndpointObservation,
  wanted: Wanted,
  settings: CrlSettings,
  now: Instant,
): Judged {
  const { name, fileName, list } = endpoint;
  const subject = subjectOf(endpoint);
  if (wanted.kind === 'unfit') {
    const finding = aFinding('CrlEndpointUnfit', 'warning', subject, now, {
      summary: `${name} asks for ${fileName}, which it cannot be given: ${wanted.why}.`,
      hint: CRL_FINDINGS.CrlEndpointUnfit.hint,
    });
    return { need: null, findings: [finding, ...expiryFindings(endpoint, wanted, settings, now)] };
  }
  if (!list.known) {
    const finding = aFinding('CrlEndpointUnknown', 'warning', subject, now, {
      summary: `The list that ${name} goes by cannot be read, so nothing is imported.`,
      evidence: [list.why],
      hint: CRL_FINDINGS.CrlEndpointUnknown.hint,
    });
    return { need: null, findings: [finding] };
  }
  const expiry = expiryFindings(endpoint, wanted, settings, now);
  // Another import is pending: the next pass reads its result.
  if (wanted.kind === 'none' || (list.value.pem !== null && !list.value.isActive))
    return { need: null, findings: expiry, isUnjudged: true };
  const judged = compare(endpoint, list.value.pem, wanted, settings, now);
  return { ...judged, findings: [...expiry, ...judged.findings] };
}

function compare(
  endpoint: EndpointObservation,
  pem: string | null,
  { crl, isAfterPublish }: Extract<Wanted, { kind: 'list' }>,
  settings: CrlSettings,
  now: Instant,
): Judged {
  const imported = pem === null ? null : parsePem(pem, settings);
  const needed = (because: string, waitsUntil: Instant | null = null): Judged => ({
    need: { crl, isAfterPublish, because, waitsUntil },
    // A renewal that waits leaves it with the same certificates: it is not behind.
    findings: waitsUntil === null ? [behind(endpoint, because, now)] : [],
  });
  if (imported === null) return needed(pem === null ? 'it has no CRL' : 'its CRL cannot be read');
  if (imported.der.equals(crl.der)) return NOTHING;
  const isSameIssuer = isSameName(imported.issuer, crl.issuer);
  const { addedCount, lostCount, order } = compareCrls(crl, imported);
  if (isSameIssuer && order < 0) {
    const finding = aFinding('CrlEndpointAhead', 'warning', subjectOf(endpoint), now, {
      summary: `${endpoint.name} has a later list than ${endpoint.fileName} as published; it keeps it.`,
      evidence: [`the endpoint's: ${listText(imported)}`, `published: ${listText(crl)}`],
      hint: CRL_FINDINGS.CrlEndpointAhead.hint,
    });
    return { need: null, findings: [finding] };
  }
  if (!isSameIssuer) return needed('its CRL is by another issuer');
  if (addedCount > 0 || lostCount > 0)
    return needed(`${addedCount} more revoked, ${lostCount} no more listed`);
  return renewal(imported, crl, settings, now, needed);
}

/** An import resets connections: with an equal set it waits until the CRL's last tenth, or the window before that. */
function renewal(
  imported: Crl,
  crl: Crl,
  { importWindow }: CrlSettings,
  now: Instant,
  needed: (because: string, waitsUntil?: Instant | null) => Judged,
): Judged {
  const endsAt = imported.nextUpdateAt;
  if (endsAt === null || crl.nextUpdateAt === null || crl.nextUpdateAt <= endsAt) return NOTHING;
  const because = `its CRL, with the same certificates, ends at ${toIso(endsAt)}`;
  const lifeMs = endsAt - imported.thisUpdateAt;
  // The last tenth, and two checks at least: one that fails is followed by another.
  const latestAt = endsAt - Math.max(lifeMs / 10, checksWithin(2, lifeMs / 2));
  const atLatest = () => needed(because, now >= latestAt ? null : latestAt);
  if (importWindow === null) return atLatest();
  const opensAt = nextOpenAt(importWindow, now);
  if (opensAt > now)
    // It would end before the window opens: a reset is better than a lockout.
    return opensAt < endsAt - LAST_MS ? needed(because, opensAt) : atLatest();
  const nextWeekAt = now + (importWindow.day === null ? DAY_MS : 7 * DAY_MS);
  return needed(because, now >= latestAt || nextWeekAt >= endsAt - LAST_MS ? null : nextWeekAt);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A window that opens later than this before the end is not waited for. */
const LAST_MS = 2 * HOUR_MS;

const behind = (endpoint: EndpointObservation, because: string, now: Instant): Finding =>
  aFinding('CrlEndpointBehind', 'warning', subjectOf(endpoint), now, {
    summary: `${endpoint.name} does not go by ${endpoint.fileName} as published: ${because}.`,
    hint: CRL_FINDINGS.CrlEndpointBehind.hint,
  });
