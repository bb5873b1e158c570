/** Deployed functions: how they are configured, and what one answers. */
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import type { DeploymentPort } from '../../core/deploymentPort.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, reading, Unreadable } from '../call.ts';
import { delays } from '../client.ts';

/** A picture of the largest account takes 6 s, a cold start 2 s. */
const ANSWER_MS = 20_000;

export function functionReads(
  region: string,
  clock: Clock,
): Pick<DeploymentPort, 'configuration' | 'invoke'> {
  const client = new LambdaClient({ region, ...delays(ANSWER_MS) });
  const context: CallContext = { service: 'lambda', clock };
  return {
    configuration: (FunctionName, signal) =>
      reading(context, 'GetFunctionConfiguration', async () => {
        const answer = await call(context, 'GetFunctionConfiguration', signal, () =>
          client.send(new GetFunctionConfigurationCommand({ FunctionName }), {
            abortSignal: signal,
          }),
        );
        if (!answer.ok) return answer;
        if (!answer.value.FunctionName) throw new Unreadable('a configuration without a name');
        const { Runtime = '', MemorySize = 0, State = '', Role = '', Environment } = answer.value;
        return {
          ok: true,
          value: {
            runtime: Runtime,
            memoryMb: MemorySize,
            state: State,
            roleArn: Role,
            environment: new Map(Object.entries(Environment?.Variables ?? {})),
          },
        };
      }),
    invoke: (FunctionName, event, signal) =>
      reading(context, 'Invoke', async () => {
        const answer = await call(context, 'Invoke', signal, () =>
          client.send(
            new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }),
            { abortSignal: signal },
          ),
        );
        if (!answer.ok) return answer;
        const { FunctionError, Payload } = answer.value;
        const text = Buffer.from(Payload ?? []).toString('utf8');
        if (FunctionError !== undefined) {
          throw new Unreadable(`${FunctionName} failed (${FunctionError}): ${text.slice(0, 200)}`);
        }
        return { ok: true, value: text };
      }),
  };
}
