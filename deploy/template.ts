/** The compiled template, simplified: conditions over parameters resolved, implied dependencies left out. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface Template {
  readonly Conditions?: JsonObject;
  readonly Resources: Readonly<Record<string, JsonObject>>;
  readonly Outputs?: Readonly<Record<string, JsonObject>>;
}

/**
 * The same stack without conditions: parameters are known when osls packages. A resource that is referred to needs no
 * DependsOn, which CloudFormation's linter warns about.
 *
 * @throws {Error} naming a condition that is made of anything but Equals, Not, And, Or over texts.
 */
export function tidied({ Conditions, Resources, Outputs, ...rest }: Template): Template {
  const decided = new Map(
    Object.entries(Conditions ?? {}).map(([name, how]) => [name, decide(name, how)]),
  );
  const kept = (all: Readonly<Record<string, JsonObject>>) =>
    Object.entries(all).flatMap(([id, { Condition = '', ...what }]): [string, JsonObject][] =>
      typeof Condition === 'string' && decided.get(Condition) === false
        ? []
        : [[id, fold(what, decided)]],
    );
  return {
    ...rest,
    Resources: Object.fromEntries(
      kept(Resources).map(([id, resource]) => [id, withoutImplied(resource)]),
    ),
    Outputs: Object.fromEntries(kept(Outputs ?? {})),
  };
}

function decide(name: string, how: Json | undefined): boolean {
  if (isObject(how)) {
    const [[operator, given] = ['', null]] = Object.entries(how);
    const parts = Array.isArray(given) ? given : [];
    const [one, other] = parts;
    switch (operator) {
      case 'Fn::Equals':
        if (isScalar(one) && isScalar(other)) return String(one) === String(other);
        break;
      case 'Fn::Not':
        return !decide(name, one);
      case 'Fn::And':
        return parts.every((part) => decide(name, part));
      case 'Fn::Or':
        return parts.some((part) => decide(name, part));
      default:
    }
  }
  throw new Error(
    `condition ${name} cannot be decided when packaging: ${JSON.stringify(how)}; compare parameters of serverless.yml`,
  );
}

/** With the choices of the conditions in `decided` made. */
export function fold(object: JsonObject, decided: ReadonlyMap<string, boolean>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => {
      const inside = foldAny(value, decided);
      return inside === undefined ? [] : [[key, inside]];
    }),
  );
}

/** Undefined: this place is to be left out. */
function foldAny(value: Json, decided: ReadonlyMap<string, boolean>): Json | undefined {
  if (Array.isArray(value)) {
    return value.flatMap((one: Json) => {
      const inside = foldAny(one, decided);
      return inside === undefined ? [] : [inside];
    });
  }
  if (!isObject(value)) return value;
  const choice = value['Fn::If'];
  if (Array.isArray(choice)) {
    const [name, yes, no] = choice;
    const isYes = typeof name === 'string' ? decided.get(name) : undefined;
    if (isYes !== undefined) return foldAny(isYes ? yes : no, decided);
  }
  if (value['Ref'] === 'AWS::NoValue') return undefined;
  return fold(value, decided);
}

/** Without the dependencies that its references imply. */
export function withoutImplied(resource: JsonObject): JsonObject {
  const { DependsOn, ...rest } = resource;
  if (DependsOn === undefined) return rest;
  const implied = new Set<string>();
  collectReferences(resource['Properties'] ?? null, implied);
  const needed = [DependsOn].flat().filter((id) => typeof id !== 'string' || !implied.has(id));
  return needed.length === 0 ? rest : { ...rest, DependsOn: needed };
}

function collectReferences(value: Json, into: Set<string>): void {
  if (Array.isArray(value)) {
    for (const one of value) collectReferences(one, into);
    return;
  }
  if (!isObject(value)) return;
  if (typeof value['Ref'] === 'string') into.add(value['Ref']);
  const [id] = [value['Fn::GetAtt'] ?? null].flat();
  if (typeof id === 'string') into.add(id.split('.')[0] ?? id);
  for (const one of Object.values(value)) collectReferences(one, into);
}

const isScalar = (value: Json | undefined): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
