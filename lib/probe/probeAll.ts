/** A probe burst from this process: what `ProbePort.result` does for the vantage `here`. */

import type { ProbeKeys } from './keys.ts';
import { result } from './probe.ts';
import type { ProbeAnswer, Round } from './types.ts';

/** A Lambda environment has 1,024 file descriptors; half of them leaves room for a second burst and the SDK. */
export const OPEN_SOCKETS_MAX = 512;

/**
 * Exactly one answer for each target, handed over as it comes; resolves after the last. All probes leave at once, up to
 * `openSocketsMax`; the rest follow as answers free a place, each with its full `timeoutMs`, so that a burst of more
 * than `openSocketsMax` silent targets takes that many times longer. A probe with a key waits until that was read once.
 * Without `keys` none of those is sent. Aborted: the rest answer `unknown` at once.
 */
export async function probeAll(
  round: Pick<Round, 'targets' | 'timeoutMs'>,
  onAnswer: (answer: ProbeAnswer) => void,
  signal: AbortSignal,
  openSocketsMax: number = OPEN_SOCKETS_MAX,
  keys: ProbeKeys | null = null,
): Promise<void> {
  // One iterator, shared: each lane takes the next target that no other lane has taken.
  const waiting = round.targets.values();
  const lane = async () => {
    for (const target of waiting) {
      onAnswer({ key: target.key, result: await result(target, round.timeoutMs, signal, keys) });
    }
  };
  const laneCount = Math.min(round.targets.length, openSocketsMax);
  await Promise.all(Array.from({ length: laneCount }, lane));
}
