/** Goal: KMS is asked for one key, and what it does not say is not known. Method: a local server with KMS's JSON. */
import { expect, test } from '@jest/globals';
import { keyPort } from '../../lib/aws/encryptionKey.ts';
import { systemClock as clock } from '../../lib/core/time.ts';
import { localAws, text } from './localAws.ts';

const aws = localAws();
const { signal } = new AbortController();
const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' });
const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/a1';
const key = () =>
  keyPort({ region: 'eu-west-1', kmsUrl: aws.address(), clock, credentials }).key(ARN, signal);
const saying = (metadata: object) => text(JSON.stringify({ KeyMetadata: metadata }));

test.each([
  ["AWS's own key for volumes", 'AWS', 'Enabled', true],
  ["a customer's key that is disabled", 'CUSTOMER', 'Disabled', false],
  ['a state that is not known here', 'CUSTOMER', 'Resting', false],
])('%s', async (_what, KeyManager, KeyState, isAwsManaged) => {
  aws.answers(saying({ KeyId: 'a1', KeyManager, KeyState }));
  expect(await key()).toMatchObject({ known: true, value: { isAwsManaged, state: KeyState } });
  expect(aws.asked.map((body) => JSON.parse(body))).toEqual([{ KeyId: ARN }]);
  expect(aws.requests[0]?.headers).toMatchObject({ 'x-amz-target': 'TrentService.DescribeKey' });
});

test.each([
  ['a denial', text('{"__type":"AccessDeniedException"}', 400)],
  ['a key that is not there', text('{"__type":"NotFoundException","message":"no"}', 400)],
  ['an answer without a state', saying({ KeyManager: 'AWS' })],
  ['a page of HTML', text('<html></html>')],
  ['nothing', text('')],
])('%s: it is not known', async (_what, answer) => {
  aws.answers(answer);
  expect(await key()).toMatchObject({ known: false });
});
