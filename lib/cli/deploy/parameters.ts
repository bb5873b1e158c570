/** What `vpn-medic deploy` gives the template: what was asked for now, else what the stack has, else the default. */
import { parameterFaults } from '../../parameterFaults.ts';
import { PARAMETERS } from '../../parameters.ts';
import type { TemplateParameter } from '../deployment.ts';
import { Unable } from '../terminal.ts';

/** `words`: `name=value` each; `present`: what the stack has. @throws {Unable} listing every fault. */
export function givenParameters(
  words: readonly string[],
  stage: string,
  known: ReadonlyMap<string, TemplateParameter>,
  present: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const given = new Map(
    words.map((word) => {
      const [name = '', ...rest] = word.split('=');
      return [
        name,
        rest
          .join('=')
          .replaceAll(/\s*,\s*/g, ',')
          .trim(),
      ] as const;
    }),
  );
  const fixed = [...given.keys()].filter(
    (name) => Object.hasOwn(PARAMETERS, name) && !known.has(name),
  );
  const faults = [
    ...fixed.map(
      (name) =>
        `${name} is fixed in this template, which watches the region that it is deployed in: deploy from a clone with sls to choose it`,
    ),
    ...parameterFaults(allOf(given, known, present), stage).filter(
      (fault) => !fixed.some((name) => fault.startsWith(name)),
    ),
  ];
  if (faults.length > 0) {
    throw new Unable(
      `${faults.length} wrong parameter${faults.length === 1 ? '' : 's'}:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    );
  }
  return given;
}

const allOf = (
  given: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, TemplateParameter>,
  present: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> => ({
  // Fixed, and not asked for: any will do.
  regions: 'eu-west-1',
  ...Object.fromEntries(
    [...known].flatMap(([name, { default: value }]) =>
      Object.hasOwn(PARAMETERS, name) ? [[name, present.get(name) ?? value ?? '']] : [],
    ),
  ),
  ...Object.fromEntries(given),
});

/**
 * Null: the stack's present value stays. A default that names the version is no choice of an operator: the new version's
 * takes its place.
 */
export function parametersFor(
  known: ReadonlyMap<string, TemplateParameter>,
  present: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string | null> {
  return new Map(
    [...known].flatMap(([name, { default: fallback }]): [string, string | null][] => {
      const now = given.get(name);
      if (now !== undefined) return [[name, now]];
      const old = present.get(name);
      const isDefault = old !== undefined && unversioned(old) === unversioned(fallback ?? '');
      return old === undefined || isDefault ? [] : [[name, null]];
    }),
  );
}

const unversioned = (text: string): string => text.replace(/\d+\.\d+\.\d+[^/]*\//, '/');
