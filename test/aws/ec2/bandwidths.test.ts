/** Goal: what the network of instances carries, by their types. Method: EC2 mocked. */
import {
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { bandwidthPort } from '../../../lib/aws/ec2/bandwidths.ts';
import { clock, denied } from '../strict.ts';

const ec2 = mockClient(EC2Client);
const { signal } = new AbortController();
const port = bandwidthPort('eu-west-1', clock);

test('the baselines of all network cards together; a type without one has none; a refusal is unknown', async () => {
  ec2.on(DescribeInstancesCommand).resolves({
    Reservations: [
      {
        Instances: [
          { InstanceId: 'i-1', InstanceType: 'c7gn.large' },
          { InstanceId: 'i-2', InstanceType: 't1.micro' },
          { InstanceId: 'i-3', InstanceType: 'p5.48xlarge' },
        ],
      },
    ],
  });
  ec2.on(DescribeInstanceTypesCommand).resolves({
    InstanceTypes: [
      {
        InstanceType: 'c7gn.large',
        NetworkInfo: { NetworkCards: [{ BaselineBandwidthInGbps: 6.25 }] },
      },
      { InstanceType: 't1.micro', NetworkInfo: { NetworkPerformance: 'Very Low' } },
      {
        InstanceType: 'p5.48xlarge',
        NetworkInfo: {
          NetworkCards: [{ BaselineBandwidthInGbps: 100 }, { BaselineBandwidthInGbps: 100 }],
        },
      },
    ],
  });
  const read = await port.bandwidths(['i-1', 'i-2', 'i-3'], signal);
  expect(read.known && [...read.value]).toEqual([
    ['i-1', { instanceType: 'c7gn.large', baselineBitsPerSecond: 6.25e9 }],
    ['i-2', { instanceType: 't1.micro', baselineBitsPerSecond: null }],
    ['i-3', { instanceType: 'p5.48xlarge', baselineBitsPerSecond: 200e9 }],
  ]);
  ec2.on(DescribeInstanceTypesCommand).rejects(denied());
  expect(await port.bandwidths(['i-1'], signal)).toMatchObject({ known: false });
});
