/** Whether the CA keeps up: late, expiring, expired, or silent for longer than is its habit. Pure. */

import type { Finding } from '../../core/finding.ts';
import { CRL_FINDINGS } from '../../core/findings/crl.ts';
import { describeMs, type Instant, toIso } from '../../core/time.ts';
import { allowCommand, isAllowable } from '../rules/refusal.ts';
import type { FileMemory, FileVerdict } from '../state.ts';
import { CHECK_EVERY_MS } from '../types/policy.ts';
import type { CrlFacts, FileObservation } from '../types/world.ts';
import { aFinding, fileSubject } from './finding.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** An upload takes a moment after the CA has signed. */
const LATE_GRACE_MS = 15 * 60_000;
/** Fewer gaps are no habit. */
const ARRIVALS_MIN = 4;

/**
 * Lives shorter than 28 and 20 days warn at a quarter, and are critical at a tenth of theirs; what lives for hours only,
 * early enough for a check to come in between.
 */
export function thresholds(thisUpdateAt: Instant, nextUpdateAt: Instant) {
  const lifeMs = Math.max(0, nextUpdateAt - thisUpdateAt);
  return {
    warningMs: Math.min(7 * DAY_MS, Math.max(lifeMs / 4, checksWithin(1, lifeMs / 2))),
    criticalMs: Math.min(2 * DAY_MS, Math.max(lifeMs / 10, checksWithin(1, lifeMs / 6))),
  };
}

/** As long as so many scheduled checks take to come at least, and `mostMs` at most. */
export const checksWithin = (count: number, mostMs: number): number =>
  Math.min(count * CHECK_EVERY_MS + CHECK_LATE_MS, mostMs);
/** A check is called within the minute, and takes some. */
const CHECK_LATE_MS = 3 * 60_000;

export function freshnessFindings(
  { fileName, published }: FileObservation,
  verdict: FileVerdict | undefined,
  memory: FileMemory | undefined,
  now: Instant,
): readonly Finding[] {
  const facts = published.known ? published.value?.facts : undefined;
  if (facts === undefined || 'why' in facts) return [];
  const hint = hintOf(fileName, verdict);
  return [...ageing(fileName, facts, hint, now), ...silence(fileName, memory, now)];
}

export const SIGN_NOW = 'Have the CA sign a list now, and see why its upload did not come.';

/** A newer CRL that waits in the inbox, refused, is nearer than another one from the CA. */
function hintOf(fileName: string, verdict: FileVerdict | undefined): string {
  if (verdict?.accepted)
    return `A newer ${fileName} lies in the inbox, and is right: see what keeps it from being published (a pause, mode observe, or a write that fails).`;
  const [first] = verdict?.refusals ?? [];
  if (first === undefined) return SIGN_NOW;
  const waits = `A newer ${fileName} lies in the inbox and is refused (${first.code})`;
  return isAllowable(first)
    ? `${waits}: if that is intended, run: ${allowCommand(fileName)}`
    : `${waits}: ${first.fix}`;
}

/** Late, about to expire, or expired. */
export function ageing(
  fileName: string,
  facts: Pick<CrlFacts, 'thisUpdateAt' | 'nextUpdateAt' | 'nextPublishAt'>,
  hint: string,
  now: Instant,
): readonly Finding[] {
  const subject = fileSubject(fileName);
  const { thisUpdateAt, nextUpdateAt, nextPublishAt } = facts;
  const evidence = [
    `signed for ${toIso(thisUpdateAt)}`,
    ...(nextPublishAt === null ? [] : [`next one announced for ${toIso(nextPublishAt)}`]),
    ...(nextUpdateAt === null ? [] : [`valid until ${toIso(nextUpdateAt)}`]),
  ];
  if (nextUpdateAt !== null && nextUpdateAt <= now) {
    return [
      aFinding('CrlExpired', 'critical', subject, now, {
        summary: `${fileName} expired ${describeMs(now - nextUpdateAt)} ago: strict servers refuse every client.`,
        evidence,
        since: nextUpdateAt,
        hint,
      }),
    ];
  }
  const isLate = nextPublishAt !== null && now - nextPublishAt > LATE_GRACE_MS;
  const late = isLate
    ? [
        aFinding('CrlLate', 'warning', subject, now, {
          summary: `The CA is late: it announced the next ${fileName} for ${toIso(nextPublishAt)}.`,
          evidence,
          since: nextPublishAt,
          hint,
        }),
      ]
    : [];
  if (nextUpdateAt === null) return late;
  const leftMs = nextUpdateAt - now;
  const { warningMs, criticalMs } = thresholds(thisUpdateAt, nextUpdateAt);
  if (leftMs >= warningMs) return late;
  return [
    ...late,
    aFinding('CrlExpiring', leftMs < criticalMs ? 'critical' : 'warning', subject, now, {
      summary: `${fileName} expires in ${describeMs(leftMs)}.`,
      evidence,
      since: nextUpdateAt - warningMs,
      hint,
    }),
  ];
}

/** One and a half times the longest pause so far, and an hour. */
function silence(
  fileName: string,
  memory: FileMemory | undefined,
  now: Instant,
): readonly Finding[] {
  const arrivedAts = memory?.arrivedAts ?? [];
  const last = arrivedAts.at(-1);
  if (last === undefined || arrivedAts.length < ARRIVALS_MIN) return [];
  const gaps = arrivedAts.slice(1).map((at, index) => at - (arrivedAts[index] ?? at));
  const longestMs = Math.max(...gaps);
  const silentMs = now - last;
  if (silentMs <= longestMs * 1.5 + HOUR_MS) return [];
  return [
    aFinding('CrlInboxSilent', 'warning', fileSubject(fileName), now, {
      summary: `No new ${fileName} for ${describeMs(silentMs)}; until now one came at least every ${describeMs(longestMs)}.`,
      evidence: [`the last came at ${toIso(last)}`],
      since: last,
      hint: CRL_FINDINGS.CrlInboxSilent.hint,
    }),
  ];
}
