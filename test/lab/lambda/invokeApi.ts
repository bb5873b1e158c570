/** Lambda's Invoke and GetFunctionConfiguration for the lab's own functions, answered by running the real bundle. */
import type { Answer, LocalAnswer } from '../emulator/gateway.ts';
import { type Container, startContainer } from './container.ts';

export interface LabFunction {
  /** The folder under `dist/`. */
  readonly bundle: string;
  readonly env: () => Readonly<Record<string, string>>;
  readonly subnetIds: readonly string[];
  /** The network namespace that it runs in; absent: this process's. */
  readonly namespace?: string;
}

export interface InvokeApi {
  readonly answer: LocalAnswer;
  /** From now on its invocations fail in Lambda itself, as when it is throttled to nothing. */
  refuse(functionName: string, isRefused: boolean): void;
  /** Starts so many containers, which wait for their first invocation. */
  warm(functionName: string, count: number): Promise<void>;
  close(): Promise<void>;
}

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/(invocations|configuration)/;
const TIMEOUT_MS = 30_000;

export function invokeApi(functions: Readonly<Record<string, LabFunction>>): InvokeApi {
  const idle = new Map<string, Container[]>();
  // Also those that are still starting: none may outlive `close`.
  const all: Promise<Container>[] = [];
  const refused = new Set<string>();
  let isClosed = false;

  const start = (fn: LabFunction): Promise<Container> => {
    const starting = startContainer(fn.bundle, fn.env(), { namespace: fn.namespace });
    all.push(starting);
    return starting;
  };

  // As in Lambda: a container runs one invocation at a time; an invocation that finds none idle gets a new one.
  const invoke = async (name: string, fn: LabFunction, event: unknown): Promise<Answer> => {
    const waiting = idle.get(name) ?? [];
    idle.set(name, waiting);
    let container = waiting.pop();
    container ??= await start(fn);
    try {
      return json(200, await container.invoke(event, TIMEOUT_MS));
    } catch (error) {
      return {
        ...json(200, { errorType: 'Error', errorMessage: String(error) }),
        headers: { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' },
      };
    } finally {
      waiting.push(container);
    }
  };

  return {
    answer: (request) => {
      const match = PATH.exec(request.path);
      const name = decodeURIComponent(match?.[1] ?? '');
      if (match === null) return null;
      const fn = functions[name];
      if (fn === undefined) return Promise.resolve(fault(404, 'ResourceNotFoundException', name));
      if (isClosed || refused.has(name))
        return Promise.resolve(fault(429, 'TooManyRequestsException', name));
      if (match[2] === 'configuration') {
        return Promise.resolve(json(200, configuration(name, fn)));
      }
      const answer = invoke(name, fn, request.body === '' ? null : JSON.parse(request.body));
      // An asynchronous invocation is taken at once, and runs by itself.
      return request.headers['x-amz-invocation-type'] === 'Event'
        ? Promise.resolve({ ...json(202, null), body: '' })
        : answer;
    },
    refuse: (name, isRefused) => {
      if (isRefused) refused.add(name);
      else refused.delete(name);
    },
    warm: async (name, count) => {
      const fn = functions[name];
      if (fn === undefined) throw new Error(`warming ${name}: there is no such function`);
      const starting = Array.from({ length: count }, () => start(fn));
      idle.set(name, [...(idle.get(name) ?? []), ...(await Promise.all(starting))]);
    },
    close: async () => {
      isClosed = true;
      await Promise.all(all.map(async (starting) => (await starting).kill()));
    },
  };
}

const configuration = (name: string, fn: LabFunction) => ({
  FunctionName: name,
  VpcConfig: { SubnetIds: fn.subnetIds, SecurityGroupIds: [], VpcId: 'vpc-0lab' },
});

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const fault = (status: number, type: string, name: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
  body: JSON.stringify({ Message: `${type}: ${name}` }),
});
