/** TCP: being accepted is enough. The kernel accepts for a hung daemon too: where the daemon talks, probe that. */
import type { ProbeTarget } from '../model/probe.ts';
import type { Opener } from './attempt.ts';
import { openStream } from './stream.ts';

export const tcp =
  (target: ProbeTarget): Opener =>
  (door) =>
    openStream(target, null, door);
