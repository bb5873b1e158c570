/** Goal: what surrounds endpoints is found in a capture as in the account. Method: a made-up account, each thing broken, captured and replayed. */
import { expect, test } from '@jest/globals';
import { openCapture } from '../../lib/capture/parse.ts';
import { linesOf, playCaptures } from '../cases/play.ts';
import { cli } from '../cli/open.ts';
import type { MadeAnswer, MadeRegion } from './account.ts';
import { clientVpnHome } from './accounts/clientVpn.ts';
import { takenOf } from './captures.ts';
import type { Item } from './ids.ts';
import { clientsOf } from './serve.ts';

const made = clientVpnHome({
  account: '444455556666',
  region: 'eu-west-1',
  at: Date.UTC(2026, 11, 2, 9, 30),
});

const detectedIn = async (region: MadeRegion): Promise<string> => {
  const reader = openCapture('capture');
  for (const line of (await takenOf(region)).split('\n')) reader.line(line);
  return linesOf(await playCaptures([reader.end().captures[0]]), ['detected']).join('\n');
};

async function listedIn(region: MadeRegion): Promise<readonly string[]> {
  const { out } = await cli(
    ['check', '--json', '--region', region.region, '--state-table', 'none'],
    {
      clients: clientsOf(region)(),
      clock: { now: () => region.at, monotonicMs: () => 0, sleep: async () => {} },
    },
  );
  const { findings }: { findings: readonly { severity: string; reason: string }[] } =
    JSON.parse(out);
  return findings.map(({ severity, reason }) => `${severity} ${reason}`);
}

const withEndpoints = (change: (one: Item) => Item): MadeRegion => ({
  ...made,
  lists: {
    ...made.lists,
    DescribeClientVpnEndpoints: (made.lists['DescribeClientVpnEndpoints'] ?? []).map(change),
  },
});

const withAnswers = (operation: string, output: (was: Item) => Item): MadeRegion => ({
  ...made,
  answers: made.answers.map((one) =>
    one.operation === operation ? { ...one, output: output(one.output) } : one,
  ),
});

const withMore = (region: MadeRegion, ...more: readonly MadeAnswer[]): MadeRegion => ({
  ...region,
  answers: [...region.answers, ...more],
});

const directoryAt = (Stage: string): MadeRegion =>
  withMore(
    withEndpoints((one) => ({
      ...one,
      AuthenticationOptions: [
        { Type: 'directory-service-authentication', ActiveDirectory: { DirectoryId: 'd-1' } },
      ],
    })),
    {
      service: 'directory-service',
      operation: 'DescribeDirectories',
      input: {},
      output: { DirectoryDescriptions: [{ DirectoryId: 'd-1', Name: 'corp.example.com', Stage }] },
    },
  );

const CASES: readonly (readonly [string, MadeRegion, string])[] = [
  ['its directory is inoperable', directoryAt('Inoperable'), 'critical DirectoryImpaired'],
  [
    'its certificate ends in five days',
    withAnswers('DescribeCertificate', ({ Certificate }) => ({
      Certificate: {
        ...Object(Certificate),
        NotAfter: new Date(made.at + 5 * 86_400_000).toISOString(),
      },
    })),
    'critical ServerCertificateExpiring',
  ],
  [
    'ACM could not renew its certificate',
    withAnswers('DescribeCertificate', ({ Certificate }) => ({
      Certificate: {
        ...Object(Certificate),
        RenewalSummary: { RenewalStatus: 'FAILED', DomainValidationOptions: [] },
      },
    })),
    'warning ServerCertificateRenewalFailed',
  ],
  [
    'it has no rule',
    withAnswers('DescribeClientVpnAuthorizationRules', () => ({ AuthorizationRules: [] })),
    'warning AuthorizationRulesMissing',
  ],
  [
    'its routes lead to a subnet that is gone',
    withAnswers('DescribeClientVpnRoutes', () => ({
      Routes: [
        { DestinationCidr: '10.0.0.0/8', TargetSubnet: 'subnet-0gone', Status: { Code: 'active' } },
      ],
    })),
    'warning EndpointRouteFailed',
  ],
  [
    'its range lies in its VPC',
    withEndpoints((one) => ({ ...one, ClientCidrBlock: '10.60.8.0/22' })),
    'warning ClientRangeOverlap',
  ],
];

/** Information is listed by check, and is no incident. */
const LISTED: readonly (readonly [string, MadeRegion, string])[] = [
  [
    'it writes no log',
    withEndpoints((one) => ({ ...one, ConnectionLogOptions: { Enabled: false } })),
    'info ConnectionLogOff',
  ],
  [
    'all traffic enters the tunnel, and none leaves it',
    withEndpoints((one) => ({ ...one, SplitTunnel: false })),
    'info FullTunnelWithoutEgress',
  ],
];

test.each(LISTED)('%s: listed', async (_, region, says) => {
  expect(await listedIn(region)).toContain(says);
  expect(await listedIn(made)).not.toContain(says);
});

test.each(CASES)('%s: found', async (_, region, says) => {
  expect(await detectedIn(region)).toContain(says);
});

test('as it is, none of them; nor with a directory that is active', async () => {
  const reasons = CASES.map(([, , says]) => says.split(' ')[1] ?? '');
  for (const detected of [await detectedIn(made), await detectedIn(directoryAt('Active'))]) {
    for (const reason of reasons) expect(detected).not.toContain(reason);
  }
});
