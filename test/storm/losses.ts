/** Faults by which what the product has learnt may be lost, or be older than it should be. */
import type { Fault } from '../../lib/simulator/faults.ts';

export const STATE_LOSSES: readonly Fault['kind'][] = [
  'store-unreachable',
  'store-flaky',
  'store-conflicts',
  'store-garbage',
];
