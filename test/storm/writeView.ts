/** One route write by ground truth: the old and the new next hop, and whether it was justified. */
import { silenceMsOf } from '../../lib/appliances/types/policy.ts';
import { isGatewayId } from '../../lib/core/lastResort.ts';
import type { ReadCall, WriteCall } from '../../lib/simulator/callLog.ts';
import type { Fault } from '../../lib/simulator/faults.ts';
import { GATEWAY_AGE_MS, wasDown } from './gateways.ts';
import { type ProbeRecord, silenceAt } from './probeRecord.ts';
import {
  instancesIn,
  linksIn,
  ownerOf,
  type Run,
  readBefore,
  type TickRecord,
  targetAsOf,
} from './record.ts';

export interface WriteView {
  readonly write: WriteCall;
  readonly routeKey: string;
  /** When it was decided, in virtual time. */
  readonly plannedMs: number;
  readonly read: ReadCall | undefined;
  /** The interface that the route led to when it was looked at. */
  readonly leftId: string | null;
  readonly fromId: string | null;
  readonly toId: string | null;
  /** State or status check said so at some moment that a reading of this plan could be of. */
  readonly isEc2Down: boolean;
  /** EC2 called it not running at such a moment, or its interface was missing or not in use. */
  readonly isDeadEnd: boolean;
  /** Its interface was missing or not in use at such a moment. */
  readonly isLinkLost: boolean;
  /** Unanswered for long enough, by the probes of this watcher. */
  readonly isSilent: boolean;
  /** The pass that made it; null when the watcher died in it. */
  readonly tick: TickRecord | null;
}

export const viewWrites = (run: Run, probes: ProbeRecord): readonly WriteView[] =>
  run.account.log.writes.map((write) => viewWrite(run, probes, write));

/** EC2's words may be as old as the reading: statuses are read every 5 s, interfaces every 30 s, and slowly at times. */
const STATUS_AGE_MS = 16_000;
const LINK_AGE_MS = 45_000;

function viewWrite(run: Run, probes: ProbeRecord, write: WriteCall): WriteView {
  const read = readBefore(run, write);
  const tick =
    run.ticks.find(({ by, doneMs }) => by === write.by && doneMs >= write.issuedMs) ?? null;
  // The reads may have been asked for before the decision. Of a watcher that died in the act it is not known when that was.
  const decidedMs = tick === null ? write.issuedMs - 1 : Math.min(tick.observedMs, write.issuedMs);
  const plannedAtMs = Math.max(read?.issuedMs ?? write.issuedMs, decidedMs);
  // What a rival does between the last look and the write cannot be seen: it is judged by what could.
  const leftId =
    read === undefined
      ? write.before
      : targetAsOf(run, write.tableId, write.destination, read.shownMs);
  const fromId = leftId === null ? null : ownerOf(run, leftId);
  const lagMs = lagOf(run);
  const statusFromMs = plannedAtMs - STATUS_AGE_MS - lagMs;
  const isLost =
    leftId !== null && isLinkLost(run, leftId, plannedAtMs - LINK_AGE_MS - lagMs, plannedAtMs);
  return {
    write,
    routeKey: `${write.tableId} ${write.destination}`,
    plannedMs: plannedAtMs,
    read,
    leftId,
    fromId,
    toId: ownerOf(run, write.targetId),
    isEc2Down: fromId !== null && isEc2Down(run, fromId, statusFromMs, plannedAtMs),
    isLinkLost: isLost,
    isDeadEnd: isLost || (fromId !== null && isNotRunning(run, fromId, statusFromMs, plannedAtMs)),
    isSilent:
      fromId !== null &&
      // A death that an earlier leader established lasts until an answer to anybody.
      [write.by, null].some((by) => isSilent(run, probes, by, fromId, plannedAtMs)),
    tick,
  };
}

/** Whether the route had to leave where it was. */
export const hasReason = ({
  isEc2Down: down,
  isLinkLost: lost,
  isSilent: silent,
}: WriteView): boolean => down || lost || silent;

/** A move away from the dead, as the product itself calls it; of one that died in the act, as it looks. */
export function isFailover(view: WriteView): boolean {
  const move = view.tick?.outcomes.find((one) => one.move.routeKey === view.routeKey)?.move;
  return move === undefined ? hasReason(view) : move.kind === 'failover';
}

/** Whether anything came of it, or may have. */
export const isEffective = ({ write: { effectMs } }: WriteView): boolean => effectMs !== null;

