/** What `vpn-medic setup --json` prints. */
import type { CrlAddress } from './facts.ts';
import type { ProbePlace } from './rules.ts';
import type { Proposal } from './types.ts';

/** Version 1: fields may be added, never renamed or taken away. */
export interface SetupReport {
  readonly version: 1;
  readonly region: string;
  readonly proposal: Proposal;
  /** Null: no security group is known; probes leave from outside the VPC. */
  readonly probePlace: ProbePlace | null;
  readonly crlAddresses: readonly CrlAddress[];
  readonly connectionCount: number;
  readonly endpointCount: number;
  readonly monthlyUsd: number;
  readonly monthlyUsdAfterFree: number;
  /** What could not be read. */
  readonly notes: readonly string[];
  /** In the chosen format. */
  readonly lines: readonly string[];
  /** Tags that this run has added. */
  readonly appliedCount: number;
}
