/** Runs every command that writes: it prints the change, asks, writes, and records the caller and the reason. */

import { recordOperator } from '../core/operatorRecord.ts';
import type { Item, ItemWrite, StorePort } from '../core/ports.ts';
import { counted } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { isLate, type LastLooks, lastLookIds, readLastLooks } from '../watcher/lastLooks.ts';
import type { AwsClients } from './awsClients.ts';
import { homeRegion } from './observer.ts';
import { print } from './output/print.ts';
import { type Block, render } from './output/textBlocks.ts';
import { reportWatch, writeWatch } from './output/watchText.ts';
import { chooseRegion } from './region.ts';
import { findStack } from './stack.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface OperatorRequestOptions {
  readonly region?: string;
  readonly stateTable?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

export interface ChangeOptions extends OperatorRequestOptions {
  readonly yes?: boolean;
  readonly why?: string;
}

export interface OperatorRequest {
  readonly region: string;
  readonly at: Instant;
  /** When the leader of each scope last looked. */
  readonly watch: LastLooks;
  /** @throws {Unable} when the table cannot be read. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, Item>>;
  readonly store: StorePort;
  readonly terminal: Terminal;
  readonly clients: AwsClients;
  /** Null: neither an option, the environment nor the stack names it. */
  readonly repairFunction: string | null;
}

