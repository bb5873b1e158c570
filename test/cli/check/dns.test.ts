/** Goal: an endpoint without a health check or a record is listed, and only where Route 53 says so. Method: facts by hand. */
import { describe, expect, test } from '@jest/globals';
import { readDns, withoutDns } from '../../../lib/cli/check/dns.ts';
import type { EndpointFact } from '../../../lib/clientVpn/types/endpoint.ts';
import type { DnsPort, DnsRecordFact, HealthCheckFact } from '../../../lib/core/dnsPort.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { systemClock } from '../../../lib/core/time.ts';
import { anEndpoint, ENDPOINT_ID } from '../../builders/endpoints.ts';
import { NOW } from '../../builders/facts.ts';

const OWN = `${ENDPOINT_ID}.prod.clientvpn.eu-west-1.amazonaws.com`;

const check = (over: Partial<HealthCheckFact> = {}): HealthCheckFact => ({
  name: 'www.example.com',
  alarmName: '',
  ...over,
});
const record = (over: Partial<DnsRecordFact> = {}): DnsRecordFact => ({
  name: 'vpn.example.com',
  values: [`clients.${OWN}`],
  hasHealthCheck: false,
  ...over,
});
const CHECKED = { hasHealthCheck: true };

interface Account {
  readonly checks?: readonly HealthCheckFact[];
  readonly records?: readonly DnsRecordFact[];
}
const look = ({ checks = [check()], records = [record()] }: Account) =>
  withoutDns([anEndpoint()], checks, records, 'eu-west-1', NOW);

describe('an endpoint', () => {
  test.each([
    ['neither', { records: [] }, 'neither a record nor a health check'],
    ['a record alone', {}, 'no health check'],
    [
      'a check of its name alone',
      { checks: [check({ name: `hc.${OWN}` })], records: [] },
      'no record',
    ],
    [
      'a record of another name that only begins alike',
      { records: [record({ values: [`${OWN}.example.com`], ...CHECKED })] },
      'neither a record nor a health check',
    ],
    [
      'a record of another name that only ends alike',
      { records: [record({ values: [`x${OWN}`], ...CHECKED })] },
      'neither a record nor a health check',
    ],
    [
      'the alarm of another region',
      { checks: [check({ name: '', alarmName: 'vpn-medic-prod-RegionDown-eu-west-2' })] },
      'no health check',
    ],
    [
      'records in a circle that leads nowhere',
      {
        records: [
          record({ name: 'a.example.com', values: ['b.example.com'], ...CHECKED }),
          record({ name: 'b.example.com', values: ['a.example.com'] }),
        ],
      },
      'neither a record nor a health check',
    ],
  ])('that has %s is listed', (_, account, lack) => {
    expect(look(account)).toMatchObject([
      {
        reason: 'HealthCheckMissing',
        severity: 'info',
        subject: { id: ENDPOINT_ID },
        summary: expect.stringContaining(`has ${lack} for staff`),
      },
    ]);
  });

  test.each([
    ['a record with its check', { records: [record(CHECKED)] }],
    ['a record, and a check of the same name', { checks: [check({ name: 'vpn.example.com' })] }],
    ['a record, and a check below its own name', { checks: [check({ name: `hc.${OWN}` })] }],
    [
      'a record, and a check that follows the alarm of its region',
      { checks: [check({ name: '', alarmName: 'vpn-medic-prod-RegionDown-eu-west-1' })] },
    ],
    [
      'a checked record that leads to another one, listed before it',
      {
        records: [
          record({ name: 'all.example.com', values: ['vpn.example.com'], ...CHECKED }),
          record(),
        ],
      },
    ],
    [
      'a checked record that leads below one for any name',
      {
        records: [
          record({ name: 'all.example.com', values: ['x.vpn.example.com'], ...CHECKED }),
          record({ name: '\\052.vpn.example.com' }),
        ],
      },
    ],
  ])('that has %s is not', (_, account) => {
    expect(look(account)).toEqual([]);
  });
});

async function read(fact: Partial<EndpointFact>, port: Partial<DnsPort> = {}, capture = {}) {
  const asked: string[] = [];
  const healthChecks = async () => {
    asked.push('checks');
    return known([], NOW);
  };
  const findings = await readDns(
    { region: 'eu-west-1', clock: systemClock, ...capture },
    [anEndpoint(fact)],
    { dns: async () => ({ healthChecks, records: async () => known([], NOW), ...port }) },
    new AbortController().signal,
  );
  return { asked, reasons: findings.map(({ reason }) => reason) };
}

test('a TCP endpoint is asked about, and not where it is one of a capture', async () => {
  expect(await read({})).toEqual({ asked: ['checks'], reasons: ['HealthCheckMissing'] });
  expect(await read({}, {}, { capture: 'hub.jsonl' })).toEqual({ asked: [], reasons: [] });
});

test.each([
  ['speaks UDP', { transport: 'udp' }],
  ['is being deleted', { state: 'deleting' }],
  ['has no name', { dnsName: '' }],
] as const)('an endpoint that %s is not', async (_, fact) => {
  expect(await read(fact)).toEqual({ asked: [], reasons: [] });
});

test.each([
  ['health checks', { healthChecks: async () => unknown('route53:ListHealthChecks denied', NOW) }],
  ['records', { records: async () => unknown('51 pages of records', NOW) }],
])(
  '%s that cannot be read are one information, and say nothing of the endpoint',
  async (_, port) => {
    expect((await read({}, port)).reasons).toEqual(['EndpointSettingsUnread']);
  },
);
