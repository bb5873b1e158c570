/** Goal: every fault of the world is named for what it is, and no bug of ours passes for one. Method: errors as the SDK and Node make them. */
import { describe, expect, test } from '@jest/globals';
import { faultOf, tellFault } from '../../lib/aws/errors.ts';
import { ec2Error } from './strict.ts';

const open = new AbortController().signal;
const aborted = AbortSignal.abort();
const plain = (traces: object, message = 'x') => Object.assign(new Error(message), traces);

describe('the world', () => {
  test.each([
    ['RequestLimitExceeded with 503', ec2Error('RequestLimitExceeded', 'x', 503), 'throttled'],
    ['Throttling', ec2Error('Throttling'), 'throttled'],
    ['ThrottlingException', ec2Error('ThrottlingException'), 'throttled'],
    ['EC2ThrottledException', ec2Error('EC2ThrottledException'), 'throttled'],
    ['any 429', ec2Error('SomethingNew', 'x', 429), 'throttled'],
    ['UnauthorizedOperation', ec2Error('UnauthorizedOperation', 'x', 403), 'denied'],
    [
      'AccessDeniedException with 400, as DynamoDB says it',
      ec2Error('AccessDeniedException'),
      'denied',
    ],
    ['any other 403', ec2Error('SomethingNew', 'x', 403), 'denied'],
    ['an expired token, though it is a 403', ec2Error('ExpiredToken', 'x', 403), 'unidentified'],
    ['a region not opted into', ec2Error('AuthFailure', 'x', 401), 'unidentified'],
    ['no credentials', plain({ name: 'CredentialsProviderError' }), 'unidentified'],
    ['InvalidRoute.NotFound', ec2Error('InvalidRoute.NotFound'), 'refused'],
    ...[
      'InsufficientInstanceCapacity',
      'InsufficientHostCapacity',
      'InsufficientReservedInstanceCapacity',
      'InsufficientVolumeCapacity',
      'InsufficientCapacityOnHost',
      'InstanceLimitExceeded',
      'VcpuLimitExceeded',
      'ReservationCapacityExceeded',
      'Server.InsufficientInstanceCapacity',
    ].map((code) => [`${code} with 500`, ec2Error(code, 'x', 500), 'refused'] as const),
    ['a 500', ec2Error('InternalError', 'x', 500), 'lost'],
    ['a 503 that is no throttling', ec2Error('Unavailable', 'x', 503), 'lost'],
    ['a 408', ec2Error('RequestTimeout', 'x', 408), 'lost'],
    ['a timeout', plain({ name: 'TimeoutError', code: 'ETIMEDOUT' }), 'lost'],
    ['a reset', plain({ code: 'ECONNRESET' }), 'lost'],
    ['no name service', plain({ code: 'EAI_AGAIN' }), 'lost'],
    ['a certificate of another', plain({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }), 'lost'],
    [
      'an HTML page with 200',
      Object.assign(new SyntaxError('<'), { $metadata: { httpStatusCode: 200 } }),
      'lost',
    ],
  ])('%s is %s', (_, error, kind) => {
    expect(faultOf(error, open)?.kind).toBe(kind);
  });

  test('a call that its caller gave up is aborted, whatever the socket says of it', () => {
    expect(faultOf(plain({ name: 'AbortError' }), aborted)?.kind).toBe('aborted');
    expect(faultOf(plain({ code: 'ECONNRESET' }), aborted)?.kind).toBe('aborted');
  });

  test('an answer that came before the caller gave up stays an answer', () => {
    expect(faultOf(ec2Error('RequestLimitExceeded'), aborted)?.kind).toBe('throttled');
  });
});

describe('a bug of ours', () => {
  test.each([
    ['a plain error', new Error('unexpected call')],
    ['a TypeError', new TypeError('undefined is not a function')],
    [
      "Node's own complaint of an argument",
      Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
    ],
    ['a bug while the caller gives up', new TypeError('x'), aborted],
    ['a bug inside a try that the SDK has counted', plain({ $metadata: { attempts: 1 } })],
    ['something thrown that is no error', 'text'],
  ])('%s is nobody else’s fault', (_, error, signal = open) => {
    expect(faultOf(error, signal)).toBeNull();
  });
});

describe('the sentence', () => {
  test.each([
    [ec2Error('RequestLimitExceeded'), 'ec2:DescribeTags throttled (RequestLimitExceeded)'],
    [
      ec2Error('UnauthorizedOperation', 'Encoded authorization failure message: AbC'),
      "ec2:DescribeTags denied (UnauthorizedOperation): grant it to the function's role",
    ],
    [
      ec2Error('InvalidParameterValue', 'Value (x)\n  is  invalid'),
      'ec2:DescribeTags refused (InvalidParameterValue): Value (x) is invalid',
    ],
    [plain({ name: 'TimeoutError' }), 'ec2:DescribeTags got no usable answer (TimeoutError)'],
    [
      plain({ name: 'TimeoutError', code: 'ETIMEDOUT' }),
      'ec2:DescribeTags got no usable answer (ETIMEDOUT)',
    ],
  ])('names the action, the code and the fix: %#', (error, text) => {
    expect(sentence(error)).toBe(text);
  });

  test('says aborted, and nothing of sockets, when the caller gave up', () => {
    expect(sentence(plain({ code: 'ECONNRESET' }), aborted)).toBe('ec2:DescribeTags aborted');
  });

  test('cuts AWS’s words at 200 characters, and not at 199', () => {
    expect(said(200)).toBe('y'.repeat(200));
    expect(said(201)).toBe(`${'y'.repeat(197)}...`);
  });
});

function sentence(error: Error, signal = open): string | null {
  const fault = faultOf(error, signal);
  return fault && tellFault(fault, 'ec2:DescribeTags');
}

const said = (length: number) =>
  sentence(ec2Error('X', 'y'.repeat(length)))?.replace('ec2:DescribeTags refused (X): ', '');

describe('a denial', () => {
  const told = (message: string) => {
    const fault = faultOf(ec2Error('AccessDenied', message, 403), open);
    return fault === null ? null : tellFault(fault, 'cloudwatch:ListMetrics');
  };
  const by =
    'User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: cloudwatch:ListMetrics';

  test.each([
    'with an explicit deny in a service control policy',
    'with an explicit deny in a resource control policy',
    'because no service control policy allows the cloudwatch:ListMetrics action',
    'because no resource control policy allows the cloudwatch:ListMetrics action',
  ])('%s says that no grant lifts it', (context) => {
    expect(told(`${by} ${context}`)).toBe(
      'cloudwatch:ListMetrics denied (AccessDenied) by the organisation',
    );
  });

  test('by an identity-based policy, or for want of one, asks for a grant', () => {
    const grant = "cloudwatch:ListMetrics denied (AccessDenied): grant it to the function's role";
    expect(told(`${by} with an explicit deny in an identity-based policy`)).toBe(grant);
    expect(told(`${by} because no identity-based policy allows the action`)).toBe(grant);
    expect(told(`${by} because no permissions boundary allows the action`)).toBe(grant);
  });
});
