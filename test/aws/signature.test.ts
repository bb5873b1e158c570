/** The signature against the suite that AWS published for Signature Version 4. */
import { expect, test } from '@jest/globals';
import { roleCredentials } from '../../lib/aws/post.ts';
import { authorization } from '../../lib/aws/signature.ts';

/** The suite's own credentials, which open nothing. */
const PUBLISHED = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: ['wJalrXUtnFEMI', 'K7MDENG+bPxRfiCYEXAMPLEKEY'].join('/'),
};
const SCOPE = { service: 'service', region: 'us-east-1' };

test('post-vanilla has the published signature', () => {
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };
  expect(authorization(headers, '', SCOPE, PUBLISHED)).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  );
});

test('post-x-www-form-urlencoded has the published signature', () => {
  const headers = {
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    'content-type': 'application/x-www-form-urlencoded',
  };
  expect(authorization(headers, 'Param1=value1', SCOPE, PUBLISHED)).toMatch(
    /SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a$/,
  );
});

test('credentials are those of the environment, or none', () => {
  const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  expect(roleCredentials(environment)).toEqual({ accessKeyId: 'a', secretAccessKey: 'b' });
  expect(roleCredentials({ ...environment, AWS_SESSION_TOKEN: 'c' })).toMatchObject({
    sessionToken: 'c',
  });
  expect(roleCredentials({})).toBeNull();
});
