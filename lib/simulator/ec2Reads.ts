/** Reads of EC2 that take a while, and may be refused. */
import { known, type Reading, unknown } from '../core/reading.ts';
import type { Invocation } from './invocation.ts';
import type { Random } from './random.ts';

/** `refusalOf`: why EC2 refuses the read that ends now; null: it answers. */
export const openReads =
  (self: Invocation, random: Random, refusalOf: () => string | null) =>
  async <T>(signal: AbortSignal, action: string, take: () => T): Promise<Reading<T>> => {
    const at = self.clock.now();
    await self.pass(10 * random.whole(3, 12), signal);
    const why = signal.aborted ? 'aborted' : refusalOf();
    return why === null ? known(take(), at) : unknown(`ec2:${action} ${why}`, at);
  };
