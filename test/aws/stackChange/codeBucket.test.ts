/** Goal: code goes to a bucket of this account that is closed, once for each content; a refusal names what is not allowed. Method: S3 mocked. */
import {
  CreateBucketCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { codeBucketPort } from '../../../lib/aws/stackChange/codeBucket.ts';
import { clock, denied } from '../strict.ts';

const s3 = mockClient(S3Client);
beforeEach(() => {
  s3.reset();
  s3.onAnyCommand().rejects(new Error('unexpected call'));
});

const port = (region = 'eu-west-1') => codeBucketPort(region, clock);
const bucket = { name: 'vpn-medic-code', accountId: '111122223333' };
const { signal } = new AbortController();
const absent = Object.assign(new Error(''), { name: 'NotFound', $fault: 'client' });

test('a bucket is there, is not there, or is unknown: what is refused is named as in a policy', async () => {
  s3.on(HeadBucketCommand).resolvesOnce({}).rejectsOnce(absent).rejects(denied());
  expect(await port().hasBucket(bucket, signal)).toMatchObject({ known: true, value: true });
  expect(await port().hasBucket(bucket, signal)).toMatchObject({ known: true, value: false });
  expect(await port().hasBucket(bucket, signal)).toMatchObject({
    known: false,
    why: expect.stringContaining('s3:ListBucket denied'),
  });
});

test('it is made in its region, which the oldest one does not say', async () => {
  s3.on(CreateBucketCommand).resolves({});
  expect(await port().makeBucket(bucket, signal)).toMatchObject({ known: true });
  expect(await port('us-east-1').makeBucket(bucket, signal)).toMatchObject({ known: true });
  expect(s3.commandCalls(CreateBucketCommand).map(({ args }) => args[0].input)).toEqual([
    {
      Bucket: 'vpn-medic-code',
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    },
    { Bucket: 'vpn-medic-code' },
  ]);
});

test('it is closed to the public and open to TLS alone, of this account only', async () => {
  s3.on(PutPublicAccessBlockCommand).resolves({});
  s3.on(PutBucketPolicyCommand).resolves({});
  expect(await port('cn-north-1').closeBucket(bucket, signal)).toMatchObject({ known: true });
  const own = { Bucket: 'vpn-medic-code', ExpectedBucketOwner: '111122223333' };
  expect(s3.commandCalls(PutPublicAccessBlockCommand)[0]?.args[0].input).toEqual({
    ...own,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
  expect(s3.commandCalls(PutBucketPolicyCommand)[0]?.args[0].input).toMatchObject({
    ...own,
    Policy: expect.stringMatching(/"Deny".*arn:aws-cn:s3:::vpn-medic-code.*SecureTransport/),
  });
});

test('a block that is refused is named, and no policy is written', async () => {
  s3.on(PutPublicAccessBlockCommand).rejects(denied());
  expect(await port().closeBucket(bucket, signal)).toMatchObject({
    known: false,
    why: expect.stringContaining('s3:PutBucketPublicAccessBlock denied'),
  });
  expect(s3.commandCalls(PutBucketPolicyCommand)).toHaveLength(0);
});

test('code is put where there is none of its name, and else left as it is', async () => {
  s3.on(HeadObjectCommand).rejectsOnce(absent).resolves({});
  s3.on(PutObjectCommand).resolves({});
  const put = () => port().putCode(bucket, 'a.zip', Buffer.from('zip'), signal);
  expect(await put()).toMatchObject({ known: true, value: true });
  expect(await put()).toMatchObject({ known: true, value: false });
  expect(s3.commandCalls(PutObjectCommand)).toHaveLength(1);
});
