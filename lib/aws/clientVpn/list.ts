/** All pages of Client VPN endpoints and connections, for the endpoints and the CRLs scope. */
import {
  type ClientVpnConnection,
  type ClientVpnEndpoint,
  DescribeClientVpnConnectionsCommand,
  DescribeClientVpnEndpointsCommand,
} from '@aws-sdk/client-ec2';
import { type CallResult, call, everyPage, listOf } from '../call.ts';
import { READ_MS } from '../client.ts';
import type { Ec2Context } from '../ec2/context.ts';

/** Every Client VPN list takes 5 to 1,000 (API reference, read 2026-11-20). */
export const CLIENT_VPN_PAGE_MAX = 1_000;

export const listEndpoints = <T>(
  context: Ec2Context,
  read: (endpoint: ClientVpnEndpoint) => readonly T[],
  signal: AbortSignal,
): Promise<CallResult<readonly T[]>> =>
  everyPage(
    (nextToken) =>
      call(context, 'DescribeClientVpnEndpoints', signal, () =>
        context.client.send(
          new DescribeClientVpnEndpointsCommand({
            MaxResults: CLIENT_VPN_PAGE_MAX,
            NextToken: nextToken,
          }),
          { abortSignal: signal, requestTimeout: READ_MS },
        ),
      ),
    (page) => listOf(page.ClientVpnEndpoints).flatMap(read),
  );

/** Of one endpoint: active ones, and those that ended within the last hour. */
export const listConnections = <T>(
  context: Ec2Context,
  endpointId: string,
  read: (connection: ClientVpnConnection) => readonly T[],
  signal: AbortSignal,
): Promise<CallResult<readonly T[]>> =>
  everyPage(
    (nextToken) =>
      call(context, 'DescribeClientVpnConnections', signal, () =>
        context.client.send(
          new DescribeClientVpnConnectionsCommand({
            ClientVpnEndpointId: endpointId,
            MaxResults: CLIENT_VPN_PAGE_MAX,
            NextToken: nextToken,
          }),
          { abortSignal: signal, requestTimeout: READ_MS },
        ),
      ),
    (page) => listOf(page.Connections).flatMap(read),
  );
