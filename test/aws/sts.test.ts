/** Goal: who we are, or why nobody says so. Method: STS mocked. */
import { GetCallerIdentityCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { identityPort } from '../../lib/aws/sts.ts';
import { AT, clock } from './strict.ts';

const mock = mockClient(STSClient);
const identity = identityPort('eu-west-1', clock);
const { signal } = new AbortController();

beforeEach(() => {
  mock.reset();
  mock.onAnyCommand().rejects(new Error('unexpected call'));
});

test('the caller’s account and ARN', async () => {
  const Arn = 'arn:aws:sts::123456789012:assumed-role/oncall/ana';
  mock.on(GetCallerIdentityCommand).resolves({ Account: '123456789012', Arn, UserId: 'u' });
  expect(await identity.caller(signal)).toEqual({
    known: true,
    at: AT,
    value: { accountId: '123456789012', arn: Arn },
  });
});

test('an answer without an ARN is no identity', async () => {
  mock.on(GetCallerIdentityCommand).resolves({ Account: '123456789012' });
  expect(await identity.caller(signal)).toMatchObject({ known: false });
});

test('credentials that have run out are a why, not a crash', async () => {
  mock.on(GetCallerIdentityCommand).rejects(
    new STSServiceException({
      name: 'ExpiredTokenException',
      message: 'over',
      $fault: 'client',
      $metadata: { httpStatusCode: 403 },
    }),
  );
  expect(await identity.caller(signal)).toMatchObject({
    known: false,
    why: expect.stringContaining('credentials are missing, expired'),
  });
});
