/** Which pending replacement of a tunnel endpoint is applied now. Pure. */
import { describePause, type Pause, pauseNow } from '../core/pause.ts';
import { quietUntil } from '../core/quiet.ts';
import type { Instant } from '../core/time.ts';
import type { ConnectionMemory } from './state.ts';
import { type ConnectionFact, isAbsent, type TunnelFact, tunnelId } from './types/connection.ts';
import { CONNECTION_POLICY as POLICY } from './types/policy.ts';
import type { HeldReplacement, Replacement, ReplacementPlan } from './types/replacement.ts';

export interface ReplacementScene {
  /** As this pass read them, completed with what is remembered. */
  readonly connections: readonly ConnectionFact[];
  readonly memory: ConnectionMemory;
  readonly mode: 'act' | 'observe';
  readonly pause: Pause | null;
  readonly now: Instant;
}

/**
 * Only inside the window of `vpn-medic:maintenance`, one in the region at a time, and only while the connection's other
 * tunnel has been up with routes for a while. Outside its window nothing is planned and nothing held.
 */
export function planReplacements(scene: ReplacementScene): ReplacementPlan {
  const actions: Replacement[] = [];
  const held: HeldReplacement[] = [];
  for (const connection of scene.connections) {
    for (const replacement of pendingOf(connection, scene)) {
      const hold = holdOf(replacement, connection, scene, actions);
      if (hold === null) actions.push(replacement);
      else held.push({ replacement, ...hold });
    }
  }
  return { actions, held };
}

function pendingOf(
  connection: ConnectionFact,
  { memory, now }: ReplacementScene,
): readonly Replacement[] {
  const { connectionId, name, customerGatewayId, tunnels } = connection;
  const isReady = connection.state === 'available' && connection.ignored === null;
  if (!isReady || isAbsent(connection) || !isInWindow(connection, now)) return [];
  return tunnels.flatMap(({ outsideIp, options }) => {
    const id = tunnelId(connectionId, outsideIp);
    const isPending = memory.tunnels[id]?.maintenance?.isPending === true;
    if (!isPending || options?.hasLifecycleControl !== true) return [];
    if (memory.replacements[id] !== undefined) return [];
    const window = connection.maintenanceWindow;
    const because = `maintenance is pending, and its window is ${window?.ok === true ? window.value.text : ''}`;
    return [
      { tunnelId: id, connectionId, connectionName: name, outsideIp, customerGatewayId, because },
    ];
  });
}

/** Now and until a replacement has had its time, by the wall clock of the window's zone: no change of that clock extends it. */
export function isInWindow({ maintenanceWindow }: ConnectionFact, now: Instant): boolean {
  if (maintenanceWindow?.ok !== true) return false;
  const window = maintenanceWindow.value;
  const instants = [0, 1, 2, 3].map((part) => now + (part * POLICY.replacementMs) / 3);
  return instants.every((at) => quietUntil(window, at) !== null);
}

type Hold = Omit<HeldReplacement, 'replacement'>;

function holdOf(
  { tunnelId: id, connectionId, outsideIp, customerGatewayId }: Replacement,
  connection: ConnectionFact,
  { memory, mode, pause, now }: ReplacementScene,
  actions: readonly Replacement[],
): Hold | null {
  const underway = Object.entries(memory.replacements).find(
    ([, one]) =>
      one.connectionId === connectionId ||
      (customerGatewayId !== null && one.customerGatewayId === customerGatewayId),
  );
  if (underway !== undefined) {
    const because = `the replacement of ${underway[0]} is not seen to be over`;
    return { rule: 'S9', because, until: null };
  }
  const other = whyOtherIsUnfit(connection, outsideIp, memory, now);
  if (other !== null) return { rule: 'S9', because: other, until: null };
  const [first] = actions;
  if (first !== undefined) {
    return { rule: 'S8', because: `${first.tunnelId} is replaced before ${id}`, until: null };
  }
  const paused = pauseNow(pause, now);
  if (paused !== null) {
    return { rule: 'paused', because: describePause(paused), until: paused.until };
  }
  return mode === 'observe'
    ? { rule: 'observe', because: 'this deployment only observes', until: null }
    : null;
}

/** Null: every other tunnel, and there is one, has been up with routes for long enough. */
export function whyOtherIsUnfit(
  connection: ConnectionFact,
  outsideIp: string,
  memory: Pick<ConnectionMemory, 'tunnels'>,
  now: Instant,
): string | null {
  const others = connection.tunnels.filter((one) => one.outsideIp !== outsideIp);
  if (others.length === 0) return 'no other tunnel is known';
  for (const other of others) {
    const since = memory.tunnels[tunnelId(connection.connectionId, other.outsideIp)]?.since ?? now;
    const at = Math.max(since, other.changedAt ?? since);
    if (other.status !== 'up') return `the other tunnel, ${other.outsideIp}, is not up`;
    if (!hasRoutes(other, connection)) return `the other tunnel, ${other.outsideIp}, has no routes`;
    if (now - at < POLICY.steadyMs) {
      return `the other tunnel, ${other.outsideIp}, has been up for less than ${POLICY.steadyMs / 60_000} min`;
    }
  }
  return null;
}

const hasRoutes = (
  { acceptedRouteCount }: TunnelFact,
  { staticRouteCount }: ConnectionFact,
): boolean => (acceptedRouteCount ?? 0) > 0 || staticRouteCount > 0;
