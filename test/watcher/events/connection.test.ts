/** What wakes pollConnections: every event only says "look now", and only to its own account and regions. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readVpnEvent } from '../../../lib/watcher/events/connection.ts';

const ACCOUNT = '123456789012';
const read = (event: unknown, accountId: string | null = ACCOUNT) =>
  readVpnEvent(event, accountId, ['eu-west-1', 'us-east-1']);

/** After the documented structure. @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
const health = (detail: object = {}, more: object = {}) => ({
  id: '3c268027-f43c-0171-7425-1d799EXAMPLE',
  'detail-type': 'AWS Health Event',
  source: 'aws.health',
  account: ACCOUNT,
  time: '2026-11-20T18:26:17Z',
  region: 'us-east-1',
  resources: ['vpn-0d0e3eeefe6aabb0d'],
  ...more,
  detail: {
    service: 'VPN',
    communicationId: 'c-1',
    eventRegion: 'eu-west-1',
    eventTypeCode: 'AWS_VPN_REDUNDANCY_LOSS',
    startTime: 'Fri, 20 Nov 2026 18:18:51 GMT',
    affectedEntities: [{ entityValue: 'vpn-0d0e3eeefe6aabb0d' }],
    ...detail,
  },
});

/** After the documented structure. @see https://docs.aws.amazon.com/network-manager/latest/tgwnm/monitoring-events.html */
const manager = (detail: object = {}) => ({
  'detail-type': 'Network Manager Status Update',
  source: 'aws.networkmanager',
  account: ACCOUNT,
  region: 'us-west-2',
  detail: { changeType: 'VPN-CONNECTION-IPSEC-DOWN', region: 'eu-west-1', ...detail },
});

test.each([
  ['a schedule rule', { source: 'aws.events', 'detail-type': 'Scheduled Event' }],
  ['EventBridge Scheduler', { source: 'aws.scheduler' }],
  [
    "somebody's alarm on a tunnel",
    { source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change' },
  ],
  ['a person', {}],
  ['nothing', undefined],
])('%s: every region', (_, event) => {
  expect(read(event)).toEqual({ kind: 'schedule' });
});

describe('AWS Health', () => {
  test('looks where the event happened, not where it was delivered, and keeps what it explains', () => {
    expect(read(health())).toEqual({
      kind: 'look',
      region: 'eu-west-1',
      health: [
        {
          id: 'c-1',
          code: 'AWS_VPN_REDUNDANCY_LOSS',
          at: Date.UTC(2026, 10, 20, 18, 18, 51),
          connectionIds: ['vpn-0d0e3eeefe6aabb0d'],
        },
      ],
    });
  });
  test.each([
    [
      'without a date of its own: the event’s',
      { startTime: undefined },
      Date.UTC(2026, 10, 20, 18, 26, 17),
    ],
    [
      'with a date that is none: the event’s',
      { startTime: 'soon' },
      Date.UTC(2026, 10, 20, 18, 26, 17),
    ],
  ])('%s', (_, detail, at) => {
    expect(read(health(detail))).toMatchObject({ health: [{ at }] });
  });
  test('an entity that is given as an ARN keeps its note', () => {
    const id = 'vpn-0d0e3eeefe6aabb0d';
    const entityValue = `arn:aws:ec2:eu-west-1:123456789012:vpn-connection/${id}`;
    const detail = { affectedEntities: [{ entityValue }] };
    expect(read(health(detail, { resources: [entityValue] }))).toMatchObject({
      health: [{ connectionIds: [id] }],
    });
  });

  test('ids that are none explain nothing', () => {
    const odd = { affectedEntities: [{ entityValue: 'vpn-<script>' }, { entityValue: 'i-0a' }] };
    expect(read(health(odd, { resources: [] }))).toEqual({
      kind: 'look',
      region: 'eu-west-1',
      health: [],
    });
  });
  test.each([
    ['another account', health({}, { account: '999999999999' })],
    ['a region that is not watched', health({ eventRegion: 'ap-south-1' })],
    ['another service', health({ service: 'EC2' })],
    ['a code that is no code', health({ eventTypeCode: 'x\ny' })],
  ])('%s is ignored, with the why', (_, event) => {
    expect(read(event)).toMatchObject({
      kind: 'ignored',
      why: expect.stringContaining('see the rule'),
    });
  });
  test('where our own account is not known, none is compared', () => {
    expect(read(health({}, { account: '999999999999' }), null)).toMatchObject({ kind: 'look' });
  });
});

describe('Network Manager', () => {
  test('looks in the connection’s region, and believes nothing else', () => {
    expect(read(manager())).toEqual({ kind: 'look', region: 'eu-west-1', health: [] });
  });
  test.each([[manager({ region: 'ap-south-1' })], [manager({ region: 7 })]])(
    '%j is ignored',
    (event) => {
      expect(read(event)).toMatchObject({ kind: 'ignored' });
    },
  );
});

test('an event of something else is ignored', () => {
  expect(read({ source: 'aws.ec2', account: ACCOUNT })).toMatchObject({ kind: 'ignored' });
});

test('whatever comes is read or ignored, never thrown at, and looks only where we watch', () => {
  const strange = fc.oneof(
    fc.anything(),
    fc.record({
      source: fc.constantFrom('aws.health', 'aws.networkmanager'),
      detail: fc.anything(),
    }),
    fc.anything().map((detail) => health({ eventRegion: detail })),
    fc.anything().map((affectedEntities) => health({ affectedEntities })),
  );
  fc.assert(
    fc.property(strange, (event) => {
      const reading = read(event);
      expect(['schedule', 'look', 'ignored']).toContain(reading.kind);
      const where = reading.kind === 'look' ? reading.region : 'eu-west-1';
      expect(['eu-west-1', 'us-east-1']).toContain(where);
    }),
  );
});
