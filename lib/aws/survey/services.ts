/** Reads what surrounds the VPN paths in services beside EC2: alarms and Direct Connect. Read only. */
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeConnectionsCommand,
  DescribeDirectConnectGatewayAssociationsCommand,
  DescribeDirectConnectGatewayAttachmentsCommand,
  DescribeDirectConnectGatewaysCommand,
  DirectConnectClient,
} from '@aws-sdk/client-direct-connect';
import { eachOf } from '../../core/eachOf.ts';
import type { Clock } from '../../core/time.ts';
import { type CallHook, delays, hooked, READ_MS } from '../client.ts';
import { pager } from './pager.ts';

/** What a function that reads AWS shares here. */
export interface SurveyContext {
  readonly region: string;
  readonly clock: Clock;
  readonly onCall: CallHook;
}

export async function readServices(context: SurveyContext, signal: AbortSignal): Promise<void> {
  await Promise.all([readAlarms(context, signal), readDirectConnect(context, signal)]);
}

/** Those of vpn-medic: alarms of others name systems that are no part of it. */
const ALARM_PREFIX = 'vpn-medic';
const ALARMS_A_PAGE = 100;

async function readAlarms({ region, clock, onCall }: SurveyContext, signal: AbortSignal) {
  const client = hooked(new CloudWatchClient({ region, ...delays(READ_MS) }), onCall);
  const of = { AlarmNamePrefix: ALARM_PREFIX, MaxRecords: ALARMS_A_PAGE };
  await pager({ service: 'cloudwatch', clock }, signal)('DescribeAlarms', (NextToken) =>
    client.send(new DescribeAlarmsCommand({ ...of, NextToken }), { abortSignal: signal }),
  );
}

/** Its gateways are of all regions. */
async function readDirectConnect({ region, clock, onCall }: SurveyContext, signal: AbortSignal) {
  const client = hooked(new DirectConnectClient({ region, ...delays(READ_MS) }), onCall);
  const options = { abortSignal: signal };
  const all = pager({ service: 'directconnect', clock }, signal);
  const gatewayIds: string[] = [];
  await Promise.all([
    all('DescribeConnections', (nextToken) =>
      client.send(new DescribeConnectionsCommand({ nextToken }), options),
    ),
    all('DescribeDirectConnectGateways', async (nextToken) => {
      const page = await client.send(
        new DescribeDirectConnectGatewaysCommand({ nextToken }),
        options,
      );
      gatewayIds.push(
        ...(page.directConnectGateways ?? []).flatMap((one) => one.directConnectGatewayId ?? []),
      );
      return page;
    }),
  ]);
  await eachOf(gatewayIds, AT_ONCE, async (directConnectGatewayId) => {
    const of = { directConnectGatewayId };
    await all('DescribeDirectConnectGatewayAttachments', (nextToken) =>
      client.send(
        new DescribeDirectConnectGatewayAttachmentsCommand({ ...of, nextToken }),
        options,
      ),
    );
    await all('DescribeDirectConnectGatewayAssociations', (nextToken) =>
      client.send(
        new DescribeDirectConnectGatewayAssociationsCommand({ ...of, nextToken }),
        options,
      ),
    );
  });
}

const AT_ONCE = 2;
