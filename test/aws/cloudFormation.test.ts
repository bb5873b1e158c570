/** Goal: the outputs of a stack, or that there is none, or why nobody says so. Method: CloudFormation mocked. */
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { stackPort } from '../../lib/aws/cloudFormation.ts';
import { AT, clock } from './strict.ts';

const mock = mockClient(CloudFormationClient);
const port = stackPort('eu-west-1', clock);
const { signal } = new AbortController();

const fault = (name: string, message: string, httpStatusCode: number) =>
  new CloudFormationServiceException({
    name,
    message,
    $fault: 'client',
    $metadata: { httpStatusCode },
  });

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});

test('the outputs by their key', async () => {
  const Outputs = [{ OutputKey: 'StateTableName', OutputValue: 't' }, { OutputKey: 'Empty' }];
  mock.on(DescribeStacksCommand, { StackName: 'vpn-medic-prod' }).resolves({
    Stacks: [
      { StackName: 'vpn-medic-prod', CreationTime: undefined, StackStatus: undefined, Outputs },
    ],
  });
  expect(await port.outputs('vpn-medic-prod', signal)).toEqual({
    known: true,
    at: AT,
    value: new Map([['StateTableName', 't']]),
  });
});

test('a stack that does not exist is none', async () => {
  mock
    .on(DescribeStacksCommand)
    .rejects(fault('ValidationError', 'Stack with id x does not exist', 400));
  expect(await port.outputs('x', signal)).toMatchObject({ known: true, value: null });
});

test('a denial is a why', async () => {
  mock.on(DescribeStacksCommand).rejects(fault('AccessDenied', 'not authorized', 403));
  expect(await port.outputs('x', signal)).toMatchObject({
    known: false,
    why: expect.stringContaining('cloudformation:DescribeStacks denied'),
  });
});
