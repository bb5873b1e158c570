/** Settings, parsed and validated once from the environment. The only file that names `process`. */
import { DEFAULT_POLICY, type Policy } from './appliances/types/policy.ts';
import { givenAddress } from './core/serviceAddress.ts';
import { SWITCHES, type Switch } from './core/switches.ts';
import { listOf, matching, orNothing, type ValueKind, valueFault } from './core/values.ts';
import { type ImportWindow, parseImportWindow } from './crl/types/importWindow.ts';
import { CHANNELS, topicVariableOf } from './incidents/channels.ts';
import {
  PAIRS,
  PARAMETERS,
  type Parameter,
  type ParameterName,
  pairFault,
  parameterFault,
} from './parameters.ts';

export interface Settings {
  /** At least one. */
  readonly regions: readonly string[];
  /** Where the functions, the table and the topics are. */
  readonly homeRegion: string;
  readonly policy: Policy;
  readonly stateTable: string;
  /** By channel; null: it has no topic. */
  readonly topicArns: Readonly<Record<string, string | null>>;
  /** The CloudWatch dashboard that notifications link to; null: none. */
  readonly dashboard: string | null;
  /** Where docs/ is published; null: notifications name the file. */
  readonly docsUrl: string | null;
  /** What people call the account; null: its number is written. */
  readonly accountName: string | null;
  /** Of the deployment; null: not known. */
  readonly stage: string | null;
  /** The least severity that goes to the pager topic. */
  readonly pagerSeverity: 'critical' | 'warning';
  /** An EventBridge bus's name; null: no events are published. */
  readonly eventBus: string | null;
  /** Metrics of each appliance and tunnel as well. */
  readonly isMeasuredEach: boolean;
  /** Lambda names; empty: the function itself sends the probes. */
  readonly probeFunctions: readonly string[];
  readonly repair: RepairSettings;
  /** What the dashboard's buttons call; null: there are none. */
  readonly ackFunctionArn: string | null;
  /** What the deployment leaves out. */
  readonly off: readonly Switch[];
  /** Where Auto Scaling answers; null: at its own address. */
  readonly autoScalingUrl: string | null;
  /** Where KMS answers; null: at its own address. */
  readonly kmsUrl: string | null;
  /** Where CloudWatch Logs answers; null: at its own address. */
  readonly logsUrl: string | null;
  /** Where Systems Manager answers; null: at its own address. */
  readonly systemsManagerUrl: string | null;
  readonly version: string;
}

export interface RepairSettings {
  /** The Lambda that may act on instances; null: nothing is repaired. */
  readonly repairFunction: string | null;
  /** A Lambda inside the VPC that logs in; null: the repair function logs in itself. */
  readonly sshFunction: string | null;
  /** Name of the Systems Manager documents, without `-linux` or `-windows`; null: there are none. */
  readonly documents: string | null;
  /** For appliances without `vpn-medic:ssh-user`; the role may push keys for this user only. */
  readonly sshUser: string;
  /** KMS keys of volumes that a start may let EC2 use; one that ends in `*` stands for all that begin so. */
  readonly kmsKeyArns: readonly string[];
}

/** Of the CRL publisher. */
export interface PublisherSettings {
  readonly bucket: string;
  readonly publicBucket: string;
  /** Null: one copy. */
  readonly replica: { readonly bucket: string; readonly region: string } | null;
  /** Without the file's name; null: the published copy is not checked from outside. */
  readonly publicUrl: string | null;
  /** As `publicUrl`, by the second region's origin alone; null: that origin is not checked from outside. */
  readonly replicaUrl: string | null;
  /** Of one CRL. */
  readonly octetsMax: number;
  readonly importWindow: ImportWindow | null;
}

/** Every wrong setting at once, each with its fix. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`${faults.length} wrong setting${faults.length === 1 ? '' : 's'}:\n${faults.join('\n')}`);
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {ConfigError} that lists every fault. */
export const readSettings = (env: Environment = process.env): Settings =>
  validated(env, commonSettings);

/** @throws {ConfigError} that lists every fault, those of the common settings too. */
export const readPublisherSettings = (
  env: Environment = process.env,
): Settings & { readonly crl: PublisherSettings } =>
  validated(env, (reader) => ({ ...commonSettings(reader), crl: publisherSettings(reader) }));

