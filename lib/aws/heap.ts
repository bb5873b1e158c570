/** One log line about the heap of this process, in MiB: `vpn-medic doctor` shows whether Lambda keeps the limit that NODE_OPTIONS asks for. */
import { getHeapStatistics } from 'node:v8';
import { functionLogger } from './logger.ts';

export function logHeap(): void {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  functionLogger.info('Ended', { heapLimitMb: inMb(limit), heapUsedMb: inMb(used) });
}

const inMb = (bytes: number): number => Math.round(bytes / 1_048_576);
