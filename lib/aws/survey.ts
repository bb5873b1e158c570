/** Describes what surrounds the VPN paths and no function reads: VPCs, security groups, network ACLs, transit gateways with routes, and what other services know of them. Read only. */
import {
  DescribeNetworkAclsCommand,
  DescribeSecurityGroupsCommand,
  DescribeTagsCommand,
  DescribeTransitGatewayRouteTablesCommand,
  DescribeTransitGatewaysCommand,
  DescribeVpcsCommand,
  GetTransitGatewayRouteTableAssociationsCommand,
  GetTransitGatewayRouteTablePropagationsCommand,
  SearchTransitGatewayRoutesCommand,
} from '@aws-sdk/client-ec2';
import { eachOf } from '../core/eachOf.ts';
import type { SurveyPort } from '../core/surveyPort.ts';
import type { Clock } from '../core/time.ts';
import { listOf, pieces } from './call.ts';
import { type CallHook, READ_MS } from './client.ts';
import { ec2Client } from './ec2/client.ts';
import { type Ec2Context, FILTER_VALUES_MAX } from './ec2/context.ts';
import { pager } from './survey/pager.ts';
import { readServices } from './survey/services.ts';

export function surveyPort(region: string, clock: Clock, onCall: CallHook): SurveyPort {
  const context = { client: ec2Client(region, onCall, READ_MS), service: 'ec2', clock };
  return {
    async read({ vpcIds, securityGroupIds }, signal) {
      const { client } = context;
      const options = { abortSignal: signal };
      const all = pager(context, signal);
      await Promise.all([
        eachOf(pieces(vpcIds, FILTER_VALUES_MAX), 1, (Values) =>
          all('DescribeVpcs', (NextToken) => {
            const Filters = [{ Name: 'vpc-id', Values: [...Values] }];
            return client.send(new DescribeVpcsCommand({ Filters, NextToken }), options);
          }),
        ),
        eachOf(pieces(vpcIds, FILTER_VALUES_MAX), 1, (Values) =>
          all('DescribeNetworkAcls', (NextToken) => {
            const Filters = [{ Name: 'vpc-id', Values: [...Values] }];
            return client.send(new DescribeNetworkAclsCommand({ Filters, NextToken }), options);
          }),
        ),
        eachOf(pieces(securityGroupIds, FILTER_VALUES_MAX), 1, (Values) =>
          all('DescribeSecurityGroups', (NextToken) => {
            const Filters = [{ Name: 'group-id', Values: [...Values] }];
            return client.send(new DescribeSecurityGroupsCommand({ Filters, NextToken }), options);
          }),
        ),
        // Every tag, so that a later version, which may read more of them, can play the capture.
        all('DescribeTags', (NextToken) => {
          const Filters = [{ Name: 'key', Values: ['vpn-medic:*'] }];
          return client.send(new DescribeTagsCommand({ Filters, NextToken }), options);
        }),
        readTransitGateways(context, signal),
        readServices({ region, clock, onCall }, signal),
      ]);
    },
  };
}

/** A tenth of EC2's burst of 100, with what runs beside it. */
const AT_ONCE = 5;

async function readTransitGateways(context: Ec2Context, signal: AbortSignal): Promise<void> {
  const { client } = context;
  const options = { abortSignal: signal };
  const all = pager(context, signal);
  const tableIds: string[] = [];
  await Promise.all([
    all('DescribeTransitGateways', (NextToken) =>
      client.send(new DescribeTransitGatewaysCommand({ NextToken }), options),
    ),
    all('DescribeTransitGatewayRouteTables', async (NextToken) => {
      const page = await client.send(
        new DescribeTransitGatewayRouteTablesCommand({ NextToken }),
        options,
      );
      const ids = listOf(page.TransitGatewayRouteTables).flatMap(
        (table) => table.TransitGatewayRouteTableId ?? [],
      );
      tableIds.push(...ids);
      return page;
    }),
  ]);
  await eachOf(tableIds, AT_ONCE, async (TransitGatewayRouteTableId) => {
    const of = { TransitGatewayRouteTableId };
    // It wants a filter: these are all types that there are.
    const Filters = [{ Name: 'type', Values: ['propagated', 'static'] }];
    await all('SearchTransitGatewayRoutes', () =>
      client.send(new SearchTransitGatewayRoutesCommand({ ...of, Filters }), options),
    );
    await all('GetTransitGatewayRouteTableAssociations', (NextToken) =>
      client.send(
        new GetTransitGatewayRouteTableAssociationsCommand({ ...of, NextToken }),
        options,
      ),
    );
    await all('GetTransitGatewayRouteTablePropagations', (NextToken) =>
      client.send(
        new GetTransitGatewayRouteTablePropagationsCommand({ ...of, NextToken }),
        options,
      ),
    );
  });
}
