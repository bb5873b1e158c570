/** `vpn-medic cost`: a month's bill for the monitored resources, line by line. */
import { type Bill, billOf } from '../cost/bill.ts';
import { DEFAULT_SETUP, type Inventory, type Setup, usageOf } from '../cost/usage.ts';
import type { AwsClients } from './awsClients.ts';
import { readNetwork, simulatedNetwork, snapshotNetwork } from './cost/inventory.ts';
import { writeBill } from './cost/text.ts';
import { harmlessJson } from './output/safeText.ts';
import { render } from './output/textBlocks.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface CostOptions {
  readonly region?: string;
  readonly sim?: boolean;
  readonly snapshot?: string;
  readonly appliances?: string;
  readonly connections?: string;
  readonly endpoints?: string;
  readonly watchSeconds?: string;
  readonly watchMemoryMb?: string;
  readonly json?: boolean;
}

/** What was counted, and what could not be. */
export interface Counted {
  /** `account 123456789012, eu-west-1`, `the simulated account`, … */
  readonly of: string;
  readonly inventory: Inventory;
  readonly objections: readonly string[];
}

/** Version 1: fields may be added, never renamed or taken away. Dollars a month of 30 days. */
export interface CostReport extends Counted, Bill {
  readonly version: 1;
  readonly setup: Setup;
}

/** @throws {Unable} for a number or a file that is none. */
export async function cost(
  options: CostOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const counted = await count(options, terminal, clients);
  const setup: Setup = {
    ...DEFAULT_SETUP,
    watchSeconds: asWhole('--watch-seconds', options.watchSeconds) ?? DEFAULT_SETUP.watchSeconds,
    watchMemoryMb:
      asWhole('--watch-memory-mb', options.watchMemoryMb) ?? DEFAULT_SETUP.watchMemoryMb,
  };
  const inventory = { ...counted.inventory, ...candidates(options) };
  const report: CostReport = {
    version: 1,
    ...counted,
    inventory,
    setup,
    ...billOf(usageOf(inventory, setup)),
  };
  terminal.out(
    options.json === true ? `${harmlessJson(report)}\n` : render(writeBill(report), terminal),
  );
  return counted.objections.length > 0 ? CANNOT_TELL : WELL;
}

async function count(
  options: CostOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<Counted> {
  if (options.sim === true && options.snapshot !== undefined) {
    throw new Unable('--sim and --snapshot exclude each other: leave one out');
  }
  if (options.sim === true) return simulatedNetwork(terminal.clock.now());
  if (options.snapshot !== undefined) return snapshotNetwork(options.snapshot);
  return readNetwork(options.region, terminal, clients);
}

/** Counts that the command line names instead. */
function candidates(options: CostOptions): Partial<Inventory> {
  const applianceCount = asWhole('--appliances', options.appliances);
  const connectionCount = asWhole('--connections', options.connections);
  const endpointCount = asWhole('--endpoints', options.endpoints);
  return {
    ...(applianceCount === null ? {} : { applianceCount }),
    ...(connectionCount === null ? {} : { connectionCount, tunnelCount: 2 * connectionCount }),
    // Each may have a handler and SAML: the dearest case.
    ...(endpointCount === null
      ? {}
      : { endpointCount, handlerCount: endpointCount, federatedCount: endpointCount }),
  };
}

function asWhole(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Unable(`${option} ${text}: write a whole number`);
}
