/** The osls plugin (plugin.cjs loads it): checks every parameter first, builds before packaging, adds the monitors, reports what `remove` keeps. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isSwitchedOff } from '../lib/core/switches.ts';
import { monitorResources } from '../lib/monitors/resources.ts';
import { type Parameters, parameterFaults } from '../lib/parameterFaults.ts';
import { leaveOut, switchedOff } from './switches.ts';
import { type Template, tidied } from './template.ts';
import { STAGE_TOKEN } from './templateTokens.ts';

/** As much of osls as is used here; it ships no types. */
interface Serverless {
  readonly serviceDir: string;
  readonly processedInput: { readonly commands: readonly string[] };
  readonly configurationInput: {
    readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  readonly service: Service;
  getProvider(name: 'aws'): {
    /** Rejects with osls's own words where there are no credentials. */
    getAwsSdkV3CredentialsProvider(): () => Promise<unknown>;
  };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
}

interface Service {
  readonly service: string;
  readonly provider: {
    readonly stage: string;
    readonly region: string;
    tracing?: { lambda: boolean };
    compiledCloudFormationTemplate: Template;
  };
  readonly functions: Record<string, FunctionSettings>;
  readonly resources: {
    readonly Resources: Record<string, Resource>;
    readonly Outputs: Record<string, unknown>;
  };
}

interface FunctionSettings {
  readonly name: string;
  readonly timeout: number | string;
  readonly memorySize: number | string;
  reservedConcurrency?: number;
}

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: { readonly Policies?: readonly RolePolicy[] };
}

interface RolePolicy {
  readonly PolicyDocument: { readonly Statement: { readonly Sid?: string }[] };
}

interface Utils {
  readonly log: { notice(text: string): void; warning(text: string): void };
}

export default class VpnMedicPlugin {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;
  readonly #serverless: Serverless;
  readonly #utils: Utils;
  readonly #parameters: Parameters;

  constructor(
    serverless: Serverless,
    options: { readonly stage?: string; readonly param?: readonly string[] },
    utils: Utils,
  ) {
    this.#serverless = serverless;
    this.#utils = utils;
    const stage = serverless.service.provider.stage;
    this.#parameters = parametersOf(serverless, stage, options.param ?? []);
    // Before osls validates the settings made of them: it would stop at the first fault.
    const isTemplate = stage === STAGE_TOKEN;
    if (!isTemplate && PACKAGES.has(serverless.processedInput.commands[0] ?? '')) {
      this.#check(stage);
    }
    this.hooks = {
      initialize: () => this.#adjust(),
      'before:package:createDeploymentArtifacts': () => this.#prepare(),
      'before:deploy:function:packageFunction': () => this.#build(),
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.#tidy(),
      'after:deploy:deploy': () => this.#afterDeploy(),
      'after:remove:remove': () => this.#afterRemove(),
    };
  }

