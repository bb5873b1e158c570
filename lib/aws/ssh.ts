/** Where a visit leaves from: this process, or a function inside the VPC that can reach private addresses. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ScriptAnswer } from '../repairs/ports.ts';
import { runScriptFirst } from '../repairs/ssh/script.ts';
import { parseScriptAnswer } from '../repairs/ssh/wire.ts';
import { attempt, type Line } from './call.ts';
import { delays } from './client.ts';
import { tellFault } from './fault.ts';
import type { InstanceControlSettings } from './instanceControl.ts';
import type { Ssh } from './sshSession.ts';

export function sshOf({ homeRegion, sshFunction, clock, onCall }: InstanceControlSettings): Ssh {
  if (sshFunction === null) return runScriptFirst;
  const client = new LambdaClient({ region: homeRegion, ...delays(INVOKE_MS, 1) });
  const line: Line = { service: 'lambda', clock, onCall };
  return async (request, signal) => {
    const answer = await attempt(line, 'Invoke', signal, () =>
      client.send(
        new InvokeCommand({
          FunctionName: sshFunction,
          // Answered on the spot, and so kept in no queue: the request holds the visit's private key.
          InvocationType: 'RequestResponse',
          Payload: Buffer.from(JSON.stringify(request)),
        }),
        { abortSignal: signal, requestTimeout: INVOKE_MS },
      ),
    );
    if (!answer.ok) return failed(tellFault(answer.fault, `lambda:Invoke of ${sshFunction}`));
    if (answer.value.FunctionError) {
      return failed(`the function ${sshFunction} failed (${answer.value.FunctionError})`);
    }
    return parseScriptAnswer(Buffer.from(answer.value.Payload ?? []).toString('utf8'));
  };
}

/** Two addresses' connecting, the run, and a cold start. */
const INVOKE_MS = 55_000;

const failed = (why: string): ScriptAnswer => ({ kind: 'failed', why, evidence: [] });
