/** Calls AWS once, page by page or in parts, with faults as data; a partial answer is a fault. */
import { known, type Reading, unknown } from '../core/reading.ts';
import type { Clock } from '../core/time.ts';
import { type Fault, faultOf, tellFault } from './errors.ts';

/** What every call to one service shares. */
export interface CallContext {
  readonly clock: Clock;
  /** IAM's name of the service: `ec2`. */
  readonly service: string;
}

export type CallResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

/** A reply that lacks a field we need, or has a value we do not know. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/**
 * A list that AWS puts into every answer, also where it is empty.
 * @throws {Unreadable} when it is not there: such an answer says nothing, and never that there is nothing.
 */
export function listOf<T>(list: readonly T[] | undefined): readonly T[] {
  if (list === undefined) throw new Unreadable('an answer without its list');
  return list;
}

/**
 * The answer of one call, or AWS's or the network's fault.
 * @throws {Unreadable} as `send` does.
 * @throws {Error} when the error is a bug of ours.
 */
export async function call<T>(
  context: CallContext,
  action: string,
  signal: AbortSignal,
  send: () => Promise<T>,
): Promise<CallResult<T>> {
  try {
    return { ok: true, value: await send() };
  } catch (cause) {
    if (cause instanceof Unreadable) throw cause;
    const fault = faultOf(cause, signal);
    if (fault === null) throw new Error(`calling ${context.service}:${action}`, { cause });
    return { ok: false, fault };
  }
}

/** The call as a reading, dated when it began: its content is at least as fresh as that. */
export async function reading<T>(
  context: CallContext,
  action: string,
  run: () => Promise<CallResult<T>>,
): Promise<Reading<T>> {
  const at = context.clock.now();
  const name = `${context.service}:${action}`;
  try {
    const answer = await run();
    return answer.ok ? known(answer.value, at) : unknown(tellFault(answer.fault, name), at);
  } catch (error) {
    if (error instanceof Unreadable) return unknown(`${name} unreadable: ${error.message}`, at);
    throw error;
  }
}

interface Page {
  readonly NextToken?: string | undefined;
}

/** The facts of every page, or the fault of the first page that has one. */
export const everyPage = <P extends Page, T>(
  ask: (nextToken: string | undefined) => Promise<CallResult<P>>,
  read: (page: P) => readonly T[],
): Promise<CallResult<readonly T[]>> => everyPageBy(ask, read, ({ NextToken }) => NextToken);

/** As `everyPage`, of a service that calls its token otherwise. */
export async function everyPageBy<P, T>(
  ask: (token: string | undefined) => Promise<CallResult<P>>,
  read: (page: P) => readonly T[],
  tokenOf: (page: P) => string | undefined,
): Promise<CallResult<readonly T[]>> {
  const facts: T[] = [];
  let token: string | undefined;
  for (let pageCount = 0; pageCount < PAGES_MAX; pageCount += 1) {
    const page = await ask(token);
    if (!page.ok) return page;
    facts.push(...read(page.value));
    token = tokenOf(page.value);
    if (!token) return { ok: true, value: facts };
  }
  throw new Unreadable(`more than ${PAGES_MAX} pages`);
}

/** As `everyPage`, of a service whose replies call their token a marker. */
export const everyMarkedPage = <P extends { readonly NextMarker?: string | undefined }, T>(
  ask: (marker: string | undefined) => Promise<CallResult<P>>,
  read: (page: P) => readonly T[],
): Promise<CallResult<readonly T[]>> => everyPageBy(ask, read, ({ NextMarker }) => NextMarker);

/** The facts of all parts, in order, or the fault of one; at most `PARTS_AT_ONCE` are in flight. */
export async function everyPart<I, T>(
  parts: readonly I[],
  ask: (part: I) => Promise<CallResult<readonly T[]>>,
): Promise<CallResult<readonly T[]>> {
  const answers = new Map<I, readonly T[]>();
  const faults: Fault[] = [];
  const waiting = parts.values();
  const work = async () => {
    for (const part of waiting) {
      const answer = await ask(part);
      if (answer.ok) answers.set(part, answer.value);
      else faults.push(answer.fault);
      if (faults.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, work));
  const [fault] = faults;
  if (fault !== undefined) return { ok: false, fault };
  return { ok: true, value: parts.flatMap((part) => answers.get(part) ?? []) };
}

/** `texts` without duplicates, in pieces of at most `size`. */
export function pieces(texts: readonly string[], size: number): readonly (readonly string[])[] {
  const distinct = [...new Set(texts)];
  return Array.from({ length: Math.ceil(distinct.length / size) }, (_, index) =>
    distinct.slice(index * size, (index + 1) * size),
  );
}

// 500 pages of the smallest size that we read hold 50,000 tables: more pages mean that the server repeats itself.
const PAGES_MAX = 500;
// Well under the HTTP agent's 50 sockets, so that a write never queues behind reads, and a tenth of EC2's burst of 100.
const PARTS_AT_ONCE = 10;
