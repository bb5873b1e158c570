/** Reads the connections of a region: what turned is asked for once more, and believed where both answers say so (S1, S13). */
import { AGAIN_MS } from '../../core/agreed.ts';
import { known, type Reading, unknown } from '../../core/reading.ts';
import type { Clock } from '../../core/time.ts';
import { completed } from '../assess/completed.ts';
import { statusOf } from '../assess/tunnels.ts';
import type { VpnPort } from '../ports.ts';
import type { ConnectionMemory } from '../state.ts';
import { type ConnectionFact, isStanding, tunnelId } from '../types/connection.ts';

/**
 * The first answer where it is as before; else the second, in which a tunnel has no status where the two disagree on its
 * turn, and a connection stands that only one of them calls deleted. What no pass has seen is believed at once.
 */
export async function readConnections(
  { vpn, clock }: { readonly vpn: VpnPort; readonly clock: Clock },
  memory: ConnectionMemory,
  signal: AbortSignal,
): Promise<Reading<readonly ConnectionFact[]>> {
  const first = await vpn.connections(signal);
  if (!first.known || first.value.every((one) => isAsBefore(one, memory))) return first;
  await clock.sleep(AGAIN_MS, signal);
  const second = await vpn.connections(signal);
  if (!second.known) return second;
  const firsts = new Map(first.value.map((one) => [one.connectionId, one]));
  const agreed = second.value.map((one) =>
    isAsBefore(one, memory) ? one : agreedOn(one, firsts.get(one.connectionId), memory),
  );
  return known(agreed, second.at);
}

function isAsBefore(connection: ConnectionFact, memory: ConnectionMemory): boolean {
  if (memory.connections[connection.connectionId] === undefined) return true;
  return isStanding(connection) && turnsOf(connection, memory).size === 0;
}

function agreedOn(
  connection: ConnectionFact,
  other: ConnectionFact | undefined,
  memory: ConnectionMemory,
): ConnectionFact {
  // The other answer does not list it: neither has it standing.
  if (!isStanding(connection) && (other === undefined || !isStanding(other))) return connection;
  const turns = turnsOf(connection, memory);
  const others: ReadonlyMap<string, unknown> =
    other === undefined ? new Map() : turnsOf(other, memory);
  const isDoubted = ({ outsideIp }: { readonly outsideIp: string }) =>
    turns.has(outsideIp) && turns.get(outsideIp) !== others.get(outsideIp);
  return {
    ...connection,
    ...(other !== undefined && !isStanding(connection)
      ? { state: other.state, stateWord: other.stateWord }
      : {}),
    tunnels: connection.tunnels.map((one) => (isDoubted(one) ? { ...one, status: null } : one)),
  };
}

/** By outside address: the status that is another than the last known. What is not said of a tunnel is no turn. */
function turnsOf(connection: ConnectionFact, memory: ConnectionMemory) {
  const { connectionId } = connection;
  // As many static routes of its transit gateway as were read last.
  const unread = new Map([[connectionId, unknown('not read yet', 0)]]);
  const whole = completed(connection, unread, memory);
  return new Map(
    whole.tunnels.flatMap((fact) => {
      const before = memory.tunnels[tunnelId(connectionId, fact.outsideIp)]?.status ?? null;
      const status = statusOf(fact, whole);
      return before === null || status === null || before === status
        ? []
        : [[fact.outsideIp, status] as const];
    }),
  );
}
