/** One pass over freshly read facts and a short burst of probes: what an event without a leader, the CLI and the map use. */
import { type Observer, observe, openObserver } from '../appliances/observe.ts';
import type { Ports } from '../appliances/ports.ts';
import type { Memory } from '../appliances/state.ts';
import type { Inventory } from '../appliances/types/inventory.ts';
import type { Tick } from '../appliances/types/tick.ts';
import type { World } from '../appliances/types/world.ts';
import type { LeaseState } from '../core/lease.ts';
import { driftGap, readClocks } from './clockGuard.ts';
import { type PassContext, pass, SAFETY } from './pass.ts';

export interface SinglePassOptions
  extends Pick<PassContext, 'policy' | 'lease' | 'mayWrite' | 'askPause' | 'report' | 'intend'> {
  /** Null: read off the instances. */
  readonly accountId: string | null;
  /** Called with what EC2 says, before the first probe. */
  readonly onOpened?: (world: World) => void;
}

export interface SinglePass {
  readonly tick: Tick;
  /** What the tick was decided on, as EC2 said it. */
  readonly inventory: Inventory;
  readonly probeCount: number;
  readonly tookMs: number;
}

export async function singlePass(
  ports: Ports,
  memory: Memory,
  { accountId, onOpened, ...context }: SinglePassOptions,
  signal: AbortSignal,
): Promise<SinglePass> {
  const { clock } = ports;
  const begun = readClocks(clock);
  const observer: Observer = await openObserver(
    ports,
    context.policy,
    accountId ?? '',
    () => memory,
    { onChange: () => {} },
    signal,
  );
  await observer.open(signal);
  onOpened?.(observe(observer, context.lease(), memory, null, clock.now()));
  await observer.burst(signal);
  const startedAtMs = clock.monotonicMs();
  const clockGap = driftGap(begun, readClocks(clock));
  const inventory = observer.inventory();
  const tick = await pass(
    ports,
    observer,
    memory,
    { ...context, clockGap, safety: SAFETY },
    signal,
  );
  const tookMs = clock.monotonicMs() - startedAtMs;
  return { tick, inventory, probeCount: observer.probeCount(), tookMs };
}

/** A pass that decides as the event's would, and writes and reports nothing. */
export const READ_ONLY: Pick<
  SinglePassOptions,
  'lease' | 'mayWrite' | 'askPause' | 'report' | 'intend'
> = {
  lease: (): LeaseState => ({ kind: 'singlePass', token: 0 }),
  mayWrite: async () => 'none',
  askPause: async () => null,
  report: () => {},
  intend: () => {},
};
