/**
 * Goal: the published schema and the program's own parser say the same of every file.
 * Method: what both take, and then each field of it taken away or made something else.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { defaultAccount } from '../../../lib/simulator/defaults/account.ts';
import { parseSnapshot, writeSnapshot } from '../../../lib/simulator/snapshot.ts';
import { breaches } from '../jsonSchema.ts';
import { cliOver, START_AT, simAccount } from '../open.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../docs/snapshot.schema.json', import.meta.url), 'utf8'),
);

/** The default account with one of everything that may be there. */
const full = (): unknown => {
  const account = defaultAccount(START_AT);
  const events = [{ code: 'system-reboot', description: 'soon', notBefore: START_AT }];
  const statuses = account.statuses.map((status) => ({ ...status, events }));
  return JSON.parse(writeSnapshot({ ...account, statuses }));
};

const parserTakes = (value: unknown): boolean => parseSnapshot(JSON.stringify(value)).ok;
const schemaTakes = (value: unknown): boolean => breaches(schema, value).length === 0;

/** Paths to every field and to the first element of every list. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  const parts: (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.slice(0, 1).map((one) => [0, one] as const)
    : Object.entries(value);
  return parts.flatMap(([key, part]) => [[...path, key], ...pathsOf(part, [...path, key])]);
}

/** A copy in which the field at `path` is gone (undefined) or something else. */
function changed(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const copy: unknown = structuredClone(value);
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((part, key) => Reflect.get(Object(part), key), copy);
  const key = path.at(-1) ?? '';
  if (to === undefined) Reflect.deleteProperty(Object(holder), key);
  else Reflect.set(Object(holder), key, to);
  return copy;
}

describe('the published schema', () => {
  test('takes what rehearse starts from and what check writes', async () => {
    expect(breaches(schema, full())).toEqual([]);
    const { out } = await cliOver(simAccount(), ['check', '--json']);
    expect(breaches(schema, JSON.parse(out).snapshot)).toEqual([]);
  });

  const fields = pathsOf(full()).filter((path) => typeof path.at(-1) === 'string');

  test('knows a good number of fields', () => {
    expect(fields.length).toBeGreaterThan(50);
  });

  const required = fields.filter((path) => path.at(-1) !== 'instanceProfile');

  test('takes a file without what came later', () => {
    expect(fields.length - required.length).toBe(1);
    const without = changed(full(), ['instances', 0, 'instanceProfile'], undefined);
    expect([schemaTakes(without), parserTakes(without)]).toEqual([true, true]);
  });

  test.each(required.map((path) => [path.join('.'), path] as const))(
    'refuses a file without %s, as the parser does',
    (_, path) => {
      const without = changed(full(), path, undefined);
      expect({ schema: schemaTakes(without), parser: parserTakes(without) }).toEqual({
        schema: false,
        parser: false,
      });
    },
  );

  test.each(
    fields.flatMap((path) =>
      [5, -1.5, '', 'nonsense', null, true, [], {}].map(
        (to) => [path.join('.'), JSON.stringify(to), path, to] as const,
      ),
    ),
  )('says of %s = %s what the parser says', (_, __, path, to) => {
    const strange = changed(full(), path, to);
    // Beyond the schema the parser asks that what is named by id is there, and no destination twice.
    const isAboutIds = /^(subnetId|instanceId|interfaceId|prefixListId|tableId|subnets|instances)$/;
    const name = String(path.at(-1));
    if (isAboutIds.test(name) && schemaTakes(strange)) return;
    expect(parserTakes(strange)).toBe(schemaTakes(strange));
  });

  test.each([
    ['a zone of a number', ['instances', 0, 'zone'], 5],
    ['an account id of 11 digits', ['accountId'], '12345678901'],
    ['an instant that is none', ['takenAt'], 'yesterday'],
  ])('refuses %s', (_, path, to) => {
    expect(schemaTakes(changed(full(), path, to))).toBe(false);
  });
});
