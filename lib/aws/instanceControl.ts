/** The writes of the repair function: EC2's reboot, stop and start, a document run by the instance's agent, and an SSH session with a key for that session only. */
import {
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { EC2InstanceConnectClient } from '@aws-sdk/client-ec2-instance-connect';
import type { WriteAnswer } from '../core/routeWrite.ts';
import { TAG } from '../core/tags.ts';
import type { InstanceControlPort } from '../repairs/ports.ts';
import { type AgentSettings, agentPort } from './agent.ts';
import { call } from './call.ts';
import { delays, hooked } from './client.ts';
import { ec2Client } from './ec2/client.ts';
import type { Ec2Context } from './ec2/context.ts';
import { readConsole, readMachine } from './ec2/machine.ts';
import { type KeySettings, keyPort } from './encryptionKey.ts';
import { type ScalingSettings, scalingPort } from './scalingGroup.ts';
import { runScriptWithKey, type SshSettings, sshOf } from './ssh.ts';
import { writeAnswerOf } from './writeAnswer.ts';

export interface InstanceControlSettings
  extends SshSettings,
    AgentSettings,
    ScalingSettings,
    KeySettings {}

export function instanceControlPort(settings: InstanceControlSettings): InstanceControlPort {
  const { region, clock, onCall } = settings;
  // One attempt: none of these may run twice because an answer was lost.
  const client = ec2Client(region, onCall, WRITE_MS, 1);
  const context: Ec2Context = { client, service: 'ec2', clock };
  const reader: Ec2Context = {
    ...context,
    client: ec2Client(region, onCall),
  };
  const connectClient = hooked(new EC2InstanceConnectClient({ region, ...delays() }), onCall);
  const connect = { client: connectClient, service: 'ec2-instance-connect', clock };
  const shell = sshOf(settings);
  const write = async (
    action: string,
    instanceId: string,
    signal: AbortSignal,
    send: (options: { readonly abortSignal: AbortSignal }) => Promise<unknown>,
  ): Promise<WriteAnswer> => {
    const answer = await call(context, action, signal, () => send({ abortSignal: signal }));
    return writeAnswerOf(answer, `ec2:${action}`, instanceId, TAG.repair);
  };
  return {
    machine: (instanceId, signal) => readMachine(reader, instanceId, signal),
    console: (instanceId, signal) => readConsole(reader, instanceId, signal),
    ...agentPort(settings),
    ...scalingPort(settings),
    ...keyPort(settings),
    restart: (runScript, signal) => runScriptWithKey(connect, shell, runScript, signal),
    reboot: (instanceId, signal) =>
      write('RebootInstances', instanceId, signal, (options) =>
        client.send(new RebootInstancesCommand({ InstanceIds: [instanceId] }), options),
      ),
    stop: (instanceId, isForced, signal) =>
      write('StopInstances', instanceId, signal, (options) =>
        client.send(
          new StopInstancesCommand({ InstanceIds: [instanceId], ...(isForced && { Force: true }) }),
          options,
        ),
      ),
    start: (instanceId, signal) =>
      write('StartInstances', instanceId, signal, (options) =>
        client.send(new StartInstancesCommand({ InstanceIds: [instanceId] }), options),
      ),
  };
}

const WRITE_MS = 10_000;
