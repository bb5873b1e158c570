/** Drills by ground truth: the first unanswered probe of a member that a leader could know of is its last. */
import { groupsIn, type Run, type TickRecord, type Violation } from '../record.ts';

export function checkDrills(run: Run): readonly Violation[] {
  const firstMs = new Map<string, number>();
  for (const { drilled, observedMs } of run.ticks) {
    for (const drill of drilled)
      firstMs.set(drill, Math.min(firstMs.get(drill) ?? observedMs, observedMs));
  }
  return [...firstMs].flatMap(([drill, fromMs]) => checkDrill(run, drill, fromMs));
}

/**
 * The same leader has looked once with the miss known, and at the next look its routes are still to stay away. Only a
 * probe that this leader had an answer of before says anything to it.
 */
function checkDrill(run: Run, drill: string, fromMs: number): readonly Violation[] {
  const { account, ticks } = run;
  const [instanceId = ''] = drill.split(' ');
  const [group = ''] = groupsIn(run, instanceId, fromMs, fromMs);
  const own = ticks.filter(({ drilled }) => drilled.includes(drill));
  const misses = account.log.results.filter(
    ({ answer, key, sentMs }) =>
      answer === 'down' &&
      sentMs > fromMs &&
      groupsIn(run, key.split(' ')[0] ?? '', sentMs, sentMs).includes(group),
  );
  const firstUps = new Map<string, number>();
  for (const { by, key, vantageId, answer, doneMs } of account.log.results) {
    const page = `${by} ${vantageId} ${key}`;
    if (answer === 'up') firstUps.set(page, Math.min(firstUps.get(page) ?? doneMs, doneMs));
  }
  for (const { by, key, vantageId, doneMs, sentMs } of misses) {
    const upMs = firstUps.get(`${by} ${vantageId} ${key}`);
    const hadAnswered = upMs !== undefined && upMs < sentMs;
    // By the pass that took the lease nothing is decided yet.
    const taken = ticks.find((tick) => tick.by === by && tick.lease === 'leader');
    const isLook = (tick: TickRecord) =>
      tick.by === by && tick.lease === 'leader' && tick !== taken;
    const first = ticks.find((tick) => isLook(tick) && tick.observedMs > doneMs);
    const still = own.find(
      (tick) => first !== undefined && isLook(tick) && tick.observedMs > first.doneMs,
    );
    if (!hadAnswered || still === undefined) continue;
    return [
      {
        rule: 'drill',
        atMs: still.observedMs,
        what: `${instanceId} is still drilled, and ${key} did not answer at ${doneMs}`,
      },
    ];
  }
  return [];
}