  #check(stage: string): void {
    const faults = parameterFaults(this.#parameters, stage);
    if (faults.length === 0) return;
    throw new this.#serverless.classes.Error(
      `${faults.length} wrong parameter${faults.length === 1 ? '' : 's'}:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
      'VPN_MEDIC_PARAMETERS',
    );
  }

  /** What is generated, or asked for by a parameter that YAML cannot leave out. */
  #adjust(): void {
    const { service } = this.#serverless;
    this.#leaveOut();
    Object.assign(service.resources.Resources, this.#monitors());
    if (this.#parameters['reserveConcurrency'] === 'true') {
      for (const [name, count] of Object.entries(WRITERS)) {
        const one = service.functions[name];
        if (one !== undefined) one.reservedConcurrency = count;
      }
    }
    if (this.#parameters['tracing'] === 'true') {
      service.provider.tracing = { lambda: true };
      for (const { Type, Properties } of Object.values(service.resources.Resources)) {
        if (Type !== 'AWS::IAM::Role') continue;
        for (const policy of Properties?.Policies ?? [])
          policy.PolicyDocument.Statement.push(TRACE);
      }
    }
  }

  /** Before the monitors, which are made of what is left. */
  #leaveOut(): void {
    const { functions, resources } = this.#serverless.service;
    const off = switchedOff(this.#parameters);
    leaveOut({ functions, ...resources }, off);
    if (!isSwitchedOff('repairAppliance', off)) return;
    for (const { Properties } of Object.values(resources.Resources)) {
      for (const { PolicyDocument } of Properties?.Policies ?? []) {
        const kept = PolicyDocument.Statement.filter(({ Sid }) => Sid !== 'AskRepairs');
        PolicyDocument.Statement.splice(0, PolicyDocument.Statement.length, ...kept);
      }
    }
  }

  #monitors() {
    const { service, functions, provider } = this.#serverless.service;
    const facts = Object.entries(functions).map(([key, { name, timeout, memorySize }]) => ({
      key,
      name,
      timeoutS: Number(timeout),
      memoryMb: Number(memorySize),
    }));
    const regions = (this.#parameters['regions'] ?? '').split(',').map((region) => region.trim());
    const name = `${service}-${provider.stage}`;
    return monitorResources({ name, regions, functions: facts }, provider.region);
  }

  /** A deployment without credentials ends here, before the build. */
  async #prepare(): Promise<void> {
    if (this.#serverless.processedInput.commands[0] === 'deploy') {
      await this.#serverless.getProvider('aws').getAwsSdkV3CredentialsProvider()();
    }
    await this.#build();
  }

  /** The same as `npm run build`, on the Node that runs osls. */
  async #build(): Promise<void> {
    const root = this.#serverless.serviceDir;
    const args = ['--import', './typescript.mjs', 'esbuild.config.ts'];
    await promisify(execFile)(process.execPath, args, { cwd: root });
  }

  #tidy(): void {
    const { provider } = this.#serverless.service;
    // Its conditions stay: openTemplate.ts.
    if (provider.stage === STAGE_TOKEN) return;
    provider.compiledCloudFormationTemplate = tidied(provider.compiledCloudFormationTemplate);
  }

  #afterDeploy(): void {
    const { log } = this.#utils;
    if (this.#parameters['alertEmail'] === '') {
      log.warning(
        'No e-mail address is subscribed: deploy with --param alertEmail=oncall@example.com, or subscribe to the AlertsTopic and the WatchdogTopic.',
      );
    } else {
      log.notice(
        `Two confirmation messages were sent to ${this.#parameters['alertEmail']}: nothing else is sent before both are confirmed.`,
      );
    }
    log.notice('Now add tags: vpn-medic writes nothing that is untagged. See README.md.');
  }

  #afterRemove(): void {
    const kept = Object.entries(this.#serverless.service.resources.Resources)
      .filter(([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain'))
      .map(([id]) => id);
    if (kept.length === 0) return;
    this.#utils.log.warning(
      `Kept in the account, because they hold data: ${kept.join(', ')}. Empty and delete them by hand when nothing reads them any more: see docs/operations.md.`,
    );
  }
}

function parametersOf(
  { configurationInput: { params } }: Serverless,
  stage: string,
  fromCommand: readonly string[],
): Parameters {
  const given = fromCommand.map((text): readonly [string, string] => {
    const at = text.indexOf('=');
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  });
  const all = { ...params?.['default'], ...params?.[stage], ...Object.fromEntries(given) };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

const PACKAGES: ReadonlySet<string> = new Set(['package', 'deploy']);

/** One writer each; the watcher overlaps its successor during the handover. */
const WRITERS: Readonly<Record<string, number>> = {
  watchAppliances: 2,
  pollConnections: 1,
  pollEndpoints: 1,
  publishCrl: 1,
  repairAppliance: 1,
};

/** These cannot be limited to resources. */
const TRACE = {
  Sid: 'Trace',
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
};
