/** Completes the lifecycle hooks that are due. */

import type { WriteAnswer } from '../../core/routeWrite.ts';
import type { Clock, Instant } from '../../core/time.ts';
import type { DueHook } from '../plan/hooks.ts';
import type { Ports } from '../ports.ts';
import type { Memory } from '../state.ts';

export interface CompletedHook extends DueHook {
  readonly at: Instant;
  readonly answer: WriteAnswer;
}

/** One answer for each; asked right before that nothing may be written, none. */
export async function completeHooks(
  { hooks, clock }: Pick<Ports, 'hooks'> & { readonly clock: Clock },
  due: readonly DueHook[],
  mayWrite: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<readonly CompletedHook[]> {
  if (due.length === 0 || !(await mayWrite())) return [];
  return Promise.all(
    due.map(async (one) => {
      const answer = await hooks.complete(one.hook, one.instanceId, signal);
      return { ...one, at: clock.now(), answer };
    }),
  );
}

/** What AWS has answered for good is not asked again by this process. */
export const rememberHooks = (
  { completedHooks }: Memory,
  completed: readonly CompletedHook[],
): Memory['completedHooks'] => {
  const tokens = completed.flatMap(({ hook, answer: { kind } }) =>
    kind === 'written' || kind === 'refused' ? [hook.token] : [],
  );
  return tokens.length === 0 ? completedHooks : new Set([...completedHooks, ...tokens]);
};
