/** Finds the recorded answer to a read: the same input, else one that holds all of what is asked for. */
import type { Answer, Fields } from '../capture/types.ts';
import { compare } from '../core/order.ts';
import type { Instant } from '../core/time.ts';
import { derived, type Listed } from './derive.ts';
import { identified } from './identified.ts';
import { type Condition, choose, conditionsOf, covers, itemsOf, joined } from './select.ts';

export type Found =
  | { readonly kind: 'output'; readonly output: Fields }
  | { readonly kind: 'error'; readonly name: string; readonly message: string }
  /** The capture does not say. */
  | { readonly kind: 'missing' };

export interface Answers {
  /** `outputOf`: an answer's output as it is now, with the times of the SDK. */
  find(call: Read, now: Instant, outputOf: (answer: Answer, output: Fields) => Fields): Found;
  /** Whether there is any answer to one of these operations, at any time. */
  has(service: string, operations: readonly string[]): boolean;
  /** Answers that were never used, by operation. */
  unused(): ReadonlyMap<string, number>;
}

export interface Read {
  readonly service: string;
  readonly operation: string;
  readonly input: Fields;
}

/** All answers of one operation and input, by time. */
interface Series {
  /** Null: they answer exactly this input and no other. */
  readonly conditions: readonly Condition[] | null;
  readonly answers: Answer[];
}

/** `all`: by time. */
export function openAnswers(all: readonly Answer[]): Answers {
  const operations = byOperation(all);
  const used = new Set<string>();

  /** The items of an operation's newest answers, as they were recorded. */
  const listedAt =
    (now: Instant): Listed =>
    (operation) => {
      const name = `ec2 ${operation}`;
      const some = [...(operations.get(name)?.values() ?? [])];
      const whole = some.filter(({ conditions }) => conditions?.length === 0);
      const newest = (whole.length > 0 ? whole : some).flatMap((one) => latestOf(one, now) ?? []);
      if (newest.length === 0 || newest.some(({ result }) => result.kind === 'error')) return null;
      used.add(name);
      return newest.flatMap(({ result }) =>
        result.kind === 'output' ? itemsOf(result.output) : [],
      );
    };

  function derive(
    call: Read,
    conditions: readonly Condition[] | null,
    now: Instant,
    outputOf: OutputOf,
  ): Found {
    const raw = call.service === 'ec2' ? derived(call.operation, listedAt(now)) : null;
    if (raw === null || conditions === null) return { kind: 'missing' };
    const answer: Answer = { ...call, at: now, input: {}, result: { kind: 'output', output: raw } };
    const chosen = choose(outputOf(answer, raw), [], conditions);
    return chosen.kind === 'items' ? { ...chosen, kind: 'output' } : { kind: 'missing' };
  }

  return {
    find(call, now, outputOf) {
      const name = nameOf(call);
      used.add(name);
      const series = operations.get(name);
      const page = pageOf(call.input);
      const conditions = page === null ? conditionsOf(call.input) : null;
      if (series === undefined) return derive(call, conditions, now, outputOf);
      const same = series.get(keyOf(call.input, conditions));
      const latest = same === undefined ? null : latestOf(same, now);
      if (latest !== null) return resultOf(latest, outputOf);
      if (conditions === null) return { kind: 'missing' };
      const found = findCovering([...series.values()], conditions, now, outputOf);
      if (found.kind === 'missing') {
        const outputs = outputsAt([...series.values()], now, outputOf);
        const output = identified(call.operation, conditions, outputs);
        return output === null
          ? derive(call, conditions, now, outputOf)
          : { kind: 'output', output };
      }
      return call.operation === 'DescribeInstances' ? refusingUnknownIds(found) : found;
    },
    has: (service, names) => names.some((operation) => operations.has(`${service} ${operation}`)),
    unused: () =>
      new Map(
        [...operations].flatMap(([name, series]) =>
          used.has(name)
            ? []
            : [[name, [...series.values()].reduce((sum, one) => sum + one.answers.length, 0)]],
        ),
      ),
  };
}

