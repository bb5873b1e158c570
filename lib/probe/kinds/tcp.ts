/** TCP: being accepted is enough. The kernel accepts for a hung daemon too: where the daemon talks, probe that. */

import type { Opener } from '../attempt.ts';
import { openStream } from '../stream.ts';
import type { ProbeTarget } from '../types.ts';

export const tcp =
  (target: ProbeTarget): Opener =>
  (attempt) =>
    openStream(target, null, attempt);
