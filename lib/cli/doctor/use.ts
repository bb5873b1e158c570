/** Examines the heap and the CPU time that the watcher used, against what Lambda gives it. */
import * as v from 'valibot';
import type { DeploymentPort, LogEntry } from '../../core/deploymentPort.ts';
import type { Reading } from '../../core/reading.ts';
import type { FunctionReadings } from './functions.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

const Use = v.object({
  heapLimitMb: v.number(),
  heapUsedMb: v.number(),
  cpuMsPerSecond: v.number(),
});
type Use = v.InferOutput<typeof Use>;

const HOUR_MS = 3_600_000;
/** More than this share of what there is leaves no room for a day on which much fails. */
const SHARE_MAX = 0.8;

/** At 1,769 MB a function has one whole CPU; less memory, less of it. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html (read 2026-11-29) */
const MB_PER_CPU = 1_769;

/** The lines that runs of the watcher ended with within the last hour. */
export const readUse = (
  watcher: string,
  port: Pick<DeploymentPort, 'logged'>,
  signal: AbortSignal,
): Promise<Reading<readonly LogEntry[]>> => port.logged(watcher, 'heapLimitMb', HOUR_MS, signal);

/** The most of each. A watcher that has not written its line yet is not known. Pure. */
export function examineUse(
  watcher: string,
  functions: FunctionReadings,
  logged: Reading<readonly LogEntry[]>,
): readonly Exam[] {
  const configuration = functions.get(watcher);
  if (configuration?.known !== true) return [];
  if (!logged.known) return [unexamined('load', watcher, logged.why)];
  const uses = logged.value.flatMap(({ body }) => {
    const parsed = v.safeParse(Use, body);
    return parsed.success ? [parsed.output] : [];
  });
  return uses.length === 0
    ? [unexamined('load', watcher, 'its heap and CPU time: nothing logged within an hour')]
    : [judged(watcher, uses, configuration.value.memoryMb)];
}

function judged(watcher: string, uses: readonly Use[], memoryMb: number): Exam {
  const most = (of: (use: Use) => number) => Math.max(...uses.map(of));
  const cpuMs = most(({ cpuMsPerSecond }) => cpuMsPerSecond);
  const cpuMsMax = Math.round((memoryMb / MB_PER_CPU) * 1_000);
  const heapMb = most(({ heapUsedMb }) => heapUsedMb);
  const heapMbMax = most(({ heapLimitMb }) => heapLimitMb);
  const says = `heap ${heapMb} of ${heapMbMax} MB, CPU ${cpuMs} of ${cpuMsMax} ms a second, within an hour`;
  if (heapMbMax > memoryMb) {
    return wrong(
      'load',
      watcher,
      `${says}: the heap may grow past the ${memoryMb} MB of the function`,
      'paste this into an issue: this runtime does not keep the limit of NODE_OPTIONS',
    );
  }
  return cpuMs > SHARE_MAX * cpuMsMax || heapMb > SHARE_MAX * heapMbMax
    ? wrong('load', watcher, says, 'deploy with a greater watchMemoryMb')
    : well('load', watcher, says);
}
