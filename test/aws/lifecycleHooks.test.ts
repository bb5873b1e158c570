/**
 * Goal: CompleteLifecycleAction is sent and signed as the SDK would, and each answer means what it says.
 * Method: a local server; the signature against the SDK's own signer.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { hookPort } from '../../lib/aws/lifecycleHooks.ts';
import { signedHeaders } from '../../lib/aws/signature.ts';
import { systemClock } from '../../lib/core/time.ts';
import { localAws, text } from './localAws.ts';

const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'not-a-secret',
  sessionToken: 's',
};
const HOOK = { name: 'vpn-medic-leave', group: 'vpn & co', token: 't-1' };

const DONE =
  '<CompleteLifecycleActionResponse><ResponseMetadata/></CompleteLifecycleActionResponse>';
const aws = localAws();
beforeEach(() => aws.answers(text(DONE)));

const complete = (to = aws.address()) =>
  hookPort('eu-west-1', to, systemClock, async () => CREDENTIALS).complete(
    HOOK,
    'i-0a',
    AbortSignal.timeout(5_000),
  );

describe('a hook is completed', () => {
  test('with CONTINUE, its group, name and token, signed for Auto Scaling of the region', async () => {
    expect(await complete()).toEqual({ kind: 'written' });
    const [{ headers, body } = { headers: null, body: '' }] = aws.requests;
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      Action: 'CompleteLifecycleAction',
      Version: '2011-01-01',
      AutoScalingGroupName: 'vpn & co',
      LifecycleHookName: 'vpn-medic-leave',
      LifecycleActionToken: 't-1',
      LifecycleActionResult: 'CONTINUE',
      InstanceId: 'i-0a',
    });
    expect(headers?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/autoscaling\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
    expect(headers?.['x-amz-security-token']).toBe('s');
  });

  const error = (code: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>No active Lifecycle Action found</Message></Error></ErrorResponse>`;

  test.each([
    [
      400,
      error('ValidationError'),
      'refused',
      /ValidationError\): No active Lifecycle Action found/,
    ],
    [
      403,
      error('AccessDenied'),
      'refused',
      /denied \(AccessDenied\): the role needs autoscaling:CompleteLifecycleAction on vpn & co/,
    ],
    [400, error('Throttling'), 'throttled', /throttled/],
    [503, 'busy', 'unclear', /no usable answer/],
    [200, '<html>a proxy</html>', 'unclear', /no usable answer/],
  ])('or not: HTTP %i %#', async (status, body, kind, why) => {
    aws.answers(text(body, status));
    expect(await complete()).toMatchObject({ kind, why: expect.stringMatching(why) });
  });

  test('or perhaps: there is no answer', async () => {
    expect(await complete('http://127.0.0.1:1')).toMatchObject({ kind: 'unclear' });
  });
});

test('the signature is that of the published example of a POST', () => {
  // From AWS's test suite for Signature Version 4, `post-x-www-form-urlencoded`.
  const headers = signedHeaders(
    {
      url: new URL('https://example.amazonaws.com/'),
      service: 'service',
      region: 'us-east-1',
      contentType: 'application/x-www-form-urlencoded',
      body: 'Param1=value1',
    },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    Date.parse('2015-08-30T12:36:00Z'),
  );
  expect(headers['authorization']).toContain(
    'Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  );
});
