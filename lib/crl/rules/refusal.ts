/** Why a CRL is refused; what to do about each is in the catalogue of findings, under the code with `Crl` before it. */

import type { Severity } from '../../core/finding.ts';
import {
  CRL_FORM_FINDINGS,
  CRL_RULE_FINDINGS,
  CRL_SIGNATURE_FINDINGS,
} from '../../core/findings/crlRefusals.ts';
import { shellQuoted } from '../../core/text.ts';

/** The bytes are not a CRL that can be read. */
export type FormReason = CodeOf<typeof CRL_FORM_FINDINGS>;
/** The CRL is not signed by an issuer that may sign it. */
export type SignatureReason = CodeOf<typeof CRL_SIGNATURE_FINDINGS>;
/** The CRL can be read and is genuine, and yet must not be published. */
type RuleReason = CodeOf<typeof CRL_RULE_FINDINGS>;

export type CrlReason = FormReason | SignatureReason | RuleReason;

type CodeOf<Table> = keyof Table extends `Crl${infer Code}` ? Code : never;

export interface Refusal {
  readonly code: CrlReason;
  /** One sentence with the numbers of this CRL. */
  readonly why: string;
  /** One thing for a person to do. */
  readonly fix: string;
}

export const refusal = (code: CrlReason, why: string): Refusal => ({
  code,
  why,
  fix: REFUSALS[`Crl${code}`].hint,
});

/** An operator may allow it with `vpn-medic crl allow`. */
export const isAllowable = ({ code }: Refusal): boolean =>
  code === 'TooManyMissing' || code === 'DistributionPointOther';

/** For a name that may be published under; others are refused before it could help. */
export const allowCommand = (fileName: string): string =>
  `vpn-medic crl allow ${shellQuoted(fileName)} --for 1h --why REASON`;

export const severityOf = ({ code }: Refusal): Severity => REFUSALS[`Crl${code}`].severities[0];

const REFUSALS = { ...CRL_FORM_FINDINGS, ...CRL_SIGNATURE_FINDINGS, ...CRL_RULE_FINDINGS };
