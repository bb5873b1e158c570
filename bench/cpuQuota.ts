/** A process held to a share of one processor, as Lambda holds a function with little memory. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export interface CpuQuota {
  /** From here on the process has its share, and no more. */
  hold(pid: number): void;
  /** In how many of its periods it had to wait for more, and of how many. */
  waits(): { readonly waitedCount: number; readonly periodCount: number };
  /** To be called once all processes that it held have ended. */
  close(): void;
}

/**
 * `percent` of one processor, dealt out every 20 ms: a function of 256 MB has 256/1,769 of one, 14.5 (AWS Lambda
 * developer guide, "Configure Lambda function memory", 2026-11); the 20 ms are what measurements from outside found.
 * @throws {Error} where Linux's control groups cannot be written (they need root).
 */
export function openCpuQuota(percent: number): CpuQuota {
  const quotaUs = Math.round((percent / 100) * PERIOD_US);
  const isSecondVersion = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const root = isSecondVersion ? '/sys/fs/cgroup' : '/sys/fs/cgroup/cpu';
  try {
    if (isSecondVersion) writeFileSync(join(root, 'cgroup.subtree_control'), '+cpu');
    mkdirSync(root, { recursive: true });
    const group = mkdtempSync(join(root, 'vpn-medic-'));
    if (isSecondVersion) {
      writeFileSync(join(group, 'cpu.max'), `${quotaUs} ${PERIOD_US}`);
    } else {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
      writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quotaUs));
    }
    return {
      waits: () => {
        const stat = readFileSync(join(group, 'cpu.stat'), 'utf8');
        const read = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(stat)?.[1]);
        return { waitedCount: read('nr_throttled'), periodCount: read('nr_periods') };
      },
      hold: (pid) => writeFileSync(join(group, 'cgroup.procs'), String(pid)),
      close: () => rmdirSync(group),
    };
  } catch (error) {
    throw new Error(`holding a process to ${percent} % of a processor needs root and cgroups`, {
      cause: error,
    });
  }
}

const PERIOD_US = 20_000;
