/** Repair steps on instances of the simulated account; the seed decides what each step does. */

import { known, unknown } from '../core/reading.ts';
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { InstanceControlPort } from '../repairs/ports.ts';
import type { RepairPhase } from '../repairs/types.ts';
import type { Fault } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { Parts } from './parts.ts';

/** Probabilities, 0..1, of the outcomes of a step; otherwise it has no effect. */
export interface RepairOdds {
  /** A restart ends a dead or hanging process; a reboot or a stop-start also a dead host. */
  readonly helps: number;
  /** The host stops answering. */
  readonly harms: number;
  /** The step itself fails: SSH or EC2 refuses it. */
  readonly fails: number;
  /** How long a harmed host does not answer. */
  readonly harmMs: number;
}

export const REPAIRS_HELP: RepairOdds = { helps: 1, harms: 0, fails: 0, harmMs: 0 };

/** Faults that a step can end. */
const CURES = {
  restart: ['process-dead', 'half-open'],
  reboot: ['process-dead', 'half-open', 'host-dead', 'impaired'],
  stop: [],
  'force-stop': [],
  start: ['process-dead', 'half-open', 'host-dead', 'impaired'],
  replace: [],
} as const satisfies Record<RepairPhase, readonly Fault['kind'][]>;

export function simulatedInstanceControl(
  parts: Parts,
  self: Invocation,
  chances: RepairOdds,
): InstanceControlPort {
  const { network } = parts;
  const random = parts.random.repairs;
  const act = openSteps(parts, self, chances);
  return {
    async machine(instanceId, signal) {
      await self.pass(60, signal);
      return machineOf(parts, self, instanceId);
    },
    async key(_arn, signal) {
      await self.pass(60, signal);
      return unknown('the simulated account has none', self.clock.now());
    },
    async console(_instanceId, signal) {
      await self.pass(80, signal);
      return known('Started the simulated machine.\n', self.clock.now());
    },
    async agent(instanceId, signal) {
      await self.pass(50, signal);
      // Every other machine is managed, whatever the seed.
      const isManaged = Number.parseInt(instanceId.at(-1) ?? '0', 16) % 2 === 1;
      const isAlive = parts.groundTruth.responseTo('tcp', instanceId) !== 'no-answer';
      return known(
        isManaged && isAlive
          ? { kind: 'online', platform: 'linux' }
          : { kind: 'offline', isManaged, why: 'its agent is ConnectionLost' },
        self.clock.now(),
      );
    },
    async restartByAgent({ instanceId, unit }, signal) {
      await self.pass(10 * random.whole(100, 900), signal);
      const answer = await act(instanceId, 'restart', signal, () => {});
      return answer.kind === 'written'
        ? { kind: 'done', why: `${unit} was restarted and is active`, evidence: [] }
        : { kind: 'failed', why: `${unit} could not be restarted`, evidence: [] };
    },
    async lookByAgent({ instanceId }, signal) {
      await self.pass(1_500, signal);
      return parts.groundTruth.isForwarding(instanceId) ? 'active' : 'failed';
    },
    async restart({ instanceId, unit }, signal) {
      await self.pass(10 * random.whole(40, 900), signal);
      if (parts.groundTruth.responseTo('tcp', instanceId) === 'no-answer') {
        return { kind: 'failed', why: 'no SSH session within 10 s', evidence: [] };
      }
      const answer = await act(instanceId, 'restart', signal, () => {});
      return answer.kind === 'written'
        ? { kind: 'done', why: `${unit} was restarted and is active`, evidence: [] }
        : { kind: 'failed', why: `systemctl could not restart ${unit}`, evidence: [] };
    },
    reboot: (instanceId, signal) =>
      act(instanceId, 'reboot', signal, () => network.reboot(instanceId)),
    stop: (instanceId, isForced, signal) =>
      act(instanceId, isForced ? 'force-stop' : 'stop', signal, () => network.stop(instanceId)),
    start: (instanceId, signal) =>
      act(instanceId, 'start', signal, () => network.start(instanceId)),
    async scalingGroup(_name, signal) {
      await self.pass(60, signal);
      return unknown('the simulated account has none', self.clock.now());
    },
    replace: async () => ({ kind: 'refused', why: 'the simulated account has no such group' }),
  };
}

/** Runs one step: it may fail, has its effect, and may help or harm. */
function openSteps(parts: Parts, self: Invocation, chances: RepairOdds) {
  const { clock, faults, log } = parts;
  const random = parts.random.repairs;

  /** Ends faults of the instance, or adds one. */
  function applyOutcome(instanceId: string, phase: RepairPhase): void {
    if (phase !== 'stop' && phase !== 'force-stop' && random.chance(chances.harms)) {
      const nowMs = clock.monotonicMs();
      faults.add({ kind: 'host-dead', instanceId }, nowMs, nowMs + chances.harmMs);
    }
    if (!random.chance(chances.helps)) return;
    for (const kind of CURES[phase]) {
      for (const fault of faults.active(kind))
        if (fault.instanceId === instanceId) faults.end(fault);
    }
  }

  async function act(
    instanceId: string,
    phase: RepairPhase,
    signal: AbortSignal,
    effect: () => void,
  ): Promise<WriteAnswer> {
    await self.pass(10 * random.whole(10, 40), signal);
    const atMs = clock.monotonicMs();
    if (random.chance(chances.fails)) return { kind: 'refused', why: 'the instance refused it' };
    log.instanceControl.push({
      by: self.by,
      instanceId,
      phase,
      atMs,
      isLastHealthy: isLastHealthy(parts, instanceId),
    });
    effect();
    applyOutcome(instanceId, phase);
    return { kind: 'written' };
  }

  return act;
}

function machineOf(
  { clock, network }: Parts,
  self: Invocation,
  instanceId: string,
): Awaited<ReturnType<InstanceControlPort['machine']>> {
  const instance = network.instances.get(instanceId);
  if (instance === null) return unknown('EC2 no longer knows it', self.clock.now());
  if (instance.state === 'unknown') return unknown('its state is unknown', self.clock.now());
  const launchedMs = network.launchedMs(instanceId);
  const launchedAt =
    launchedMs === null ? null : self.clock.now() - (clock.monotonicMs() - launchedMs);
  return known(
    {
      instanceId,
      state: instance.state,
      launchedAt,
      stateReason: '',
      stateCode: '',
      encryptedVolumes: [],
      fleetingPublicIp: null,
      hasInstanceStore: false,
      isStopProtected: false,
    },
    self.clock.now(),
  );
}

function isLastHealthy({ groundTruth, network }: Parts, instanceId: string): boolean {
  const group = groundTruth.groupOf(instanceId);
  const healthy = network.instances
    .all()
    .map((one) => one.instanceId)
    .filter((id) => groundTruth.groupOf(id) === group && groundTruth.isForwarding(id));
  return healthy.length === 1 && healthy[0] === instanceId;
}