function commonSettings(reader: Reader): Settings {
  const { env, parameter, wired, text } = reader;
  const regions = readRegions(reader);
  return {
    regions,
    homeRegion: text('AWS_REGION') || (regions[0] ?? ''),
    policy: readPolicy(reader),
    stateTable: wired('stateTable'),
    topicArns: readTopics(reader),
    dashboard: wired('dashboard') || null,
    docsUrl: published(parameter('docsUrl')),
    accountName: parameter('accountName') || null,
    stage: wired('stage') || null,
    pagerSeverity: parameter('pagerSeverity') === 'warning' ? 'warning' : 'critical',
    eventBus: parameter('eventBus') || null,
    isMeasuredEach: parameter('metricDimensions') === 'resource',
    probeFunctions: partsOf(wired('probeFunctions')),
    repair: {
      repairFunction: parameter('repair') === 'false' ? null : wired('repairFunction') || null,
      sshFunction: wired('sshFunction') || null,
      documents: wired('repairDocuments') || null,
      sshUser: parameter('repairSshUser'),
      kmsKeyArns: partsOf(parameter('repairKmsKeyArns')),
    },
    ackFunctionArn: wired('ackFunctionArn') || null,
    off: SWITCHES.filter((name) => parameter(name) === 'false'),
    autoScalingUrl: givenAddress(env, 'AUTO_SCALING'),
    kmsUrl: givenAddress(env, 'KMS'),
    logsUrl: givenAddress(env, 'CLOUDWATCH_LOGS'),
    systemsManagerUrl: givenAddress(env, 'SSM'),
    version: wired('version') || 'unreleased',
  };
}

/** The topic of the first channel is needed: without it nothing is notified. */
const readTopics = ({ text, fault }: Reader): Settings['topicArns'] =>
  Object.fromEntries(
    CHANNELS.map((channel, index) => {
      const variable = topicVariableOf(channel);
      const topicArn = text(variable);
      fault(valueFault(index === 0 ? TOPIC : orNothing(TOPIC), variable, topicArn));
      return [channel.name, topicArn || null];
    }),
  );

const readPolicy = ({ parameter }: Reader): Policy => ({
  mode: parameter('mode') === 'observe' ? 'observe' : 'act',
  probeIntervalMs: Number(parameter('probeIntervalMs')),
  probeTimeoutMs: Number(parameter('probeTimeoutMs')),
  silenceInsideMs: Number(parameter('silenceInsideMs')),
  silenceOutsideMs: Number(parameter('silenceOutsideMs')),
  fall: Number(parameter('fall')),
  rise: Number(parameter('rise')),
  holdMs: Number(parameter('holdMs')),
  failback: parameter('failback') === 'proven' ? 'proven' : 'probe',
  joinPolicy: parameter('joinPolicy') === 'any' ? 'any' : 'admitted',
  writeBurst: DEFAULT_POLICY.writeBurst,
  writesPerSecond: DEFAULT_POLICY.writesPerSecond,
});

/** Without duplicates; the function's own region when none is set. */
function readRegions({ text, fault }: Reader): readonly string[] {
  const name = 'VPN_MEDIC_REGIONS';
  const given = partsOf(text(name));
  const regions = given.length > 0 ? given : partsOf(text('AWS_REGION'));
  if (regions.length === 0)
    fault(`neither ${name} nor AWS_REGION is set: write for example ${name}=eu-west-1`);
  for (const region of regions) fault(parameterFault(PARAMETERS.regions, name, region));
  return [...new Set(regions)];
}

function publisherSettings({ parameter, wired, fault }: Reader): PublisherSettings {
  const replica = {
    bucket: parameter('crlReplicaBucket'),
    region: parameter('crlReplicaRegion'),
  };
  const bucket = wired('crlBucket');
  const publicBucket = wired('crlPublicBucket');
  if (bucket !== '' && bucket === publicBucket) {
    fault(
      `${WIRED.crlBucket.variable} and ${WIRED.crlPublicBucket.variable} are the same bucket: name two, because the CA host must not have access to the published CRLs`,
    );
  }
  return {
    bucket,
    publicBucket,
    replica: replica.bucket === '' ? null : replica,
    publicUrl: wired('crlPublicUrl') || null,
    replicaUrl: wired('crlReplicaUrl') || null,
    octetsMax: Number(parameter('crlMibMax')) * MIB,
    importWindow: parseImportWindow(parameter('crlImportWindow')),
  };
}

