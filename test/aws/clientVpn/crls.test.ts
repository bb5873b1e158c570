/** Goal: which endpoints ask for a list, what they go by, what an import came to. Method: the SDK against a local server that answers as EC2 does. */
import { describe, expect, test } from '@jest/globals';
import { crlEndpointPort } from '../../../lib/aws/clientVpn/crls.ts';
import type { MetricPort } from '../../../lib/core/metricPort.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { systemClock } from '../../../lib/core/time.ts';
import { ec2Fault, localAws, xml } from '../localAws.ts';

const aws = localAws();
const calm = new AbortController().signal;
/** CloudWatch counts the days of these endpoints' lists; null: it cannot be asked. */
const counting = (ids: readonly string[] | null): MetricPort => ({
  series: async () =>
    ids === null
      ? unknown('throttled', 0)
      : known(
          ids.map((id) => ({
            namespace: 'AWS/ClientVPN',
            metricName: 'CrlDaysToExpiry',
            dimensions: { Endpoint: id },
          })),
          0,
        ),
  points: async () => [],
});
const port = (regions = ['eu-west-1'], counted: readonly string[] | null = []) =>
  crlEndpointPort(regions, systemClock, undefined, () => counting(counted));
const endpoint = { region: 'eu-west-1', endpointId: 'cvpn-endpoint-1' };

const described = (...items: readonly string[]) =>
  xml(
    `<DescribeClientVpnEndpointsResponse><requestId>r</requestId><clientVpnEndpoint>${items.join('')}</clientVpnEndpoint></DescribeClientVpnEndpointsResponse>`,
  );
const item = (id: string, tags: Readonly<Record<string, string>>, status = 'available') =>
  `<item><clientVpnEndpointId>${id}</clientVpnEndpointId><status><code>${status}</code></status><tagSet>${Object.entries(
    tags,
  )
    .map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`)
    .join('')}</tagSet></item>`;

describe('tagged', () => {
  test('those that carry the tag and are not on their way out, in every region', async () => {
    aws.answers(
      described(
        item('cvpn-endpoint-1', { 'vpn-medic:crl': 'ca.crl', Name: 'staff' }),
        item('cvpn-endpoint-2', { Name: 'untagged' }),
        item('cvpn-endpoint-3', { 'vpn-medic:crl': 'ca.crl' }, 'deleting'),
        item('cvpn-endpoint-4', { 'vpn-medic:crl': 'b.crl', 'vpn-medic:ignore': 'test' }),
        item('cvpn-endpoint-5', { 'vpn-medic:crl': 'b.crl', 'vpn-medic:ignore': '' }),
      ),
      described(),
    );
    const reading = await port(['eu-west-1', 'eu-central-1']).tagged(calm);
    expect(reading).toMatchObject({
      known: true,
      value: [
        { endpointId: 'cvpn-endpoint-1', name: 'staff', fileName: 'ca.crl', ignore: null },
        { endpointId: 'cvpn-endpoint-4', name: 'cvpn-endpoint-4', ignore: 'test' },
        // The tag is enough; its value says why.
        { endpointId: 'cvpn-endpoint-5', ignore: '' },
      ],
    });
    expect(aws.asked.length).toBe(2);
  });

  test('one region that cannot be read makes all unknown', async () => {
    aws.answers(described(), ec2Fault('UnauthorizedOperation', 403));
    expect(await port(['eu-west-1', 'eu-central-1']).tagged(calm)).toMatchObject({ known: false });
  });
});

describe('exported', () => {
  const exported = (inner: string) =>
    xml(
      `<ExportClientVpnClientCertificateRevocationListResponse><requestId>r</requestId>${inner}</ExportClientVpnClientCertificateRevocationListResponse>`,
    );

  test.each([
    [
      '<certificateRevocationList>PEM</certificateRevocationList><status><code>active</code></status>',
      'PEM',
      true,
    ],
    [
      '<certificateRevocationList>PEM</certificateRevocationList><status><code>pending</code></status>',
      'PEM',
      false,
    ],
    ['', null, true],
  ])('%s', async (inner, pem, isActive) => {
    aws.answers(exported(inner));
    expect(await port().exported(endpoint, calm)).toMatchObject({
      known: true,
      value: { pem, isActive },
    });
  });

  test.each<[string, readonly string[] | null, boolean]>([
    ['no list where CloudWatch counts no days of it', ['cvpn-endpoint-2'], true],
    ['unknown where CloudWatch counts its days', ['cvpn-endpoint-1'], false],
    ['unknown where CloudWatch cannot be asked', null, false],
  ])('an Export that is refused, or says nothing, is %s', async (_what, counted, isKnown) => {
    const none = isKnown ? { value: { pem: null, isActive: true } } : {};
    aws.answers(ec2Fault('InvalidClientVpnEndpointState', 400));
    expect(await port(['eu-west-1'], counted).exported(endpoint, calm)).toMatchObject({
      known: isKnown,
      ...none,
    });
    aws.answers(exported(''));
    expect(await port(['eu-west-1'], counted).exported(endpoint, calm)).toMatchObject({
      known: isKnown,
      ...none,
    });
  });

  test('a denied Export is unknown, whatever CloudWatch says', async () => {
    aws.answers(ec2Fault('UnauthorizedOperation', 403));
    expect(await port().exported(endpoint, calm)).toMatchObject({ known: false });
  });

  test('an endpoint that is gone is unknown, not without a list', async () => {
    aws.answers(ec2Fault('InvalidClientVpnEndpointId.NotFound', 400));
    expect(await port().exported(endpoint, calm)).toMatchObject({ known: false });
  });
});

describe('import', () => {
  test('accepted, with the list and the endpoint in the request', async () => {
    aws.answers(
      xml(
        '<ImportClientVpnClientCertificateRevocationListResponse><requestId>r</requestId><return>true</return></ImportClientVpnClientCertificateRevocationListResponse>',
      ),
    );
    expect(await port().import(endpoint, 'PEM-TEXT', calm)).toEqual({ kind: 'accepted' });
    expect(aws.asked[0]).toContain('CertificateRevocationList=PEM-TEXT');
    expect(aws.asked[0]).toContain('ClientVpnEndpointId=cvpn-endpoint-1');
  });

  test.each([
    ['InvalidParameterValue', 400, 'refused'],
    ['UnauthorizedOperation', 403, 'refused'],
    ['InternalError', 500, 'unclear'],
  ])('%s: %d is %s', async (code, status, kind) => {
    aws.answers(ec2Fault(code, status));
    expect(await port().import(endpoint, 'PEM', calm)).toMatchObject({ kind });
  });
});

test('live connections are the active ones', async () => {
  const one = (code: string) => `<item><status><code>${code}</code></status></item>`;
  aws.answers(
    xml(
      `<DescribeClientVpnConnectionsResponse><requestId>r</requestId><connections>${one('active')}${one('terminated')}${one('active')}</connections></DescribeClientVpnConnectionsResponse>`,
    ),
  );
  expect(await port().liveConnectionCount(endpoint, calm)).toMatchObject({ known: true, value: 2 });
});
