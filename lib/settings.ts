/** Settings, parsed once from the environment into a type that cannot be half right. The only file that names `process`. */

import { DEFAULT_POLICY, type Policy } from './appliances/types/policy.ts';
import { type PublisherSettings, readCrlSettings } from './crl/settings.ts';
import { PARAMETERS, type Parameter, type ParameterName, parameterFault } from './parameters.ts';

export interface Settings {
  /** At least one. */
  readonly regions: readonly string[];
  /** Where the functions, the table and the topics are. */
  readonly homeRegion: string;
  readonly policy: Policy;
  readonly stateTable: string;
  readonly alertsTopicArn: string;
  /** Null: no such channel. */
  readonly chatTopicArn: string | null;
  readonly pagerTopicArn: string | null;
  /** The CloudWatch dashboard that notifications link to; null: none. */
  readonly dashboard: string | null;
  /** Where docs/ is published; null: notifications name the file. */
  readonly docsUrl: string | null;
  /** An EventBridge bus's name, or its ARN; null: no events go out. */
  readonly eventBus: string | null;
  /** Lambda names; empty: probe from here. */
  readonly probeFunctions: readonly string[];
  readonly repair: RepairSettings;
  readonly version: string;
}

export interface RepairSettings {
  /** The Lambda that may act on instances; null: nothing is repaired. */
  readonly repairFunction: string | null;
  /** A Lambda inside the VPC that logs in; null: the repair function logs in itself. */
  readonly sshFunction: string | null;
  /** For appliances whose tag names none; the role may push keys for this one alone. */
  readonly sshUser: string;
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
export function readSettings(env: Environment = process.env): Settings {
  const faults: string[] = [];
  const text = (name: string) => (env[name] ?? '').trim();
  const list = (name: string) =>
    text(name)
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');

  function required(name: string, pattern: RegExp, example: string): string {
    const value = text(name);
    if (value === '') faults.push(`${name} is not set: write for example ${example}`);
    else if (!pattern.test(value))
      faults.push(`${name}="${value}" is not right: write for example ${example}`);
    return value;
  }

  function topic(name: string): string | null {
    const value = text(name);
    if (value !== '' && !TOPIC.test(value))
      faults.push(`${name}="${value}" is no topic: write its ARN, or nothing`);
    return value || null;
  }

  /** Its variable's value, or its default where that is empty. */
  function parameter(name: ParameterName): string {
    const { variable, default: fallback }: Parameter = PARAMETERS[name];
    const value = (variable === null ? '' : text(variable)) || fallback;
    const fault = parameterFault(name, variable ?? name, value);
    if (fault !== null) faults.push(fault);
    return value;
  }

  const named = list('VPN_MEDIC_REGIONS');
  const regions = named.length > 0 ? named : [text('AWS_REGION')].filter((one) => one !== '');
  if (regions.length === 0) {
    faults.push(
      'VPN_MEDIC_REGIONS is not set, and AWS_REGION neither: write for example eu-west-1',
    );
  }
  for (const region of regions) {
    const fault = parameterFault('regions', 'VPN_MEDIC_REGIONS', region);
    if (fault !== null) faults.push(fault);
  }
  const settings: Settings = {
    regions: [...new Set(regions)],
    homeRegion: text('AWS_REGION') || (regions[0] ?? ''),
    policy: {
      mode: parameter('mode') === 'observe' ? 'observe' : 'act',
      probeIntervalMs: Number(parameter('probeIntervalMs')),
      probeTimeoutMs: Number(parameter('probeTimeoutMs')),
      fall: Number(parameter('fall')),
      rise: Number(parameter('rise')),
      holdMs: Number(parameter('holdMs')),
      writeBurst: DEFAULT_POLICY.writeBurst,
      writesPerSecond: DEFAULT_POLICY.writesPerSecond,
    },
    stateTable: required('VPN_MEDIC_STATE_TABLE', TABLE, 'vpn-medic-prod'),
    alertsTopicArn: required(
      'VPN_MEDIC_ALERTS_TOPIC_ARN',
      TOPIC,
      'arn:aws:sns:eu-west-1:111122223333:vpn-medic-alerts',
    ),
    chatTopicArn: topic('VPN_MEDIC_CHAT_TOPIC_ARN'),
    pagerTopicArn: topic('VPN_MEDIC_PAGER_TOPIC_ARN'),
    dashboard: text('VPN_MEDIC_DASHBOARD') || null,
    docsUrl: text('VPN_MEDIC_DOCS_URL').replace(/\/+$/, '') || null,
    eventBus: text('VPN_MEDIC_EVENT_BUS') || null,
    probeFunctions: list('VPN_MEDIC_PROBE_FUNCTIONS'),
    repair: {
      repairFunction: text('VPN_MEDIC_REPAIR_FUNCTION') || null,
      sshFunction: text('VPN_MEDIC_REPAIR_SHELL_FUNCTION') || null,
      sshUser: parameter('repairSshUser'),
    },
    version: text('VPN_MEDIC_VERSION') || 'unreleased',
  };
  if (settings.eventBus !== null && !BUS.test(settings.eventBus)) {
    faults.push(
      `VPN_MEDIC_EVENT_BUS="${settings.eventBus}" is neither a bus's name nor its ARN: write for example default, or nothing`,
    );
  }
  if (settings.docsUrl !== null && !/^https:\/\/\S+$/.test(settings.docsUrl)) {
    faults.push(
      `VPN_MEDIC_DOCS_URL="${settings.docsUrl}" is no address: write for example https://example.com/vpn-medic/docs`,
    );
  }
  for (const name of settings.probeFunctions) {
    if (!FUNCTION.test(name))
      faults.push(`VPN_MEDIC_PROBE_FUNCTIONS: "${name}" is no Lambda function name`);
  }
  const { repairFunction, sshFunction } = settings.repair;
  for (const [name, value] of [
    ['VPN_MEDIC_REPAIR_FUNCTION', repairFunction],
    ['VPN_MEDIC_REPAIR_SHELL_FUNCTION', sshFunction],
  ] as const) {
    if (value !== null && !FUNCTION.test(value))
      faults.push(`${name}: "${value}" is no Lambda function name`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return settings;
}

/**
 * The settings of the publisher of revocation lists: the common ones and its own.
 * @throws {ConfigError} that lists every fault of both.
 */
export function readPublisherSettings(
  env: Environment = process.env,
): Settings & { readonly crl: PublisherSettings } {
  const crl = readCrlSettings(env);
  const common = settingsOrFaults(env);
  const faults = [...('faults' in common ? common.faults : []), ...crl.faults];
  if ('faults' in common || faults.length > 0) throw new ConfigError(faults);
  return { ...common, crl: crl.settings };
}

function settingsOrFaults(env: Environment): Settings | { readonly faults: readonly string[] } {
  try {
    return readSettings(env);
  } catch (error) {
    if (error instanceof ConfigError) return { faults: error.faults };
    throw error;
  }
}

const TABLE = /^[\w.-]{3,255}$/;
const TOPIC = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/;
const BUS = /^(arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/;
const FUNCTION = /^[\w:.-]{1,170}$/;
