/**
 * Goal: a capture holds what AWS answered and refused, no secret, and replays to what the account shows. Method: the real
 * adapters over mocked clients, and the replay of what was written.
 */
import { beforeEach, expect, test } from '@jest/globals';
import { ec2Error } from '../aws/strict.ts';
import { parseCapture } from '../cases/parse.ts';
import { linesOf, playCaptures } from '../cases/play.ts';
import { awsClientsOn, mockedAws } from './capture/mockedAws.ts';
import { takeCapture } from './capture/take.ts';

const AT = Date.UTC(2026, 10, 28, 12);
const PLANTED = 'planted-in-every-field';
const { ec2, acm, directConnect, directories, all, reset } = mockedAws();

const tunnel = (OutsideIpAddress: string) => ({
  OutsideIpAddress,
  Status: 'DOWN',
  StatusMessage: 'IPSEC IS DOWN',
  AcceptedRouteCount: 0,
  LastStatusChange: new Date(AT - 3_600_000),
});

beforeEach(reset);

const answering = (answers: Readonly<Record<string, unknown>>) =>
  ec2.onAnyCommand().callsFake(() => {
    const command = ec2.calls().at(-1)?.args[0];
    const name = command?.constructor.name.replace(/Command$/, '') ?? '';
    if (name === 'DescribeTags') throw ec2Error('UnauthorizedOperation', PLANTED, 403);
    return answers[name] ?? {};
  });

async function taken() {
  const options = { region: 'eu-west-1', probes: false };
  const said = await takeCapture(options, awsClientsOn, { at: AT });
  return { ...said, parsed: parseCapture(said.out) };
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
  for (const mock of all) mock.onAnyCommand().rejects(ec2Error('AuthFailure', 'not valid', 401));
  const { exit, parsed } = await taken();
  expect(exit).toBe(1);
  expect(parsed.account).toBe('000000000000');
  expect(parsed.answers.filter(({ result }) => result.kind === 'error').length).toBeGreaterThan(2);
});

test('a bug of ours is no refusal: it is thrown', async () => {
  ec2.onAnyCommand().rejects(new TypeError('x is not a function'));
  await expect(taken()).rejects.toThrow('calling ec2:');
});

test('certificates and directories of endpoints, Direct Connect and alarms are in it, without keys', async () => {
  const authKey = PLANTED;
  answering({
    DescribeClientVpnEndpoints: {
      ClientVpnEndpoints: [
        {
          ClientVpnEndpointId: 'cvpn-endpoint-01',
          ServerCertificateArn: CERTIFICATE,
          AuthenticationOptions: [
            {
              Type: 'directory-service-authentication',
              ActiveDirectory: { DirectoryId: 'd-926785f2c1' },
            },
          ],
        },
      ],
    },
  });
  acm.onAnyCommand().resolves({ Certificate: { CertificateArn: CERTIFICATE, NotAfter: ENDS } });
  directories.onAnyCommand().resolves({
    DirectoryDescriptions: [
      { DirectoryId: 'd-926785f2c1', Stage: 'Active', RadiusSettings: { SharedSecret: PLANTED } },
    ],
  });
  directConnect.onAnyCommand().resolves({
    virtualInterfaces: [
      {
        virtualInterfaceId: 'dxvif-ffhhk74f',
        authKey,
        customerRouterConfig: `<key>${authKey}</key>`,
        bgpPeers: [{ bgpStatus: 'up', authKey }],
        tags: [{ key: 'bgp', value: PLANTED }],
      },
    ],
  });
  const { out, parsed } = await taken();
  const outputOf = (operation: string) => {
    const found = parsed.answers.find((one) => one.operation === operation);
    return found?.result.kind === 'output' ? found.result.output : null;
  };
  expect(out).not.toContain(PLANTED);
  expect(outputOf('DescribeCertificate')).toEqual({
    Certificate: { CertificateArn: CERTIFICATE, NotAfter: ENDS.toISOString() },
  });
  expect(outputOf('DescribeDirectories')).toEqual({
    DirectoryDescriptions: [{ DirectoryId: 'd-926785f2c1', Stage: 'Active' }],
  });
  expect(outputOf('DescribeVirtualInterfaces')).toEqual({
    virtualInterfaces: [
      { virtualInterfaceId: 'dxvif-ffhhk74f', bgpPeers: [{ bgpStatus: 'up' }], tags: [] },
    ],
  });
  expect(outputOf('DescribeAlarms')).toEqual({});
});

const CERTIFICATE = 'arn:aws:acm:eu-west-1:111122223333:certificate/1234';
const ENDS = new Date(Date.UTC(2027, 1, 1));
