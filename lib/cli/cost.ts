/** `vpn-medic cost`: a month's bill for the monitored resources, line by line. */
import { SWITCHES, type Switch } from '../core/switches.ts';
import { counted } from '../core/text.ts';
import { type Bill, billOf } from '../cost/bill.ts';
import { PRICES } from '../cost/prices.ts';
import { DEFAULT_SETUP, type Inventory, type Setup, usageOf } from '../cost/usage.ts';
import type { AwsClients } from './awsClients.ts';
import { type Counted, readNetwork, simulatedNetwork } from './cost/inventory.ts';
import { openSource } from './observer.ts';
import { colour } from './output/colour.ts';
import { print } from './output/print.ts';
import { type Block, blank, line, table, title } from './output/textBlocks.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface CostOptions {
  readonly region?: string;
  readonly sim?: boolean;
  readonly capture?: string;
  readonly appliances?: string;
  readonly connections?: string;
  readonly endpoints?: string;
  readonly watchSeconds?: string;
  readonly watchMemoryMb?: string;
  readonly instanceEvents?: string;
  readonly off?: string;
  readonly metricDimensions?: string;
  readonly json?: boolean;
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
  const source = await countResources(options, terminal, clients);
  const setup: Setup = {
    ...DEFAULT_SETUP,
    watchSeconds: asWhole('--watch-seconds', options.watchSeconds) ?? DEFAULT_SETUP.watchSeconds,
    watchMemoryMb:
      asWhole('--watch-memory-mb', options.watchMemoryMb) ?? DEFAULT_SETUP.watchMemoryMb,
    instanceEventsPerDay:
      asWhole('--instance-events', options.instanceEvents) ?? DEFAULT_SETUP.instanceEventsPerDay,
    off: asSwitches(options.off ?? ''),
    isMeasuredEach: isEach(options.metricDimensions ?? 'region'),
  };
  const inventory = { ...source.inventory, ...candidates(options) };
  const report: CostReport = {
    version: 1,
    ...source,
    inventory,
    setup,
    ...billOf(usageOf(inventory, setup)),
  };
  print(terminal, options.json, report, writeBill(report));
  return source.objections.length > 0 ? CANNOT_TELL : WELL;
}

async function countResources(
  options: CostOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<Counted> {
  if (options.sim === true && options.capture !== undefined) {
    throw new Unable('--sim and --capture exclude each other: leave one out');
  }
  if (options.sim === true) return simulatedNetwork(terminal.clock.now());
  const passOptions = { ...options, probes: false, stateTable: 'none' };
  const { setup, clients: read, run } = await openSource(passOptions, terminal, clients);
  return run(() => readNetwork(setup, read));
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

function isEach(dimensions: string): boolean {
  if (dimensions === 'region' || dimensions === 'resource') return dimensions === 'resource';
  throw new Unable(`--metric-dimensions ${dimensions}: write region or resource`);
}

/** Names separated by commas. */
function asSwitches(text: string): readonly Switch[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const wrong = names.find((name) => !SWITCHES.some((one) => one === name));
  if (wrong === undefined) return SWITCHES.filter((one) => names.includes(one));
  throw new Unable(
    `--off ${text}: ${wrong} cannot be switched off; there are ${SWITCHES.join(', ')}`,
  );
}

export function writeBill(report: CostReport): readonly Block[] {
  const { inventory, setup, lines } = report;
  const small = lines.filter(({ listUsd }) => listUsd < SMALL_USD);
  const smallUsd = small.reduce((sum, { listUsd }) => sum + listUsd, 0);
  const readOn = new Set(Object.values(PRICES).map((price) => price.readOn));
  return [
    title(`A month of vpn-medic, for ${report.of}`),
    line(
      `${counted(inventory.applianceCount, 'appliance')}, ${counted(inventory.connectionCount, 'connection')} with ${counted(inventory.tunnelCount, 'tunnel')}, ${counted(inventory.endpointCount, 'endpoint')}, ${counted(inventory.tableSeriesCount, 'further metric')}; ${setup.watchSeconds >= 60 ? 'watched every second' : `watched for ${setup.watchSeconds} s of each minute`}${setup.off.length === 0 ? '' : `; off: ${setup.off.join(', ')}`}.`,
    ),
    blank,
    table(
      ['USD', 'AFTER FREE', 'SERVICE', 'FOR', 'HOW MUCH', 'OUT OF'],
      lines
        .filter(({ listUsd }) => listUsd >= SMALL_USD)
        .toSorted((a, b) => b.listUsd - a.listUsd)
        .map((one) => [
          usd(one.listUsd),
          usd(one.afterFreeUsd),
          one.service,
          one.item,
          `${amount(one.units)} x ${one.unit}`,
          one.how,
        ]),
    ),
    line(`${usd(smallUsd)} more in ${counted(small.length, 'line')} under a cent each.`),
    blank,
    line([
      colour(
        'strong',
        `${usd(report.listUsd)} USD a month at list prices; ${usd(report.afterFreeUsd)} USD`,
      ),
      ' after the AWS free tier, if nothing else in the account uses it.',
    ]),
    line(
      `List prices of us-east-1, read ${[...readOn].join(', ')}; other regions cost 0 to 15 % more. Sources: vpn-medic cost --json.`,
    ),
    ...report.objections.map((objection) => line([colour('warn', 'Not counted: '), objection])),
  ];
}

const SMALL_USD = 0.005;
const usd = (amount: number): string => amount.toFixed(2);
const amount = (units: number): string =>
  units < 100 ? String(Math.round(units * 100) / 100) : Math.ceil(units).toLocaleString('en-US');
