/** Deploy parameters: every fault of them at once, in words that name the parameter and the fix. */

import { parseImportWindow } from '../lib/crl/types/importWindow.ts';
import { ConfigError, readSettings } from '../lib/settings.ts';

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
  for (const { name, is, candidate } of RULES) {
    if (known.includes(name) && !is(of(name)))
      faults.push(`${name}="${of(name)}" is not right: ${candidate}`);
  }
  for (const [one, other] of TOGETHER) {
    if ((of(one) === '') !== (of(other) === '')) {
      faults.push(`${one} and ${other} need each other: give both or neither`);
    }
  }
  return [...faults, ...settingFaults(of)];
}

interface Rule {
  readonly name: string;
  readonly is: (value: string) => boolean;
  readonly candidate: string;
}

const STAGE = /^[a-z][a-z0-9-]{0,15}$/;

const listOf = (part: RegExp) => (value: string) =>
  value === '' || value.split(',').every((one) => part.test(one.trim()));
const orNothing = (whole: RegExp) => (value: string) => value === '' || whole.test(value);
const wordOf =
  (...words: readonly string[]) =>
  (value: string) =>
    words.includes(value);

/** What CloudWatch Logs takes. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html (read 2026-11-21) */
const RETENTION_DAYS =
  '1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653';

const RULES: readonly Rule[] = [
  {
    name: 'alertEmail',
    is: (value) => value === '' || /^[^\s@,]+@[^\s@,]+\.[^\s@,.]+$/.test(value),
    candidate: 'one address, such as oncall@example.com, or nothing',
  },
  {
    name: 'eventBus',
    is: orNothing(/^[\w./-]{1,256}$/),
    candidate:
      "the name of an EventBridge bus in the stack's region and account, such as default, or nothing",
  },
  {
    name: 'probeSubnets',
    is: listOf(/^subnet-[0-9a-f]{8,17}$/),
    candidate: 'subnet ids separated by commas, such as subnet-0a1b2c3d4e5f60718, or nothing',
  },
  {
    name: 'probeSecurityGroups',
    is: listOf(/^sg-[0-9a-f]{8,17}$/),
    candidate: 'security group ids separated by commas, such as sg-0a1b2c3d4e5f60718, or nothing',
  },
  {
    name: 'repairSubnets',
    is: listOf(/^subnet-[0-9a-f]{8,17}$/),
    candidate:
      'subnet ids of one VPC separated by commas, such as subnet-0a1b2c3d4e5f60718, or nothing',
  },
  {
    name: 'repairSecurityGroups',
    is: listOf(/^sg-[0-9a-f]{8,17}$/),
    candidate: 'security group ids separated by commas, such as sg-0a1b2c3d4e5f60718, or nothing',
  },
  {
    name: 'watchSeconds',
    // Under 12 s a watcher has not knocked `fall` times before its last 3 s; over 90 s a third one is paid for.
    is: (value) => /^\d+$/.test(value) && Number(value) >= 12 && Number(value) <= 90,
    candidate: 'seconds from 12 to 90 (default 90: always one watcher)',
  },
  {
    name: 'watchMemoryMb',
    // Under 256 a hundred targets keep the watcher standing still; Lambda ends at 10,240.
    is: (value) => /^\d+$/.test(value) && Number(value) >= 256 && Number(value) <= 10_240,
    candidate: 'megabytes from 256 to 10240 (default 256: a hundred targets)',
  },
  {
    name: 'logRetentionDays',
    is: wordOf(...RETENTION_DAYS.split(' ')),
    candidate: `one of ${RETENTION_DAYS} (default 30)`,
  },
  {
    name: 'crlInboxWriterArn',
    is: orNothing(/^arn:[\w-]+:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/),
    candidate: 'the ARN of one IAM role or user, or nothing',
  },
  {
    name: 'crlPublicHost',
    is: orNothing(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/),
    candidate: 'a host name in small letters, such as crl.example.com, or nothing',
  },
  {
    name: 'crlCertificateArn',
    is: orNothing(/^arn:[\w-]+:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/),
    candidate:
      'the ARN of an ACM certificate in us-east-1, where CloudFront looks for them, or nothing',
  },
  {
    name: 'crlReplicaBucket',
    is: orNothing(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/),
    candidate: 'the name of the bucket that deploy/crlReplica.template.yml made, or nothing',
  },
  {
    name: 'crlReplicaRegion',
    is: orNothing(/^[a-z]{2,4}(-[a-z]+)+-\d+$/),
    candidate: 'a region such as eu-central-1, or nothing',
  },
  {
    name: 'crlMibMax',
    is: (value) => /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 32,
    candidate: 'MiB from 1 to 32 (default 10)',
  },
  {
    name: 'crlImportWindow',
    is: (value) => value === '' || parseImportWindow(value) !== null,
    candidate: 'hours in UTC, such as 02:00-04:00 or "Sun 02:00-04:00", or nothing',
  },
  { name: 'reserveConcurrency', is: wordOf('true', 'false'), candidate: 'true or false' },
  { name: 'tracing', is: wordOf('true', 'false'), candidate: 'true or false' },
];

const TOGETHER: readonly (readonly [string, string])[] = [
  ['probeSubnets', 'probeSecurityGroups'],
  ['repairSubnets', 'repairSecurityGroups'],
  ['crlPublicHost', 'crlCertificateArn'],
  ['crlReplicaBucket', 'crlReplicaRegion'],
];

/** What the functions would refuse when they start, refused now: the same parser, with the parameters' names. */
function settingFaults(of: (name: string) => string): readonly string[] {
  const settings = Object.fromEntries(SETTINGS.map(([name, variable]) => [variable, of(name)]));
  try {
    readSettings({ ...settings, ...MADE_BY_THE_STACK });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) =>
      SETTINGS.reduce((text, [name, variable]) => text.replaceAll(variable, name), fault),
    );
  }
}

const SETTINGS: readonly (readonly [name: string, variable: string])[] = [
  ['regions', 'VPN_MEDIC_REGIONS'],
  ['mode', 'VPN_MEDIC_MODE'],
  ['probeIntervalMs', 'VPN_MEDIC_PROBE_INTERVAL_MS'],
  ['probeTimeoutMs', 'VPN_MEDIC_PROBE_TIMEOUT_MS'],
  ['fall', 'VPN_MEDIC_FALL'],
  ['rise', 'VPN_MEDIC_RISE'],
  ['holdMs', 'VPN_MEDIC_HOLD_MS'],
  ['repairSshUser', 'VPN_MEDIC_REPAIR_SSH_USER'],
];

const MADE_BY_THE_STACK = {
  VPN_MEDIC_STATE_TABLE: 'made-by-the-stack',
  VPN_MEDIC_ALERTS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:made-by-the-stack',
};
