/** `vpn-medic cost`: a month's bill for what there is to watch, line by line. */
import { type Bill, billOf } from '../cost/bill.ts';
import { DEFAULT_SETUP, type Estate, type Setup, usageOf } from '../cost/usage.ts';
import type { Doors } from './awsClients.ts';
import { readEstate, simEstate, snapshotEstate } from './cost/inventory.ts';
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
  readonly estate: Estate;
  readonly doubts: readonly string[];
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
  doors: Doors,
): Promise<ExitCode> {
  const counted = await count(options, terminal, doors);
  const setup: Setup = {
    ...DEFAULT_SETUP,
    watchSeconds: asWhole('--watch-seconds', options.watchSeconds) ?? DEFAULT_SETUP.watchSeconds,
    watchMemoryMb:
      asWhole('--watch-memory-mb', options.watchMemoryMb) ?? DEFAULT_SETUP.watchMemoryMb,
  };
  const estate = { ...counted.estate, ...wished(options) };
  const report: CostReport = {
    version: 1,
    ...counted,
    estate,
    setup,
    ...billOf(usageOf(estate, setup)),
  };
  terminal.out(
    options.json === true ? `${harmlessJson(report)}\n` : render(writeBill(report), terminal),
  );
  return counted.doubts.length > 0 ? CANNOT_TELL : WELL;
}

async function count(options: CostOptions, terminal: Terminal, doors: Doors): Promise<Counted> {
  if (options.sim === true && options.snapshot !== undefined) {
    throw new Unable('--sim and --snapshot exclude each other: leave one out');
  }
  if (options.sim === true) return simEstate(terminal.clock.now());
  if (options.snapshot !== undefined) return snapshotEstate(options.snapshot);
  return readEstate(options.region, terminal, doors);
}

/** Counts that the command line names instead. */
function wished(options: CostOptions): Partial<Estate> {
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
