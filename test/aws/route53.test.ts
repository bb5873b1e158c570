/** Goal: Route 53 in our words, whole or unknown. Method: its client mocked. */
import {
  ListHealthChecksCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dnsPort } from '../../lib/aws/route53.ts';
import { clock, denied } from './strict.ts';

const route53 = mockClient(Route53Client);
beforeEach(() => {
  route53.reset();
  route53.onAnyCommand().rejects(new Error('unexpected call'));
});
const port = dnsPort('eu-west-1', clock);
const { signal } = new AbortController();
const PAGE = { MaxItems: 100, IsTruncated: false, Marker: '' };
const CALLER = { CallerReference: 'a', HealthCheckVersion: 1 };

test('health checks of every page: by name, by alarm, by address', async () => {
  route53
    .on(ListHealthChecksCommand)
    .resolves({
      ...PAGE,
      HealthChecks: [
        {
          ...CALLER,
          Id: 'hc-2',
          HealthCheckConfig: {
            Type: 'CLOUDWATCH_METRIC',
            AlarmIdentifier: { Region: 'eu-west-1', Name: 'vpn-medic-prod-RegionDown-eu-west-1' },
          },
        },
        { ...CALLER, Id: 'hc-3', HealthCheckConfig: { Type: 'TCP', IPAddress: '192.0.2.1' } },
      ],
    })
    .on(ListHealthChecksCommand, { Marker: undefined })
    .resolves({
      ...PAGE,
      IsTruncated: true,
      NextMarker: 'more',
      HealthChecks: [
        {
          ...CALLER,
          Id: 'hc-1',
          HealthCheckConfig: { Type: 'TCP', FullyQualifiedDomainName: 'VPN.example.com.' },
        },
      ],
    });
  expect(await port.healthChecks(signal)).toMatchObject({
    value: [
      { name: 'vpn.example.com', alarmName: '' },
      { name: '', alarmName: 'vpn-medic-prod-RegionDown-eu-west-1' },
      { name: '', alarmName: '' },
    ],
  });
});

const zones = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    Id: `/hostedzone/Z${index}`,
    Name: `${index}.example.com.`,
    CallerReference: 'a',
  }));
const cname = (name: string, value: string, id?: string) => ({
  Name: name,
  Type: 'CNAME' as const,
  ResourceRecords: [{ Value: value }],
  ...(id !== undefined && { HealthCheckId: id }),
});

test('records that lead to names, of every page of every zone; addresses and texts are left out', async () => {
  route53.on(ListHostedZonesCommand).resolves({ ...PAGE, HostedZones: zones(2) });
  route53.on(ListResourceRecordSetsCommand).resolves({
    ...PAGE,
    ResourceRecordSets: [
      { Name: 'a.example.com.', Type: 'A', ResourceRecords: [{ Value: '192.0.2.1' }] },
      {
        Name: 'all.example.com.',
        Type: 'A',
        AliasTarget: { HostedZoneId: 'Z', DNSName: 'VPN.example.com.', EvaluateTargetHealth: true },
      },
    ],
  });
  route53
    .on(ListResourceRecordSetsCommand, {
      HostedZoneId: '/hostedzone/Z0',
      StartRecordName: undefined,
    })
    .resolves({
      ...PAGE,
      IsTruncated: true,
      NextRecordName: 'm.example.com.',
      NextRecordType: 'A',
      ResourceRecordSets: [cname('vpn.example.com.', 'x.cvpn-endpoint-0a.prod', 'hc-1')],
    });
  const alias = { name: 'all.example.com', values: ['vpn.example.com'], hasHealthCheck: false };
  expect(await port.records(signal)).toMatchObject({
    value: [
      {
        name: 'vpn.example.com',
        values: ['x.cvpn-endpoint-0a.prod'],
        hasHealthCheck: true,
      },
      alias,
      alias,
    ],
  });
});

const counted = (ResourceRecordSetCount: number) => ({
  Id: '/hostedzone/Z',
  Name: 'z.example.com.',
  CallerReference: 'a',
  ResourceRecordSetCount,
});

test('private zones are not asked about, and 50 pages of records are read', async () => {
  const hidden = { ...counted(90_000), Config: { PrivateZone: true } };
  route53.on(ListHostedZonesCommand).resolves({
    ...PAGE,
    HostedZones: [hidden, ...zones(49), counted(300)],
  });
  route53.on(ListResourceRecordSetsCommand).resolves({ ...PAGE, ResourceRecordSets: [] });
  expect(await port.records(signal)).toMatchObject({ known: true });
  expect(route53.commandCalls(ListResourceRecordSetsCommand)).toHaveLength(50);
});

test('51 pages are unknown, and none is read', async () => {
  route53.on(ListHostedZonesCommand).resolves({
    ...PAGE,
    HostedZones: [...zones(49), counted(301)],
  });
  expect(await port.records(signal)).toMatchObject({
    known: false,
    why: expect.stringContaining('51 pages of records, and at most 50 are read'),
  });
  expect(route53.commandCalls(ListResourceRecordSetsCommand)).toEqual([]);
});

test('a zone whose pages do not end, and a refusal, are unknown', async () => {
  route53.on(ListHostedZonesCommand).resolves({ ...PAGE, HostedZones: zones(1) });
  route53.on(ListResourceRecordSetsCommand).resolves({
    ...PAGE,
    IsTruncated: true,
    NextRecordName: 'm.example.com.',
    ResourceRecordSets: [],
  });
  expect(await port.records(signal)).toMatchObject({ known: false });
  expect(route53.commandCalls(ListResourceRecordSetsCommand)).toHaveLength(50);
  route53.on(ListHealthChecksCommand).rejects(denied());
  expect(await port.healthChecks(signal)).toMatchObject({ known: false });
});
