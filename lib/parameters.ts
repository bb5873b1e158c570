/** The deploy parameters: one row each. serverless.yml, the check before a deployment, the functions' settings and docs/parameters.md follow it. */
import { DEFAULT_POLICY } from './appliances/types/policy.ts';
import {
  listOf,
  matching,
  oneOf,
  orNothing,
  type ValueKind,
  valueFault,
  whole,
} from './core/values.ts';
import { parseImportWindow } from './crl/types/importWindow.ts';

export interface Parameter {
  /** The environment variable of the functions that carries it; null: only the deployment uses it. */
  readonly variable: string | null;
  /** As serverless.yml writes it. */
  readonly default: string;
  readonly meaning: string;
  readonly kind: ValueKind;
}

export type ParameterTable = Readonly<Record<string, Parameter>>;

/** What CloudWatch Logs accepts. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html (read 2026-11-21) */
const RETENTION_DAYS =
  '1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653';
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d+$/;
/** S2: a target has answered three times within 10 s at any moment: 3 x 3 s + an answer < 10 s. */
const PROBE_INTERVAL_MS_MAX = 3_000;

const SUBNETS = orNothing(
  listOf(
    /^subnet-[0-9a-f]{8,17}$/,
    'subnet ids separated by commas, such as subnet-0a1b2c3d4e5f60718',
  ),
);
const SECURITY_GROUPS = orNothing(
  listOf(
    /^sg-[0-9a-f]{8,17}$/,
    'security group ids separated by commas, such as sg-0a1b2c3d4e5f60718',
  ),
);

const row = (
  variable: string | null,
  value: string,
  kind: ValueKind,
  meaning: string,
): Parameter => ({ variable, default: value, kind, meaning });

