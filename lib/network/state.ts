/** What one look at the VPCs leaves for the next: JSON, validated when it is read. */
import * as v from 'valibot';
import type { Finding } from '../core/finding.ts';
import { SEVERITIES, SUBJECT_KINDS } from '../core/finding.ts';
import { NETWORK_FINDINGS } from '../core/findings/network.ts';

export type NetworkReason = keyof typeof NETWORK_FINDINGS;

const isReason = (reason: unknown): reason is NetworkReason =>
  typeof reason === 'string' && Object.hasOwn(NETWORK_FINDINGS, reason);

const Memory = v.object({
  /** Null: never. */
  readAt: v.nullable(v.number()),
  below: v.optional(v.record(v.string(), v.string()), {}),
  findings: v.array(
    v.object({
      reason: v.custom<NetworkReason>(isReason),
      subject: v.object({
        kind: v.picklist(SUBJECT_KINDS),
        id: v.string(),
        name: v.string(),
        group: v.null(),
        zone: v.null(),
      }),
      severity: v.picklist(SEVERITIES),
      summary: v.string(),
      evidence: v.array(v.string()),
      since: v.number(),
      hint: v.string(),
    }),
  ),
});

export interface NetworkMemory {
  readonly readAt: number | null;
  /** By connection: the Direct Connect gateway that it was down with at the last look. */
  readonly below: Readonly<Record<string, string>>;
  /** Of the last look; they stand until the next. */
  readonly findings: readonly NetworkFinding[];
}

export interface NetworkFinding extends Finding {
  readonly reason: NetworkReason;
}

export const NO_NETWORK_MEMORY: NetworkMemory = { readAt: null, below: {}, findings: [] };

/** What was kept; empty for nothing and for garbage. */
export function recallNetwork(stored: unknown): NetworkMemory {
  const parsed = v.safeParse(Memory, stored);
  return parsed.success ? parsed.output : NO_NETWORK_MEMORY;
}
