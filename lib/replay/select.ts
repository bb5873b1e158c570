/** What a read asks for, as conditions that an item meets or not; and which recorded answers hold all of it. Pure. */
import type { Fields } from '../capture/types.ts';
import { fieldsOf } from '../core/json.ts';
import { compare } from '../core/order.ts';

/** One of `values` at `path` of an item. */
export interface Condition {
  /** `VpcId`, `Attachment.InstanceId`, `tag:Name` */
  readonly path: string;
  readonly values: readonly string[];
  /** Asked for by id: an id that is not there is an error, not an empty answer. */
  readonly isId: boolean;
}

/** The conditions of an input, each path once; null when it holds something else than ids, plain values and filters. */
export function conditionsOf(input: Fields): readonly Condition[] | null {
  const conditions: Condition[] = [];
  for (const [name, value] of Object.entries(input)) {
    if (PAGING.has(name) || isNothing(value)) continue;
    const some = conditionOf(name, value);
    if (some === null) return null;
    conditions.push(...some);
  }
  return conditions.toSorted((a, b) => compare(a.path, b.path));
}

function conditionOf(name: string, value: unknown): readonly Condition[] | null {
  if (name === 'Filters') return filtersOf(value);
  return name === 'TagFilters' ? tagFiltersOf(value) : parameterOf(name, value);
}

/** They change how an answer is cut into pages, or how much of an item is shown. */
const PAGING: ReadonlySet<string> = new Set([
  'MaxResults',
  'MaxItems',
  'PageSize',
  'NextToken',
  'nextToken',
  'MaxRecords',
  'DryRun',
  'IncludeAllInstances',
  'RecentlyActive',
  'MaxDatapoints',
  'ResourcesPerPage',
  'PaginationToken',
]);

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

function parameterOf(name: string, value: unknown): readonly Condition[] | null {
  if (isTexts(value)) {
    if (!name.endsWith('s')) return null;
    return [{ path: name.slice(0, -1), values: [...value].toSorted(), isId: true }];
  }
  const plain = plainOf(value);
  return plain === undefined ? null : [{ path: name, values: [plain], isId: false }];
}

function filtersOf(value: unknown): readonly Condition[] | null {
  if (!Array.isArray(value)) return null;
  const conditions: Condition[] = [];
  for (const filter of value) {
    const name: unknown = filter === null ? undefined : Reflect.get(Object(filter), 'Name');
    const values: unknown = filter === null ? undefined : Reflect.get(Object(filter), 'Values');
    if (typeof name !== 'string' || !isTexts(values)) return null;
    if (values.some((one) => /[*?]/.test(one.replace(/\*$/, '')))) return null;
    if (name === 'instance-state-name' && values.length === STATE_COUNT) continue;
    const [only, ...others] = values;
    // A tag of any value.
    if (name === 'tag-key' && only !== undefined && others.length === 0) {
      conditions.push({ path: `tag:${only}`, values: ['*'], isId: false });
      continue;
    }
    conditions.push({ path: pathOf(name), values: [...values].toSorted(), isId: false });
  }
  return conditions;
}

/** A tag without values is one of any value. */
function tagFiltersOf(value: unknown): readonly Condition[] | null {
  if (!Array.isArray(value)) return null;
  const conditions = value.flatMap((filter: unknown) => {
    const key: unknown = Reflect.get(Object(filter), 'Key');
    const values: unknown = Reflect.get(Object(filter), 'Values') ?? ['*'];
    return typeof key === 'string' && isTexts(values)
      ? [{ path: `tag:${key}`, values: [...values].toSorted(), isId: false }]
      : [];
  });
  return conditions.length === value.length ? conditions : null;
}

/** `instance-state-name` with every state that there is matches every instance. */
const STATE_COUNT = 6;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** EC2's filters are named after the fields: `attachment.instance-id` is `Attachment.InstanceId`. */
const pathOf = (filter: string): string =>
  filter.startsWith('tag:')
    ? filter
    : (PATHS.get(filter) ??
      filter.replaceAll(/(?:^|[-.])[a-z0-9]/g, (at) =>
        at.startsWith('.') ? at.toUpperCase() : at.replace('-', '').toUpperCase(),
      ));

const PATHS: ReadonlyMap<string, string> = new Map([['instance-state-name', 'State.Name']]);

/** Whether an answer to `recorded` holds every item that `asked` wants. */
export const covers = (recorded: readonly Condition[], asked: readonly Condition[]): boolean =>
  recorded.every(({ path, values }) => {
    const same = asked.find((one) => one.path === path);
    return same?.values.every((value) => meets(value, values)) === true;
  });

