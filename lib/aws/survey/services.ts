/** Reads what surrounds the VPN paths in services beside EC2: alarms, Direct Connect, directories and server certificates. Read only. */
import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeConnectionsCommand,
  DescribeDirectConnectGatewayAssociationsCommand,
  DescribeDirectConnectGatewayAttachmentsCommand,
  DescribeDirectConnectGatewaysCommand,
  DescribeVirtualInterfacesCommand,
  DirectConnectClient,
} from '@aws-sdk/client-direct-connect';
import {
  DescribeDirectoriesCommand,
  DirectoryServiceClient,
} from '@aws-sdk/client-directory-service';
import { eachOf } from '../../core/eachOf.ts';
import type { SurveyScope } from '../../core/surveyPort.ts';
import type { Clock } from '../../core/time.ts';
import { call, pieces, reading } from '../call.ts';
import { type CallHook, delays, hooked, READ_MS } from '../client.ts';
import { pager } from './pager.ts';

/** What a function that reads AWS shares here. */
export interface SurveyContext {
  readonly region: string;
  readonly clock: Clock;
  readonly onCall: CallHook;
}

export async function readServices(
  context: SurveyContext,
  { directoryIds, certificateArns }: SurveyScope,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([
    readAlarms(context, signal),
    readDirectConnect(context, signal),
    readDirectories(context, directoryIds, signal),
    readCertificates(context, certificateArns, signal),
  ]);
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
    all('DescribeVirtualInterfaces', (nextToken) =>
      client.send(new DescribeVirtualInterfacesCommand({ nextToken }), options),
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
const DIRECTORIES_A_CALL = 10;

async function readDirectories(
  { region, clock, onCall }: SurveyContext,
  directoryIds: readonly string[],
  signal: AbortSignal,
) {
  const client = hooked(new DirectoryServiceClient({ region, ...delays(READ_MS) }), onCall);
  const all = pager({ service: 'ds', clock }, signal);
  await eachOf(pieces(directoryIds, DIRECTORIES_A_CALL), 1, (DirectoryIds) =>
    all('DescribeDirectories', (NextToken) =>
      client.send(new DescribeDirectoriesCommand({ DirectoryIds: [...DirectoryIds], NextToken }), {
        abortSignal: signal,
      }),
    ),
  );
}

async function readCertificates(
  { region, clock, onCall }: SurveyContext,
  certificateArns: readonly string[],
  signal: AbortSignal,
) {
  const client = hooked(new ACMClient({ region, ...delays(READ_MS) }), onCall);
  const context = { service: 'acm', clock };
  await eachOf([...new Set(certificateArns)], AT_ONCE, (CertificateArn) =>
    // It knows no pages.
    reading(context, 'DescribeCertificate', () =>
      call(context, 'DescribeCertificate', signal, () =>
        client.send(new DescribeCertificateCommand({ CertificateArn }), { abortSignal: signal }),
      ),
    ),
  );
}
