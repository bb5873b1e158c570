/** Makes one template for every account out of what osls packaged with tokens: each token becomes a parameter. */
import { createHash } from 'node:crypto';
import type { ValueShape } from '../lib/core/values.ts';
import { PAIRS, PARAMETERS, type ParameterName } from '../lib/parameters.ts';
import {
  fold,
  isObject,
  type Json,
  type JsonObject,
  type Template,
  withoutImplied,
} from './template.ts';
import { CONDITIONS, conditionOf } from './templateConditions.ts';
import { openText } from './templateText.ts';
import { OPEN, PROBE_SUBNETS } from './templateTokens.ts';

export interface OpenTemplate {
  readonly template: JsonObject;
  /** The object of each bundle's zip, after `codePrefix`: named by what is in it. By the bundle's name. */
  readonly objects: Readonly<Record<string, string>>;
}

/** `bundles`: the code by the folder below `dist/`. @throws {Error} when a token is left over. */
export function openTemplate(
  compiled: Template,
  bundles: ReadonlyMap<string, string>,
  version: string,
): OpenTemplate {
  const objects = objectsOf(compiled, bundles);
  const template: JsonObject = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `vpn-medic ${version}: watches VPN paths, moves routes away from dead VPN appliances, notifies on-call`,
    Parameters: parametersOf(version),
    Rules: Object.fromEntries(PAIRS.map(ruleOf)),
    Conditions: { ...Object(openText(compiled.Conditions ?? {})), ...CONDITIONS },
    Resources: kept(compiled.Resources, (id, one) => openText(openResource(id, one, objects))),
    Outputs: kept(compiled.Outputs ?? {}, openOutput),
  };
  const left = /token-\w+-token/.exec(JSON.stringify(template));
  if (left !== null) throw new Error(`the template has no place for ${left[0]}`);
  return { template, objects };
}

const kept = (
  all: Readonly<Record<string, JsonObject>>,
  open: (id: string, one: JsonObject) => Json,
): JsonObject =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([id]) => !id.startsWith('ServerlessDeployment'))
      .map(([id, one]) => [id, open(id, one)]),
  );

/** osls made one zip a function; all probe functions are of one bundle. */
function objectsOf(
  { Resources }: Template,
  bundles: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const names = Object.values(Resources).flatMap((one) =>
    one['Type'] === 'AWS::Lambda::Function' ? [bundleOf(one)] : [],
  );
  return Object.fromEntries(
    [...new Set(names)].toSorted().map((name) => {
      const code = bundles.get(name);
      if (code === undefined) throw new Error(`dist/${name} is missing: npm run build makes it`);
      const hash = createHash('sha256').update(code).digest('hex').slice(0, 32);
      return [name, `${name}-${hash}.zip`];
    }),
  );
}

/** `dist/probe/index.handler` names `probe`. */
const bundleOf = (resource: JsonObject): string =>
  String(Object(resource['Properties'])['Handler']).split('/')[1] ?? '';

function openResource(
  id: string,
  resource: JsonObject,
  objects: Readonly<Record<string, string>>,
): JsonObject {
  const own = withoutImplied(resource);
  const properties = Object(own['Properties']);
  const changed = {
    ...own,
    Properties: { ...properties, ...ownProperties(id, own, objects) },
  };
  return { ...withOptionalStatements(changed), ...conditionOf(id, own) };
}

/** Where it is there at all, its condition is true. */
function openOutput(id: string, output: JsonObject): JsonObject {
  const { Condition } = conditionOf(id, {});
  const opened: JsonObject = Object(openText(output));
  return typeof Condition === 'string'
    ? { ...fold(opened, new Map([[Condition, true]])), Condition }
    : opened;
}