interface Reader {
  readonly env: Environment;
  /** Trimmed; empty when not set. */
  readonly text: (variable: string) => string;
  /** The variable's value, or the parameter's default where that is empty. */
  readonly parameter: (name: ParameterName) => string;
  readonly wired: (name: keyof typeof WIRED) => string;
  readonly fault: (fault: string | null) => void;
}

/** `read` sees unchecked values; what it returns is only handed out when there was no fault. */
function validated<T>(env: Environment, read: (reader: Reader) => T): T {
  const faults: string[] = [];
  const text = (name: string) => (env[name] ?? '').trim();
  const fault = (one: string | null) => {
    if (one !== null) faults.push(one);
  };
  const settings = read({
    env,
    text,
    fault,
    parameter: (name) => {
      const row: Parameter = PARAMETERS[name];
      const value = (row.variable === null ? '' : text(row.variable)) || row.default;
      fault(parameterFault(row, row.variable ?? name, value));
      return value;
    },
    wired: (name) => {
      const { variable, kind } = WIRED[name];
      fault(valueFault(kind, variable, text(variable)));
      return text(variable);
    },
  });
  for (const [one, other] of PAIRS) {
    const names = [PARAMETERS[one].variable, PARAMETERS[other].variable] as const;
    if (names[0] === null || names[1] === null) continue;
    fault(pairFault([names[0], names[1]], [text(names[0]), text(names[1])]));
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return settings;
}

/** The default is filled in by the deployment; outside of one there is no address. */
const published = (url: string): string | null =>
  url.includes('$') ? null : url.replace(/\/+$/, '') || null;

const partsOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const MIB = 1_024 * 1_024;
const TOPIC = matching(
  /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/,
  "a topic's ARN, such as arn:aws:sns:eu-west-1:111122223333:vpn-medic-alerts",
);
const BUCKET = matching(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "a bucket's name, such as vpn-medic-prod-crl",
);
const FUNCTION = orNothing(matching(/^[\w:.-]{1,170}$/, "a Lambda function's name"));
const TEXT: ValueKind = { range: 'any text', is: () => true };

/** What the template fills in by itself; no deploy parameter. */
const WIRED = {
  stateTable: {
    variable: 'VPN_MEDIC_STATE_TABLE',
    kind: matching(/^[\w.-]{3,255}$/, "a DynamoDB table's name, such as vpn-medic-prod"),
  },
  dashboard: { variable: 'VPN_MEDIC_DASHBOARD', kind: TEXT },
  stage: { variable: 'VPN_MEDIC_STAGE', kind: TEXT },
  probeFunctions: {
    variable: 'VPN_MEDIC_PROBE_FUNCTIONS',
    kind: orNothing(listOf(/^[\w:.-]{0,170}$/, 'names of Lambda functions separated by commas')),
  },
  repairFunction: { variable: 'VPN_MEDIC_REPAIR_FUNCTION', kind: FUNCTION },
  sshFunction: { variable: 'VPN_MEDIC_REPAIR_SHELL_FUNCTION', kind: FUNCTION },
  repairDocuments: {
    variable: 'VPN_MEDIC_REPAIR_DOCUMENTS',
    kind: orNothing(matching(/^[\w.-]{3,118}$/, "a document's name, without -linux or -windows")),
  },
  ackFunctionArn: {
    variable: 'VPN_MEDIC_ACK_FUNCTION_ARN',
    kind: orNothing(
      matching(/^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+$/, "a Lambda function's ARN"),
    ),
  },
  version: { variable: 'VPN_MEDIC_VERSION', kind: TEXT },
  crlBucket: { variable: 'VPN_MEDIC_CRL_BUCKET', kind: BUCKET },
  crlPublicBucket: { variable: 'VPN_MEDIC_CRL_PUBLIC_BUCKET', kind: BUCKET },
  crlPublicUrl: {
    variable: 'VPN_MEDIC_CRL_PUBLIC_URL',
    kind: orNothing({
      range: 'a plain address such as http://crl.example.com/',
      is: isPlainUrl,
    }),
  },
  crlReplicaUrl: {
    variable: 'VPN_MEDIC_CRL_REPLICA_URL',
    kind: orNothing({
      range: 'a plain address such as http://crl.example.com/replica/',
      is: isPlainUrl,
    }),
  },
} as const satisfies Readonly<Record<string, { variable: string; kind: ValueKind }>>;

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && search + hash + username === '';
}
