/** Goal: tags are read whole or not at all. Method: EC2 mocked command by command. */
import { DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { AT, denied, strictEc2, throttled } from '../strict.ts';

const { mock, calls, ec2 } = strictEc2();
const { signal } = new AbortController();

const groupTag = {
  ResourceId: 'i-0a1b2c3d4e5f60718',
  ResourceType: 'instance' as const,
  Key: 'vpn-medic:group',
  Value: 'berlin',
};

test('asks for the keys and nothing else, a thousand tags a page', async () => {
  mock.on(DescribeTagsCommand).resolves({ Tags: [] });
  await ec2.tags(['vpn-medic:group', 'vpn-medic:probe'], signal);
  expect(mock.commandCalls(DescribeTagsCommand).map(({ args }) => args[0].input)).toEqual([
    {
      Filters: [{ Name: 'key', Values: ['vpn-medic:group', 'vpn-medic:probe'] }],
      MaxResults: 1_000,
    },
  ]);
});

test('reads every page', async () => {
  mock
    .on(DescribeTagsCommand)
    .resolvesOnce({ Tags: [groupTag], NextToken: 'two' })
    .resolvesOnce({
      Tags: [{ ...groupTag, ResourceId: 'rtb-0a1b2c3d4e5f60718', ResourceType: 'route-table' }],
    });
  expect(await ec2.tags(['vpn-medic:group'], signal)).toEqual({
    known: true,
    at: AT,
    value: [
      {
        resourceId: 'i-0a1b2c3d4e5f60718',
        resourceType: 'instance',
        key: 'vpn-medic:group',
        value: 'berlin',
      },
      {
        resourceId: 'rtb-0a1b2c3d4e5f60718',
        resourceType: 'route-table',
        key: 'vpn-medic:group',
        value: 'berlin',
      },
    ],
  });
  expect(mock.commandCalls(DescribeTagsCommand)[1]?.args[0].input.NextToken).toBe('two');
  expect(calls).toEqual(['DescribeTags', 'DescribeTags']);
});

test('is unknown when the second page is throttled, not half of the tags', async () => {
  mock
    .on(DescribeTagsCommand)
    .resolvesOnce({ Tags: [groupTag], NextToken: 'two' })
    .rejectsOnce(throttled());
  expect(await ec2.tags(['vpn-medic:group'], signal)).toEqual({
    known: false,
    at: AT,
    why: 'ec2:DescribeTags throttled (RequestLimitExceeded)',
  });
});

test('is unknown, with the fix, when the role may not ask', async () => {
  mock.on(DescribeTagsCommand).rejects(denied());
  expect(await ec2.tags(['vpn-medic:group'], signal)).toMatchObject({
    known: false,
    why: "ec2:DescribeTags denied (UnauthorizedOperation): grant it to the function's role",
  });
});

test('asks nothing for no keys: EC2 would take that for all tags', async () => {
  expect(await ec2.tags([], signal)).toEqual({ known: true, at: AT, value: [] });
  expect(calls).toEqual([]);
});

test('hands the caller’s signal to the client', async () => {
  mock.on(DescribeTagsCommand).resolves({});
  await ec2.tags(['vpn-medic:group'], signal);
  const [call] = mock.commandCalls(DescribeTagsCommand);
  const [, options]: readonly unknown[] = call?.args ?? [];
  expect(options).toMatchObject({ abortSignal: signal });
});
