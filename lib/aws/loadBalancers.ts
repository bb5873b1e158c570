/** Network load balancers with their listeners, targets and security groups. Read only. */
import { DescribeNetworkInterfacesCommand, type NetworkInterface } from '@aws-sdk/client-ec2';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type Listener,
  type LoadBalancer,
  type TargetGroup,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type {
  ListenerWay,
  LoadBalancerFact,
  LoadBalancerPort,
  TargetFact,
  Transport,
} from '../core/loadBalancerPort.ts';
import type { Clock } from '../core/time.ts';
import {
  type CallContext,
  type CallResult,
  call,
  everyMarkedPage,
  everyPage,
  everyPart,
  listOf,
  pieces,
  reading,
} from './call.ts';
import { delays, READ_MS } from './client.ts';
import { ec2Client } from './ec2/client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './ec2/context.ts';

export function loadBalancerPort(region: string, clock: Clock): LoadBalancerPort {
  const client = new ElasticLoadBalancingV2Client({ region, ...delays(READ_MS) });
  const elb: ElbContext = { client, service: 'elasticloadbalancing', clock };
  const ec2: Ec2Context = { client: ec2Client(region, undefined, READ_MS), service: 'ec2', clock };
  return {
    balancers: (arns, signal) =>
      reading(elb, 'DescribeLoadBalancers', () => readBalancers(elb, ec2, arns, signal)),
  };
}

interface ElbContext extends CallContext {
  readonly client: ElasticLoadBalancingV2Client;
}

/** Listed as a whole: one that is gone would fail a call that names it. */
async function readBalancers(
  elb: ElbContext,
  ec2: Ec2Context,
  arns: readonly string[],
  signal: AbortSignal,
): Promise<CallResult<readonly LoadBalancerFact[]>> {
  const { client } = elb;
  const options = { abortSignal: signal };
  const groups = await everyMarkedPage(
    (Marker) =>
      call(elb, 'DescribeTargetGroups', signal, () =>
        client.send(new DescribeTargetGroupsCommand({ Marker }), options),
      ),
    (page) => listOf(page.TargetGroups),
  );
  if (!groups.ok) return groups;
  const wanted = new Set([
    ...arns,
    ...groups.value.flatMap(({ TargetGroupArn: arn = '', LoadBalancerArns = [] }) =>
      arns.includes(arn) ? LoadBalancerArns : [],
    ),
  ]);
  const balancers = await everyMarkedPage(
    (Marker) =>
      call(elb, 'DescribeLoadBalancers', signal, () =>
        client.send(new DescribeLoadBalancersCommand({ Marker }), options),
      ),
    (page) =>
      listOf(page.LoadBalancers).filter(
        ({ LoadBalancerArn, Type }) => Type === 'network' && wanted.has(LoadBalancerArn ?? ''),
      ),
  );
  if (!balancers.ok) return balancers;
  const listeners = await everyPart(balancers.value, ({ LoadBalancerArn }) =>
    everyMarkedPage(
      (Marker) =>
        call(elb, 'DescribeListeners', signal, () =>
          client.send(new DescribeListenersCommand({ LoadBalancerArn, Marker }), options),
        ),
      (page) => listOf(page.Listeners),
    ),
  );
  if (!listeners.ok) return listeners;
  const usedArns = new Set(listeners.value.flatMap(groupArnsOf));
  const used = groups.value.filter(({ TargetGroupArn }) => usedArns.has(TargetGroupArn ?? ''));
  const healths = await everyPart(used, (group) => readTargets(elb, group, signal));
  if (!healths.ok) return healths;
  const cards = await readCards(ec2, balancers.value, healths.value, signal);
  if (!cards.ok) return cards;
  return {
    ok: true,
    value: balancers.value.map((one) => factOf(one, listeners.value, healths.value, cards.value)),
  };
}

async function readTargets(
  elb: ElbContext,
  group: TargetGroup,
  signal: AbortSignal,
): Promise<CallResult<readonly GroupTargets[]>> {
  const { TargetGroupArn } = group;
  const page = await call(elb, 'DescribeTargetHealth', signal, () =>
    elb.client.send(new DescribeTargetHealthCommand({ TargetGroupArn }), { abortSignal: signal }),
  );
  return page.ok
    ? { ok: true, value: [{ group, targets: listOf(page.value.TargetHealthDescriptions) }] }
    : page;
}

