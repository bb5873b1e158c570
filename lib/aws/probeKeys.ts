/**
 * Keys of probes, read from Parameter Store by one small request: neither the watcher nor a probe function has room for a
 * client of Systems Manager. Nothing of an answer reaches a message but the error's code and the version.
 */
import { env } from 'node:process';
import { fieldsOf, parseJson } from '../core/json.ts';
import { givenAddress, regionalAddress } from '../core/serviceAddress.ts';
import type { Clock } from '../core/time.ts';
import { openKeys, type ProbeKeys } from '../probe/keys.ts';
import type { KeyPort, ReadKey } from '../probe/ports.ts';
import { post, roleCredentials } from './post.ts';
import { signedHeaders } from './signature.ts';

/** Of the role that this function runs as, in its own region, which Lambda names. No network yet. */
export const probeKeys = (clock: Clock): ProbeKeys =>
  openKeys(keyPort(env['AWS_REGION'] ?? '', clock, env), clock);

const READ_MS = 1_500;

export function keyPort(region: string, clock: Clock, environment: NodeJS.ProcessEnv): KeyPort {
  const endpoint = new URL(givenAddress(environment, 'SSM') ?? regionalAddress('ssm', region));
  return {
    read: async (name) => {
      const credentials = roleCredentials(environment);
      if (credentials === null) return { kind: 'unread', why: 'this process has no role' };
      const body = JSON.stringify({ Name: name, WithDecryption: true });
      const request = {
        url: endpoint,
        service: 'ssm',
        region,
        contentType: 'application/x-amz-json-1.1',
        target: 'AmazonSSM.GetParameter',
        body,
      };
      const headers = signedHeaders(request, credentials, clock.now());
      try {
        const { status, body: answer } = await post(
          endpoint,
          headers,
          body,
          AbortSignal.timeout(READ_MS),
        );
        return status === 200 ? keyOf(answer) : faultOf(status, answer);
      } catch {
        return {
          kind: 'unread',
          why: `Systems Manager could not be reached within ${READ_MS} ms (inside a VPC that takes a NAT gateway or the interface endpoint ssm)`,
        };
      }
    },
  };
}

/**
 * For a secret, the parameter's own version is always 0, and `SourceResult` names the secret's.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html (read 2026-11-29)
 */
function keyOf(answer: string): ReadKey {
  const parameter = fieldsOf(parseJson(answer))['Parameter'];
  const text = fieldsOf(parameter)['Value'];
  if (typeof text !== 'string') return { kind: 'unread', why: 'Systems Manager answered no value' };
  const source = fieldsOf(parameter)['SourceResult'];
  const secret = typeof source === 'string' ? fieldsOf(parseJson(source))['versionId'] : undefined;
  const version = secret ?? fieldsOf(parameter)['Version'];
  const isPlain = typeof version === 'string' || typeof version === 'number';
  return {
    kind: 'key',
    text,
    version: (isPlain ? `${version}` : '0').replaceAll(/[^\w-]/g, '').slice(0, 64),
  };
}

/** What Parameter Store calls a name that is not there, is none, or may not be read. */
const MISSING: ReadonlySet<string> = new Set([
  'ParameterNotFound',
  'ParameterVersionNotFound',
  'ValidationException',
  'AccessDeniedException',
  'InvalidKeyId',
]);

function faultOf(status: number, answer: string): ReadKey {
  const type = fieldsOf(parseJson(answer))['__type'];
  const code = /(?:^|#)([A-Za-z]{1,60})$/.exec(typeof type === 'string' ? type : '')?.[1];
  const why =
    code === 'AccessDeniedException'
      ? 'this role may not read it (AccessDeniedException): see the parameter probeKeyNames, and the policy of its KMS key'
      : `Systems Manager answered ${code ?? `status ${status}`}`;
  return { kind: code !== undefined && MISSING.has(code) ? 'missing' : 'unread', why };
}