/** A value may end with `*`, which stands for any rest. */
const meets = (value: string, values: readonly string[]): boolean =>
  values.some((one) => (one.endsWith('*') ? value.startsWith(one.slice(0, -1)) : one === value));

export type Chosen =
  | { readonly kind: 'items'; readonly output: Fields; readonly missingIds: readonly string[] }
  /** The items do not show what is asked for. */
  | { readonly kind: 'unknown' };

/** The part of an output that meets the conditions which its own input did not ask for. */
export function choose(
  output: Fields,
  recorded: readonly Condition[],
  asked: readonly Condition[],
): Chosen {
  const open = asked.filter((one) => !recorded.some((other) => isSame(one, other)));
  if (open.length === 0) return { kind: 'items', output, missingIds: [] };
  const list = listOf(output);
  // A page shows a part, and the rest may hold what is asked for.
  const isPage = typeof output['NextToken'] === 'string' && output['NextToken'] !== '';
  if (list === null || isPage) return { kind: 'unknown' };
  const [name, items] = list;
  const all = items.flatMap((item) => (name === RESERVATIONS ? instancesOf(item) : [item]));
  const isShown = open.every(
    ({ path }) => all.length === 0 || all.some((item) => valuesAt(item, path) !== undefined),
  );
  if (!isShown) return { kind: 'unknown' };
  const keeps = (item: unknown): boolean =>
    open.every(({ path, values }) => valuesAt(item, path)?.some((one) => meets(one, values)));
  const missingIds = open.flatMap(({ path, values, isId }) =>
    isId
      ? values.filter((id) => !all.some((item) => valuesAt(item, path)?.includes(id) === true))
      : [],
  );
  const kept =
    name === RESERVATIONS
      ? items.flatMap((item) => {
          const mine = instancesOf(item).filter(keeps);
          return mine.length === 0 ? [] : [{ ...Object(item), Instances: mine }];
        })
      : items.filter(keeps);
  return { kind: 'items', output: { ...output, [name]: kept }, missingIds };
}

/** Outputs of one operation as one: their lists one after the other. */
export function joined(outputs: readonly Fields[]): Fields {
  const lists = outputs.map(listOf);
  const name = lists.find((list) => list !== null)?.[0];
  if (name === undefined) return outputs[0] ?? {};
  return { ...outputs[0], [name]: lists.flatMap((list) => list?.[1] ?? []) };
}

/** The items of an output's list; instances out of their reservations. */
export function itemsOf(output: Fields): readonly Fields[] {
  const [name, items] = listOf(output) ?? ['', []];
  return items
    .flatMap((item) => (name === RESERVATIONS ? instancesOf(item) : [item]))
    .map(fieldsOf);
}

/** The name of an output's one list; null: it has none, or several. */
export const listNameOf = (output: Fields): string | null => listOf(output)?.[0] ?? null;

const RESERVATIONS = 'Reservations';

const isSame = (a: Condition, b: Condition): boolean =>
  a.path === b.path &&
  a.values.length === b.values.length &&
  a.values.every((value) => b.values.includes(value));

/** The one list of an output. */
function listOf(output: Fields): readonly [string, readonly unknown[]] | null {
  const lists = Object.entries(output).flatMap(([name, value]: [string, unknown]) =>
    Array.isArray(value) ? [[name, value as readonly unknown[]] as const] : [],
  );
  return lists.length === 1 ? (lists[0] ?? null) : null;
}

function instancesOf(reservation: unknown): readonly unknown[] {
  const instances: unknown = Reflect.get(Object(reservation), 'Instances');
  return Array.isArray(instances) ? instances : [];
}

/** Undefined: the item does not show it. */
function valuesAt(item: unknown, path: string): readonly string[] | undefined {
  if (path.startsWith('tag:')) return tagOf(item, path.slice('tag:'.length));
  let value: unknown = item;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = Reflect.get(value, name);
  }
  const plain = plainOf(value);
  return plain === undefined ? undefined : [plain];
}

/** A text, a number or a boolean as text; undefined for anything else. */
const plainOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;

function tagOf(item: unknown, key: string): readonly string[] | undefined {
  const tags: unknown = Reflect.get(Object(item), 'Tags') ?? Reflect.get(Object(item), 'TagSet');
  if (!Array.isArray(tags)) return undefined;
  return tags.flatMap((tag: unknown) =>
    Reflect.get(Object(tag), 'Key') === key ? [String(Reflect.get(Object(tag), 'Value'))] : [],
  );
}
