/** CompleteLifecycleAction of Auto Scaling: the only call to that service. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import type { HookPort } from '../appliances/ports.ts';
import type { Clock, Instant } from '../core/time.ts';
import { type CallContext, call } from './call.ts';
import { tellFault } from './fault.ts';
import { type Credentials, signedHeaders } from './signature.ts';

/** `address`: null for that of AWS. The credentials are those in the environment, as Lambda's functions have them. */
export function hookPort(
  region: string,
  address: string | null,
  clock: Clock,
  credentials: CredentialSource = fromEnv(),
): HookPort {
  const context: CallContext = { service: 'autoscaling', clock };
  return {
    async complete(hook, instanceId, signal) {
      const answer = await call(context, 'CompleteLifecycleAction', signal, () =>
        send({ hook, instanceId, region, address, now: clock.now(), credentials }, signal),
      );
      if (answer.ok) return { kind: 'written' };
      const { fault } = answer;
      const fix = `the role needs it on ${hook.group}, which must be tagged vpn-medic:group`;
      const why = tellFault(fault, 'autoscaling:CompleteLifecycleAction', fix);
      if (fault.kind === 'throttled') return { kind: fault.kind, why };
      const isOpen = fault.kind === 'lost' || fault.kind === 'aborted';
      return { kind: isOpen ? 'unclear' : 'refused', why };
    },
  };
}

type CredentialSource = () => Promise<Credentials>;

interface Completion {
  readonly hook: Parameters<HookPort['complete']>[0];
  readonly instanceId: string;
  readonly region: string;
  readonly address: string | null;
  readonly now: Instant;
  readonly credentials: CredentialSource;
}

const API_VERSION = '2011-01-01';
const CALL_MS = 5_000;

/** @throws {Error} as the SDK throws: with AWS's code as its name. */
async function send(
  { hook, instanceId, region, address, now, credentials }: Completion,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL('/', address ?? addressOf(region));
  const body = new URLSearchParams({
    Action: 'CompleteLifecycleAction',
    Version: API_VERSION,
    AutoScalingGroupName: hook.group,
    LifecycleHookName: hook.name,
    LifecycleActionToken: hook.token,
    LifecycleActionResult: 'CONTINUE',
    InstanceId: instanceId,
  }).toString();
  const contentType = 'application/x-www-form-urlencoded';
  const post = { url, service: 'autoscaling', region, contentType, body };
  const headers = signedHeaders(post, await credentials(), now);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
  const response = await fetch(url, { method: 'POST', headers, body, signal: limit }).catch(
    (cause: unknown) => {
      throw Object.assign(new Error('no answer', { cause }), { code: 'TimeoutError' });
    },
  );
  const text = await response.text();
  if (response.ok && text.includes('<CompleteLifecycleActionResponse')) return;
  throw answered(response.status, text);
}

const addressOf = (region: string): string =>
  `https://autoscaling.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

function answered(status: number, text: string): Error {
  const part = (name: string) => new RegExp(`<${name}>([^<]{0,2000})</${name}>`).exec(text)?.[1];
  const error = new Error(part('Message') ?? `HTTP ${status}`);
  const name = part('Code') ?? 'UnreadableAnswer';
  // A success that is none may have been one.
  const httpStatusCode = status < 300 ? 500 : status;
  return Object.assign(error, { name, $fault: 'client', $metadata: { httpStatusCode } });
}
