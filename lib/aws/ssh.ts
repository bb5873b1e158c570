/** A login through EC2 Instance Connect, from this process or from a function inside the VPC. */
import {
  type EC2InstanceConnectClient,
  SendSSHPublicKeyCommand,
} from '@aws-sdk/client-ec2-instance-connect';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Clock } from '../core/time.ts';
import type { ScriptAnswer, ScriptRun } from '../repairs/ports.ts';
import { newKeyPair } from '../repairs/ssh/keyPair.ts';
import { runScriptFirst } from '../repairs/ssh/script.ts';
import { parseScriptAnswer, type ScriptRequest } from '../repairs/ssh/wire.ts';
import { type CallContext, call } from './call.ts';
import { type CallHook, delays, hooked } from './client.ts';
import { tellFault } from './errors.ts';

export interface ConnectContext extends CallContext {
  readonly client: EC2InstanceConnectClient;
}

/** Runs one request over SSH and answers with its evidence; a fault is the answer `failed`. */
export type Ssh = (request: ScriptRequest, signal: AbortSignal) => Promise<ScriptAnswer>;

/** Runs the script with a fresh key pair. The private half stays in memory, and EC2 accepts its public half for 60 s. */
export async function runScriptWithKey(
  context: ConnectContext,
  shell: Ssh,
  { instanceId, zone, addresses, sshUser, unit, hostKeys }: ScriptRun,
  signal: AbortSignal,
): Promise<ScriptAnswer> {
  const keys = newKeyPair();
  const pushed = await call(context, 'SendSSHPublicKey', signal, () =>
    context.client.send(
      new SendSSHPublicKeyCommand({
        InstanceId: instanceId,
        InstanceOSUser: sshUser,
        SSHPublicKey: keys.public,
        AvailabilityZone: zone,
      }),
      { abortSignal: signal },
    ),
  );
  if (!pushed.ok || pushed.value.Success !== true) {
    const fix = `the role may push keys for one user only (deploy parameter repairSshUser), here for "${sshUser}", on instances tagged vpn-medic:repair`;
    const why = pushed.ok
      ? 'ec2-instance-connect:SendSSHPublicKey did not succeed'
      : tellFault(pushed.fault, 'ec2-instance-connect:SendSSHPublicKey', fix);
    return { kind: 'failed', why, evidence: [] };
  }
  return shell(
    {
      version: 1,
      addresses: [...addresses],
      port: SSH_PORT,
      user: sshUser,
      privateKey: keys.private,
      hostKeys: [...hostKeys],
      unit,
    },
    signal,
  );
}

const SSH_PORT = 22;

export interface SshSettings {
  readonly homeRegion: string;
  /** A function inside the VPC that opens the session; null: this process does. */
  readonly sshFunction: string | null;
  readonly clock: Clock;
  readonly onCall?: CallHook;
}

/** SSH from the function `sshFunction` inside the VPC, which reaches private addresses; null: from this process. */
export function sshOf({ homeRegion, sshFunction, clock, onCall }: SshSettings): Ssh {
  if (sshFunction === null) return runScriptFirst;
  const client = hooked(new LambdaClient({ region: homeRegion, ...delays(INVOKE_MS, 1) }), onCall);
  const context: CallContext = { service: 'lambda', clock };
  return async (request, signal) => {
    const answer = await call(context, 'Invoke', signal, () =>
      client.send(
        new InvokeCommand({
          FunctionName: sshFunction,
          // Synchronous, so kept in no queue: the request holds the session's private key.
          InvocationType: 'RequestResponse',
          Payload: Buffer.from(JSON.stringify(request)),
        }),
        { abortSignal: signal, requestTimeout: INVOKE_MS },
      ),
    );
    if (!answer.ok) return failed(tellFault(answer.fault, `lambda:Invoke of ${sshFunction}`));
    if (answer.value.FunctionError) {
      return failed(`the function ${sshFunction} failed (${answer.value.FunctionError})`);
    }
    return parseScriptAnswer(Buffer.from(answer.value.Payload ?? []).toString('utf8'));
  };
}

/** Connecting to two addresses, the script, and a cold start. */
const INVOKE_MS = 55_000;

const failed = (why: string): ScriptAnswer => ({ kind: 'failed', why, evidence: [] });
