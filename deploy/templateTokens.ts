/** What a template for many accounts is packaged with: each value that its parameters decide later is a token now. */
import { PARAMETERS, type ParameterName } from '../lib/parameters.ts';

export const tokenOf = (name: string): string => `token-${name}-token`;

/** The stage of a package that becomes a template: its parameters are not checked, and its conditions stay. */
export const STAGE_TOKEN = tokenOf('stage');

/** osls packages for a region that it knows: one that no file of ours names. */
export const REGION_TOKEN = 'mx-central-1';

/** Probe functions that the template can have: two VPCs of three zones. */
export const PROBE_COUNT_MAX = 6;

/** One for each place of the list `probeSubnets`. */
export const PROBE_SUBNETS = Array.from(
  { length: PROBE_COUNT_MAX },
  (_, index) => `probeSubnets${index + 1}`,
);

/** Decides how many alarms and dashboard tiles there are, which no condition can: the template watches its own region. */
export const FIXED: ReadonlySet<ParameterName> = new Set(['regions']);

/** osls reads these itself, or they decide what there is: openTemplate.ts puts their places in by name. */
const BY_NAME: Readonly<Partial<Record<ParameterName, string>>> = {
  logRetentionDays: PARAMETERS.logRetentionDays.default,
  watchSeconds: PARAMETERS.watchSeconds.default,
  watchMemoryMb: PARAMETERS.watchMemoryMb.default,
  crl: 'true',
  repair: 'true',
  connections: 'true',
  endpoints: 'true',
  reserveConcurrency: 'true',
  tracing: 'true',
  probeSubnets: PROBE_SUBNETS.map(tokenOf).join(','),
  probeIpv6Subnets: PROBE_SUBNETS.map(tokenOf).join(','),
};

export const OPEN = parameterNames().filter((name) => !FIXED.has(name));

/** `--param` of osls. */
export const TOKEN_PARAMETERS: Readonly<Record<string, string>> = Object.fromEntries(
  OPEN.map((name) => [name, BY_NAME[name] ?? tokenOf(name)]),
);

function parameterNames(): readonly ParameterName[] {
  return Object.keys(PARAMETERS).filter(isParameter);
}

function isParameter(name: string): name is ParameterName {
  return Object.hasOwn(PARAMETERS, name);
}
