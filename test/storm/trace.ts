/** What a person needs to see of a storm that went wrong: its violations, its last lines, and how to live it again. */
import type { Fault } from '../../lib/simulator/faults.ts';
import type { Run, Violation } from './record.ts';

const LINES_KEPT = 20;
const VIOLATIONS_SHOWN = 5;

export function trace(
  run: Run,
  violations: readonly Violation[],
  lineCount: number = LINES_KEPT,
): readonly string[] {
  const [first] = violations;
  const untilMs = first === undefined ? Number.POSITIVE_INFINITY : first.atMs + 1_000;
  const lines = linesOf(run).filter(({ atMs }) => atMs <= untilMs);
  return [
    ...lines.slice(-lineCount).map(({ atMs, text }) => `  ${stamp(atMs)} ${text}`),
    ...violations
      .slice(0, VIOLATIONS_SHOWN)
      .map(({ rule, atMs, what }) => `  ${stamp(atMs)} BROKEN ${rule}: ${what}`),
    violations.length > VIOLATIONS_SHOWN
      ? `  and ${violations.length - VIOLATIONS_SHOWN} more`
      : '',
    violations.length > 0 ? `  again: npm run storm -- --seed ${run.options.seed}` : '  all well',
  ].filter((line) => line !== '');
}

interface Line {
  readonly atMs: number;
  readonly text: string;
}

function linesOf({ options, account: { log }, ticks }: Run): readonly Line[] {
  const lines: Line[] = options.spells.flatMap(({ fault, startMs, endMs }) => [
    { atMs: startMs, text: `fault ${describe(fault)}` },
    { atMs: endMs, text: `over  ${describe(fault)}` },
  ]);
  for (const one of log.writes) {
    const effect = one.effectMs === null ? '' : ` at ${stamp(one.effectMs)}`;
    lines.push({
      atMs: one.issuedMs,
      text: `write ${one.by} ${one.tableId} ${one.destination}: ${one.before ?? '?'} -> ${one.targetId} ${one.answer.kind}${effect}`,
    });
  }
  for (const { atMs, by, state, subject, answer } of log.notifications) {
    lines.push({ atMs, text: `notify ${by} ${state} ${subject} (${answer})` });
  }
  const seen = new Set<string>();
  for (const { by, doneMs, lease, held, gaps } of ticks) {
    const isOrdinary = lease === 'held' || lease === 'shadowing' || lease === 'none';
    const texts = [
      ...(isOrdinary ? [] : [`lease ${lease}`]),
      ...gaps.map((gap) => `cannot see ${gap}`),
      ...held,
    ];
    for (const line of texts) {
      // The same hold of the same route by the same watcher is seen once, however its numbers change.
      const gist = `${by} ${line.split(' ').slice(0, 3).join(' ')}`;
      if (seen.has(gist)) continue;
      seen.add(gist);
      lines.push({ atMs: doneMs, text: `tick  ${by} ${line}` });
    }
  }
  return lines.toSorted((a, b) => a.atMs - b.atMs);
}

function describe(fault: Fault): string {
  const { kind, ...rest } = fault;
  return [kind, ...Object.values(rest).map(String)].join(' ');
}

const stamp = (atMs: number): string => `${(atMs / 1_000).toFixed(3).padStart(9)}s`;
