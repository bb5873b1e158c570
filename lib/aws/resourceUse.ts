/** One log line about the heap and the CPU time of this process: `vpn-medic doctor` compares them with what Lambda gives. */
import { cpuUsage } from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { functionLogger } from './logger.ts';

/** Begins to measure. The answer writes the line: MiB, and milliseconds of CPU for each second since. */
export function measureUse(): () => void {
  const beganAt = performance.now();
  const began = cpuUsage();
  return () => {
    const { used_heap_size: used } = getHeapStatistics();
    const { user, system } = cpuUsage(began);
    const seconds = (performance.now() - beganAt) / 1_000;
    functionLogger.info('Ended', {
      heapLimitMb: heapLimitMb(),
      heapUsedMb: inMb(used),
      cpuMsPerSecond: Math.round((user + system) / 1_000 / seconds),
    });
  };
}

/** What V8 keeps to, in MiB. */
export const heapLimitMb = (): number => inMb(getHeapStatistics().heap_size_limit);

const inMb = (bytes: number): number => Math.round(bytes / 1_048_576);