function byOperation(all: readonly Answer[]): ReadonlyMap<string, ReadonlyMap<string, Series>> {
  const operations = new Map<string, Map<string, Series>>();
  for (const answer of all) {
    const name = nameOf(answer);
    const series = operations.get(name) ?? new Map<string, Series>();
    operations.set(name, series);
    const conditions = pageOf(answer.input) === null ? conditionsOf(answer.input) : null;
    const key = keyOf(answer.input, conditions);
    const one = series.get(key) ?? { conditions, answers: [] };
    series.set(key, one);
    one.answers.push(answer);
  }
  return operations;
}

/** The newest first. */
const outputsAt = (all: readonly Series[], now: Instant, outputOf: OutputOf): readonly Fields[] =>
  all
    .flatMap((one) => latestOf(one, now) ?? [])
    .toSorted((a, b) => b.at - a.at)
    .flatMap((one) => {
      const result = resultOf(one, outputOf);
      return result.kind === 'output' ? [result.output] : [];
    });

type OutputOf = (answer: Answer, output: Fields) => Fields;
type Covered = Found & { readonly missingIds?: readonly string[] };

function findCovering(
  all: readonly Series[],
  asked: readonly Condition[],
  now: Instant,
  outputOf: OutputOf,
): Covered {
  const wider = all
    .flatMap((series) => {
      const { conditions } = series;
      if (conditions === null || !covers(conditions, asked)) return [];
      const answer = latestOf(series, now);
      return answer === null ? [] : [{ conditions, answer }];
    })
    .toSorted((a, b) => b.answer.at - a.answer.at);
  for (const { conditions, answer } of wider) {
    const result = resultOf(answer, outputOf);
    if (result.kind !== 'output') return result;
    const chosen = choose(result.output, conditions, asked);
    if (chosen.kind === 'items') return { ...chosen, kind: 'output' };
  }
  return findInParts(all, asked, now, outputOf);
}

/** Each value of the first condition that has several, by itself: all of them are recorded, or the answer is missing. */
function findInParts(
  all: readonly Series[],
  asked: readonly Condition[],
  now: Instant,
  outputOf: OutputOf,
): Covered {
  const several = asked.find(({ values }) => values.length > 1);
  if (several === undefined) return { kind: 'missing' };
  const outputs: Fields[] = [];
  const missingIds: string[] = [];
  for (const value of several.values) {
    const one = asked.map((each) => (each === several ? { ...each, values: [value] } : each));
    const found = findCovering(all, one, now, outputOf);
    if (found.kind !== 'output') return found;
    outputs.push(found.output);
    missingIds.push(...(found.missingIds ?? []));
  }
  return { kind: 'output', output: joined(outputs), missingIds };
}

/** EC2 refuses a read of instances by id for one id that it does not know, and names it. */
function refusingUnknownIds(found: Covered): Found {
  if (found.kind !== 'output' || found.missingIds === undefined) return found;
  if (found.missingIds.length === 0) return found;
  const message = `The instance IDs '${found.missingIds.join(', ')}' do not exist`;
  return { kind: 'error', name: 'InvalidInstanceID.NotFound', message };
}

const nameOf = ({ service, operation }: Pick<Read, 'service' | 'operation'>): string =>
  `${service} ${operation}`;

/** The token of a later page; null: the first page. */
function pageOf({ NextToken, nextToken, PaginationToken }: Fields): string | null {
  const token = NextToken ?? nextToken ?? PaginationToken;
  return typeof token === 'string' && token !== '' ? token : null;
}

const keyOf = (input: Fields, conditions: readonly Condition[] | null): string =>
  JSON.stringify(
    conditions === null ? sorted(input) : conditions.map(({ path, values }) => [path, values]),
  );

/** With the names of every object in order, and without what is undefined. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([name, one]) => one !== undefined && !SIZES.has(name),
  );
  return entries.toSorted(([a], [b]) => compare(a, b)).map(([name, one]) => [name, sorted(one)]);
}

const SIZES: ReadonlySet<string> = new Set([
  'MaxResults',
  'MaxItems',
  'PageSize',
  'ResourcesPerPage',
]);

/** The newest at `now`; null: none yet. */
function latestOf({ answers }: Series, now: Instant): Answer | null {
  let low = 0;
  let high = answers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((answers[middle]?.at ?? 0) <= now) low = middle + 1;
    else high = middle;
  }
  return answers[low - 1] ?? null;
}

const resultOf = (answer: Answer, outputOf: OutputOf): Found =>
  answer.result.kind === 'error'
    ? answer.result
    : { kind: 'output', output: outputOf(answer, answer.result.output) };
