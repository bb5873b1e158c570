/** Goal: the hands ask EC2 exactly for what was meant, once, and say truthfully how it ended. Method: clients mocked, one answer after the other. */
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeVolumesCommand,
  GetConsoleOutputCommand,
  type Instance,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  EC2InstanceConnectClient,
  SendSSHPublicKeyCommand,
} from '@aws-sdk/client-ec2-instance-connect';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { instanceControlPort } from '../../lib/aws/instanceControl.ts';
import { runScriptWithKey, type Ssh } from '../../lib/aws/ssh.ts';
import type { ScriptRequest } from '../../lib/repairs/ssh/wire.ts';
import { AT, clock, denied, ec2Error, strictEc2, throttled } from './strict.ts';

const { mock } = strictEc2();
const connect = mockClient(EC2InstanceConnectClient);
beforeEach(() => {
  connect.reset();
  connect.onAnyCommand().rejects(new Error('unexpected call'));
});
const id = 'i-0a1b2c3d4e5f60718';
const { signal } = new AbortController();
const instanceControl = instanceControlPort({
  region: 'eu-west-1',
  homeRegion: 'eu-west-1',
  sshFunction: null,
  documents: null,
  systemsManagerUrl: null,
  autoScalingUrl: null,
  kmsUrl: null,
  clock,
});

describe('a write', () => {
  test.each([
    ['reboot', RebootInstancesCommand, () => instanceControl.reboot(id, signal), {}],
    ['stop', StopInstancesCommand, () => instanceControl.stop(id, false, signal), {}],
    [
      'forced stop',
      StopInstancesCommand,
      () => instanceControl.stop(id, true, signal),
      { Force: true },
    ],
    ['start', StartInstancesCommand, () => instanceControl.start(id, signal), {}],
  ] as const)('%s names one machine and nothing else', async (_what, _command, act, more) => {
    for (const command of [RebootInstancesCommand, StopInstancesCommand, StartInstancesCommand]) {
      mock.on(command).resolves({});
    }
    expect(await act()).toEqual({ kind: 'written' });
    expect(mock.calls().map(({ args }) => args[0].input)).toEqual([{ InstanceIds: [id], ...more }]);
  });

  test.each([
    [throttled(), 'throttled'],
    [denied(), 'refused'],
    [ec2Error('IncorrectInstanceState'), 'refused'],
    [ec2Error('InsufficientInstanceCapacity', 'none left', 500), 'refused'],
    [ec2Error('InternalError', 'x', 500), 'unclear'],
    [Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'unclear'],
  ])('that meets %s is %s', async (error, kind) => {
    mock.on(RebootInstancesCommand).rejects(error);
    expect(await instanceControl.reboot(id, signal)).toMatchObject({ kind });
  });

  test('that is denied names the tag', async () => {
    mock.on(StopInstancesCommand).rejects(denied());
    expect(JSON.stringify(await instanceControl.stop(id, false, signal))).toContain(
      'tagged vpn-medic:repair',
    );
  });
});

