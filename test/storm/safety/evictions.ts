/** By ground truth: an Elastic address that nobody has lost its holder; no other address was put in its place. */
import { isElastic } from '../../../lib/core/elasticAddress.ts';
import type { Run, Violation } from '../record.ts';

export function checkEvictions({ account: { network, log } }: Run): readonly Violation[] {
  return log.writes.flatMap(({ tableId, destination, targetId: interfaceId, effectMs }) => {
    if (!isElastic(tableId) || effectMs === null) return [];
    const lost = network.tables
      .list(`at ${effectMs}`, effectMs, (one) => isElastic(one.tableId) && one.tableId !== tableId)
      .filter((one) => {
        const [before] = network.tables.between(one.tableId, effectMs - 1, effectMs - 1);
        return (
          before?.routes[0]?.interfaceId === interfaceId && one.routes[0]?.interfaceId === null
        );
      })
      // Its interface ended at that moment.
      .filter(() => network.interfaces.asOf(interfaceId, effectMs) !== null);
    return lost.map((one) => ({
      rule: 'S2',
      atMs: effectMs,
      what: `${one.tableId} lost its place on ${interfaceId} to ${destination}`,
    }));
  });
}
