/** Goal: a read gets the newest recorded answer that holds all it asks for, cut down to it; what is not recorded is missing, never empty. */
import { describe, expect, test } from '@jest/globals';
import type { Answer, Fields, Result } from '../../lib/capture/types.ts';
import { openAnswers } from '../../lib/replay/answers.ts';

const output = (fields: Fields): Result => ({ kind: 'output', output: fields });
const answer = (at: number, operation: string, input: Fields, result: Result): Answer => ({
  at,
  service: 'ec2',
  operation,
  input,
  result,
});
const tables = (...ids: readonly string[]) =>
  output({ RouteTables: ids.map((id) => ({ RouteTableId: id, VpcId: `vpc-${id.slice(-1)}` })) });

function find(answers: readonly Answer[], operation: string, input: Fields, now = 10) {
  const read = { service: 'ec2', operation, input };
  const found = openAnswers(answers).find(read, now, (_answer, fields) => fields);
  return found.kind === 'output' ? found.output : found;
}
const idsOf = (found: unknown): unknown =>
  JSON.parse(JSON.stringify(found), (_key, value: unknown) => value).RouteTables?.map(
    (table: Fields) => table['RouteTableId'],
  );
const inVpcs = (...Values: readonly string[]) => ({ Filters: [{ Name: 'vpc-id', Values }] });

describe('items by their own ids', () => {
  const byId = (...Values: readonly string[]) => ({
    Filters: [{ Name: 'route-table-id', Values }],
  });
  const two = [
    answer(1, 'DescribeRouteTables', inVpcs('vpc-1'), tables('rtb-1')),
    answer(2, 'DescribeRouteTables', inVpcs('vpc-2'), tables('rtb-2')),
  ];

  test('are found in narrower reads of anything else, one and several', () => {
    expect(idsOf(find(two, 'DescribeRouteTables', byId('rtb-2')))).toEqual(['rtb-2']);
    expect(idsOf(find(two, 'DescribeRouteTables', byId('rtb-1', 'rtb-2')))).toEqual([
      'rtb-1',
      'rtb-2',
    ]);
  });

  test('one that no read shows is missing, and so is one that the newest read of its kind lacks', () => {
    expect(find(two, 'DescribeRouteTables', byId('rtb-1', 'rtb-9'))).toEqual({ kind: 'missing' });
    const later = [...two, answer(5, 'DescribeRouteTables', inVpcs('vpc-1'), tables())];
    expect(find(later, 'DescribeRouteTables', byId('rtb-1'))).toEqual({ kind: 'missing' });
  });

  test('other conditions of a narrower read prove nothing', () => {
    expect(find(two, 'DescribeRouteTables', inVpcs('vpc-3'))).toEqual({ kind: 'missing' });
  });
});

describe('the same input', () => {
  const twice = [
    answer(1, 'DescribeRouteTables', {}, tables('rtb-1')),
    answer(5, 'DescribeRouteTables', {}, tables('rtb-2')),
  ];

  test('an answer holds until the next one', () => {
    expect(idsOf(find(twice, 'DescribeRouteTables', {}, 4))).toEqual(['rtb-1']);
    expect(idsOf(find(twice, 'DescribeRouteTables', {}, 5))).toEqual(['rtb-2']);
  });

  test('before the first one it is missing', () => {
    expect(find(twice, 'DescribeRouteTables', {}, 0)).toEqual({ kind: 'missing' });
  });

  test('an error holds as an answer does', () => {
    const refused: Result = { kind: 'error', name: 'UnauthorizedOperation', message: 'no' };
    const all = [...twice, answer(7, 'DescribeRouteTables', {}, refused)];
    expect(find(all, 'DescribeRouteTables', {}, 8)).toMatchObject({
      name: 'UnauthorizedOperation',
    });
  });

  test('sizes of pages, and the order of ids and filters, make no other input', () => {
    const exact = [answer(1, 'DescribeRouteTables', inVpcs('vpc-2', 'vpc-1'), tables('rtb-1'))];
    const asked = { ...inVpcs('vpc-1', 'vpc-2'), MaxResults: 100, NextToken: undefined };
    expect(idsOf(find(exact, 'DescribeRouteTables', asked))).toEqual(['rtb-1']);
  });

  test('a later page is that of its token, and no other', () => {
    const pages = [
      answer(1, 'DescribeRouteTables', {}, output({ RouteTables: [], NextToken: 'b' })),
      answer(1, 'DescribeRouteTables', { NextToken: 'b' }, tables('rtb-2')),
    ];
    expect(idsOf(find(pages, 'DescribeRouteTables', { NextToken: 'b' }))).toEqual(['rtb-2']);
    expect(find(pages, 'DescribeRouteTables', { NextToken: 'c' })).toEqual({ kind: 'missing' });
  });
});

