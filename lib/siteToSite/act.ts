/** Replaces tunnel endpoints: reads again, asks once, reads back (S6). The only place that writes to a connection. */
import type { AskPause } from '../core/pause.ts';
import type { Clock } from '../core/time.ts';
import { isInWindow, whyOtherIsUnfit } from './plan.ts';
import type { TunnelPort, VpnPort } from './ports.ts';
import type { ConnectionMemory } from './state.ts';
import type { Replacement, ReplacementOutcome } from './types/replacement.ts';

export interface ReplacementPorts {
  readonly clock: Clock;
  readonly vpn: VpnPort & TunnelPort;
  /** What is remembered of tunnels, to judge the fresh read by. */
  readonly memory: ConnectionMemory;
}

export interface ReplacementGuards {
  /** S7: true when this process leads its scope, and has stored what it is about to do. */
  readonly confirmLease: (signal: AbortSignal) => Promise<boolean>;
  readonly askPause: AskPause;
}

/** The outcome of every action, in the plan's order. */
export async function actOnReplacements(
  ports: ReplacementPorts,
  actions: readonly Replacement[],
  guards: ReplacementGuards,
  signal: AbortSignal,
): Promise<readonly ReplacementOutcome[]> {
  const outcomes: ReplacementOutcome[] = [];
  for (const replacement of actions) {
    outcomes.push(await replace(ports, replacement, guards, signal));
  }
  return outcomes;
}

async function replace(
  ports: ReplacementPorts,
  replacement: Replacement,
  guards: ReplacementGuards,
  signal: AbortSignal,
): Promise<ReplacementOutcome> {
  const { clock, vpn } = ports;
  const notDone = (kind: 'skipped' | 'deferred' | 'failed', why: string): ReplacementOutcome => ({
    replacement,
    at: clock.now(),
    kind,
    why,
  });
  const objection = await whyNotNow(ports, replacement, signal);
  if (objection !== null) return notDone('skipped', objection);
  if (!(await guards.confirmLease(signal))) {
    return notDone('deferred', 'the lease was lost, or the intent not stored, before the write');
  }
  const paused = await guards.askPause();
  if (paused !== null) return notDone('deferred', paused);
  if (signal.aborted) return notDone('deferred', 'this invocation ends');
  const answer = await vpn.replaceTunnel(replacement, signal);
  switch (answer.kind) {
    case 'throttled':
      return notDone('deferred', answer.why);
    case 'refused':
      return notDone('failed', answer.why);
    case 'unclear':
      return { replacement, at: clock.now(), kind: 'written', isUnclear: true, why: answer.why };
    case 'written': {
      const after = await vpn.maintenance(replacement, signal);
      const isSeen = after.known && !after.value.isPending;
      if (isSeen) return { replacement, at: clock.now(), kind: 'done' };
      const why = after.known ? 'AWS still calls its maintenance pending' : after.why;
      return { replacement, at: clock.now(), kind: 'written', isUnclear: false, why };
    }
    default:
      return answer satisfies never;
  }
}

/** Null: both fresh reads still allow it. */
async function whyNotNow(
  { clock, vpn, memory }: ReplacementPorts,
  { connectionId, outsideIp }: Replacement,
  signal: AbortSignal,
): Promise<string | null> {
  const [connections, maintenance] = await Promise.all([
    vpn.connections(signal),
    vpn.maintenance({ connectionId, outsideIp }, signal),
  ]);
  if (!connections.known) return `connections cannot be read again: ${connections.why}`;
  if (!maintenance.known) return `its maintenance cannot be read again: ${maintenance.why}`;
  if (!maintenance.value.isPending) return 'its maintenance is not pending any more';
  const now = clock.now();
  const connection = connections.value.find((one) => one.connectionId === connectionId);
  if (connection === undefined) return 'the connection is not listed any more';
  if (connection.state !== 'available' || connection.ignored !== null) {
    return `the connection is ${connection.ignored === null ? connection.stateWord : 'ignored'}`;
  }
  if (!isInWindow(connection, now)) return 'its window is over, or too short for it by now';
  // Static routes of a transit gateway are no part of this read: what led there a moment ago does.
  const remembered = memory.connections[connectionId]?.staticRouteCount ?? 0;
  const staticRouteCount = connection.staticRouteCount + remembered;
  return whyOtherIsUnfit({ ...connection, staticRouteCount }, outsideIp, memory, now);
}
