/** Reads a deployed stack once, and examines each part. */
import type { DeploymentPort, StackResource } from '../../core/deploymentPort.ts';
import type { Clock } from '../../core/time.ts';
import type { AwsClients } from '../awsClients.ts';
import { observeWith } from '../check.ts';
import { openObserverSetup } from '../observer.ts';
import { showProgress } from '../output/progress.ts';
import type { Observation, ObserverSetup } from '../pass.ts';
import { stackNameOf } from '../stack.ts';
import { type Terminal, Unable } from '../terminal.ts';
import { examineAlarms } from './alarms.ts';
import { examineDelay } from './delay.ts';
import { examineFunctions, readFunctions } from './functions.ts';
import { examinePermissions, type Role } from './permissions.ts';
import { examineProbes } from './probes.ts';
import { askQuestions } from './questions.ts';
import { examineTopics } from './topics.ts';
import { AREAS, type DoctorReport, type Exam } from './types.ts';
import { examineUse, readUse } from './use.ts';
import { examineWatching } from './watching.ts';
import { examineWidget } from './widget.ts';

/** Hundreds of questions to the policy simulator, one after another. */
const DOCTOR_MS_MAX = 300_000;

/** @throws {Unable} when there is no such stack, or it cannot be read. */
export async function examineStack(
  options: { readonly region?: string; readonly stage?: string },
  terminal: Terminal,
  clients: AwsClients,
  version: string,
): Promise<DoctorReport> {
  const signal = AbortSignal.timeout(DOCTOR_MS_MAX);
  const found = await openObserverSetup({ ...options, probes: false }, terminal, clients);
  const { region, homeRegion } = found;
  const stack = stackNameOf(options.stage, terminal.env);
  const watcher = `${stack}-watchAppliances`;
  const port = await clients.deployment(homeRegion);
  const resources = await resourcesOf(stack, homeRegion, port, signal);
  const idsOf = (type: string) =>
    resources.filter((one) => one.type === type).map(({ physicalId }) => physicalId);
  const progress = showProgress(terminal, [`examining ${stack}`]);
  const functions = await readFunctions(idsOf('AWS::Lambda::Function'), port, signal);
  const observation = await observe(found, clients);
  const use = await readUse(watcher, port, signal);
  const asked = await Promise.all([
    examineRoles(idsOf('AWS::IAM::Role'), homeRegion, clients, port, signal),
    examineTopics(resources, port, signal),
    examineAllAlarms(idsOf('AWS::CloudWatch::Alarm'), port, signal),
    examineWidgets([...functions.keys()], port, signal),
    examineDelays(idsOf('AWS::Events::Rule'), homeRegion, clients, terminal.clock, signal),
  ]).finally(progress.stop);
  const all = [
    ...examineWatching(observation),
    ...examineFunctions(functions, version),
    ...examineUse(watcher, functions, use),
    ...(observation.viewpoint === 'functions' ? examineProbes(observation.world.vantages) : []),
    ...asked.flat(),
  ];
  const questions = await askQuestions(
    {
      region,
      homeRegion,
      observation,
      functions,
      port,
      clients,
      watcher,
      use,
      dashboard: `${stack}-${homeRegion}`,
      crlBuckets: found.crlBuckets ?? null,
    },
    signal,
  );
  const exam = (result: Exam['result']) => all.some((one) => one.result === result);
  return {
    version: 1,
    region,
    stack,
    result: exam('wrong') ? 'wrong' : exam('unknown') ? 'unknown' : 'well',
    exams: all.toSorted((a, b) => AREAS.indexOf(a.area) - AREAS.indexOf(b.area)),
    questions,
  };
}

async function resourcesOf(
  stack: string,
  region: string,
  port: DeploymentPort,
  signal: AbortSignal,
): Promise<readonly StackResource[]> {
  const reading = await port.resources(stack, signal);
  if (!reading.known) throw new Unable(`the stack ${stack} cannot be read: ${reading.why}`);
  if (reading.value !== null) return reading.value;
  throw new Unable(
    `there is no stack ${stack} in ${region}: name its stage and region as sls deploy did (--stage, --region)`,
  );
}

/** By the deployed probe functions where there are some; else by EC2 and the stored answers alone. */
async function observe(setup: ObserverSetup, clients: AwsClients): Promise<Observation> {
  const functions = setup.probeFunctions ?? [];
  if (functions.length === 0) return observeWith(setup);
  const probes = await clients.probes(setup.homeRegion, functions);
  return observeWith({ ...setup, probes, viewpoint: 'functions' });
}

async function examineRoles(
  names: readonly string[],
  region: string,
  clients: AwsClients,
  port: DeploymentPort,
  signal: AbortSignal,
): Promise<readonly Exam[]> {
  const caller = await (await clients.identity(region)).caller(signal);
  if (!caller.known) throw new Unable(`your identity cannot be read: ${caller.why}`);
  const { accountId, arn } = caller.value;
  const partition = arn.split(':')[1] ?? 'aws';
  const all = names.map(
    (name): Role => ({ name, arn: `arn:${partition}:iam::${accountId}:role/${name}` }),
  );
  return examinePermissions(all, { region, accountId }, port, signal);
}

const examineWidgets = (
  functionNames: readonly string[],
  port: DeploymentPort,
  signal: AbortSignal,
): Promise<readonly Exam[]> =>
  Promise.all(
    functionNames
      .filter((name) => name.endsWith('-mapWidget'))
      .map((name) => examineWidget(name, port, signal)),
  );

const examineAllAlarms = async (
  names: readonly string[],
  port: DeploymentPort,
  signal: AbortSignal,
): Promise<readonly Exam[]> => examineAlarms(names, await port.alarms(names, signal));

/** Of the rules that hasten a look; the schedules are on time or the watching is late. */
async function examineDelays(
  rules: readonly string[],
  region: string,
  clients: AwsClients,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Exam[]> {
  const metrics = await clients.metrics(region);
  return Promise.all(
    rules
      .map((id) => id.split('|').at(-1) ?? id)
      .filter((name) => name.includes('-onInstanceChange-'))
      .map((name) => examineDelay(name, metrics, clock.now(), signal)),
  );
}