export const lagOf = ({ options }: Run): number =>
  Math.max(
    0,
    ...options.spells.map(({ fault }) => (fault.kind === 'stale-reads' ? fault.lagMs : 0)),
  );

/** Whether a fault of one of these kinds was going on at any moment of the span. */
export const hadFault = (
  { options }: Run,
  kinds: readonly Fault['kind'][],
  fromMs: number,
  toMs: number,
): boolean =>
  options.spells.some(
    ({ fault, startMs, endMs }) => kinds.includes(fault.kind) && startMs <= toMs && endMs >= fromMs,
  );

function isEc2Down(run: Run, instanceId: string, fromMs: number, toMs: number): boolean {
  const { network } = run.account;
  return (
    isGatewayDown(run, instanceId, fromMs, toMs) ||
    isNotRunning(run, instanceId, fromMs, toMs) ||
    network.statuses
      .between(instanceId, fromMs, toMs)
      .some((one) => [one.system, one.instance, one.attachedEbs].includes('impaired'))
  );
}

const isNotRunning = (run: Run, instanceId: string, fromMs: number, toMs: number): boolean =>
  run.account.network.instances.wasMissing(instanceId, fromMs, toMs) ||
  instancesIn(run, instanceId, fromMs, toMs).some(({ state }) => state !== 'running');

const isGatewayDown = (run: Run, id: string, fromMs: number, toMs: number): boolean =>
  isGatewayId(id) && wasDown(run, id, fromMs - GATEWAY_AGE_MS, toMs);

function isLinkLost(run: Run, interfaceId: string, fromMs: number, toMs: number): boolean {
  return (
    isGatewayDown(run, interfaceId, fromMs, toMs) ||
    run.account.network.interfaces.wasMissing(interfaceId, fromMs, toMs) ||
    linksIn(run, interfaceId, fromMs, toMs).some(({ status }) => status !== 'in-use')
  );
}

/** One clause without an answer for `fall` whole misses and the silence of the vantage, at one of the vantages at least. */
export function isSilent(
  run: Run,
  probes: ProbeRecord,
  /** Null: to any watcher, and for however long no probe of it can be sent: a death is known until an answer. */
  by: string | null,
  instanceId: string,
  atMs: number,
  vantages: Run['options']['vantages'] = run.options.vantages,
): boolean {
  const { policy } = run.options;
  const recentMs = 2 * policy.probeIntervalMs + policy.probeTimeoutMs;
  if (by === null && isTunnelUnproven(run, probes, instanceId, atMs)) return true;
  return probes.clauses(instanceId).some((keys) =>
    vantages.some(({ id, isInVpc }) => {
      const recent = keys.filter((key) =>
        probes
          .of(by, id, key)
          .some(({ sentMs }) => sentMs <= atMs && (by === null || atMs - sentMs < recentMs)),
      );
      const direct = recent.filter((key) => !isThroughTunnel(key));
      const asked = direct.length > 0 ? direct : recent;
      return (
        asked.length > 0 &&
        asked.every((key) => {
          const calls = probes.of(by, id, key);
          const { lastsMs, fullCount } = silenceAt(
            calls,
            atMs,
            Math.min(WHOLE_MS, policy.probeTimeoutMs),
          );
          return lastsMs >= silenceMsOf(policy, { isInVpc }) && fullCount >= policy.fall;
        })
      );
    }),
  );
}

/** After a death of the daemon its far side has not answered yet: until then it is not alive. */
function isTunnelUnproven(
  { options: { vantages } }: Run,
  probes: ProbeRecord,
  instanceId: string,
  atMs: number,
): boolean {
  const clauses = probes.clauses(instanceId);
  const last = (keys: readonly string[], answer: 'up' | 'down') =>
    Math.max(
      0,
      ...vantages.flatMap(({ id }) =>
        keys.flatMap(
          (key) =>
            probes.of(null, id, key).findLast((one) => one.doneMs <= atMs && one.answer === answer)
              ?.sentMs ?? [],
        ),
      ),
    );
  const direct = clauses.filter((keys) => !keys.every(isThroughTunnel)).flat();
  return clauses.some(
    (keys) => keys.every(isThroughTunnel) && last(direct, 'down') > last(keys, 'up'),
  );
}

/** A probe that waited for so long is a whole miss of a target that is quick. */
const WHOLE_MS = 300;

/** Such a probe falls mute as soon as its way leads through another appliance, whatever it said before. */
export const isThroughTunnel = (key: string): boolean => /:[\d.]+:\d+$/.test(key);
