/** Vantages: this process, or one Lambda function for each subnet. */
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { fieldsOf, parseJson } from '../../core/json.ts';
import type { Clock } from '../../core/time.ts';
import type { ProbeKeys } from '../../probe/keys.ts';
import type { ProbePort } from '../../probe/ports.ts';
import { OPEN_SOCKETS_MAX, probeAll } from '../../probe/probeAll.ts';
import type { ProbeAnswer, ProbeTarget, Round, Vantage } from '../../probe/types.ts';
import { type ProbeRequest, parseProbeResponse, TIMEOUT_MS_MAX } from '../../probe/wire.ts';
import { type CallContext, call } from '../call.ts';
import { type CallHook, delays, hooked, READ_MS } from '../client.ts';
import { type Fault, tellFault } from '../errors.ts';

interface ProbeContext extends CallContext {
  readonly client: LambdaClient;
}

/** Without probe functions the vantage is `here`; with them, each is one, and nothing is probed from here. `keys`: for `here`. */
export function probePort(
  region: string,
  functions: readonly string[],
  clock: Clock,
  onCall?: CallHook,
  keys: ProbeKeys | null = null,
): ProbePort {
  if (functions.length === 0) {
    return {
      vantages: () => Promise.resolve([{ id: 'here', subnetIds: [], isInVpc: false }]),
      send: (round, onAnswer, signal) => probeAll(round, onAnswer, signal, OPEN_SOCKETS_MAX, keys),
    };
  }
  // One attempt: the answer to a repeated probe burst would be dated wrong.
  const client = hooked(
    new LambdaClient({ region, ...delays(TIMEOUT_MS_MAX + SLACK_MS, 1) }),
    onCall,
  );
  const context: ProbeContext = { client, service: 'lambda', clock };
  const seen = new Map<string, Vantage>();
  return {
    vantages: (signal) =>
      Promise.all(functions.map((name) => readVantage(context, name, seen, signal))),
    send: async (round, onAnswer, signal) => {
      const parts = Array.from({ length: Math.ceil(round.targets.length / PART_MAX) }, (_, index) =>
        round.targets.slice(index * PART_MAX, (index + 1) * PART_MAX),
      );
      await Promise.all(parts.map((part) => probeThere(context, round, part, onAnswer, signal)));
    },
  };
}

/** Read once; until then it counts as inside an unknown VPC. */
async function readVantage(
  context: ProbeContext,
  name: string,
  seen: Map<string, Vantage>,
  signal: AbortSignal,
): Promise<Vantage> {
  const before = seen.get(name);
  if (before !== undefined) return before;
  const answer = await call(context, 'GetFunctionConfiguration', signal, () =>
    context.client.send(new GetFunctionConfigurationCommand({ FunctionName: name }), {
      abortSignal: signal,
      requestTimeout: READ_MS,
    }),
  );
  if (!answer.ok) {
    const unreadWhy = tellFault(answer.fault, `lambda:GetFunctionConfiguration of ${name}`);
    return { id: name, subnetIds: [], isInVpc: true, unreadWhy };
  }
  const { FunctionName, VpcConfig } = answer.value;
  // Without a name nothing was answered, and not that the function is outside any VPC.
  if (!FunctionName) {
    const unreadWhy = `lambda:GetFunctionConfiguration of ${name} answered without its name`;
    return { id: name, subnetIds: [], isInVpc: true, unreadWhy };
  }
  const subnetIds = VpcConfig?.SubnetIds ?? [];
  const securityGroupIds = VpcConfig?.SecurityGroupIds ?? [];
  const isInVpc = subnetIds.length > 0;
  const vantage: Vantage = {
    id: name,
    subnetIds,
    isInVpc,
    ...(isInVpc && {
      securityGroupIds,
      isDualStack: VpcConfig?.Ipv6AllowedForDualStack === true,
    }),
  };
  seen.set(name, vantage);
  return vantage;
}

/** Hands over one answer for each target; all are `unknown`, never down, when the invocation failed. */
async function probeThere(
  context: ProbeContext,
  { vantageId, timeoutMs }: Round,
  targets: readonly ProbeTarget[],
  onAnswer: (answer: ProbeAnswer) => void,
  signal: AbortSignal,
): Promise<void> {
  const request: ProbeRequest = { version: 1, timeoutMs, targets };
  const answer = await call(context, 'Invoke', signal, () =>
    context.client.send(
      new InvokeCommand({
        FunctionName: vantageId,
        InvocationType: 'RequestResponse',
        Payload: Buffer.from(JSON.stringify(request)),
      }),
      { abortSignal: signal, requestTimeout: timeoutMs + SLACK_MS },
    ),
  );
  const why = answer.ok
    ? tellFailure(vantageId, answer.value.FunctionError, answer.value.Payload)
    : tellInvokeFault(vantageId, answer.fault);
  const payload = answer.ok && why === null ? jsonOf(answer.value.Payload) : undefined;
  const answers =
    why === null
      ? parseProbeResponse(payload, targets)
      : targets.map(({ key }): ProbeAnswer => ({ key, result: { kind: 'unknown', why } }));
  for (const one of answers) onAnswer(one);
}

/** Null when the function itself succeeded. */
function tellFailure(
  name: string,
  kind: string | undefined,
  payload: Uint8Array | undefined,
): string | null {
  if (!kind) return null;
  const message = fieldsOf(jsonOf(payload))['errorMessage'];
  const words = typeof message === 'string' ? message.slice(0, 200) : 'no message';
  return `probe function ${name} failed (${kind}): ${words}`;
}

function tellInvokeFault(name: string, fault: Fault): string {
  if (fault.code === 'ResourceNotFoundException') {
    return `there is no probe function ${name} (${fault.code}): set VPN_MEDIC_PROBE_FUNCTIONS`;
  }
  const why = tellFault(
    fault,
    `lambda:Invoke of ${name}`,
    "grant lambda:InvokeFunction on it to the function's role",
  );
  return fault.kind === 'throttled' ? `${why}: reserve concurrency for it` : why;
}

/** Undefined for what is not JSON. */
const jsonOf = (bytes: Uint8Array | undefined): unknown =>
  parseJson(Buffer.from(bytes ?? []).toString('utf8'));

/** For the invocation itself, a cold start included; beyond it the vantage counts as unreachable. */
const SLACK_MS = 1_500;
/** About 60 KB of request; half of what the function accepts, and under its 512 sockets, so that all leave at once. */
const PART_MAX = 500;
