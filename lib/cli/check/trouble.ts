/** What makes check's result `needs-a-person`. Pure. */

import { isTrouble } from './failover.ts';
import type { CheckReport, FindingReport, LeaderIncident } from './types.ts';

export interface Trouble {
  /** Findings of this look, and open incidents that are not acknowledged; one that is both counts once. */
  readonly findingCount: number;
  /** Names of the groups that cannot fail over. Before a deployment that is advice, and no trouble. */
  readonly groups: readonly string[];
}

export function troubleOf(report: Judged): Trouble {
  const { watch, findings, incidents, suppressed, groups, connectionGroups } = report;
  // What a late leader has stored may be out of date.
  const isLed = watch?.isLate === false;
  const causes = isLed ? incidents.filter((one) => isBad(one) && !one.isAcked) : [];
  const explained = new Set(isLed ? suppressed.map(keyOf) : []);
  const keys = [...findings.filter(isBad), ...causes]
    .map(keyOf)
    .filter((key) => !explained.has(key));
  const stuck = [...groups, ...connectionGroups].filter(({ failover }) => isTrouble(failover));
  return {
    findingCount: new Set(keys).size,
    groups: watch === null ? [] : [...new Set(stuck.map(({ name }) => name))],
  };
}

type Judged = Pick<
  CheckReport,
  'watch' | 'findings' | 'incidents' | 'suppressed' | 'groups' | 'connectionGroups'
>;

export const keyOf = ({ reason, subject }: FindingReport | LeaderIncident): string =>
  `${reason} ${subject.id}`;

const isBad = ({ severity, reason }: FindingReport | LeaderIncident): boolean =>
  severity !== 'info' && !NO_TROUBLE.has(reason);

/** A gap is an objection, and a pause is an operator's own decision. */
const NO_TROUBLE: ReadonlySet<string> = new Set(['SightLost', 'Paused']);
