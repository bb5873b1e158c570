/** Where a visit leaves from: this process, or a function inside the VPC that can reach private addresses. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { VisitAnswer } from '../repairs/ports.ts';
import { visitFirst } from '../repairs/ssh/script.ts';
import { parseVisitAnswer } from '../repairs/ssh/wire.ts';
import { attempt, type Line } from './call.ts';
import { patience } from './client.ts';
import { tellFault } from './fault.ts';
import type { HandsSettings } from './instanceControl.ts';
import type { Shell } from './sshSession.ts';

export function shellOf({ homeRegion, shellFunction, clock, onCall }: HandsSettings): Shell {
  if (shellFunction === null) return visitFirst;
  const client = new LambdaClient({ region: homeRegion, ...patience(INVOKE_MS, 1) });
  const line: Line = { service: 'lambda', clock, onCall };
  return async (request, signal) => {
    const answer = await attempt(line, 'Invoke', signal, () =>
      client.send(
        new InvokeCommand({
          FunctionName: shellFunction,
          // Answered on the spot, and so kept in no queue: the request holds the visit's private key.
          InvocationType: 'RequestResponse',
          Payload: Buffer.from(JSON.stringify(request)),
        }),
        { abortSignal: signal, requestTimeout: INVOKE_MS },
      ),
    );
    if (!answer.ok) return failed(tellFault(answer.fault, `lambda:Invoke of ${shellFunction}`));
    if (answer.value.FunctionError) {
      return failed(`the function ${shellFunction} failed (${answer.value.FunctionError})`);
    }
    return parseVisitAnswer(Buffer.from(answer.value.Payload ?? []).toString('utf8'));
  };
}

/** Two addresses' connecting, the run, and a cold start. */
const INVOKE_MS = 55_000;

const failed = (why: string): VisitAnswer => ({ kind: 'failed', why, evidence: [] });
