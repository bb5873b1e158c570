/** The identity of our credentials: STS answers without any permission. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { IdentityPort } from '../core/identityPort.ts';
import type { Clock } from '../core/time.ts';
import { type CallContext, call, reading, Unreadable } from './call.ts';
import { type CallHook, delays, hooked } from './client.ts';

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html (read 2026-11-21) */
export function identityPort(region: string, clock: Clock, onCall?: CallHook): IdentityPort {
  const client = hooked(new STSClient({ region, ...delays() }), onCall);
  const context: CallContext = { service: 'sts', clock };
  return {
    caller: (signal) =>
      reading(context, 'GetCallerIdentity', async () => {
        const answer = await call(context, 'GetCallerIdentity', signal, () =>
          client.send(new GetCallerIdentityCommand({}), { abortSignal: signal }),
        );
        if (!answer.ok) return answer;
        const { Account: accountId, Arn: arn } = answer.value;
        if (accountId === undefined || arn === undefined) throw new Unreadable('no account or ARN');
        return { ok: true, value: { accountId, arn } };
      }),
  };
}
