/** By ground truth: nothing is written while an operator's pause lasts. */
import type { Fault } from '../../../lib/simulator/faults.ts';
import type { Run, Violation } from '../record.ts';

/** A write that was allowed right before the pause was stored may still be on its way. */
const ON_ITS_WAY_MS = 250;
/** What cannot be read cannot be obeyed: the pause that is known counts. */
const TABLE_FAULTS: ReadonlySet<Fault['kind']> = new Set([
  'store-unreachable',
  'store-flaky',
  'store-garbage',
]);

export function checkPaused({ options: { spells }, account }: Run): readonly Violation[] {
  const pauses = spells.filter(({ fault }) => fault.kind === 'person-pauses');
  if (pauses.length === 0 || spells.some(({ fault }) => TABLE_FAULTS.has(fault.kind))) return [];
  return account.log.writes.flatMap(({ issuedMs, tableId, destination }) =>
    pauses.some(({ startMs, endMs }) => issuedMs > startMs + ON_ITS_WAY_MS && issuedMs < endMs)
      ? [
          {
            rule: 'paused',
            atMs: issuedMs,
            what: `${tableId} ${destination} was written in a pause`,
          },
        ]
      : [],
  );
}
