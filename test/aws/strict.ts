/** A mocked AWS client that answers only what a test has told it to: every other call fails the test. */
import { EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { beforeEach } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import type { CallHook } from '../../lib/aws/client.ts';
import { ec2Port } from '../../lib/aws/ec2/port.ts';
import { systemClock } from '../../lib/core/time.ts';

/** When everything in these tests is read. */
export const AT = 1_764_000_000_000;
export const clock = { ...systemClock, now: () => AT };

/** EC2's port over a mocked client, and the names of the calls that it made since the test began. */
export function strictEc2() {
  const mock = mockClient(EC2Client);
  const calls: string[] = [];
  beforeEach(() => {
    mock.reset();
    mock.onAnyCommand().rejects(new Error('unexpected call'));
    calls.length = 0;
  });
  return { mock, calls, ec2: ec2Port('eu-west-1', clock, noting(calls)) };
}

/** Notes the name of each call, and sends it. */
export const noting =
  (calls: string[]): CallHook =>
  ({ operation }, send) => {
    calls.push(operation);
    return send();
  };

/** An error as the SDK makes it of EC2's answer. */
export const ec2Error = (name: string, message = 'no message', httpStatusCode = 400) =>
  new EC2ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode } });

export const throttled = () => ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503);
export const denied = () => ec2Error('UnauthorizedOperation', 'Encoded failure message: x', 403);
