/** As much of JSON Schema 2020-12 as our own schema uses; a keyword that it does not know is an error, never ignored. */
import { isDeepStrictEqual } from 'node:util';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ANNOTATIONS = new Set(['$schema', '$defs', 'title', 'description']);

/** Where and how `value` breaks `schema`, one line each; empty when it does not. */
export function breaches(schema: Json, value: unknown, root: Json = schema, at = ''): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (ANNOTATIONS.has(keyword)) return [];
    return check(keyword, rule, value, root, at);
  });
}

function check(keyword: string, rule: unknown, value: unknown, root: Json, at: string): string[] {
  const unless = (isRight: boolean) =>
    isRight ? [] : [`${at || '/'}: ${keyword} ${String(rule)}`];
  const under = (schema: unknown, part: unknown, where: string) =>
    breaches(object(schema), part, root, where);
  switch (keyword) {
    case '$ref':
      return under(object(root['$defs'])[String(rule).replace('#/$defs/', '')], value, at);
    case 'type':
      return unless([rule].flat().some((type) => hasType(value, String(type))));
    case 'const':
      return unless(isDeepStrictEqual(value, rule));
    case 'enum':
      return unless(Array.isArray(rule) && rule.includes(value));
    case 'pattern':
      return unless(typeof value === 'string' && new RegExp(String(rule)).test(value));
    case 'format':
      return unless(rule === 'date-time' && typeof value === 'string' && Date.parse(value) > 0);
    case 'minLength':
      return unless(typeof value !== 'string' || value.length >= Number(rule));
    case 'minimum':
      return unless(typeof value !== 'number' || value >= Number(rule));
    case 'anyOf':
      return unless(Array.isArray(rule) && rule.some((one) => under(one, value, at).length === 0));
    case 'required':
      return isObject(value) && Array.isArray(rule)
        ? rule.filter((name) => !(name in value)).map((name) => `${at}/${name}: required`)
        : [];
    case 'properties':
      return isObject(value)
        ? Object.entries(object(rule)).flatMap(([name, part]) =>
            name in value ? under(part, value[name], `${at}/${name}`) : [],
          )
        : [];
    case 'items':
      return Array.isArray(value)
        ? value.flatMap((one, index) => under(rule, one, `${at}/${index}`))
        : [];
    default:
      throw new Error(`reading the schema's keyword ${keyword}, which this reader does not know`);
  }
}

function object(value: unknown): Json {
  if (!isObject(value)) throw new Error('reading a schema that is no object');
  return value;
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
