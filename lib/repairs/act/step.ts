/** The one action of one repair step. */

import type { Appliance } from '../../appliances/types/topology.ts';
import type { Reading } from '../../core/reading.ts';
import type { WriteAnswer } from '../../core/routeWrite.ts';
import type { InstanceControlPort } from '../ports.ts';
import { consoleHostKeys } from '../ssh/consoleKeys.ts';
import type { RepairPhase, RepairResult } from '../types.ts';

export interface Patient {
  readonly instanceId: string;
  readonly appliance: Appliance | undefined;
  readonly console: Reading<string>;
  readonly sshUser: string;
}

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
    default:
      return phase satisfies never;
  }
}

async function restart(
  instanceControl: InstanceControlPort,
  { instanceId, appliance, console, sshUser }: Patient,
  signal: AbortSignal,
): Promise<Did> {
  const candidate = appliance?.repair;
  if (appliance === undefined || candidate?.service == null) return no('no tag names its service');
  const addresses = [appliance.privateIp, appliance.publicIp].filter((one) => one !== null);
  if (addresses.length === 0) return no('it has no address to log in at');
  // The tag alone counts where there is one; the console's fingerprint only without it.
  const printed = console.known ? consoleHostKeys(console.value) : [];
  const hostKeys = candidate.hostKey === null ? printed : [candidate.hostKey];
  if (hostKeys.length === 0) {
    return no('no host key vouches for it: there is none in vpn-medic:host-key or on its console');
  }
  const { zone } = appliance;
  const runScript = { instanceId, zone, addresses, unit: candidate.service, hostKeys };
  return instanceControl.restart({ ...runScript, sshUser: candidate.sshUser ?? sshUser }, signal);
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
