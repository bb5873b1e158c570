/** Examines what the deployed probe functions reach. Pure. */
import type { VantageObservation } from '../../appliances/types/world.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

/** One exam for each probe function. */
export const examineProbes = (vantages: readonly VantageObservation[]): readonly Exam[] =>
  vantages.map(({ vantage, histories }) => {
    if (vantage.unreadWhy !== undefined) {
      return unexamined('probes', vantage.id, vantage.unreadWhy);
    }
    const all = [...histories.values()];
    const answered = all.filter(({ hasAnswered }) => hasAnswered);
    if (all.length === 0) return well('probes', vantage.id, 'there is nothing to probe yet');
    const says = `${answered.length} of ${all.length} probes answered`;
    if (answered.length === all.length) return well('probes', vantage.id, says);
    const whys = new Set(all.flatMap(({ unknownWhy }) => unknownWhy ?? []));
    return wrong(
      'probes',
      vantage.id,
      whys.size === 0 ? says : `${says}: ${[...whys].join('; ')}`,
      'vpn-medic check --vantages names each probe, and the security-group rule that it needs',
    );
  });