/** @throws {Unable} without a region or a state table. */
export async function openOperatorRequest(
  options: OperatorRequestOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<OperatorRequest> {
  const region = await chooseRegion(options.region, terminal.env, clients.profileRegion);
  const home = homeRegion(terminal.env, region);
  const {
    stateTable: name,
    repairFunction,
    why,
  } = await findStack(options, terminal.env, clients, home);
  if (name === null) {
    throw new Unable(
      `this command needs the stack's state table${why === null ? '' : `, and ${why}`}: add --stage STAGE or --state-table NAME, or set VPN_MEDIC_STATE_TABLE`,
    );
  }
  const store = await clients.store(home, name);
  const read = async (ids: readonly string[]) => {
    const reading = await store.read(ids, AbortSignal.timeout(ASK_MS_MAX));
    if (!reading.known)
      throw new Unable(`the state table cannot be read: ${forOperators(reading.why)}`);
    return new Map(reading.value.map((item) => [item.id, item]));
  };
  const items = await read(lastLookIds(region, home));
  const at = terminal.clock.now();
  const watch = readLastLooks(items.values(), region, home, at);
  return { region, at, watch, store, terminal, clients, repairFunction, read };
}

/** The adapters' message is about the function's role; here the caller lacks the permission. */
const forOperators = (why: string): string =>
  why.replace("to the function's role", 'to the role or user that runs this');

const ASK_MS_MAX = 20_000;

/** One item, written over exactly what was read and shown. */
export interface Write {
  readonly id: string;
  readonly over: Item | undefined;
  readonly body: unknown;
  readonly expiresAt?: Instant | null;
}

export interface Change {
  readonly command: string;
  readonly subject: string;
  /** One line: what changes, for the question and the record. */
  readonly what: string;
  /** Shown before the question. */
  readonly says: readonly Block[];
  readonly question: string;
  /** In order; the first conflict ends it, so that the one that matters comes first. */
  readonly write: (by: string, why: string) => readonly (Write | ItemWrite)[];
  /** Shown after it. */
  readonly done: readonly Block[];
  /** For `--json`: its own fields; version, region and who are added. */
  readonly report: Readonly<Record<string, unknown>>;
}

/** @throws {Unable} when the question cannot be asked, or the table refuses. */
export async function carryOut(
  request: OperatorRequest,
  change: Change,
  options: ChangeOptions,
): Promise<ExitCode> {
  const exit = await carryOutIfAgreed(request, change, options);
  return exit === 'declined' ? CANNOT_TELL : exit;
}

/** The same for a command that goes on after its change: `declined` is no change. */
export async function carryOutIfAgreed(
  request: OperatorRequest,
  change: Change,
  options: ChangeOptions,
): Promise<ExitCode | 'declined'> {
  const { terminal, region } = request;
  const isJson = options.json === true;
  if (!isJson) terminal.out(render(change.says, terminal));
  if (!(await isAgreed(change, options, terminal))) {
    terminal.out('Nothing was changed.\n');
    return 'declined';
  }
  const by = await callerArn(request);
  const why = options.why?.trim() || NO_WHY;
  const writes = change.write(by, why);
  for (const [index, write] of writes.entries()) await put(request, write, change, index);
  const { command, subject, what } = change;
  const entry = { at: request.at, by, command, subject, what, why };
  const unrecorded = await recordOperator(request.store, region, entry, inTime);
  if (unrecorded !== null) {
    terminal.err(
      `vpn-medic: done, but the caller and the reason could not be recorded: ${unrecorded}\n`,
    );
  }
  return report(request, options, change.report, change.done, {
    isChanged: true,
    by,
    why,
    region,
  });
}

const inTime = (): AbortSignal => AbortSignal.timeout(ASK_MS_MAX);

const NO_WHY = 'no reason given';

/** Prints the report, and before it who watches. The exit code: 1 while a leader is late, so that no answer passes for the present. */
export function report(
  { terminal, region, watch }: Pick<OperatorRequest, 'terminal' | 'region' | 'watch'>,
  { json }: OperatorRequestOptions,
  fields: Readonly<Record<string, unknown>>,
  blocks: readonly Block[],
  more: Readonly<Record<string, unknown>> = {},
): ExitCode {
  const answer = { version: 1, region, watch: reportWatch(watch), ...fields, ...more };
  print(terminal, json, answer, [...writeWatch(watch), ...blocks]);
  return isLate(watch) ? CANNOT_TELL : WELL;
}

/** A list of operators' requests, with the item that the next change is written over. */
export interface StoredList<T> {
  readonly item: Item | undefined;
  readonly list: readonly T[];
}

/** One item of the state table. @throws {Unable} when the table cannot be read. */
export const readItem = async (
  { read }: Pick<OperatorRequest, 'read'>,
  id: string,
): Promise<Item | undefined> => (await read([id])).get(id);

/** What operators have asked for in one item; empty where nothing is stored, or cannot be parsed. @throws {Unable} as `readItem`. */
export async function readList<T>(
  request: Pick<OperatorRequest, 'read'>,
  id: string,
  parse: (body: unknown) => readonly T[] | null,
): Promise<StoredList<T>> {
  const item = await readItem(request, id);
  return { item, list: parse(item?.body) ?? [] };
}

/** @throws {Unable} when there is no terminal to ask at. */
export async function isAgreed(
  { question }: Pick<Change, 'question'>,
  { yes, json }: Pick<ChangeOptions, 'yes' | 'json'>,
  terminal: Terminal,
): Promise<boolean> {
  if (yes === true) return true;
  const answer = json === true ? null : await terminal.ask(`${question} [y/N] `);
  if (answer === null) throw new Unable('cannot ask for confirmation here: add --yes');
  return answer;
}

/** The caller's ARN. Where it cannot be read, a warning is printed and `unknown` is recorded. */
async function callerArn({ clients, terminal, region }: OperatorRequest): Promise<string> {
  const identity = await clients.identity(homeRegion(terminal.env, region));
  const caller = await identity.caller(AbortSignal.timeout(ASK_MS_MAX));
  if (caller.known) return caller.value.arn;
  terminal.err(`vpn-medic: your identity could not be read: ${caller.why}\n`);
  return 'unknown';
}

const itemOver = ({ id, over, body, expiresAt = null }: Write): ItemWrite => ({
  id,
  overVersion: over?.version ?? 0,
  body,
  expiresAt,
});

async function put(
  { store }: OperatorRequest,
  write: Write | ItemWrite,
  { subject }: Change,
  writtenCount: number,
): Promise<void> {
  const item = 'overVersion' in write ? write : itemOver(write);
  const answer = await store.write(item, AbortSignal.timeout(ASK_MS_MAX));
  switch (answer.kind) {
    case 'written':
      return;
    case 'conflict':
      throw new Unable(
        `${subject} changed since it was read: ${writtenCount === 0 ? 'nothing was written' : `${counted(writtenCount, 'item')} written`}; run it again`,
      );
    case 'failed':
      throw new Unable(`the state table cannot be written: ${forOperators(answer.why)}`);
    default:
      return answer satisfies never;
  }
}

/** The distinguishing part of an ARN, for tables: `oncall/ana`. */
export const shortArn = (by: string): string =>
  by.startsWith('arn:') ? by.slice(by.indexOf('/') + 1) : by;
