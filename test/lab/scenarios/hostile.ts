/** What other users of an account do to it, and what lies in the state table: attacks that scenarios play. */
import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  DescribeInstancesCommand,
  DetachNetworkInterfaceCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { launchBeside, launchFirewall } from '../account/build.ts';
import { clientSettings } from '../account/clients.ts';
import { REGION } from '../account/options.ts';
import type { TcpDaemon } from '../daemons/tcpListener.ts';
import { applianceOf, tableOf } from '../lab.ts';
import { until } from '../pause.ts';
import type { Fixture } from './open.ts';

/** Somebody's own instance, tagged for the group, beside vpn-a; answers its probe. */
export async function intrude(
  { lab }: Pick<Fixture, 'lab'>,
  daemon: TcpDaemon,
  tags: Readonly<Record<string, string>> = {},
) {
  const spec = { name: 'stranger', zone: 'a', probe: daemon.probe, extraTags: tags } as const;
  const stranger = await launchBeside(lab.emulator().url, applianceOf(lab, 'vpn-a'), 'hub', spec);
  await until('the stranger to be probed', () => daemon.probeCount() >= 8);
  return stranger;
}

export const BY_FIREWALL = '0.0.0.0/0';

/** An untagged firewall: a route of zone a's table leads to it. The item of the state table says that its interface is a ghost's. */
export async function ghostOfFirewall(
  fixture: Fixture,
): Promise<readonly [id: string, body: string]> {
  const { lab } = fixture;
  const [beside, table] = [applianceOf(lab, 'vpn-a'), tableOf(lab, 'a')];
  const { interfaceId } = await launchFirewall(lab.emulator().url, beside, table, BY_FIREWALL);
  const vpcId = await vpcOf(lab, beside.instanceId);
  const arm = {
    interfaceId,
    vpcId,
    deviceIndex: 0,
    role: null,
    isChosen: true,
    hasSourceDestCheck: false,
    families: ['ipv4'],
    isAttached: true,
    movedTo: null,
    hasCarried: true,
  };
  const ghost = {
    group: 'hub',
    zone: beside.zone,
    vpcId,
    name: 'ghost',
    interfaces: [arm],
    pools: [],
    answered: [],
    goodSince: null,
    downSince: now(),
    seenAt: now(),
  };
  return [`state#${REGION}#appliances`, state({ appliances: { 'i-0fade0fade0fade00': ghost } })];
}

async function vpcOf({ emulator }: Fixture['lab'], instanceId: string): Promise<string> {
  const ec2 = new EC2Client(clientSettings(emulator().url));
  const there = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  return there.Reservations?.[0]?.Instances?.[0]?.VpcId ?? '';
}

export const BY_SECOND_ARM = '10.99.0.0/16';

/** Both appliances get a second interface; a route of zone a's table leads to the one of vpn-a. Moves that one to another instance. */
export async function secondArms({ lab }: Fixture): Promise<() => Promise<void>> {
  const ec2 = new EC2Client(clientSettings(lab.emulator().url));
  const attach = (NetworkInterfaceId: string, InstanceId: string) =>
    ec2.send(new AttachNetworkInterfaceCommand({ DeviceIndex: 1, InstanceId, NetworkInterfaceId }));
  const arm = async (name: string) => {
    const { instanceId } = applianceOf(lab, name);
    const there = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    const SubnetId = there.Reservations?.[0]?.Instances?.[0]?.SubnetId;
    const made = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
    const NetworkInterfaceId = made.NetworkInterface?.NetworkInterfaceId ?? '';
    const { AttachmentId } = await attach(NetworkInterfaceId, instanceId);
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId,
        SourceDestCheck: { Value: false },
      }),
    );
    return { NetworkInterfaceId, AttachmentId };
  };
  const [{ NetworkInterfaceId, AttachmentId }] = await Promise.all([arm('vpn-a'), arm('vpn-b')]);
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId: tableOf(lab, 'a').tableId,
      NetworkInterfaceId,
      DestinationCidrBlock: BY_SECOND_ARM,
    }),
  );
  const beside = applianceOf(lab, 'vpn-a');
  const to = await launchFirewall(lab.emulator().url, beside, tableOf(lab, 'a'), '10.98.0.0/16');
  return async () => {
    await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId, Force: true }));
    await attach(NetworkInterfaceId, to.instanceId);
  };
}

const now = () => Date.now();
const key = (fixture: Fixture) => `${tableOf(fixture.lab, 'a').tableId} 10.20.0.0/16`;
const state = (over: object) =>
  JSON.stringify({
    token: 1,
    appliances: {},
    groups: {},
    pending: {},
    budget: { tokens: 40, at: now() },
    ...over,
  });

/** Items of the state table, by what they say. */
export const LIES = [
  [
    'lists in lists, 50,000 deep',
    () => [`state#${REGION}#appliances`, `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ],
  [
    'three invented failovers and hold-downs in the far future',
    (fixture) => [
      `state#${REGION}#appliances`,
      state({
        groups: {
          hub: {
            lastFailoverAt: now() + 1e12,
            flapCount: 100,
            failovers: { [key(fixture)]: [now() - 3, now() - 2, now() - 1] },
            lastTargets: { [key(fixture)]: applianceOf(fixture.lab, 'vpn-a').interfaceId },
            pinnedAts: { [key(fixture)]: now() },
          },
        },
      }),
    ],
  ],
  [
    'a debt of the write budget',
    () => [`state#${REGION}#appliances`, state({ budget: { tokens: -1e9, at: now() } })],
  ],
  [
    'a pin of well routes from the far future',
    (fixture) => [
      `pins#${REGION}`,
      JSON.stringify({
        version: 1,
        pins: [
          {
            group: 'hub',
            routeKey: null,
            to: applianceOf(fixture.lab, 'vpn-b').instanceId,
            at: now() + 1e10,
            until: now() + 1e11,
            by: 'nobody',
            why: 'no reason',
          },
        ],
      }),
    ],
  ],
  [
    'a lease from the future',
    () => [
      `lease#${REGION}#appliances`,
      JSON.stringify({
        leader: 'nobody',
        token: 1,
        renewedAt: now() + 1e10,
        // Just after the watcher that is to find it: a newer leader is left to lead.
        startedAt: now() + 4_000,
        isLookRequested: false,
      }),
    ],
  ],
] as const satisfies readonly (readonly [
  what: string,
  item: (fixture: Fixture) => readonly [id: string, body: string],
])[];
