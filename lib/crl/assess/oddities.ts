/** What clients may stumble over in what is published. Pure. */
import type { Finding } from '../../core/finding.ts';
import { CRL_FINDINGS } from '../../core/findings/crl.ts';
import type { Instant } from '../../core/time.ts';
import type { Oddity } from '../rules/oddities.ts';
import type { FileObservation } from '../types/world.ts';
import { aFinding, fileSubject } from './finding.ts';

export function oddityFindings(
  { fileName, published }: FileObservation,
  now: Instant,
): readonly Finding[] {
  const facts = published.known ? published.value?.facts : undefined;
  return facts === undefined || 'why' in facts ? [] : oddFindings(fileName, facts.oddities, now);
}

export const oddFindings = (
  fileName: string,
  oddities: readonly Oddity[],
  now: Instant,
): readonly Finding[] =>
  oddities.map(({ code, why }) =>
    aFinding(`Crl${code}`, 'warning', fileSubject(fileName), now, {
      summary: `${fileName} is published, and clients may not take it as it is meant: ${why}.`,
      evidence: [why],
      hint: CRL_FINDINGS[`Crl${code}`].hint,
    }),
  );
