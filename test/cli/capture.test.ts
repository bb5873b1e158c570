/**
 * Goal: a capture holds what AWS answered and refused, no secret, and replays to what the account shows. Method: the real
 * adapters over mocked clients, and the replay of what was written.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { openCapture } from '../../lib/capture/parse.ts';
import { awsClients } from '../../lib/cli/awsClients.ts';
import { capture } from '../../lib/cli/capture.ts';
import { ec2Error } from '../aws/strict.ts';
import { linesOf, playCaptures } from '../cases/play.ts';

const AT = Date.UTC(2026, 10, 28, 12);
const PLANTED = 'planted-in-every-field';
const ec2 = mockClient(EC2Client);
const cloudWatch = mockClient(CloudWatchClient);
const sts = mockClient(STSClient);

const tunnel = (OutsideIpAddress: string) => ({
  OutsideIpAddress,
  Status: 'DOWN',
  StatusMessage: 'IPSEC IS DOWN',
  AcceptedRouteCount: 0,
  LastStatusChange: new Date(AT - 3_600_000),
});

beforeEach(() => {
  for (const mock of [ec2, cloudWatch, sts]) mock.reset();
  ec2.onAnyCommand().resolves({});
  cloudWatch.onAnyCommand().resolves({});
  sts
    .onAnyCommand()
    .resolves({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ana' });
});

const answering = (answers: Readonly<Record<string, unknown>>) =>
  ec2.onAnyCommand().callsFake(() => {
    const command = ec2.calls().at(-1)?.args[0];
    const name = command?.constructor.name.replace(/Command$/, '') ?? '';
    if (name === 'DescribeTags') throw ec2Error('UnauthorizedOperation', PLANTED, 403);
    return answers[name] ?? {};
  });

async function taken() {
  const said = { out: '', err: '' };
  const clock = { now: () => AT, monotonicMs: () => 0, sleep: async () => {} };
  const terminal = {
    env: {},
    columns: 100,
    hasColour: false,
    clock,
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    ask: async () => null,
  };
  const options = { region: 'eu-west-1', probes: false };
  const exit = await capture(options, terminal, (onCall) => awsClients(clock, onCall), '2.0.0');
  const reader = openCapture('capture');
  for (const line of said.out.split('\n')) reader.line(line);
  return { ...said, exit, parsed: reader.end().captures[0] };
}

test('what AWS answered is written with times, what it refused as its refusal, and no secret is', async () => {
  answering({
    DescribeVpnConnections: {
      $metadata: { requestId: PLANTED },
      VpnConnections: [
        {
          VpnConnectionId: 'vpn-01',
          State: 'available',
          CustomerGatewayConfiguration: `<pre_shared_key>${PLANTED}</pre_shared_key>`,
          TransitGatewayId: 'tgw-01',
          Options: {
            StaticRoutesOnly: false,
            TunnelOptions: [{ OutsideIpAddress: '192.0.2.1', PreSharedKey: PLANTED }],
          },
          Tags: [
            { Key: 'Name', Value: 'berlin' },
            { Key: 'owner-password', Value: PLANTED },
          ],
          VgwTelemetry: [tunnel('192.0.2.1'), tunnel('192.0.2.2')],
        },
      ],
    },
  });
  const { out, err, exit, parsed } = await taken();
  expect(exit).toBe(0);
  expect(out).not.toContain(PLANTED);
  expect(err).toMatch(
    /^vpn-medic: eu-west-1: appliances and routes read; \d+ answers, 1 refused\n/,
  );
  expect(parsed).toMatchObject({
    account: '111122223333',
    region: 'eu-west-1',
    medicVersion: '2.0.0',
  });
  expect(parsed.answers).toContainEqual({
    at: AT,
    service: 'ec2',
    operation: 'DescribeTags',
    input: expect.anything(),
    result: { kind: 'error', name: 'UnauthorizedOperation', message: '' },
  });
  const found = parsed.answers.find(({ operation }) => operation === 'DescribeVpnConnections');
  expect(JSON.stringify(found)).toContain('"LastStatusChange":"2026-11-28T11:00:00.000Z"');
  const played = await playCaptures([parsed]);
  expect(linesOf(played, ['detected'])).toContainEqual(expect.stringMatching(/vpn-01/));
});

test('an account that refuses everything is a capture of refusals, and exit code 1', async () => {
  ec2.onAnyCommand().rejects(ec2Error('AuthFailure', 'not valid', 401));
  cloudWatch.onAnyCommand().rejects(ec2Error('AuthFailure', 'not valid', 401));
  sts.onAnyCommand().rejects(ec2Error('AuthFailure', 'not valid', 401));
  const { exit, parsed } = await taken();
  expect(exit).toBe(1);
  expect(parsed.account).toBe('000000000000');
  expect(parsed.answers.filter(({ result }) => result.kind === 'error').length).toBeGreaterThan(2);
});

test('a bug of ours is no refusal: it is thrown', async () => {
  ec2.onAnyCommand().rejects(new TypeError('x is not a function'));
  await expect(taken()).rejects.toThrow('calling ec2:');
});
