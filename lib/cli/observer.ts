/** The ports of a pass, opened from the options and the environment: of the account, or of a capture of one. */
import type { AwsClients } from './awsClients.ts';
import { openCaptured } from './captured/account.ts';
import { harmless } from './output/safeText.ts';
import type { ObserverSetup, Viewpoint } from './pass.ts';
import { chooseRegion } from './region.ts';
import { findStack, type StackNames } from './stack.ts';
import { type Terminal, Unable } from './terminal.ts';

export interface PassOptions {
  readonly region?: string;
  readonly stateTable?: string;
  readonly stage?: string;
  /** False: `--no-probes`. */
  readonly probes: boolean;
  readonly vantages?: boolean;
  /** A file in place of the account. */
  readonly capture?: string;
}

/** What a command reads from. */
export interface Source {
  readonly setup: ObserverSetup;
  readonly clients: AwsClients;
  /** Runs a job to its end: over a capture, on the capture's own clock. */
  run<T>(job: () => Promise<T>): Promise<T>;
}

/** @throws {Unable} when the options ask for what the environment does not name, or the file is no capture. */
export async function openSource(
  options: PassOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<Source> {
  const { capture } = options;
  if (capture === undefined) {
    const setup = await openObserverSetup(options, terminal, clients);
    return { setup, clients, run: (job) => job() };
  }
  if (options.vantages === true) {
    throw new Unable('--vantages and --capture exclude each other: leave one out');
  }
  const captured = await openCaptured(capture, options);
  for (const note of captured.notes) terminal.err(`vpn-medic: ${harmless(note)}\n`);
  return captured;
}

/** @throws {Unable} when the options ask for what the environment does not name. */
export async function openObserverSetup(
  options: PassOptions,
  { env, clock }: Terminal,
  clients: AwsClients,
): Promise<ObserverSetup> {
  const region = await chooseRegion(options.region, env, clients.profileRegion);
  const preferred = homeRegion(env, region);
  const viewpoint = viewpointOf(options);
  const stack = await findStack(options, env, clients, preferred);
  const functions = viewpoint === 'functions' ? probeFunctions(stack) : [];
  const { stateTable: table } = stack;
  const [ec2, probes, store] = await Promise.all([
    clients.ec2(region),
    clients.probes(preferred, functions),
    table === null ? null : clients.store(preferred, table),
  ]);
  return {
    region,
    clock,
    ec2,
    probes,
    store,
    viewpoint,
    homeRegion: preferred,
    probeFunctions: stack.probeFunctions,
    sshFunction: stack.sshFunction,
    crlBuckets: stack.crlBuckets,
  };
}

type Environment = Terminal['env'];

/** Where the stack is deployed: its state table and probe functions are there, also when another region is observed. */
export const homeRegion = (env: Environment, region: string): string =>
  env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || region;

function viewpointOf({ probes, vantages }: PassOptions): Viewpoint {
  if (probes) return vantages ? 'functions' : 'machine';
  if (vantages) throw new Unable('--vantages and --no-probes exclude each other: leave one out');
  return 'none';
}

function probeFunctions({ probeFunctions: names, why }: StackNames): readonly string[] {
  if (names.length > 0) return names;
  throw new Unable(
    `--vantages asks the deployed probe functions, and ${why ?? 'the stack has none (parameter probeSubnets)'}: add --stage STAGE, or set VPN_MEDIC_PROBE_FUNCTIONS to their names`,
  );
}
