/** Goal: only interfaces that can forward are asked for, and a tag is one call. Method: EC2 mocked. */
import {
  CreateTagsCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  EC2ServiceException,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { discoveryPort } from '../../../lib/aws/ec2/discovery.ts';
import { clock } from '../strict.ts';

const mock = mockClient(EC2Client);
const discovery = discoveryPort('eu-west-1', clock);
const { signal } = new AbortController();
const write = { resourceId: 'i-0a1b2c3d4e5f60718', key: 'vpn-medic:group', value: 'hq' };

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});

test('interfaces are asked for by their source/destination check', async () => {
  const Filters = [{ Name: 'source-dest-check', Values: ['false'] }];
  mock.on(DescribeNetworkInterfacesCommand, { Filters, MaxResults: 1_000 }).resolves({
    NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', SourceDestCheck: false }],
  });
  expect(await discovery.forwarders(signal)).toMatchObject({
    known: true,
    value: [{ interfaceId: 'eni-1', instanceId: null, hasSourceDestCheck: false }],
  });
});

test('one tag of one resource is written', async () => {
  mock
    .on(CreateTagsCommand, {
      Resources: ['i-0a1b2c3d4e5f60718'],
      Tags: [{ Key: 'vpn-medic:group', Value: 'hq' }],
    })
    .resolves({});
  expect(await discovery.tag(write, signal)).toBeNull();
});

test('a refusal is told with the permission that is missing', async () => {
  mock.on(CreateTagsCommand).rejects(
    new EC2ServiceException({
      name: 'UnauthorizedOperation',
      message: 'm',
      $fault: 'client',
      $metadata: { httpStatusCode: 403 },
    }),
  );
  expect(await discovery.tag(write, signal)).toContain(
    'ec2:CreateTags denied (UnauthorizedOperation)',
  );
});
