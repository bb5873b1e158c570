/** Whether a group can fail over now, as text. Pure. */
import { type Colour, colour } from '../output/colour.ts';
import { type Block, line } from '../output/textBlocks.ts';
import type { FailoverReport } from './failover/types.ts';

export const FAILOVER_COLOURS: Readonly<Record<FailoverReport['canFailOver'], Colour>> = {
  yes: 'good',
  no: 'bad',
  unknown: 'warn',
};

export const writeFailover = ({
  failover,
}: {
  readonly failover: FailoverReport;
}): readonly Block[] => [
  line(
    [
      'can fail over now: ',
      colour(FAILOVER_COLOURS[failover.canFailOver], failover.canFailOver),
      `, because ${failover.because}`,
    ],
    2,
  ),
  ...(failover.toDo === null ? [] : [line(['To do: ', failover.toDo], 4)]),
];
