/** `vpn-medic state export` and `import`: the state table as a file, for support, migration and tests. */
import { compare } from '../core/order.ts';
import { unpacked } from '../core/packed.ts';
import { PAUSE_ID, parsePause, pauseNow } from '../core/pause.ts';
import type { Item } from '../core/ports.ts';
import type { StoredItem } from '../core/tablePort.ts';
import { isAlive, parseLease } from '../watcher/lease/item.ts';
import type { AwsClients } from './awsClients.ts';
import { openSink } from './capture/file.ts';
import { homeRegion } from './observer.ts';
import {
  type ChangeOptions,
  carryOut,
  type OperatorRequestOptions,
  openOperatorRequest,
} from './operatorRequest.ts';
import { colour } from './output/colour.ts';
import { blank, line } from './output/textBlocks.ts';
import { chooseRegion } from './region.ts';
import { findStack } from './stack.ts';
import { isOfStack, readStateFile } from './state/file.ts';
import { type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export type StateExportOptions = Omit<OperatorRequestOptions, 'json'> & {
  /** A new file; left out: standard output. */
  readonly out?: string;
};

const READ_MS_MAX = 120_000;

/** @throws {Unable} without a table, when it cannot be read, and for a file that exists. */
export async function stateExport(
  options: StateExportOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const items = await readTable(options, terminal, clients);
  const kept = items
    .filter(({ id }) => !isOfStack(id))
    .toSorted((a, b) => compare(a.id, b.id))
    .map(({ id, body, expiresAt }) => ({ id, body: withoutKeys(unpacked(body)), expiresAt }));
  const sink = openSink(options.out, terminal);
  sink.line({ version: 1, items: kept });
  sink.close();
  terminal.err(`vpn-medic: ${kept.length} items\n`);
  return WELL;
}

/**
 * Writes every item of the file over the one of the same id; other items stay.
 * @throws {Unable} for a file that breaks a bound, and while a leader lives and writes are not paused.
 */
export async function stateImport(
  file: string,
  options: ChangeOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const items = readStateFile(file);
  const request = await openOperatorRequest(options, terminal, clients);
  const before = await readTable(options, terminal, clients);
  refuseInUse(before, request.at);
  const overs = new Map(before.map((item) => [item.id, item]));
  const replacedCount = items.filter(({ id }) => overs.has(id)).length;
  const what = `${items.length} items of state imported, ${replacedCount} of them over existing ones`;
  const change = {
    command: 'state import',
    subject: 'the state table',
    what,
    says: [
      line(`Into the state table: ${items.length} items, ${replacedCount} over existing ones.`),
      line(
        'What the leaders know of appliances, connections, endpoints and incidents becomes that.',
      ),
      blank,
    ],
    question: 'Import it?',
    write: () => items.map((item) => ({ ...item, over: overs.get(item.id) })),
    done: [line([colour('good', 'Imported.'), ' The leaders read it when they next start.'])],
    report: { importedCount: items.length, replacedCount },
  };
  return carryOut(request, change, options);
}

/** A leader would write over what is imported, or act on half of it. */
function refuseInUse(items: readonly Item[], now: number): void {
  const pause = items.find(({ id }) => id === PAUSE_ID);
  if (pauseNow(parsePause(pause?.body), now) !== null) return;
  const living = items.filter((item) => {
    const lease = item.id.startsWith('lease#') ? parseLease(item) : null;
    return lease !== null && isAlive(lease, now);
  });
  if (living.length === 0) return;
  const scopes = living.map(({ id }) => id.slice('lease#'.length)).join(', ');
  throw new Unable(
    `the table is in use (${scopes}): first run vpn-medic pause --for 15m --why "state import"`,
  );
}

async function readTable(
  options: OperatorRequestOptions,
  { env }: Terminal,
  clients: AwsClients,
): Promise<readonly StoredItem[]> {
  const region = await chooseRegion(options.region, env, clients.profileRegion);
  const home = homeRegion(env, region);
  const { stateTable, why } = await findStack(options, env, clients, home);
  if (stateTable === null) {
    throw new Unable(
      `there is no state table to read${why === null ? '' : `: ${why}`}: add --stage STAGE or --state-table NAME`,
    );
  }
  const table = await clients.table(home, stateTable);
  const reading = await table.all(AbortSignal.timeout(READ_MS_MAX));
  if (reading.known) return reading.value;
  throw new Unable(
    `the state table cannot be read: ${reading.why.replace("to the function's role", 'to the role or user that runs this')}`,
  );
}

/** The product stores none of these; one that was written there by another does not leave. */
const SECRET =
  /PreSharedKey|CustomerGatewayConfiguration|UserData|SecretAccessKey|SessionToken|Password|PrivateKey|KeyMaterial/i;

function withoutKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !SECRET.test(name));
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutKeys(one)]));
}
