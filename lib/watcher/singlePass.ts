/** One pass on an event: looks at everything afresh and acts only on what EC2 itself confirms. */

import { observe, openObserver } from '../appliances/observe.ts';
import type { Ports } from '../appliances/ports.ts';
import type { Inventory } from '../appliances/types/inventory.ts';
import type { Policy } from '../appliances/types/policy.ts';
import { type Tick } from '../appliances/types/tick.ts';
import type { World } from '../appliances/types/world.ts';
import type { Report } from '../core/report.ts';
import { openAuditLog } from '../incidents/history/log.ts';
import { openNotifier } from '../incidents/notifier.ts';
import { jumpGap, readClocks } from './clockGuard.ts';
import { pass, SAFETY } from './loop.ts';
import { openRunSummary, type Summary } from './runSummary.ts';
import { openMemory } from './state.ts';

export interface OnceOptions {
  /** Null: read off the instances. */
  readonly accountId: string | null;
  readonly policy: Policy;
  /** False: look and decide, but write and tell nothing. */
  readonly speaks: boolean;
  /** Told what EC2 says, before the first knock: half a second that a person need not wait. */
  readonly onOpened?: (world: World) => void;
}

export interface OnceResult {
  readonly tick: Tick;
  /** What the tick was decided on, as EC2 said it. */
  readonly inventory: Inventory;
  readonly summary: Summary;
}

/** The event only says "look now": truth is read, every target is proven by a volley of probes, no lease is taken. */
export async function once(
  ports: Ports,
  { accountId, policy, speaks, onOpened }: OnceOptions,
  signal: AbortSignal,
): Promise<OnceResult> {
  const { clock, store, region, logger } = ports;
  const begun = readClocks(clock);
  const minutes = openRunSummary(region, logger);
  const archive = openMemory(store, clock, region);
  const memory = await archive.recall(policy, signal);
  const observer = await openObserver(
    ports,
    policy,
    accountId ?? '',
    () => memory,
    () => {},
    signal,
  );
  const lease = { observation: () => ({ kind: 'none' }) as const, confirm: async () => false };
  await observer.open(signal);
  onOpened?.(observe(observer, lease.observation(), memory, null, clock.now()));
  await observer.burst(signal);
  const startedAtMs = clock.monotonicMs();
  let report: Report | null = null;
  const record = openAuditLog(ports, 'appliances');
  const tell = (notified: Report) => {
    report = notified;
    if (speaks) record.note(notified);
  };
  const asked: Policy = speaks ? policy : { ...policy, mode: 'observe' };
  const latest = (groups: readonly string[], until: AbortSignal) =>
    archive.lookUp(memory, groups, until);
  const jump = jumpGap(begun, readClocks(clock));
  const options = { policy: asked, lease, jump, tell, latest, safety: SAFETY };
  const inventory = observer.inventory();
  const tick = await pass(ports, observer, memory, options, signal);
  if (speaks) {
    minutes.note(tick, clock.monotonicMs() - startedAtMs);
    // First what the next decision needs: a topic that hangs must not cost the memory of a failover.
    await archive.keepGroups(tick.memory, signal);
    const notifier = openNotifier(ports, {
      scope: 'appliances',
      mode: policy.mode,
      mayResolve: false,
    });
    if (report !== null) minutes.notified(await notifier.tell(report, signal));
    await notifier.flush(signal);
  }
  return { tick, inventory, summary: minutes.summary('once', observer.probeCount()) };
}
