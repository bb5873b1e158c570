/**
 * Goal: incidents of a member account arrive in the hub's log, and nothing else of that account does. Method: both
 * templates of deploy/, as stacks of two accounts of the emulator, and the adapter that publishes incidents. The emulator
 * judges by no bus policy, and puts the hub's account into the envelope: the account that counts is in the detail.
 */
import { readFile } from 'node:fs/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { eventPort } from '../../lib/aws/eventBridge.ts';
import { systemClock } from '../../lib/core/time.ts';
import { clientSettings } from './account/clients.ts';
import { REGION } from './account/options.ts';
import { type Emulator, startEmulator } from './emulator/start.ts';

// A guard against hanging: an emulator that starts beside other work has been seen to take 20 s.
jest.setTimeout(300_000);

const HUB = '123456789012';
const MEMBER = '222233334444';
const LOG = '/aws/events/vpn-medic-incidents';
const AWS_NAMES = [
  'AWS_ENDPOINT_URL',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
];

let emulator: Emulator;
let busArn = '';
let member: Awaited<ReturnType<typeof settingsOf>>;
const hub = () => clientSettings(emulator.url);

beforeAll(async () => {
  emulator = await startEmulator();
  member = await settingsOf(MEMBER);
  busArn = await deployed(hub(), 'hubBus', { OrganizationId: 'o-a1b2c3d4e5' });
  await deployed(member, 'memberEvents', { HubBusArn: busArn });
  const { credentials } = member;
  process.env['AWS_ENDPOINT_URL'] = emulator.url;
  process.env['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey;
  process.env['AWS_SESSION_TOKEN'] = credentials.sessionToken;
});

afterAll(async () => {
  for (const name of AWS_NAMES) delete process.env[name];
  await emulator.stop();
});

test('the stack of the hub has the bus as its output', () => {
  expect(busArn).toBe(`arn:aws:events:${REGION}:${HUB}:event-bus/vpn-medic`);
});

test('a change of an incident that a member puts on its own bus is in the hub’s log, whole', async () => {
  const detail = JSON.stringify({
    version: 1,
    id: 'change-1',
    account: MEMBER,
    incident: { id: 'inc-1' },
  });
  const event = {
    id: 'change-1',
    at: systemClock.now(),
    detailType: 'Incident opened',
    resources: ['i-0a1b2c3d4e5f60718'],
    detail,
  };
  const unsent = await eventPort(REGION, 'default', systemClock).put(
    [event],
    new AbortController().signal,
  );
  expect(unsent).toEqual([]);
  expect(await logged(hub())).toMatchObject([
    { source: 'vpn-medic', 'detail-type': 'Incident opened', detail: JSON.parse(detail) },
  ]);
});

test('what others put on the member’s bus is not', async () => {
  const before = await logged(hub());
  await new EventBridgeClient(member).send(
    new PutEventsCommand({
      Entries: [{ Source: 'somebody', DetailType: 'Incident opened', Detail: '{"a":1}' }],
    }),
  );
  expect(await logged(hub())).toEqual(before);
});

/** Of a role in the account: that is how the emulator tells accounts apart. */
async function settingsOf(account: string) {
  const { Credentials } = await new STSClient(clientSettings(emulator.url)).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/lab`, RoleSessionName: 'lab' }),
  );
  return {
    ...clientSettings(emulator.url),
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  };
}

/** The first output of a stack that is made of `deploy/NAME.template.yml`. */
async function deployed(
  settings: ReturnType<typeof clientSettings>,
  name: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const client = new CloudFormationClient(settings);
  const StackName = `vpn-medic-${name}`;
  await client.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: await readFile(
        new URL(`../../deploy/${name}.template.yml`, import.meta.url),
        'utf8',
      ),
      Capabilities: ['CAPABILITY_IAM'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  expect(Stacks[0]?.StackStatus).toBe('CREATE_COMPLETE');
  return Stacks[0]?.Outputs?.[0]?.OutputValue ?? '';
}

async function logged(settings: ReturnType<typeof clientSettings>): Promise<readonly unknown[]> {
  const { events = [] } = await new CloudWatchLogsClient(settings).send(
    new FilterLogEventsCommand({ logGroupName: LOG }),
  );
  return events.map(({ message = '' }) => JSON.parse(message));
}