describe('a machine', () => {
  const answer = (instance: Partial<Instance>, hasStore: boolean | undefined = false) => {
    mock.on(DescribeInstancesCommand).resolves({
      Reservations: [
        {
          Instances: [
            {
              InstanceId: id,
              InstanceType: 't3.small',
              State: { Name: 'running' },
              LaunchTime: new Date(AT),
              BlockDeviceMappings: [],
              ...instance,
            },
          ],
        },
      ],
    });
    mock.on(DescribeInstanceTypesCommand).resolves({
      InstanceTypes: [
        {
          InstanceType: 't3.small',
          ...(hasStore === undefined ? {} : { InstanceStorageSupported: hasStore }),
        },
      ],
    });
    mock.on(DescribeInstanceAttributeCommand).resolves({ DisableApiStop: { Value: false } });
  };
  const associated = (IpOwnerId: string | undefined) => ({
    PublicIpAddress: '192.0.2.9',
    NetworkInterfaces: [
      { Association: { PublicIp: '192.0.2.9', ...(IpOwnerId === undefined ? {} : { IpOwnerId }) } },
    ],
  });

  test.each<readonly [string, Partial<Instance>, string | null]>([
    ['no public address', {}, null],
    ["an Elastic one, which names its owner's account", associated('111122223333'), null],
    ['one that Amazon lent', associated('amazon'), '192.0.2.9'],
    ['one of an owner that is not told', associated(undefined), '192.0.2.9'],
    ['one that no interface explains', { PublicIpAddress: '192.0.2.9' }, '192.0.2.9'],
  ])('with %s', async (_what, instance, fleetingPublicIp) => {
    answer(instance);
    expect(await instanceControl.machine(id, signal)).toMatchObject({
      known: true,
      value: { fleetingPublicIp },
    });
  });

  const Ebs = { VolumeId: 'vol-1' };
  test('with an encrypted volume names its key, and the reason of its state', async () => {
    answer({
      BlockDeviceMappings: [{ Ebs }, { Ebs: { VolumeId: 'vol-2' } }],
      StateReason: { Code: 'Client.InternalError', Message: 'Client error on launch' },
      StateTransitionReason: 'so',
    });
    mock.on(DescribeVolumesCommand, { VolumeIds: ['vol-1', 'vol-2'] }).resolves({
      Volumes: [
        { VolumeId: 'vol-1', Encrypted: true, KmsKeyId: 'arn:key' },
        { VolumeId: 'vol-2', Encrypted: false },
      ],
    });
    expect(await instanceControl.machine(id, signal)).toMatchObject({
      value: {
        encryptedVolumes: [{ volumeId: 'vol-1', kmsKeyArn: 'arn:key' }],
        stateCode: 'Client.InternalError',
        stateReason: 'Client error on launch, so',
      },
    });
  });

  test('whose volumes cannot be read, or of which one is missing, is unknown', async () => {
    answer({ BlockDeviceMappings: [{ Ebs }] });
    mock.on(DescribeVolumesCommand).resolves({ Volumes: [] });
    expect(await instanceControl.machine(id, signal)).toMatchObject({ known: false });
    mock.on(DescribeVolumesCommand).rejects(denied());
    expect(await instanceControl.machine(id, signal)).toMatchObject({ known: false });
  });

  test.each([
    [true, {}, true],
    [false, {}, false],
    [false, { RootDeviceType: 'instance-store' as const }, true],
  ])('whose type has an instance store: %s, %j', async (hasStore, instance, hasInstanceStore) => {
    answer(instance, hasStore);
    expect(await instanceControl.machine(id, signal)).toMatchObject({
      value: { hasInstanceStore },
    });
  });

  test('of a type that does not say so is unknown, and so is one that cannot be read whole', async () => {
    mock.on(DescribeInstancesCommand).resolves({ Reservations: [] });
    expect(await instanceControl.machine(id, signal)).toMatchObject({ known: false });
    answer({});
    mock.on(DescribeInstanceTypesCommand).resolves({ InstanceTypes: [] });
    expect(await instanceControl.machine(id, signal)).toMatchObject({ known: false });
    answer({});
    mock.on(DescribeInstanceAttributeCommand).rejects(throttled());
    expect(await instanceControl.machine(id, signal)).toMatchObject({ known: false });
  });
});

test('the console as it is now; of a kind that has no such thing, as it was last kept', async () => {
  const Output = Buffer.from('login:').toString('base64');
  mock.on(GetConsoleOutputCommand, { Latest: true }).rejects(ec2Error('UnsupportedOperation'));
  mock.on(GetConsoleOutputCommand, { Latest: false }).resolves({ Output });
  expect(await instanceControl.console(id, signal)).toMatchObject({ known: true, value: 'login:' });
});

describe('a login', () => {
  const runScript = {
    instanceId: id,
    zone: 'eu-west-1a',
    addresses: ['10.0.0.10'],
    sshUser: 'ec2-user',
    unit: 'strongswan.service',
    hostKeys: ['SHA256:x'],
  };
  const line = {
    client: new EC2InstanceConnectClient({ region: 'eu-west-1' }),
    service: 'ec2-instance-connect',
    clock,
  };

  test('has a key pair of its own: the public half is pushed, the private one only handed to the visit', async () => {
    connect.on(SendSSHPublicKeyCommand).resolves({ Success: true });
    const requests: ScriptRequest[] = [];
    const shell: Ssh = async (request) => {
      requests.push(request);
      return { kind: 'done', why: '', evidence: [] };
    };
    await runScriptWithKey(line, shell, runScript, signal);
    await runScriptWithKey(line, shell, runScript, signal);
    const pushed = connect.commandCalls(SendSSHPublicKeyCommand).map(({ args }) => args[0].input);
    expect(pushed[0]).toMatchObject({
      InstanceId: id,
      InstanceOSUser: 'ec2-user',
      AvailabilityZone: 'eu-west-1a',
    });
    // Instance Connect takes 80 characters and more.
    expect(pushed[0]?.SSHPublicKey).toMatch(/^ssh-ed25519 \S{68}/);
    expect(pushed[0]?.SSHPublicKey).not.toBe(pushed[1]?.SSHPublicKey);
    expect(requests[0]?.privateKey).toContain('PRIVATE KEY');
    expect(JSON.stringify(pushed)).not.toContain('PRIVATE');
  });

  test('whose key is not taken goes nowhere', async () => {
    connect.on(SendSSHPublicKeyCommand).rejects(denied());
    const shell: Ssh = () => Promise.reject(new Error('gone there'));
    const answer = await runScriptWithKey(line, shell, runScript, signal);
    expect(answer).toMatchObject({ kind: 'failed', evidence: [] });
    expect(answer.why).toContain('repairSshUser');
  });
});
