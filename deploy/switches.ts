/** The switches of a deployment: what is off is in no part of the template. */
import { isSwitchedOff, SWITCHES, type Switch } from '../lib/core/switches.ts';
import type { Parameters } from '../lib/parameterFaults.ts';

export const switchedOff = (parameters: Parameters): readonly Switch[] =>
  SWITCHES.filter((name) => (parameters[name] ?? '').trim() === 'false');

/** What this stack's files define; the keys of `deploy/*.yml`. */
export interface StackParts {
  readonly functions: Record<string, unknown>;
  readonly Resources: Record<string, unknown>;
  readonly Outputs: Record<string, unknown>;
}

/** Resources and outputs are named after what they belong to. */
export const NAMES: Readonly<Record<Switch, RegExp>> = {
  crl: /^(Crl|PublishCrl|Publisher)/,
  repair: /^Repair/,
  connections: /^PollConnections/,
  endpoints: /^PollEndpoints/,
};

/** Takes the functions, roles, buckets and outputs of what is off out of the stack, in place. */
export function leaveOut({ functions, Resources, Outputs }: StackParts, off: readonly Switch[]) {
  for (const key of Object.keys(functions)) {
    if (isSwitchedOff(key, off)) delete functions[key];
  }
  for (const all of [Resources, Outputs]) {
    for (const name of Object.keys(all)) {
      if (off.some((one) => NAMES[one].test(name))) delete all[name];
    }
  }
}