describe('a wider input', () => {
  const all = [answer(1, 'DescribeRouteTables', {}, tables('rtb-1', 'rtb-2', 'rtb-3'))];

  test('without conditions it answers ids, filters and plain values', () => {
    expect(idsOf(find(all, 'DescribeRouteTables', inVpcs('vpc-1', 'vpc-3')))).toEqual([
      'rtb-1',
      'rtb-3',
    ]);
    expect(idsOf(find(all, 'DescribeRouteTables', { RouteTableIds: ['rtb-2'] }))).toEqual([
      'rtb-2',
    ]);
  });

  test('nothing that meets the condition is an empty list', () => {
    expect(idsOf(find(all, 'DescribeRouteTables', inVpcs('vpc-9')))).toEqual([]);
  });

  test('a condition that no item shows is missing, not empty', () => {
    const other = { Filters: [{ Name: 'association.main', Values: ['true'] }] };
    expect(find(all, 'DescribeRouteTables', other)).toEqual({ kind: 'missing' });
  });

  test('a pattern is missing: only plain values are compared', () => {
    expect(find(all, 'DescribeRouteTables', inVpcs('*-1'))).toEqual({ kind: 'missing' });
  });

  test('a narrower one does not answer', () => {
    const one = [answer(1, 'DescribeRouteTables', inVpcs('vpc-1'), tables('rtb-1'))];
    expect(find(one, 'DescribeRouteTables', {})).toEqual({ kind: 'missing' });
    expect(find(one, 'DescribeRouteTables', inVpcs('vpc-1', 'vpc-2'))).toEqual({ kind: 'missing' });
  });

  test('several narrower ones answer together when each part is recorded', () => {
    const parts = [
      answer(1, 'DescribeRouteTables', inVpcs('vpc-1'), tables('rtb-1')),
      answer(2, 'DescribeRouteTables', inVpcs('vpc-2'), tables('rtb-2')),
    ];
    expect(idsOf(find(parts, 'DescribeRouteTables', inVpcs('vpc-1', 'vpc-2')))).toEqual([
      'rtb-1',
      'rtb-2',
    ]);
  });
});

describe('instances', () => {
  const instance = (id: string) => ({
    InstanceId: id,
    State: { Name: 'running' },
    Placement: { AvailabilityZone: 'eu-west-1a' },
    Tags: [{ Key: 'vpn-medic:group', Value: 'hq' }],
    NetworkInterfaces: [{ NetworkInterfaceId: `eni-${id}`, Attachment: { DeviceIndex: 0 } }],
  });
  const described = answer(
    1,
    'DescribeInstances',
    {},
    output({ Reservations: [{ OwnerId: '1', Instances: [instance('i-1'), instance('i-2')] }] }),
  );

  test('are found within their reservations', () => {
    expect(find([described], 'DescribeInstances', { InstanceIds: ['i-2'] })).toMatchObject({
      Reservations: [{ OwnerId: '1', Instances: [{ InstanceId: 'i-2' }] }],
    });
  });

  test('an id that is not there is refused as EC2 refuses it', () => {
    expect(find([described], 'DescribeInstances', { InstanceIds: ['i-2', 'i-3'] })).toEqual({
      kind: 'error',
      name: 'InvalidInstanceID.NotFound',
      message: "The instance IDs 'i-3' do not exist",
    });
  });

  test('their interfaces, states and tags stand in for reads that are not recorded', () => {
    const byInstance = { Filters: [{ Name: 'attachment.instance-id', Values: ['i-2'] }] };
    expect(find([described], 'DescribeNetworkInterfaces', byInstance)).toMatchObject({
      NetworkInterfaces: [{ NetworkInterfaceId: 'eni-i-2', AvailabilityZone: 'eu-west-1a' }],
    });
    expect(find([described], 'DescribeInstanceStatus', { InstanceIds: ['i-1'] })).toMatchObject({
      InstanceStatuses: [{ InstanceId: 'i-1', InstanceState: { Name: 'running' } }],
    });
    const byKey = { Filters: [{ Name: 'key', Values: ['vpn-medic:group'] }] };
    const routes = answer(1, 'DescribeRouteTables', {}, tables('rtb-1'));
    expect(find([described, routes], 'DescribeTags', byKey)).toMatchObject({
      Tags: [{ ResourceId: 'i-1' }, { ResourceId: 'i-2' }],
    });
  });

  test('tags are missing while route tables are not recorded', () => {
    expect(find([described], 'DescribeTags', {})).toEqual({ kind: 'missing' });
  });
});

describe('a filter whose value ends with *', () => {
  const tag = (Key: string) => ({ ResourceId: 'i-1', Key, Value: 'x' });
  const byKey = (...Values: readonly string[]) => ({ Filters: [{ Name: 'key', Values }] });
  const tags = output({ Tags: [tag('vpn-medic:group'), tag('vpn-medic:later'), tag('Name')] });
  const all = [answer(1, 'DescribeTags', byKey('vpn-medic:*'), tags)];

  test('answers for every value with that beginning, also one that was not known when it was recorded', () => {
    expect(find(all, 'DescribeTags', byKey('vpn-medic:group', 'vpn-medic:later'))).toEqual({
      Tags: [tag('vpn-medic:group'), tag('vpn-medic:later')],
    });
  });

  test('does not answer for another beginning', () => {
    expect(find(all, 'DescribeTags', byKey('Name'))).toEqual({ kind: 'missing' });
  });
});

test('one page of several does not answer for a narrower read: the rest may hold what is asked for', () => {
  const page = { RouteTables: [{ RouteTableId: 'rtb-1', VpcId: 'vpc-1' }], NextToken: 'b' };
  const all = [answer(1, 'DescribeRouteTables', {}, output(page))];
  expect(find(all, 'DescribeRouteTables', inVpcs('vpc-2'))).toEqual({ kind: 'missing' });
});
