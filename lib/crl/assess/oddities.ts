/** What clients may stumble over in what is published, or is about to be. Pure. */
import type { Finding } from '../../core/finding.ts';
import { CRL_FINDINGS } from '../../core/findings/crl.ts';
import type { Instant } from '../../core/time.ts';
import { odditiesOf } from '../rules/oddities.ts';
import type { FileVerdict } from '../state.ts';
import type { FileObservation } from '../types/world.ts';
import { aFinding, fileSubject } from './finding.ts';

export function oddityFindings(
  { fileName, url, published }: FileObservation,
  verdict: FileVerdict | undefined,
  now: Instant,
): readonly Finding[] {
  const accepted = verdict?.accepted?.judgement.crl;
  const facts = published.known ? published.value?.facts : undefined;
  const there = facts === undefined || 'why' in facts ? [] : facts.oddities;
  const oddities = accepted === undefined ? there : odditiesOf(accepted, url);
  return oddities.map(({ code, why }) =>
    aFinding(`Crl${code}`, 'warning', fileSubject(fileName), now, {
      summary: `${fileName} is published, and clients may not take it as it is meant: ${why}.`,
      evidence: [why],
      hint: CRL_FINDINGS[`Crl${code}`].hint,
    }),
  );
}
