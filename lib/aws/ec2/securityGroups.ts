/** Security groups: which an interface has, and what their rules let through. */
import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { known, type Reading } from '../../core/reading.ts';
import type {
  SecurityGroupFact,
  SecurityGroupPort,
  SecurityRule,
} from '../../core/securityGroupPort.ts';
import type { Clock } from '../../core/time.ts';
import { call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { type CallHook, READ_MS } from '../client.ts';
import { ec2Client } from './client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './context.ts';
import { readNetworkAcls } from './networkAcls.ts';

/** By filter, never by id: an id that is gone would fail the whole call. */
export function securityGroupPort(
  region: string,
  clock: Clock,
  onCall?: CallHook,
): SecurityGroupPort {
  const context: Ec2Context = { client: ec2Client(region, onCall), service: 'ec2', clock };
  return {
    groupIdsOf: (interfaceIds, signal) => readGroupIds(context, interfaceIds, signal),
    groups: (groupIds, signal) => readGroups(context, groupIds, signal),
    networkAcls: (vpcIds, signal) => readNetworkAcls(context, vpcIds, signal),
  };
}

async function readGroupIds(
  context: Ec2Context,
  interfaceIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<ReadonlyMap<string, readonly string[]>>> {
  const read = await reading(context, 'DescribeNetworkInterfaces', () =>
    everyPart(pieces(interfaceIds, FILTER_VALUES_MAX), (part) =>
      everyPage(
        (nextToken) =>
          call(context, 'DescribeNetworkInterfaces', signal, () =>
            context.client.send(
              new DescribeNetworkInterfacesCommand({
                Filters: [{ Name: 'network-interface-id', Values: [...part] }],
                MaxResults: 1_000,
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) =>
          listOf(page.NetworkInterfaces).flatMap(
            ({ NetworkInterfaceId: id, Groups }): readonly (readonly [string, string[]])[] =>
              id ? [[id, (Groups ?? []).flatMap(({ GroupId }) => GroupId || [])]] : [],
          ),
      ),
    ),
  );
  return read.known ? known(new Map(read.value), read.at) : read;
}

const readGroups = (
  context: Ec2Context,
  groupIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly SecurityGroupFact[]>> =>
  reading(context, 'DescribeSecurityGroups', () =>
    everyPart(pieces(groupIds, FILTER_VALUES_MAX), (part) =>
      everyPage(
        (nextToken) =>
          call(context, 'DescribeSecurityGroups', signal, () =>
            context.client.send(
              new DescribeSecurityGroupsCommand({
                Filters: [{ Name: 'group-id', Values: [...part] }],
                MaxResults: 1_000,
                NextToken: nextToken,
              }),
              { abortSignal: signal, requestTimeout: READ_MS },
            ),
          ),
        (page) => listOf(page.SecurityGroups).flatMap(groupFact),
      ),
    ),
  );

const groupFact = (group: SecurityGroup): readonly SecurityGroupFact[] =>
  group.GroupId
    ? [
        {
          groupId: group.GroupId,
          vpcId: group.VpcId ?? '',
          ingress: (group.IpPermissions ?? []).map(ruleOf),
          egress: (group.IpPermissionsEgress ?? []).map(ruleOf),
        },
      ]
    : [];

/**
 * EC2 leaves the ports out, or writes -1, where a rule holds for all of them.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html (read 2026-11-29)
 */
function ruleOf(permission: IpPermission): SecurityRule {
  const { FromPort: from, ToPort: to } = permission;
  const hasPorts = from !== undefined && to !== undefined && from >= 0 && to >= 0;
  return {
    protocol: permission.IpProtocol ?? '',
    ports: hasPorts ? [from, to] : null,
    cidrs: [
      ...(permission.IpRanges ?? []).flatMap(({ CidrIp }) => CidrIp || []),
      ...(permission.Ipv6Ranges ?? []).flatMap(({ CidrIpv6 }) => CidrIpv6 || []),
    ],
    groupIds: (permission.UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId || []),
    prefixListIds: (permission.PrefixListIds ?? []).flatMap(
      ({ PrefixListId }) => PrefixListId || [],
    ),
  };
}
