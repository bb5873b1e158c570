/** Deploy parameters: every fault of them at once, in words that name the parameter and the fix. */

import {
  PARAMETERS,
  type Parameter,
  type ParameterName,
  parameterFault,
} from '../lib/parameters.ts';

export type Parameters = Readonly<Record<string, string>>;

/** No fault: an empty list. `known` are the names that serverless.yml gives a default. */
export function parameterFaults(
  given: Parameters,
  known: readonly string[],
  stage: string,
): readonly string[] {
  const of = (name: string) => (given[name] ?? '').trim();
  const faults: string[] = [];
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      faults.push(`${name} is no parameter: there are ${known.toSorted().join(', ')}`);
    }
  }
  if (!STAGE.test(stage)) {
    faults.push(
      `stage "${stage}" is not right: a letter, then at most 15 small letters, digits and hyphens`,
    );
  }
  for (const name of NAMES) {
    if (!known.includes(name)) continue;
    const value = of(name);
    const { variable, default: fallback }: Parameter = PARAMETERS[name];
    // The functions take the default for an empty variable, except one that only serverless.yml can resolve.
    if (value === '' && variable !== null && !fallback.startsWith('$')) continue;
    const fault = parameterFault(name, name, value);
    if (fault !== null) faults.push(fault);
  }
  for (const [one, other] of TOGETHER) {
    if ((of(one) === '') !== (of(other) === '')) {
      faults.push(`${one} and ${other} need each other: give both or neither`);
    }
  }
  return faults;
}

const NAMES: readonly ParameterName[] = Object.keys(PARAMETERS).filter(
  (name): name is ParameterName => Object.hasOwn(PARAMETERS, name),
);

const STAGE = /^[a-z][a-z0-9-]{0,15}$/;

const TOGETHER: readonly (readonly [ParameterName, ParameterName])[] = [
  ['probeSubnets', 'probeSecurityGroups'],
  ['repairSubnets', 'repairSecurityGroups'],
  ['crlPublicHost', 'crlCertificateArn'],
  ['crlReplicaBucket', 'crlReplicaRegion'],
];
