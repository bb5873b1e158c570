/** i-a1 as told, beside an i-b1 that is well: what assess makes of them. */
import { assess } from '../../lib/appliances/assess.ts';
import type { ApplianceMemory } from '../../lib/appliances/state.ts';
import type { Assessment } from '../../lib/appliances/types/assessment.ts';
import type { Finding } from '../../lib/core/finding.ts';
import type { Reason } from '../../lib/core/reasons.ts';
import { anObservation, each } from './evidence.ts';
import { NOW } from './facts.ts';
import {
  anAppliance,
  applianceMemory,
  aWorld,
  memoryOf,
  policyOf,
  type WorldParts,
} from './world.ts';

export const lately = (seen: string) => each(seen, NOW - 100 - (seen.length - 1) * 1_000);
export const A = anAppliance('i-a1');
export const B = anAppliance('i-b1');

export interface Setting extends WorldParts {
  /** What i-a1's `ike:500` said. */
  readonly said?: string;
  readonly hasSpoken?: boolean;
  readonly past?: Partial<ApplianceMemory>;
  readonly at?: number;
}

export function look({
  said = '+++',
  hasSpoken = true,
  past,
  at = NOW,
  ...parts
}: Setting = {}): Assessment {
  const notified = { 'i-a1 ike:500': lately(said), 'i-b1 ike:500': lately('+++') };
  const world = aWorld({
    appliances: [A, B],
    vantages: [anObservation(notified, { hasSpoken })],
    ...parts,
  });
  const appliances = new Map(past === undefined ? [] : [['i-a1', applianceMemory(past)]]);
  return assess(world, memoryOf({ appliances }), policyOf(), at);
}

export const find = (assessment: Assessment, reason: Reason): Finding | undefined =>
  assessment.findings.find((finding) => finding.reason === reason);
/** Without information, which is notified nowhere. */
export const reasons = ({ findings }: Assessment): readonly string[] =>
  findings.flatMap(({ reason, severity }) => (severity === 'info' ? [] : [reason]));
