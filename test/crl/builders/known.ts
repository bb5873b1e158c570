/** What the judge knows besides the file. */

import { known } from '../../../lib/core/reading.ts';
import type { KnownCrls } from '../../../lib/crl/rules/input.ts';
import { CRL_POLICY } from '../../../lib/crl/rules.ts';
import { NOW } from './list.ts';

const NOTHING = known(null, NOW);

/** Surely nothing is published, no base is there, no mark was left; these issuers are pinned. */
export const nothingBut = (issuers: KnownCrls['issuers']): KnownCrls => ({
  published: NOTHING,
  base: NOTHING,
  highWater: NOTHING,
  issuers,
  publishedAs: () => NOTHING,
  policy: CRL_POLICY,
});
