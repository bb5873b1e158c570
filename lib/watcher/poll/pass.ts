/** One pass over a polled scope: the same five stages, joined once for all of them. */
import type { Finding } from '../../core/finding.ts';
import type { Lead } from '../../core/lease.ts';
import { openPauseGate } from '../../core/pause.ts';
import type { Report } from '../../core/report.ts';
import { openAuditLog } from '../../incidents/history/log.ts';
import { openKeptNotifier } from '../../incidents/keptNotifier.ts';
import type { RegionPorts } from '../../incidents/ports.ts';
import type { Notification } from '../../incidents/types.ts';
import { openMemory } from './memory.ts';
import type { Stages } from './stages.ts';

export interface PollSummary {
  readonly version: 1;
  readonly scope: string;
  readonly region: string;
  readonly findings: number;
  readonly actions: number;
  readonly held: number;
  readonly notifications: number;
  /** Nothing was due, or another process leads the scope, and was asked to look now. */
  readonly isSkipped?: boolean;
}

export const skipped = (scope: string, region: string): PollSummary => ({
  version: 1,
  scope,
  region,
  findings: 0,
  actions: 0,
  held: 0,
  notifications: 0,
  isSkipped: true,
});

export interface Poll<World> {
  readonly world: World;
  readonly findings: readonly Finding[];
  readonly report: Report;
  /** Those that were published. */
  readonly notifications: readonly Notification[];
  readonly summary: PollSummary;
}

/** Memory goes before notifications: a topic that hangs must not cost what was done. */
export async function pollOnce<World, Memory, Plan, Outcome>(
  ports: RegionPorts,
  stages: Stages<World, Memory, Plan, Outcome>,
  mode: 'act' | 'observe',
  lead: Lead,
  signal: AbortSignal,
): Promise<Poll<World>> {
  const { clock, region, logger } = ports;
  const { scope } = stages;
  const gate = openPauseGate(ports.store, clock);
  const { requestIds = [] } = stages;
  const stateStore = await openMemory(ports, scope, requestIds, gate, signal);
  const memory = stages.recall(stateStore.stored, stateStore.items);
  const world = await stages.observe(memory, signal);
  const now = clock.now();
  const assessed = stages.assess(world, memory, now);
  logger.measure(stages.measures?.(world, assessed.findings) ?? {});
  stages.measureEach?.(world, logger);
  const plan = stages.plan(world, assessed.findings, assessed.memory, now, gate.current());
  const intended = stages.intend?.(assessed.memory, plan, now) ?? null;
  const isIntended = intended === null || (await stateStore.keep(intended, signal));
  const outcomes = await stages.act(
    plan,
    signal,
    () => gate.ask(signal),
    async (until) => isIntended && (await lead.confirm(until)),
  );
  const remembered = stages.remember(assessed.memory, outcomes, clock.now());
  await stateStore.keep(remembered, signal);
  const shared = stages.share?.(world, assessed.memory) ?? [];
  await Promise.all(shared.map((one) => stateStore.share(one, signal)));
  const reported = stages.report(world, assessed.findings, plan, outcomes);
  const unjudged = new Set([...(assessed.unjudged ?? []), ...(reported.unjudged ?? [])]);
  const report = { ...reported, unjudged };
  openAuditLog(ports, scope).note(report);
  // Without its memory a pass may miss what only the memory knows.
  const hasMemory = stateStore.isRead && (stateStore.isThere || remembered === null);
  const mayResolve = hasMemory && stages.sees(world);
  const notifier = openKeptNotifier(ports, { scope, mode, mayResolve, isPolled: true, lead });
  const sent = await notifier.tell(report, signal, mayResolve);
  await notifier.flush(signal);
  const summary: PollSummary = {
    version: 1,
    scope,
    region,
    findings: assessed.findings.length,
    actions: report.actions.length,
    held: report.held.length,
    notifications: sent.length,
  };
  logger.write('info', `Looked at ${scope} of ${region}`, { ...summary });
  return { world, findings: assessed.findings, report, notifications: sent, summary };
}
