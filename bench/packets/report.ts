/** The figures of all runs, and whether they are within the bounds. */
import type { Line } from './badLines.ts';
import type { Vantages } from './deployed.ts';

export interface Run {
  readonly vantages: Vantages;
  readonly death: 'daemon killed' | 'host silent' | 'ESP dropped' | 'drained';
  readonly lostCount: number;
  readonly outageMs: number;
  readonly failbackLostCount: number;
  /** Of the machine, over the last minute. */
  readonly load: number;
}

/** Outages of the deaths that any probe sees. */
const BOUNDS: Readonly<Record<Vantages, { readonly worstMs: number; readonly halfMs: number }>> = {
  inside: { worstMs: 2_000, halfMs: 1_700 },
  outside: { worstMs: 2_800, halfMs: 2_400 },
};

/** A probe through the tunnel goes silent; IKE, which any other probe asks, goes on. */
const ESP_MS = 15_000;

/** Prints a table and JSON; whether every bound is kept. */
export function report(runs: readonly Run[], lines: readonly Line[]): boolean {
  const rows = [...Map.groupBy(runs, ({ vantages, death }) => `${vantages}, ${death}`)];
  console.log('probes, death             runs  lost p50  worst  outage p50   p95  worst  failback');
  for (const [name, own] of rows) print(name, own);
  const missed: string[] = [];
  for (const vantages of ['inside', 'outside'] as const) {
    const deaths = runs.filter(
      (one) => one.vantages === vantages && /killed|silent/.test(one.death),
    );
    if (deaths.length === 0) continue;
    print(`${vantages}, both deaths`, deaths);
    const { worstMs, halfMs } = BOUNDS[vantages];
    const outages = deaths.map(({ outageMs }) => outageMs);
    if (share(outages, 1) > worstMs) missed.push(`${vantages}: worst at most ${worstMs} ms`);
    if (share(outages, 0.5) > halfMs) missed.push(`${vantages}: half within ${halfMs} ms`);
  }
  for (const { name, seconds, moveCount } of lines) {
    console.log(`${name.padEnd(34)}${seconds} s  ${moveCount} routes moved`);
    if (moveCount > 0) missed.push(`no route moves by ${name}`);
  }
  const loads = runs.map(({ load }) => load);
  console.log(`load of the machine: ${Math.min(...loads)} to ${Math.max(...loads)}`);
  console.log(JSON.stringify({ runs, lines }));
  if (runs.some(({ death, outageMs }) => death === 'ESP dropped' && outageMs > ESP_MS)) {
    missed.push(`ESP dropped while IKE answers: routes moved within ${ESP_MS} ms`);
  }
  if (runs.some(({ failbackLostCount }) => failbackLostCount > 0)) {
    missed.push('a failback loses no packet');
  }
  if (runs.some(({ death, lostCount }) => death === 'drained' && lostCount > 0)) {
    missed.push('a drain loses no packet');
  }
  for (const one of missed) console.log(`MISSED: ${one}`);
  return missed.length === 0;
}

function print(name: string, own: readonly Run[]): void {
  const losts = own.map(({ lostCount }) => lostCount);
  const outages = own.map(({ outageMs }) => outageMs);
  const figures = [
    [own.length, 4],
    [share(losts, 0.5), 10],
    [share(losts, 1), 7],
    [share(outages, 0.5), 12],
    [share(outages, 0.95), 6],
    [share(outages, 1), 7],
    [Math.max(...own.map(({ failbackLostCount }) => failbackLostCount)), 10],
  ] as const;
  console.log(
    `${name.padEnd(26)}${figures.map(([value, width]) => String(value).padStart(width)).join('')}`,
  );
}

/** The smallest value that at least this share of the runs did not exceed. */
function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((x, y) => x - y);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY;
}
