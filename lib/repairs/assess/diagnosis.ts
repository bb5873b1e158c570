/** The diagnosis of an instance in three lines: console, EC2's status, network. Pure. */

import type { Ec2Signals } from '../../appliances/types/world.ts';
import type { Reading } from '../../core/reading.ts';
import { lastLines, safeLine } from '../../core/safeLine.ts';
import { describeMs, type Instant, toIso } from '../../core/time.ts';

export interface Symptoms {
  readonly console: Reading<string>;
  readonly signals: Ec2Signals | undefined;
  /** EC2's reason for the last change of state; empty without one. */
  readonly stateReason: string;
  /** Bytes in and out, by minute or five, oldest first. */
  readonly network: Reading<{
    readonly inBytes: readonly number[];
    readonly outBytes: readonly number[];
  }>;
}

export const diagnose = (symptoms: Symptoms, now: Instant): readonly string[] => [
  `Console: ${consoleLine(symptoms.console)}`,
  `EC2: ${ec2Line(symptoms, now)}`,
  `Network: ${networkLine(symptoms.network)}`,
];

/** Gravest first; each with what it means. The first that the console's end shows is reported. */
const SIGNS: readonly { readonly pattern: RegExp; readonly means: string }[] = [
  { pattern: /Kernel panic - not syncing.*/i, means: 'kernel panic' },
  {
    pattern: /(?:invoked oom-killer|Out of memory: Kill(?:ed)? process|oom-kill:).*/i,
    means: 'out of memory',
  },
  { pattern: /No space left on device.*/i, means: 'disk full' },
  {
    pattern:
      /(?:Remounting filesystem read-only|EXT4-fs error|XFS \([^)]*\): .*shut(?:ting)? down).*/i,
    means: 'broken file system',
  },
  {
    pattern: /(?:You are in emergency mode|Dependency failed for .*Local File Systems).*/i,
    means: 'stuck while booting',
  },
  {
    pattern:
      /(?:Failed to start |\S+\.service: (?:Failed with result|Main process exited, code=(?:killed|dumped))).*/i,
    means: 'failed unit',
  },
  { pattern: /(?:blocked for more than \d+ seconds|soft lockup).*/i, means: 'hung task' },
];

function consoleLine(console: Reading<string>): string {
  if (!console.known) return `unknown (${console.why})`;
  const lines = lastLines(console.value, LINES_READ);
  if (lines.length === 0) return 'has said nothing';
  for (const { pattern, means } of SIGNS) {
    const found = lines.findLast((line) => pattern.test(line));
    if (found !== undefined) return safeLine(`${means}: ${pattern.exec(found)?.[0] ?? found}`);
  }
  return `nothing known as bad; it ends with: ${lines.at(-1) ?? ''}`;
}

const LINES_READ = 200;

function ec2Line({ signals, stateReason }: Symptoms, now: Instant): string {
  if (signals === undefined) return 'unknown (not read)';
  const { state, checks, events, launchedAt } = signals;
  const since =
    launchedAt == null
      ? ''
      : `, started ${toIso(launchedAt)} (${describeMs(now - launchedAt)} ago)`;
  const reason = stateReason === '' ? '' : `, "${safeLine(stateReason, 80)}"`;
  const [event] = events;
  const scheduled =
    event === undefined
      ? 'nothing scheduled'
      : `scheduled ${event.code}${event.notBefore === null ? '' : ` for ${toIso(event.notBefore)}`}`;
  const health = checks.known
    ? `checks: system ${checks.value.system}, instance ${checks.value.instance}, attached EBS ${checks.value.attachedEbs}`
    : `checks unknown (${checks.why})`;
  return `${state.known ? state.value : `state unknown (${state.why})`}${since}${reason}; ${health}; ${scheduled}`;
}

function networkLine(network: Symptoms['network']): string {
  if (!network.known) return `unknown (${network.why})`;
  const { inBytes, outBytes } = network.value;
  if (inBytes.length === 0 && outBytes.length === 0)
    return 'CloudWatch has no figures of the last half hour';
  return `in ${course(inBytes)}, out ${course(outBytes)} (oldest to newest, of the last half hour)`;
}

const course = (bytes: readonly number[]): string =>
  bytes.length === 0 ? 'no figures' : bytes.slice(-POINTS_SHOWN).map(inWords).join(' > ');

const POINTS_SHOWN = 4;

const inWords = (bytes: number): string =>
  bytes < 1_000
    ? `${Math.round(bytes)} B`
    : bytes < 1_000_000
      ? `${(bytes / 1_000).toFixed(1)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`;
