/** What one look at the VPCs leaves for the next: JSON, validated when it is read. */
import * as v from 'valibot';
import type { Finding } from '../core/finding.ts';
import { SEVERITIES, SUBJECT_KINDS } from '../core/finding.ts';
import { NETWORK_FINDINGS } from '../core/findings/network.ts';
import type { VirtualInterfaceFact } from './types.ts';

export type NetworkReason = keyof typeof NETWORK_FINDINGS;

const isReason = (reason: unknown): reason is NetworkReason =>
  typeof reason === 'string' && Object.hasOwn(NETWORK_FINDINGS, reason);

const Interface = v.object({
  interfaceId: v.string(),
  name: v.string(),
  connectionId: v.string(),
  device: v.string(),
  gatewayId: v.string(),
  leadsTo: v.array(v.string()),
  isUp: v.nullable(v.boolean()),
});

const Memory = v.object({
  /** Null: never. */
  readAt: v.nullable(v.number()),
  below: v.optional(v.record(v.string(), v.string()), {}),
  directConnect: v.optional(
    v.nullable(v.object({ at: v.number(), interfaces: v.array(Interface) })),
    null,
  ),
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
  /** Virtual interfaces as they were last read, for the map; null: never. */
  readonly directConnect: {
    readonly at: number;
    readonly interfaces: readonly SeenInterface[];
  } | null;
  /** Of the last look; they stand until the next. */
  readonly findings: readonly NetworkFinding[];
}

export interface SeenInterface extends VirtualInterfaceFact {
  /** Gateways of AWS that its Direct Connect gateway is associated with; empty: it leads to its own gateway alone. */
  readonly leadsTo: readonly string[];
}

export interface NetworkFinding extends Finding {
  readonly reason: NetworkReason;
}

export const NO_NETWORK_MEMORY: NetworkMemory = {
  readAt: null,
  below: {},
  directConnect: null,
  findings: [],
};

/** What was kept; empty for nothing and for garbage. */
export function recallNetwork(stored: unknown): NetworkMemory {
  const parsed = v.safeParse(Memory, stored);
  return parsed.success ? parsed.output : NO_NETWORK_MEMORY;
}
