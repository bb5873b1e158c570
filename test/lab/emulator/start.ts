/** Starts the lab's AWS (moto with our additions, `launch.py`) on a free loopback port, and stops it by its process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pause } from '../pause.ts';
import { freePort } from '../ports.ts';
import { emulatorPython } from './install.ts';

const LAUNCH = fileURLToPath(new URL('launch.py', import.meta.url));
// A hang guard. It starts in about 1 s; two suites that install and compile at once have been seen to take ten times that.
const START_MS_MAX = 180_000;

export interface Emulator {
  readonly url: string;
  /** Sets a status check of one instance; `ok` heals it. */
  setStatus(
    instanceId: string,
    checks: Partial<
      Record<'system' | 'instance' | 'attachedEbs', 'ok' | 'impaired' | 'initializing'>
    >,
  ): Promise<void>;
  /** In a disrupted zone every DescribeInstances that names its instances, or no instance at all, fails. */
  setZoneDisrupted(zone: string, disrupted: boolean): Promise<void>;
  /** Changes a Client VPN endpoint, in the API's own spelling; `_sessions` and `_associations` are its lists. */
  setEndpoint(
    region: string,
    endpointId: string,
    candidate: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** Changes a Site-to-Site connection, in the API's own spelling; `Maintenance` is by outside address. */
  setConnection(
    region: string,
    connectionId: string,
    set: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** What EC2 would say of a machine before and while it is repaired; only what is given changes. */
  setMachine(
    instanceId: string,
    candidate: {
      readonly privateIp?: string;
      readonly launchedSecondsAgo?: number;
      readonly console?: string;
      readonly isStopProtected?: boolean;
      /** A public address that is no Elastic one. */
      readonly lentPublicIp?: string;
    },
  ): Promise<void>;
  /** CloudFormation cannot make resources of these types from now on, so that a deployment stops half-way. */
  refuseResources(types: readonly string[]): Promise<void>;
  /** A document of Systems Manager, as CloudFormation makes it. */
  setDocument(name: string, content: unknown): Promise<void>;
  /** Every key that was pushed is so much older from now on. */
  ageKeys(ageSeconds: number): Promise<void>;
  /** Ends the process and forgets the account. */
  stop(): Promise<void>;
}

/**
 * An empty account. The same `seed` gives the same ids to the same calls in the same order, so that an account can be
 * built again after a restart.
 */
export async function startEmulator(options: { readonly seed?: number } = {}): Promise<Emulator> {
  const python = await emulatorPython();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(python, [LAUNCH, '-H', '127.0.0.1', '-p', String(port)], {
    // Without its images DescribeImages saves a second; nothing here asks for them.
    env: {
      PATH: process.env['PATH'],
      MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
      PYTHONDONTWRITEBYTECODE: '1',
    },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    if (said.length > 200) said.shift();
  });
  await untilReady(url, child, said);
  if (options.seed !== undefined) await post(`${url}/moto-api/seed?a=${options.seed}`, null);
  return {
    url,
    setStatus: (instanceId, checks) =>
      post(`${url}/moto-api/lab/status`, { instanceId, ...checks }),
    setZoneDisrupted: (zone, disrupted) => post(`${url}/moto-api/lab/zone`, { zone, disrupted }),
    setEndpoint: (region, endpointId, candidate) =>
      post(`${url}/moto-api/lab/endpoint`, { ...candidate, region, endpointId }),
    setConnection: (region, connectionId, set) =>
      post(`${url}/moto-api/lab/connection`, { region, connectionId, set }),
    setMachine: (instanceId, candidate) =>
      post(`${url}/moto-api/lab/machine`, { instanceId, ...candidate }),
    refuseResources: (types) => post(`${url}/moto-api/lab/stack`, { refused: types }),
    setDocument: (name, content) => post(`${url}/moto-api/lab/document`, { name, content }),
    ageKeys: (ageSeconds) => post(`${url}/moto-api/lab/keys`, { ageSeconds }),
    stop: () => stop(child),
  };
}

async function untilReady(
  url: string,
  child: ChildProcess,
  said: readonly string[],
): Promise<void> {
  const giveUpAt = Date.now() + START_MS_MAX;
  while (Date.now() < giveUpAt) {
    if (child.exitCode !== null) break;
    const isUp = await fetch(`${url}/moto-api/`).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await pause(50);
  }
  await stop(child);
  throw new Error(`starting the lab's emulator at ${url}: it said ${said.join('').slice(-2_000)}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`asking the emulator ${url}: ${answer.status}`);
}
