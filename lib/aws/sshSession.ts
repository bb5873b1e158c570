/** A login through EC2 Instance Connect: a fresh key pair in memory, its public half pushed for 60 s, one visit. */
import {
  type EC2InstanceConnectClient,
  SendSSHPublicKeyCommand,
} from '@aws-sdk/client-ec2-instance-connect';
import ssh2 from 'ssh2';
import type { ScriptAnswer, ScriptRun } from '../repairs/ports.ts';
import type { ScriptRequest } from '../repairs/ssh/wire.ts';
import { attempt, type Line } from './call.ts';
import { tellFault } from './fault.ts';

export interface ConnectLine extends Line {
  readonly client: EC2InstanceConnectClient;
}

/** Whoever goes there: this process, or a function inside the VPC. */
export type Ssh = (request: ScriptRequest, signal: AbortSignal) => Promise<ScriptAnswer>;

/** The private half is never written anywhere, and is worth nothing a minute later. */
export async function runScriptWithKey(
  line: ConnectLine,
  shell: Ssh,
  { instanceId, zone, addresses, sshUser, unit, hostKeys }: ScriptRun,
  signal: AbortSignal,
): Promise<ScriptAnswer> {
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const pushed = await attempt(line, 'SendSSHPublicKey', signal, () =>
    line.client.send(
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
