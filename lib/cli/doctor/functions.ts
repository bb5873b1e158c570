/** Examines the deployed functions: their state, their release, their heap. */
import type { DeploymentPort, FunctionFacts } from '../../core/deploymentPort.ts';
import type { Reading } from '../../core/reading.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

export type FunctionReadings = ReadonlyMap<string, Reading<FunctionFacts>>;

export async function readFunctions(
  names: readonly string[],
  port: Pick<DeploymentPort, 'configuration'>,
  signal: AbortSignal,
): Promise<FunctionReadings> {
  const readings = await Promise.all(
    names.map(async (name) => [name, await port.configuration(name, signal)] as const),
  );
  return new Map(readings);
}

/** Pure. `version`: of this command. */
export const examineFunctions = (readings: FunctionReadings, version: string): readonly Exam[] =>
  [...readings].map(([name, reading]) =>
    reading.known
      ? examineFunction(name, reading.value, version)
      : unexamined('functions', name, reading.why),
  );

function examineFunction(
  name: string,
  { runtime, memoryMb, state, environment }: FunctionFacts,
  version: string,
): Exam {
  if (state === 'Failed') {
    return wrong('functions', name, 'Lambda could not set it up', 'deploy the stack again');
  }
  const deployed = environment.get('VPN_MEDIC_VERSION');
  // Probe functions have no settings.
  if (deployed !== undefined && deployed !== version) {
    return wrong(
      'functions',
      name,
      `release ${deployed}, and this command is ${version}`,
      'deploy this release, or use the command of the deployed one',
    );
  }
  return well(
    'functions',
    name,
    `${state.toLowerCase()}, ${runtime}, ${memoryMb} MB${heapOf(environment)}`,
  );
}

function heapOf(environment: ReadonlyMap<string, string>): string {
  const limit = /--max-old-space-size=(\d+)/.exec(environment.get('NODE_OPTIONS') ?? '')?.[1];
  return limit === undefined ? '' : `, heap up to ${limit} MB`;
}
