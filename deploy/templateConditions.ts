/** The conditions of the template for many accounts: which part of it is there. */
import { SWITCHED_FUNCTIONS, SWITCHES, type Switch } from '../lib/core/switches.ts';
import { CATALOGUE } from '../lib/monitors/catalogue.ts';
import { NAMES } from './switches.ts';
import type { Json, JsonObject } from './template.ts';
import { partOf } from './templateText.ts';
import { PROBE_SUBNETS } from './templateTokens.ts';

const SWITCH_CONDITIONS: Readonly<Record<Switch, string>> = {
  crl: 'PublishesCrls',
  repair: 'Repairs',
  connections: 'WatchesConnections',
  endpoints: 'WatchesEndpoints',
};

const isTrue = (name: string): JsonObject => ({ 'Fn::Equals': [{ Ref: name }, 'true'] });
const isEmpty = (value: Json): JsonObject => ({ 'Fn::Equals': [value, ''] });
const not = (condition: JsonObject): JsonObject => ({ 'Fn::Not': [condition] });

const allOf = (conditions: readonly JsonObject[]): JsonObject => {
  const [only] = conditions;
  return conditions.length === 1 && only !== undefined ? only : { 'Fn::And': conditions };
};

export const CONDITIONS: JsonObject = {
  ...Object.fromEntries(SWITCHES.map((name) => [SWITCH_CONDITIONS[name], isTrue(name)])),
  Traces: isTrue('tracing'),
  ReservesConcurrency: isTrue('reserveConcurrency'),
  HasRepairShell: {
    'Fn::And': [{ Condition: SWITCH_CONDITIONS.repair }, not(isEmpty({ Ref: 'repairSubnets' }))],
  },
  ...Object.fromEntries(
    PROBE_SUBNETS.flatMap((_, index) => {
      const subnet = partOf('probeSubnets', index);
      const has = `HasProbe${index + 1}`;
      const before = index === 0 ? [] : [{ Condition: `HasProbe${index}` }];
      const isDualStack = PROBE_SUBNETS.map((_name, other) => ({
        'Fn::Equals': [subnet, partOf('probeIpv6Subnets', other)],
      }));
      return [
        [has, allOf([...before, not(isEmpty(subnet))])],
        [`${has}Ipv6`, { 'Fn::And': [{ Condition: has }, { 'Fn::Or': isDualStack }] }],
      ];
    }),
  ),
};

/** Of a resource or an output, by its name; of an alarm, by the function whose figures it reads. Empty: it is always there, or has its own. */
export function conditionOf(id: string, resource: JsonObject): JsonObject {
  const name = nameOf(id, resource);
  return name === null ? {} : { Condition: name };
}

function nameOf(id: string, resource: JsonObject): string | null {
  if (id.startsWith('RepairShell')) return 'HasRepairShell';
  if (/^Probe(Role$|FunctionNames$)/.test(id)) return 'HasProbe1';
  const probe = /^Probe\d/.exec(id)?.[0];
  if (probe !== undefined) return `Has${probe}`;
  const key = RULE.exec(id)?.[1] ?? alarmedFunction(resource);
  const off = SWITCHES.find(
    (name) => NAMES[name].test(id) || (key !== null && SWITCHED_FUNCTIONS[name].includes(key)),
  );
  return off === undefined ? null : SWITCH_CONDITIONS[off];
}

/** How osls names the rule that calls a function; the stage in it is left out. */
const RULE = /^Vpnmedic(\w+?)rule\d+EventBridgeRule$/;

/** The key of the function that an alarm is about. */
function alarmedFunction({ Type, Properties }: JsonObject): string | null {
  if (Type !== 'AWS::CloudWatch::Alarm') return null;
  const { MetricName, Dimensions } = Object(Properties);
  const [{ Name, Value }] = Dimensions;
  if (Name === 'FunctionName') return String(Value).split('-').at(-1) ?? null;
  return CATALOGUE.find(({ name }) => name === MetricName)?.writtenBy ?? null;
}
