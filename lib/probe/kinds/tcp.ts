/** TCP: being accepted is enough. The kernel accepts for a hung daemon too: where the daemon answers, probe that. */

import type { KindDefinition } from '../kind.ts';
import { openStream } from '../stream.ts';

export const tcp: KindDefinition = {
  protocol: 'tcp',
  open: (target) => (attempt) => openStream(target, null, attempt),
  sends: 'a connect',
  alive: 'the connection is accepted',
  caution: 'the kernel accepts for a hung process; prefer a probe that makes the daemon answer',
};
