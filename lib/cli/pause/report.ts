/** A pause as `--json` prints it. Pure. */
import type { Pause } from '../../core/pause.ts';
import { toIso } from '../../core/time.ts';

export const reportPause = ({ at, until, by, why }: Pause) => ({
  at: toIso(at),
  until: toIso(until),
  by,
  why,
});
