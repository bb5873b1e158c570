/** What wakes pollEndpoints: AWS Health's events of Direct Connect, of its own account and regions. */
import { expect, test } from '@jest/globals';
import { readEndpointEvent } from '../../../lib/watcher/events/directConnect.ts';

const ACCOUNT = '123456789012';
const read = (event: unknown) => readEndpointEvent(event, ACCOUNT, ['eu-west-1']);

/** After the documented structure. @see https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
const health = (detail: object = {}, more: object = {}) => ({
  'detail-type': 'AWS Health Event',
  source: 'aws.health',
  account: ACCOUNT,
  time: '2026-11-20T18:26:17Z',
  region: 'eu-west-1',
  resources: ['dxcon-ffabc123'],
  ...more,
  detail: {
    service: 'DIRECTCONNECT',
    communicationId: 'c-1',
    eventTypeCode: 'AWS_DIRECTCONNECT_MAINTENANCE_SCHEDULED',
    startTime: 'Fri, 20 Nov 2026 18:18:51 GMT',
    affectedEntities: [
      { entityValue: 'dxcon-ffabc123' },
      { entityValue: 'arn:aws:directconnect:eu-west-1:123456789012:dxvif/dxvif-fg1' },
      { entityValue: 'i-0a' },
    ],
    ...detail,
  },
});

test('an event names its region, and what it explains, by id or ARN', () => {
  expect(read(health())).toEqual({
    kind: 'look',
    region: 'eu-west-1',
    health: [
      {
        id: 'c-1',
        code: 'AWS_DIRECTCONNECT_MAINTENANCE_SCHEDULED',
        at: Date.UTC(2026, 10, 20, 18, 18, 51),
        ids: ['dxcon-ffabc123', 'dxvif-fg1'],
      },
    ],
  });
});

test('one that names nothing only says "look now"', () => {
  const nothing = health({ affectedEntities: [{ entityValue: 'AWS_ACCOUNT' }] }, { resources: [] });
  expect(read(nothing)).toEqual({ kind: 'look', region: 'eu-west-1', health: [] });
});

test.each([
  ['the schedule', { source: 'aws.events' }],
  ['an alarm', { source: 'aws.cloudwatch' }],
  ['nothing', undefined],
])('%s is the schedule', (_, event) => {
  expect(read(event)).toEqual({ kind: 'schedule' });
});

test.each([
  ['of another service', health({ service: 'VPN' })],
  ['of another account', health({}, { account: '999999999999' })],
  ['of a region that is not watched', health({ eventRegion: 'us-east-1' })],
])('%s it is ignored', (_, event) => {
  expect(read(event)).toMatchObject({ kind: 'ignored' });
});
