/** The one action of one repair step. */

import { isBehindTunnel } from '../../appliances/observe/targets.ts';
import type { Appliance, Topology } from '../../appliances/types/topology.ts';
import type { Reading } from '../../core/reading.ts';
import type { WriteAnswer } from '../../core/routeWrite.ts';
import { peerOf } from '../agent/output.ts';
import type { AgentObservation, AgentRun, InstanceControlPort, ScriptRun } from '../ports.ts';
import { consoleHostKeys } from '../ssh/consoleKeys.ts';
import type { RepairPhase, RepairResult } from '../types.ts';

export interface Patient {
  readonly instanceId: string;
  readonly appliance: Appliance | undefined;
  readonly topology: Topology;
  readonly console: Reading<string>;
  /** Null: it is not asked for anything. */
  readonly agent: Reading<AgentObservation> | null;
  readonly sshUser: string;
}

export type AgentPatient = Pick<Patient, 'instanceId' | 'appliance' | 'topology' | 'agent'>;

type Did = Pick<RepairResult, 'kind' | 'why' | 'evidence'>;

/** Never waits for the instance: the probes judge whether it helped. */
export async function handOn(
  instanceControl: InstanceControlPort,
  phase: RepairPhase,
  patient: Patient,
  signal: AbortSignal,
): Promise<Did> {
  const { instanceId } = patient;
  switch (phase) {
    case 'restart':
      return restart(instanceControl, patient, signal);
    case 'reboot':
      return didOf(await instanceControl.reboot(instanceId, signal), 'EC2 was asked to reboot it');
    case 'stop':
      return didOf(
        await instanceControl.stop(instanceId, false, signal),
        'EC2 was asked to stop it',
      );
    case 'force-stop':
      return didOf(
        await instanceControl.stop(instanceId, true, signal),
        'EC2 was asked to stop it by force',
      );
    case 'start':
      return didOf(await instanceControl.start(instanceId, signal), 'EC2 was asked to start it');
    case 'replace':
      return replace(instanceControl, patient, signal);
    default:
      return phase satisfies never;
  }
}

async function replace(
  instanceControl: InstanceControlPort,
  { instanceId, appliance }: Patient,
  signal: AbortSignal,
): Promise<Did> {
  const group = appliance?.identity?.autoScalingGroup;
  if (group == null) return no('it is in no auto scaling group that could replace it');
  const answer = await instanceControl.replace(instanceId, group, signal);
  const did = didOf(
    answer,
    `its health in Auto Scaling was set to Unhealthy, for ${group} to replace it`,
  );
  if (did.kind !== 'done') return did;
  // Within its grace period a group takes no notice.
  const after = await instanceControl.scalingGroup(group, signal);
  const own = after.known ? after.value.members.find((one) => one.instanceId === instanceId) : null;
  const seen =
    own == null
      ? 'has not said how it is'
      : `calls it ${own.lifecycle}, ${own.isHealthy ? 'still healthy' : 'unhealthy'}`;
  return { ...did, evidence: [`${group} ${seen}`] };
}

/** By one hand, and never by the other after it: what the first was asked for may still be under way. */
async function restart(
  instanceControl: InstanceControlPort,
  patient: Patient,
  signal: AbortSignal,
): Promise<Did> {
  const { appliance, agent } = patient;
  const run = agentRunOf(patient);
  if (run !== null) return instanceControl.restartByAgent(run, signal);
  const candidate = appliance?.repair;
  if (candidate?.service == null) return no('no tag names its service');
  const login = candidate.hand === 'ssm' ? 'vpn-medic:repair names ssm' : loginOf(patient);
  if (typeof login !== 'string') return instanceControl.restart(login, signal);
  if (agent === null) return no(login);
  // Whether its agent is there is not known: the next try may find it.
  if (!agent.known) return held(`${login}, and its agent cannot be looked for: ${agent.why}`);
  if (agent.value.kind === 'online' || (candidate.hand !== 'ssm' && !agent.value.isManaged))
    return no(login);
  return no(`${agent.value.why}, and it may not be logged in to instead`);
}

/** Its service, and the first far side that its probes name; null: its agent is not there, or no tag names its service. */
export function agentRunOf({
  instanceId,
  appliance,
  topology,
  agent,
}: AgentPatient): AgentRun | null {
  if (agent?.known !== true || agent.value.kind !== 'online') return null;
  if (appliance?.repair?.service == null) return null;
  const { platform } = agent.value;
  const addresses = appliance.probes.flat().map(({ address }) => peerOf(address));
  const isFar = (address: string | null) =>
    address !== null && isBehindTunnel(address, appliance, topology);
  const peer = addresses.find(isFar) ?? null;
  return { instanceId, platform, unit: appliance.repair.service, peer };
}

/** Or why there is no way to log in. */
function loginOf({ instanceId, appliance, console, sshUser }: Patient): ScriptRun | string {
  const candidate = appliance?.repair;
  if (appliance === undefined || candidate?.service == null) return 'no tag names its service';
  const addresses = [appliance.privateIp, appliance.publicIp].filter((one) => one !== null);
  if (addresses.length === 0) return 'it has no address to log in at';
  // The tag alone counts where there is one; the console's fingerprint only without it.
  const printed = console.known ? consoleHostKeys(console.value) : [];
  const hostKeys = candidate.hostKey === null ? printed : [candidate.hostKey];
  if (hostKeys.length === 0) {
    return 'no host key vouches for it: there is none in vpn-medic:host-key or on its console';
  }
  const { zone } = appliance;
  const runScript = { instanceId, zone, addresses, unit: candidate.service, hostKeys };
  return { ...runScript, sshUser: candidate.sshUser ?? sshUser };
}

function didOf(answer: WriteAnswer, what: string): Did {
  switch (answer.kind) {
    case 'written':
      return { kind: 'done', why: what, evidence: [] };
    // It may have happened: judged as if it did.
    case 'unclear':
      return {
        kind: 'done',
        why: `${what}, and its answer was lost (${answer.why})`,
        evidence: [],
      };
    case 'throttled':
      return { kind: 'held', why: answer.why, evidence: [] };
    case 'refused':
      return { kind: 'failed', why: answer.why, evidence: [] };
    default:
      return answer satisfies never;
  }
}

const no = (why: string): Did => ({ kind: 'refused', why, evidence: [] });
const held = (why: string): Did => ({ kind: 'held', why, evidence: [] });
