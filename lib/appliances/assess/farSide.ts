/**
 * Silence of a probe through a tunnel. The appliance, its tunnel and the far side are silent alike, so a miss counts
 * only while the same far side answers through another appliance. Pure.
 */
import type { Instant } from '../../core/time.ts';
import type { Miss } from '../../probe/history.ts';
import type { FarSide, RoundObservation, VantageObservation } from '../types/world.ts';

/** An unbroken row of answers of a far side, through another appliance. */
interface Row {
  readonly since: Instant;
  readonly until: Instant;
}

/** Those of every vantage; a row that a miss has ended is none. */
export function rowsThroughOthers(
  farSide: FarSide,
  instanceId: string,
  vantages: readonly VantageObservation[],
): readonly Row[] {
  return vantages.flatMap(({ farSides, histories }) =>
    [...(farSides ?? [])].flatMap(([key, name]): readonly Row[] => {
      if (name !== farSide || key.startsWith(`${instanceId} `)) return [];
      const history = histories.get(key);
      const until = history?.goodSentAts.at(-1);
      if (history == null || until === undefined || history.misses.length > 0) return [];
      return history.goodSince === null ? [] : [{ since: history.goodSince, until }];
    }),
  );
}

/**
 * The newest unbroken run of misses that count: the far side answered through another appliance before and after each of
 * them, and the vantage works. A vantage works when anything answered it in the same round; where no other appliance has
 * ever answered it, as in a subnet of the appliance's own, the far side alone is the witness. Misses that are newer than
 * the witness's last answer are left out.
 */
export function countedFarMisses(
  misses: readonly Miss[],
  rows: readonly Row[],
  { rounds, histories }: VantageObservation,
  instanceId: string,
  holeMs: number,
): readonly Miss[] {
  const bySentAt = new Map(rounds.map((round) => [round.sentAt, round]));
  const hasOthers = [...histories].some(
    ([key, { hasAnswered }]) => hasAnswered && !key.startsWith(`${instanceId} `),
  );
  const isSeen = (round: RoundObservation) => !hasOthers || round.answeredBy.length > 0;
  const counted: Miss[] = [];
  let later: Miss | undefined;
  for (const miss of misses.toReversed()) {
    const round = bySentAt.get(miss.sentAt);
    if (round === undefined) break;
    if (later !== undefined && later.sentAt - miss.sentAt > holeMs) break;
    later = miss;
    const witnesses = rows.filter(({ since }) => since <= miss.sentAt);
    if (witnesses.length === 0) break;
    const isWitnessed = witnesses.some(({ until }) => until >= miss.sentAt);
    if (isWitnessed && isSeen(round)) counted.push(miss);
    else if (isWitnessed && round.isOver) break;
  }
  return counted.toReversed();
}