/** Interfaces of load balancers, of instances and of addresses. */
const readCards = (
  context: Ec2Context,
  balancers: readonly LoadBalancer[],
  groups: readonly GroupTargets[],
  signal: AbortSignal,
): Promise<CallResult<readonly NetworkInterface[]>> => {
  const targetIds = groups.flatMap(({ targets }) =>
    targets.flatMap(({ Target }) => Target?.Id ?? []),
  );
  const wanted = {
    description: balancers.map(descriptionOf),
    'attachment.instance-id': targetIds.filter(isInstance),
    'addresses.private-ip-address': targetIds.filter((id) => !isInstance(id)),
  };
  const parts = Object.entries(wanted).flatMap(([name, values]) =>
    pieces(values, FILTER_VALUES_MAX).map((part) => [name, part] as const),
  );
  return everyPart(parts, ([Name, values]) =>
    everyPage(
      (NextToken) =>
        call(context, 'DescribeNetworkInterfaces', signal, () =>
          context.client.send(
            new DescribeNetworkInterfacesCommand({
              Filters: [{ Name, Values: [...values] }],
              MaxResults: 1_000,
              NextToken,
            }),
            { abortSignal: signal },
          ),
        ),
      (page) => listOf(page.NetworkInterfaces),
    ),
  );
};

/**
 * As EC2 describes the interfaces of a load balancer: `ELB net/NAME/ID`.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html
 */
const descriptionOf = ({ LoadBalancerArn = '' }: LoadBalancer): string =>
  `ELB ${LoadBalancerArn.slice(LoadBalancerArn.indexOf(':loadbalancer/') + ':loadbalancer/'.length)}`;

const groupArnsOf = ({ DefaultActions = [] }: Listener): readonly string[] =>
  DefaultActions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
    ...(TargetGroupArn === undefined ? [] : [TargetGroupArn]),
    ...(ForwardConfig?.TargetGroups ?? []).flatMap((one) => one.TargetGroupArn ?? []),
  ]);

interface GroupTargets {
  readonly group: TargetGroup;
  readonly targets: readonly TargetHealthDescription[];
}

function factOf(
  balancer: LoadBalancer,
  listeners: readonly Listener[],
  groups: readonly GroupTargets[],
  cards: readonly NetworkInterface[],
): LoadBalancerFact {
  const { LoadBalancerArn: arn = '', LoadBalancerName, SecurityGroups = [] } = balancer;
  const own = cards.filter(({ Description }) => Description === descriptionOf(balancer));
  return {
    arn,
    name: LoadBalancerName ?? arn,
    securityGroupIds: SecurityGroups,
    addresses: own.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
    ways: listeners
      .filter((one) => one.LoadBalancerArn === arn)
      .flatMap((listener): readonly ListenerWay[] => {
        const { Port: port } = listener;
        if (port === undefined) return [];
        const arns = new Set(groupArnsOf(listener));
        return groups
          .filter(({ group }) => arns.has(group.TargetGroupArn ?? ''))
          .map(({ group, targets }) => ({
            transports: transportsOf(listener.Protocol),
            port,
            targetTransports: transportsOf(group.Protocol),
            targets: targets.flatMap((one) => targetFact(one, group, cards)),
          }));
      }),
  };
}

/** `TCP_UDP`, `TLS`, `QUIC`, …: over which of the two it runs. */
const transportsOf = (protocol: string = ''): readonly Transport[] => [
  ...(/TCP|TLS/.test(protocol) ? (['tcp'] as const) : []),
  ...(/UDP|QUIC/.test(protocol) ? (['udp'] as const) : []),
];

/** Traffic for an instance goes to its first interface. */
function targetFact(
  { Target, HealthCheckPort }: TargetHealthDescription,
  { VpcId }: TargetGroup,
  cards: readonly NetworkInterface[],
): readonly TargetFact[] {
  const { Id: id, Port: port } = Target ?? {};
  if (id === undefined || port === undefined) return [];
  const card = cards.find(
    ({ Attachment, PrivateIpAddresses = [], VpcId: vpcId }) =>
      (Attachment?.InstanceId === id && Attachment.DeviceIndex === 0) ||
      (vpcId === VpcId && PrivateIpAddresses.some(({ PrivateIpAddress: one }) => one === id)),
  );
  const healthPort = Number(HealthCheckPort);
  return [
    {
      id,
      port,
      healthPort: Number.isInteger(healthPort) && healthPort > 0 ? healthPort : null,
      address: isInstance(id) ? (card?.PrivateIpAddress ?? null) : id,
      securityGroupIds: (card?.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    },
  ];
}

const isInstance = (id: string): boolean => id.startsWith('i-');