/** In the order of serverless.yml and of the docs. */
export const PARAMETERS = {
  regions: row(
    'VPN_MEDIC_REGIONS',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    '${self:provider.region}',
    listOf(REGION, 'regions separated by commas, such as eu-west-1'),
    "The regions that this stack watches; by default the stack's own.",
  ),
  mode: row(
    'VPN_MEDIC_MODE',
    DEFAULT_POLICY.mode,
    oneOf('act', 'observe'),
    'observe decides and notifies, and writes nothing.',
  ),
  crl: row(
    'VPN_MEDIC_CRL',
    'true',
    oneOf('true', 'false'),
    'false: no CRL is published or imported, and nothing for it is deployed; on a stack that publishes, this takes away the address that certificates name.',
  ),
  repair: row(
    'VPN_MEDIC_REPAIR',
    'true',
    oneOf('true', 'false'),
    'false: routes move and no machine is touched; the repair functions and their role are not deployed.',
  ),
  connections: row(
    'VPN_MEDIC_CONNECTIONS',
    'true',
    oneOf('true', 'false'),
    'false: Site-to-Site connections and transit gateway routes over them are not watched; their function is not deployed.',
  ),
  endpoints: row(
    'VPN_MEDIC_ENDPOINTS',
    'true',
    oneOf('true', 'false'),
    'false: Client VPN endpoints, and what is tagged vpn-medic:watch, are not watched; their function is not deployed.',
  ),
  alertEmail: row(
    null,
    '',
    orNothing(
      matching(/^[^\s@,]+@[^\s@,]+\.[^\s@,.]+$/, 'one address, such as oncall@example.com'),
    ),
    'Subscribed to alerts and watchdog; empty: no e-mail is sent.',
  ),
  accountName: row(
    'VPN_MEDIC_ACCOUNT_NAME',
    '',
    orNothing(matching(/^[\w .-]{1,16}$/, 'a short name such as acme-prod, at most 16 characters')),
    'What subjects and short messages call the account; empty: its number.',
  ),
  pagerSeverity: row(
    'VPN_MEDIC_PAGER_SEVERITY',
    'critical',
    oneOf('critical', 'warning'),
    'The least severity that goes to the pager topic.',
  ),
  chatButtons: row(
    null,
    'false',
    oneOf('true', 'false'),
    'true: notifications in chat get a button that acknowledges (a custom action of Amazon Q Developer in chat applications).',
  ),
  docsUrl: row(
    'VPN_MEDIC_DOCS_URL',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    'https://github.com/vpn-medic/vpn-medic/blob/v${file(package.json):version}/docs',
    orNothing(matching(/^https:\/\/\S+$/, 'an address such as https://example.com/vpn-medic/docs')),
    'Where docs/ is published: notifications link to its runbook; empty: they name the file.',
  ),
  eventBus: row(
    'VPN_MEDIC_EVENT_BUS',
    '',
    orNothing(
      matching(
        /^[\w./-]{1,256}$/,
        "the name of an EventBridge bus in the stack's region and account, such as default",
      ),
    ),
    'Gets every change of an incident as an event; empty: none.',
  ),
  metricDimensions: row(
    'VPN_MEDIC_METRIC_DIMENSIONS',
    'region',
    oneOf('region', 'resource'),
    'resource: also a metric for each appliance and tunnel (docs/metrics.md), at 0.30 USD each a month.',
  ),
  probeSubnets: row(
    null,
    '',
    SUBNETS,
    'One probe function in each; empty: probes leave from the watching function and reach public addresses.',
  ),
  probeSecurityGroups: row(null, '', SECURITY_GROUPS, 'Of the probe functions.'),
  probeIpv6Subnets: row(
    null,
    '',
    SUBNETS,
    'Those of `probeSubnets` that have an IPv6 CIDR block: probes from them reach IPv6 addresses.',
  ),
  probeKeyNames: row(
    null,
    'vpn-medic/probe/*',
    matching(
      /^[\w.+=@-][\w.+=@/-]{0,198}\*?$/,
      'a name of parameters and secrets without the slash at its beginning, such as vpn-medic/probe/*; only its end may be *',
    ),
    'Parameters and secrets with keys of probes: only the watching function and the probe functions may read them.',
  ),
  evidenceLogGroups: row(
    null,
    '*vpn*',
    matching(/^[\w.#*/-]{1,200}$/, 'a name of log groups, such as *vpn* or /network/*'),
    'Log groups of tunnels: what they say of an outage is evidence in its notification.',
  ),
  repairSshUser: row(
    'VPN_MEDIC_REPAIR_SSH_USER',
    'ec2-user',
    matching(/^[a-z_][a-z0-9_-]{0,31}$/, 'a user name, such as ec2-user'),
    'The user that logs in to restart a service; the role may push keys for this user alone.',
  ),
  repairSubnets: row(
    null,
    '',
    SUBNETS,
    'Of one VPC: where logins leave from; empty: from outside the VPC, to public addresses.',
  ),
  repairSecurityGroups: row(null, '', SECURITY_GROUPS, 'Of the function that logs in.'),
  repairKmsKeyArns: row(
    'VPN_MEDIC_REPAIR_KMS_KEY_ARNS',
    '',
    orNothing(
      // The template splits it at its commas, and trims nothing.
      matching(
        /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/(?:[\w-]+|\*)(?:,arn:[\w-]+:kms:[\w-]+:\d{12}:key\/(?:[\w-]+|\*))*$/,
        'ARNs of KMS keys separated by commas alone, such as arn:aws:kms:eu-west-1:111122223333:key/* for every key of that account and region',
      ),
    ),
    'Keys of encrypted volumes that the repair role may let EC2 use: a machine with another key is never stopped, but for the one that AWS manages for volumes.',
  ),
  probeIntervalMs: row(
    'VPN_MEDIC_PROBE_INTERVAL_MS',
    String(DEFAULT_POLICY.probeIntervalMs),
    whole(200, PROBE_INTERVAL_MS_MAX),
    'Milliseconds between two probes of a target.',
  ),
  probeTimeoutMs: row(
    'VPN_MEDIC_PROBE_TIMEOUT_MS',
    String(DEFAULT_POLICY.probeTimeoutMs),
    whole(50, 10_000),
    'Milliseconds within which a probe must be answered.',
  ),
  silenceInsideMs: row(
    'VPN_MEDIC_SILENCE_INSIDE_MS',
    String(DEFAULT_POLICY.silenceInsideMs),
    whole(500, 60_000),
    'Milliseconds of silence until down, seen from inside the VPC; a shorter one never moves a route.',
  ),
  silenceOutsideMs: row(
    'VPN_MEDIC_SILENCE_OUTSIDE_MS',
    String(DEFAULT_POLICY.silenceOutsideMs),
    whole(500, 60_000),
    'The same seen from outside the VPC, where internet paths reconverge.',
  ),
  fall: row(
    'VPN_MEDIC_FALL',
    String(DEFAULT_POLICY.fall),
    whole(1, 30),
    'The least number of misses in a row until down.',
  ),
  rise: row(
    'VPN_MEDIC_RISE',
    String(DEFAULT_POLICY.rise),
    whole(1, 3_600),
    'Answers in a row until failback.',
  ),
  holdMs: row(
    'VPN_MEDIC_HOLD_MS',
    String(DEFAULT_POLICY.holdMs),
    whole(0, 86_400_000),
    'Milliseconds that a moved route stays before failback; doubles with flaps.',
  ),
  failback: row(
    'VPN_MEDIC_FAILBACK',
    DEFAULT_POLICY.failback,
    oneOf('proven', 'probe'),
    'After a death that EC2 did not confirm. probe: routes fail back when the same probes answer, at the risk of a dead tunnel; proven: when an answer through the tunnel, or a person, proves it (docs/probes.md).',
  ),
  joinPolicy: row(
    'VPN_MEDIC_JOIN_POLICY',
    DEFAULT_POLICY.joinPolicy,
    oneOf('admitted', 'any'),
    'Who may join a group: admitted members (docs/security.md), or any instance that is tagged: trust in every principal that may tag.',
  ),
  crlInboxWriterArn: row(
    null,
    '',
    orNothing(
      matching(
        /^arn:[\w-]+:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/,
        'the ARN of one IAM role or user',
      ),
    ),
    "The CA host's role or user, which may then put inbox/* and nothing else; empty: grant it by its own policy (docs/crl.md).",
  ),
  crlPublicHost: row(
    null,
    '',
    orNothing(
      matching(
        /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
        'a host name in small letters, such as crl.example.com',
      ),
    ),
    "A host name of your own for the published CRLs; empty: CloudFront's name.",
  ),
  crlCertificateArn: row(
    null,
    '',
    orNothing(
      matching(
        /^arn:[\w-]+:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/,
        'the ARN of an ACM certificate in us-east-1, where CloudFront looks for them',
      ),
    ),
    'The certificate of crlPublicHost.',
  ),
  crlReplicaBucket: row(
    'VPN_MEDIC_CRL_REPLICA_BUCKET',
    '',
    orNothing(
      matching(
        /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
        'the name of the bucket that deploy/crlReplica.template.yml made',
      ),
    ),
    'A second copy of the published CRLs, in another region; empty: one copy.',
  ),
  crlReplicaRegion: row(
    'VPN_MEDIC_CRL_REPLICA_REGION',
    '',
    orNothing(matching(REGION, 'a region such as eu-central-1')),
    'The region of crlReplicaBucket.',
  ),
  crlMibMax: row(
    'VPN_MEDIC_CRL_MIB_MAX',
    '10',
    whole(1, 32),
    'The largest CRL that is read, in MiB.',
  ),
  crlImportWindow: row(
    'VPN_MEDIC_CRL_IMPORT_WINDOW',
    '',
    orNothing({
      range: 'hours in UTC, such as 02:00-04:00 or "Sun 02:00-04:00"',
      is: (value) => parseImportWindow(value) !== null,
    }),
    'When an import that only renews a CRL may reset live connections, in UTC; empty: any time.',
  ),
  // Under 12 s a watcher has not probed `fall` times before its last 3 s; over 90 s a third one is paid for.
  watchSeconds: row(
    null,
    '90',
    whole(12, 90),
    'How long a watcher lives: 90 watches always, 12 looks once a minute at a fifth of the cost.',
  ),
  watchMemoryMb: row(
    null,
    '256',
    whole(256, 10_240),
    'Memory of the watcher; Lambda gives CPU by memory: 256 for a hundred targets, 512 for two hundred.',
  ),
  logRetentionDays: row(
    null,
    '30',
    oneOf(...RETENTION_DAYS.split(' ')),
    'Days that logs are kept.',
  ),
  reserveConcurrency: row(
    null,
    'false',
    oneOf('true', 'false'),
    'true: Lambda itself allows one writer at a time; needs a concurrency limit of 110 or more in the account.',
  ),
  tracing: row(null, 'false', oneOf('true', 'false'), 'true: X-Ray traces of every function.'),
} as const satisfies ParameterTable;

export type ParameterName = keyof typeof PARAMETERS;

/** Each needs the other: both have a value, or neither. */
export const PAIRS: readonly (readonly [ParameterName, ParameterName])[] = [
  ['probeSubnets', 'probeSecurityGroups'],
  ['repairSubnets', 'repairSecurityGroups'],
  ['crlPublicHost', 'crlCertificateArn'],
  ['crlReplicaBucket', 'crlReplicaRegion'],
];

/** Each lists some of what the other lists. */
export const PARTS: readonly (readonly [ParameterName, ParameterName])[] = [
  ['probeIpv6Subnets', 'probeSubnets'],
];

/** Null: the value is valid. `called`: the name by which the reader knows the parameter. */
export function parameterFault(
  { kind, default: fallback }: Parameter,
  called: string,
  value: string,
): string | null {
  const fault = valueFault(kind, called, value);
  const hasHint = fallback !== '' && !fallback.startsWith('$');
  return fault !== null && hasHint ? `${fault} (default ${fallback})` : fault;
}

/** Null: both have a value, or neither has. */
export const pairFault = (
  [one, other]: readonly [string, string],
  [oneValue, otherValue]: readonly [string, string],
): string | null =>
  (oneValue === '') === (otherValue === '')
    ? null
    : `${one} and ${other} need each other: give both or neither`;
