/** Every finding by its reason code. Functions import the table of their own subject: the whole is for docs, schemas and tests. */

import { APPLIANCE_FINDINGS } from './appliances.ts';
import { ENDPOINT_FINDINGS } from './clientVpn.ts';
import { CRL_FINDINGS } from './crl.ts';
import { CRL_FORM_FINDINGS, CRL_RULE_FINDINGS, CRL_SIGNATURE_FINDINGS } from './crlRefusals.ts';
import type { FindingEntry } from './entry.ts';
import { METRIC_FINDINGS } from './metrics.ts';
import { NETWORK_FINDINGS } from './network.ts';
import { REPAIR_FINDINGS } from './repairs.ts';
import { SHARED_FINDINGS } from './shared.ts';
import { CONNECTION_FINDINGS } from './siteToSite.ts';
import { FAULT_FINDINGS } from './tags.ts';
import { TRANSIT_FINDINGS } from './transitGateway.ts';

export type Reason = keyof typeof TABLES;

const TABLES = {
  ...SHARED_FINDINGS,
  ...APPLIANCE_FINDINGS,
  ...FAULT_FINDINGS,
  ...REPAIR_FINDINGS,
  ...CONNECTION_FINDINGS,
  ...TRANSIT_FINDINGS,
  ...NETWORK_FINDINGS,
  ...ENDPOINT_FINDINGS,
  ...METRIC_FINDINGS,
  ...CRL_FORM_FINDINGS,
  ...CRL_SIGNATURE_FINDINGS,
  ...CRL_RULE_FINDINGS,
  ...CRL_FINDINGS,
};

export type Catalogue = Readonly<Record<string, FindingEntry>>;

export const FINDINGS: Readonly<Record<Reason, FindingEntry>> = TABLES;

/** What is stored may be of another version: a reason that is not known here is its own title. */
export const titleOf = (reason: string): string => {
  const entries: Catalogue = FINDINGS;
  return Object.hasOwn(entries, reason) ? (entries[reason]?.title ?? reason) : reason;
};
