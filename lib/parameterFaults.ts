/** Deploy parameters: every fault of them at once; each names the parameter and the fix. */

import {
  PAIRS,
  PARAMETERS,
  PARTS,
  type ParameterTable,
  pairFault,
  parameterFault,
} from './parameters.ts';

export type Parameters = Readonly<Record<string, string>>;

/** No fault: an empty list. */
export function parameterFaults(
  given: Parameters,
  stage: string,
  rows: ParameterTable = PARAMETERS,
): readonly string[] {
  const of = (name: string) => (given[name] ?? '').trim();
  const faults: (string | null)[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rows, name)) {
      faults.push(`${name} is no parameter: there are ${Object.keys(rows).toSorted().join(', ')}`);
    }
  }
  if (!STAGE.test(stage)) {
    faults.push(
      `stage "${stage}" is not valid: a letter, then at most 15 small letters, digits and hyphens`,
    );
  }
  for (const [name, row] of Object.entries(rows)) {
    // The functions take the default for an empty variable, except one that only serverless.yml can resolve.
    if (of(name) === '' && row.variable !== null && !row.default.startsWith('$')) continue;
    faults.push(parameterFault(row, name, of(name)));
  }
  for (const [part, whole] of PARTS) {
    const all = listOf(of(whole));
    for (const one of listOf(of(part)).filter((name) => !all.includes(name))) {
      faults.push(`${part} names ${one}, which is not one of ${whole}`);
    }
  }
  for (const pair of PAIRS) faults.push(pairFault(pair, [of(pair[0]), of(pair[1])]));
  return faults.filter((fault) => fault !== null);
}

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const STAGE = /^[a-z][a-z0-9-]{0,15}$/;
