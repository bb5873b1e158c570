/** Keys read from a Parameter Store on loopback: what is asked, what each answer means, and that no text is told. */
import { expect, test } from '@jest/globals';
import { keyPort } from '../../lib/aws/probeKeys.ts';
import { systemClock } from '../../lib/core/time.ts';
import { type Answer, localAws, text } from './localAws.ts';

const aws = localAws();
const SECRET = 'PrivateKey = hunter2';

async function reading(answer: Answer) {
  aws.answers(answer);
  const environment = {
    AWS_ENDPOINT_URL: aws.address(),
    AWS_ACCESS_KEY_ID: 'example',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_SESSION_TOKEN: 'token',
  };
  return keyPort('eu-west-1', systemClock, environment).read('/vpn-medic/probe/hq');
}

const answering = (status: number, body: unknown): Answer =>
  text(typeof body === 'string' ? body : JSON.stringify(body), status);

test('a parameter is asked for by its name, decrypted, signed, with the session’s token', async () => {
  const read = await reading(
    answering(200, { Parameter: { Name: '/vpn-medic/probe/hq', Value: SECRET, Version: 7 } }),
  );
  expect(read).toEqual({ kind: 'key', text: SECRET, version: '7' });
  expect(aws.requests).toHaveLength(1);
  expect(JSON.parse(aws.requests[0]?.body ?? '')).toEqual({
    Name: '/vpn-medic/probe/hq',
    WithDecryption: true,
  });
  expect(aws.requests[0]?.headers).toMatchObject({
    'x-amz-target': 'AmazonSSM.GetParameter',
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-security-token': 'token',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=example\/\d{8}\/eu-west-1\/ssm\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    ),
  });
});

test('a secret has the version of the secret, not of the parameter that stands for it', async () => {
  const SourceResult = JSON.stringify({ versionId: '18d0-a1', secretString: SECRET });
  const read = await reading(
    answering(200, { Parameter: { Value: SECRET, Version: 0, SourceResult } }),
  );
  expect(read).toEqual({ kind: 'key', text: SECRET, version: '18d0-a1' });
});

test.each([
  ['ParameterNotFound', 400, 'missing'],
  ['com.amazon.coral.service#AccessDeniedException', 400, 'missing'],
  ['ValidationException', 400, 'missing'],
  ['InvalidKeyId', 400, 'missing'],
  ['ThrottlingException', 400, 'unread'],
  ['InternalServerError', 500, 'unread'],
])('%s is %s %s', async (type, status, kind) => {
  const read = await reading(answering(status, { __type: type, message: SECRET }));
  expect(read).toMatchObject({ kind, why: expect.stringContaining(type.replace(/.*#/, '')) });
  expect(JSON.stringify(read)).not.toContain('hunter2');
});

test.each([
  ['no JSON', '<html>hunter2</html>'],
  ['no value', { Parameter: {} }],
  ['a value that is no text', { Parameter: { Value: 7 } }],
  ['null', 'null'],
])('an answer with %s is unread', async (_, body) => {
  const read = await reading(answering(200, body));
  expect(read).toEqual({ kind: 'unread', why: 'Systems Manager answered no value' });
});

test('an answer without end, one that breaks off, and silence are unread', async () => {
  const endless = await reading((response) => {
    const more = () => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  });
  const broken = await reading((response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{');
    response.destroy();
  });
  const silent = await reading(() => undefined);
  for (const read of [endless, broken, silent]) {
    expect(read).toMatchObject({ kind: 'unread', why: expect.stringContaining('1500 ms') });
  }
});

test('without the credentials of a role nothing is asked', async () => {
  expect(await keyPort('eu-west-1', systemClock, {}).read('/a')).toEqual({
    kind: 'unread',
    why: 'this process has no role',
  });
});