/** Settings that are no texts of ours in the package. */
function ownProperties(
  id: string,
  resource: JsonObject,
  objects: Readonly<Record<string, string>>,
): JsonObject {
  if (resource['Type'] === 'AWS::Logs::LogGroup')
    return { RetentionInDays: ref('logRetentionDays') };
  if (resource['Type'] !== 'AWS::Lambda::Function') return {};
  const { Environment, ReservedConcurrentExecutions, TracingConfig, VpcConfig } = Object(
    resource['Properties'],
  );
  const probe = /^Probe\d/.exec(id)?.[0];
  return {
    Code: {
      S3Bucket: ref('codeBucket'),
      S3Key: { 'Fn::Sub': `\${codePrefix}${objects[bundleOf(resource)]}` },
    },
    Environment: { Variables: { ...Environment.Variables, ...switchVariables() } },
    TracingConfig: when('Traces', TracingConfig),
    ...(ReservedConcurrentExecutions !== undefined && {
      ReservedConcurrentExecutions: when('ReservesConcurrency', ReservedConcurrentExecutions),
    }),
    ...(probe !== undefined && {
      VpcConfig: { ...VpcConfig, Ipv6AllowedForDualStack: when(`Has${probe}Ipv6`, true) },
    }),
    ...(id === 'WatchAppliancesLambdaFunction' && {
      Timeout: ref('watchSeconds'),
      MemorySize: ref('watchMemoryMb'),
    }),
  };
}

const switchVariables = (): JsonObject =>
  Object.fromEntries(
    (['crl', 'repair', 'connections', 'endpoints'] as const).map((name) => [
      PARAMETERS[name].variable,
      ref(name),
    ]),
  );

/** What a role may do only for a part that can be left out. */
const STATEMENT_CONDITIONS: Readonly<Record<string, string>> = {
  Trace: 'Traces',
  AskRepairs: 'Repairs',
};

function withOptionalStatements(resource: JsonObject): JsonObject {
  const visit = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isObject(value)) return value;
    const { Sid } = value;
    const condition = typeof Sid === 'string' ? STATEMENT_CONDITIONS[Sid] : undefined;
    if (condition !== undefined) return when(condition, value);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, visit(one)]));
  };
  return Object(visit(resource));
}

const ref = (name: string): JsonObject => ({ Ref: name });

const when = (condition: string, value: Json): JsonObject => ({
  'Fn::If': [condition, value, { Ref: 'AWS::NoValue' }],
});

/** In the order of docs/parameters.md, `stage` before and the place of the code after. */
function parametersOf(version: string): JsonObject {
  return {
    stage: text('prod', 'Names everything: the stack is vpn-medic-STAGE.', {
      AllowedPattern: '^[a-z][a-z0-9-]{0,15}$',
    }),
    ...Object.fromEntries(OPEN.map((name) => [name, parameterOf(name, version)])),
    codeBucket: text(null, 'The bucket in this region that holds the functions’ zips.'),
    codePrefix: text(`vpn-medic/${version}/`, 'What the names of the zips begin with in it.'),
  };
}

const text = (fallback: string | null, Description: string, more: JsonObject = {}): JsonObject => ({
  Type: 'String',
  Description,
  ...(fallback !== null && { Default: fallback }),
  ...more,
});

function parameterOf(name: ParameterName, version: string): JsonObject {
  const { default: value, meaning, kind } = PARAMETERS[name];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
  const resolved = value.replace('${file(package.json):version}', version);
  return text(resolved, meaning, shapeOf(name, kind.shape));
}

function shapeOf(name: ParameterName, shape: ValueShape | undefined): JsonObject {
  // Six places are split off the list.
  if (name === 'probeSubnets' || name === 'probeIpv6Subnets') {
    const one = 'subnet-[0-9a-f]{8,17}';
    return { AllowedPattern: `^$|^${one}(,${one}){0,${PROBE_SUBNETS.length - 1}}$` };
  }
  switch (shape?.kind) {
    case undefined:
      return {};
    case 'pattern':
      return { AllowedPattern: shape.pattern };
    case 'words':
      return { AllowedValues: shape.words };
    case 'whole':
      return { Type: 'Number', MinValue: shape.min, MaxValue: shape.max };
    default:
      return shape satisfies never;
  }
}

const isEmpty = (name: string): JsonObject => ({ 'Fn::Equals': [ref(name), ''] });
const isGiven = (name: string): JsonObject => ({ 'Fn::Not': [isEmpty(name)] });

function ruleOf([one, other]: readonly [string, string]): readonly [string, JsonObject] {
  const neither = { 'Fn::And': [isEmpty(one), isEmpty(other)] };
  const both = { 'Fn::And': [isGiven(one), isGiven(other)] };
  return [
    `${one.slice(0, 1).toUpperCase()}${one.slice(1)}Pair`,
    {
      Assertions: [
        {
          Assert: { 'Fn::Or': [neither, both] },
          AssertDescription: `${one} and ${other} need each other: give both or neither`,
        },
      ],
    },
  ];
}
