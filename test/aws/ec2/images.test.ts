/** Goal: an image is known by its maker's words, and one that EC2 does not show is absent. Method: EC2 mocked. */
import { DescribeImagesCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { discoveryPort } from '../../../lib/aws/ec2/discovery.ts';
import { clock } from '../strict.ts';

const mock = mockClient(EC2Client);
const { signal } = new AbortController();
const images = (ids: readonly string[]) => discoveryPort('eu-west-1', clock).images(ids, signal);

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
  mock
    .on(DescribeInstancesCommand, { Filters: [{ Name: 'instance-id', Values: ['i-1', 'i-2'] }] })
    .resolves({
      Reservations: [
        { Instances: [{ InstanceId: 'i-1', ImageId: 'ami-1' }] },
        { Instances: [{ InstanceId: 'i-2', ImageId: 'ami-2' }] },
      ],
    });
});

test('name and description of the image, of each instance whose image is still there', async () => {
  mock
    .on(DescribeImagesCommand, {
      Filters: [{ Name: 'image-id', Values: ['ami-1', 'ami-2'] }],
      IncludeDeprecated: true,
    })
    .resolves({ Images: [{ ImageId: 'ami-1', Name: 'VyOS 1.4.2', Description: 'a router' }] });
  expect(await images(['i-1', 'i-2'])).toMatchObject({
    known: true,
    value: new Map([['i-1', 'VyOS 1.4.2 a router']]),
  });
});

test('an answer without its list is not known, and no instances are no call', async () => {
  mock.on(DescribeImagesCommand).resolves({});
  expect(await images(['i-1', 'i-2'])).toMatchObject({ known: false });
  mock.reset();
  expect(await images([])).toMatchObject({ known: true, value: new Map() });
});
