/** Answers the calls of the real adapters for a made-up account, as AWS would. */
import type { CallHook } from '../../lib/aws/client.ts';
import type { Answer } from '../../lib/capture/types.ts';
import type { AwsClients } from '../../lib/cli/awsClients.ts';
import { awsClients } from '../../lib/cli/awsClients.ts';
import { known } from '../../lib/core/reading.ts';
import { openAnswers } from '../../lib/replay/answers.ts';
import { recordedAws } from '../../lib/replay/aws.ts';
import { recordedMetrics } from '../../lib/replay/metrics.ts';
import { openOverlay } from '../../lib/replay/overlay.ts';
import type { MadeRegion } from './account.ts';
import { alarmAnswer } from './alarms.ts';
import type { Item } from './ids.ts';
import { metricData, metricItem } from './metrics.ts';

/** Clients of an account whose probes all answer, from the machine that captures it. */
export function clientsOf(
  made: MadeRegion,
  /** The account as it is now, where it changes. */
  current: () => MadeRegion = () => made,
): (onCall?: CallHook) => AwsClients {
  const clock = { now: () => current().at, monotonicMs: () => 0, sleep: async () => {} };
  const serve: CallHook = (call, send) => served(current())(call, send);
  return (onCall) => ({
    ...awsClients(clock, (call, send) =>
      onCall === undefined ? serve(call, send) : onCall(call, () => serve(call, send)),
    ),
    identity: async () => ({
      caller: async () => known({ accountId: made.account, arn: '' }, made.at),
    }),
    probes: async () => ({
      vantages: async () => [{ id: 'here', subnetIds: [], isInVpc: false }],
      async send({ targets }, onAnswer) {
        for (const { key } of targets) onAnswer({ key, result: UP });
      },
    }),
    endpointReachability: async () => ({ send: async () => UP }),
  });
}

const UP = { kind: 'up', tookMs: 12 } as const;

function served(made: MadeRegion): CallHook {
  const clock = { now: () => made.at, monotonicMs: () => 0, sleep: async () => {} };
  const answers = openAnswers(answersOf(made));
  const objects = {
    answer(): Item {
      throw new Error('a capture reads no object');
    },
  };
  const recorded = recordedAws(
    { answers, overlay: openOverlay(clock), objects, metrics: recordedMetrics([]) },
    clock,
    (operation) => {
      throw new Error(`the made-up account has no answer to ${operation}`);
    },
  );
  return async (call, send) =>
    call.operation === 'GetMetricData'
      ? metricData(made.series, call.input, made.at)
      : recorded(call, send);
}

function answersOf(made: MadeRegion): readonly Answer[] {
  const { at, lists, answers, series, watched = [] } = made;
  const answer = (service: string, operation: string, input: Item, output: Item): Answer => ({
    at,
    service,
    operation,
    input,
    result: { kind: 'output', output },
  });
  const listed = Object.entries({ ...EMPTY, ...lists }).map(([operation, items]) =>
    answer('ec2', operation, {}, outputOf(operation, items)),
  );
  return [
    ...listed,
    answer(
      'resourcegroupstaggingapi',
      'GetResources',
      {},
      {
        ResourceTagMappingList: watched.map((ResourceARN) => ({
          ResourceARN,
          Tags: [{ Key: 'vpn-medic:watch', Value: 'yes' }],
        })),
      },
    ),
    answer('cloudwatch', 'ListMetrics', {}, { Metrics: series.map(metricItem) }),
    ...NO_DIRECT_CONNECT.map(([operation, list]) =>
      answer('direct-connect', operation, {}, { [list]: [] }),
    ),
    ...[alarmAnswer(made), ...answers].map(({ service = 'ec2', operation, input, output }) =>
      answer(service, operation, input, output),
    ),
  ];
}

/** What every account can be asked for. */
const EMPTY = {
  DescribeInstances: [],
  DescribeInstanceStatus: [],
  DescribeNetworkInterfaces: [],
  DescribeRouteTables: [],
  DescribeAddresses: [],
  DescribeSubnets: [],
  DescribeNetworkAcls: [],
  DescribeTags: [],
  DescribeVpnConnections: [],
  DescribeCustomerGateways: [],
  DescribeClientVpnEndpoints: [],
  DescribeVpcs: [],
  DescribeVpcPeeringConnections: [],
  DescribeVpcEndpoints: [],
  DescribeSecurityGroups: [],
  DescribeVpnGateways: [],
  DescribeTransitGateways: [],
  DescribeTransitGatewayAttachments: [],
  DescribeTransitGatewayRouteTables: [],
};

const NO_DIRECT_CONNECT = [
  ['DescribeConnections', 'connections'],
  ['DescribeVirtualInterfaces', 'virtualInterfaces'],
  ['DescribeDirectConnectGateways', 'directConnectGateways'],
] as const;

/** The list's name is the operation's without its verb, but for the instances. */
function outputOf(operation: string, items: readonly Item[]): Item {
  if (operation !== 'DescribeInstances') {
    return { [NAMES[operation] ?? operation.replace('Describe', '')]: items };
  }
  return {
    Reservations: items.map((one) => ({
      // Of the account that runs it: the third part of its role's name.
      OwnerId: String(Object(one['IamInstanceProfile']).Arn).split(':')[4],
      Instances: [one],
    })),
  };
}

const NAMES: Readonly<Record<string, string>> = { DescribeInstanceStatus: 'InstanceStatuses' };
