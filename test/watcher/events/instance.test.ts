/** Events: one shape says "look now", every other is ignored with the reason; nothing else of it is believed. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readStateChange } from '../../../lib/watcher/events/instance.ts';

const ACCOUNT = '111122223333';
const REGIONS = ['eu-west-1', 'eu-central-1'];

const anEvent = (over: Readonly<Record<string, unknown>> = {}): unknown => ({
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  source: 'aws.ec2',
  'detail-type': 'EC2 Instance State-change Notification',
  account: ACCOUNT,
  region: 'eu-west-1',
  time: '2026-11-20T21:00:00Z',
  resources: [],
  detail: { 'instance-id': 'i-0a1b2c3d', state: 'stopping' },
  ...over,
});

const read = (event: unknown, account: string | null = ACCOUNT) =>
  readStateChange(event, account, REGIONS);
const why = (event: unknown): string => {
  const reading = read(event);
  return reading.kind === 'ignored' ? reading.why : '';
};

test('a state change of this account and a watched region says: look now', () => {
  expect(read(anEvent())).toEqual({
    kind: 'look',
    region: 'eu-west-1',
    about: ['i-0a1b2c3d'],
    leave: null,
  });
});

test('every watched region is looked at', () => {
  expect(read(anEvent({ region: 'eu-central-1' }))).toMatchObject({ region: 'eu-central-1' });
});

test('the state that it tells is not believed: an unknown one is an event like any other', () => {
  const event = anEvent({ detail: { 'instance-id': 'i-0a1b2c3d', state: 'melting' } });
  expect(read(event).kind).toBe('look');
});

const aHealthEvent = (
  service: string,
  eventRegion = 'eu-central-1',
  rest: Readonly<Record<string, unknown>> = {},
): unknown =>
  anEvent({
    source: 'aws.health',
    'detail-type': 'AWS Health Event',
    detail: {
      service,
      eventRegion,
      eventTypeCode: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
      ...rest,
    },
  });
const anAlarm = (over: Readonly<Record<string, unknown>> = {}): unknown =>
  anEvent({
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    detail: {},
    ...over,
  });

describe('AWS Health', () => {
  test('of EC2 says: look now, in the region that it is of', () => {
    expect(read(aHealthEvent('EC2'))).toEqual({
      kind: 'look',
      region: 'eu-central-1',
      about: [],
      leave: null,
    });
  });

  test.each([
    ['by their ids', ['i-0aa', 'i-0bb'], ['i-0aa', 'i-0bb']],
    ['by an ARN', ['arn:aws:ec2:eu-central-1:111122223333:instance/i-0aa'], ['i-0aa']],
    ['that are volumes', ['vol-0aa'], ['vol-0aa']],
  ])('is about the entities that it names %s', (_how, values, about) => {
    const affectedEntities = values.map((entityValue) => ({ entityValue, status: 'PENDING' }));
    expect(read(aHealthEvent('EC2', 'eu-central-1', { affectedEntities }))).toMatchObject({
      about,
    });
  });

  test('whose entities cannot be read is about the region', () => {
    const odd = aHealthEvent('EC2', 'eu-central-1', { affectedEntities: [{ id: 1 }] });
    expect(read(odd)).toMatchObject({ kind: 'look', about: [] });
  });

  test('of anything else, or of a region that is not watched, is ignored', () => {
    expect(read(aHealthEvent('RDS')).kind).toBe('ignored');
    expect(why(aHealthEvent('EC2', 'us-east-1'))).toContain('the event is of us-east-1');
  });
});

describe('an alarm', () => {
  test('says: look now', () => {
    expect(read(anAlarm())).toEqual({
      kind: 'look',
      region: 'eu-west-1',
      about: [],
      leave: null,
    });
  });

  const metric = (dimensions: Readonly<Record<string, string>>) => ({
    metricStat: { metric: { namespace: 'AWS/EC2', name: 'StatusCheckFailed', dimensions } },
  });
  const ofMetrics = (...metrics: readonly object[]) =>
    read(anAlarm({ detail: { state: { value: 'ALARM' }, configuration: { metrics } } }));

  test.each([
    ['one instance', [metric({ InstanceId: 'i-0aa' })], ['i-0aa']],
    [
      'one instance twice',
      [metric({ InstanceId: 'i-0aa' }), metric({ InstanceId: 'i-0aa' })],
      ['i-0aa'],
    ],
    [
      'two instances',
      [metric({ InstanceId: 'i-0aa' }), metric({ InstanceId: 'i-0bb' })],
      ['i-0aa', 'i-0bb'],
    ],
    ['an auto scaling group', [metric({ AutoScalingGroupName: 'hq' })], ['hq']],
    [
      'an expression over one',
      [metric({ InstanceId: 'i-0aa' }), { expression: 'm1 * 2' }],
      ['i-0aa'],
    ],
  ])('on %s is about what its metrics name', (_what, metrics, about) => {
    expect(ofMetrics(...metrics)).toMatchObject({ kind: 'look', about });
  });

  test.each([
    ['a type of instances', [metric({ InstanceType: 't3.small' })]],
    ['all instances', [metric({})]],
    ['no metric', []],
  ])('on %s is about no appliance, and ignored without a read', (_what, metrics) => {
    expect(ofMetrics(...metrics)).toMatchObject({ kind: 'ignored' });
  });

  test('whose metrics cannot be read is about the region', () => {
    expect(ofMetrics(metric({}), { metricStat: 'new' })).toMatchObject({ kind: 'look', about: [] });
  });

  test('of another account or region is ignored', () => {
    expect(read(anAlarm({ account: '999988887777' })).kind).toBe('ignored');
    expect(read(anAlarm({ region: 'us-east-1' })).kind).toBe('ignored');
  });
});

describe('another', () => {
  test('account is ignored, with both', () => {
    expect(why(anEvent({ account: '999988887777' }))).toContain(
      'the event is of account 999988887777, this is 111122223333',
    );
  });

  test('account is not compared where ours is not known', () => {
    expect(read(anEvent({ account: '999988887777' }), null).kind).toBe('look');
  });

  test('region is ignored, with the setting that names ours', () => {
    expect(why(anEvent({ region: 'us-east-1' }))).toBe(
      'the event is of us-east-1, watched are eu-west-1, eu-central-1; see VPN_MEDIC_REGIONS',
    );
  });

  test.each([
    ['nothing', undefined, 'event'],
    ['text', 'stopping', 'event'],
    ['a list', [anEvent()], 'source'],
    ['an empty object', {}, 'source'],
    ['a source', anEvent({ source: 'aws.autoscaling' }), 'source'],
    ['a type', anEvent({ 'detail-type': 'Scheduled Event' }), 'detail-type'],
    ['an account number', anEvent({ account: '12' }), 'account'],
    ['detail', anEvent({ detail: null }), 'detail'],
    [
      'instance',
      anEvent({ detail: { 'instance-id': 'i-1; rm', state: 'x' } }),
      'detail.instance-id',
    ],
  ])('shape (%s) is ignored, and says what is wrong and where to look', (_what, event, where) => {
    expect(why(event)).toContain(`not an EC2 state-change event (${where}:`);
    expect(why(event)).toContain('see the rule that sends it');
  });
});

test('any event whatever is read or ignored', () => {
  fc.assert(
    fc.property(fc.anything(), (event) => {
      expect(['look', 'ignored']).toContain(read(event).kind);
    }),
  );
});

describe('a notice that an instance is about to end', () => {
  const at = Date.parse('2026-11-20T21:00:00Z');
  const of = (source: string, type: string, detail: unknown) =>
    anEvent({ source, 'detail-type': type, detail });
  const aSpot = (detail: unknown = { 'instance-id': 'i-0a1b2c3d', 'instance-action': 'stop' }) =>
    of('aws.ec2', 'EC2 Spot Instance Interruption Warning', detail);
  const aHook = (name: string) =>
    of('aws.autoscaling', 'EC2 Instance-terminate Lifecycle Action', {
      EC2InstanceId: 'i-0a1b2c3d',
      AutoScalingGroupName: 'vpn',
      LifecycleHookName: name,
      LifecycleActionToken: '87654321-4321',
    });
  const leaveOf = (event: unknown) => {
    const reading = read(event);
    return reading.kind === 'look' ? reading.leave : null;
  };

  test('of Spot capacity: it ends two minutes after the time of the event', () => {
    expect(leaveOf(aSpot())).toMatchObject({
      instanceId: 'i-0a1b2c3d',
      cause: 'spot',
      at,
      endsAt: at + 120_000,
      hook: null,
    });
  });

  test('that recommends to leave Spot capacity has no end, and counts for 6 h', () => {
    const event = of('aws.ec2', 'EC2 Instance Rebalance Recommendation', {
      'instance-id': 'i-0a1b2c3d',
    });
    expect(leaveOf(event)).toMatchObject({
      cause: 'rebalance',
      endsAt: null,
      until: at + 21_600_000,
    });
  });

  test.each([
    ['vpn-medic-leave', { name: 'vpn-medic-leave', group: 'vpn', token: '87654321-4321' }],
    ['drain-logs', null],
  ])('of a lifecycle hook named %s: completed by us or left to its owner', (name, hook) => {
    expect(leaveOf(aHook(name))).toMatchObject({ cause: 'lifecycle', at, hook });
  });

  test('is none with an id that is no instance, without a time, or of a hook for launches', () => {
    expect(read(aSpot({ 'instance-id': 'i-0a; rm', 'instance-action': 'stop' })).kind).toBe(
      'ignored',
    );
    expect(
      why(anEvent({ 'detail-type': 'EC2 Spot Instance Interruption Warning', time: 'soon' })),
    ).not.toBe('');
    expect(read(of('aws.autoscaling', 'EC2 Instance-launch Lifecycle Action', {})).kind).toBe(
      'ignored',
    );
  });

  test('of another account or region is ignored', () => {
    expect(read(aSpot(), '999988887777').kind).toBe('ignored');
    expect(readStateChange(aSpot(), ACCOUNT, ['us-east-1']).kind).toBe('ignored');
  });
});
