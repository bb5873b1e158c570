/** Starts a repair step: an asynchronous invocation of the only function that may change instances. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Clock } from '../../core/time.ts';
import type { RepairPort } from '../../repairs/ports/start.ts';
import { type CallContext, call } from '../call.ts';
import { type CallHook, delays, hooked } from '../client.ts';
import { tellFault } from '../errors.ts';

export function repairPort(
  region: string,
  functionName: string,
  clock: Clock,
  onCall?: CallHook,
): RepairPort {
  const client = hooked(new LambdaClient({ region, ...delays() }), onCall);
  const context: CallContext = { service: 'lambda', clock };
  return {
    async start(order, signal) {
      const answer = await call(context, 'Invoke', signal, () =>
        client.send(
          new InvokeCommand({
            FunctionName: functionName,
            InvocationType: 'Event',
            Payload: Buffer.from(JSON.stringify(order)),
          }),
          { abortSignal: signal },
        ),
      );
      if (answer.ok) return { kind: 'started' };
      const { fault } = answer;
      const why =
        fault.code === 'ResourceNotFoundException'
          ? `there is no function ${functionName}: set VPN_MEDIC_REPAIR_FUNCTION`
          : tellFault(fault, `lambda:Invoke of ${functionName}`);
      return fault.kind === 'lost' || fault.kind === 'aborted'
        ? { kind: 'unclear', why }
        : { kind: 'refused', why };
    },
  };
}
