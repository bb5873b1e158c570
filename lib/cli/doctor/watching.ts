/** Examines whether the leaders look, and may write. Pure. */

import { describePause } from '../../core/pause.ts';
import { freshTexts, lateTexts } from '../../watcher/lastLooksText.ts';
import type { Observation } from '../pass.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

export function examineWatching({ leader, store }: Observation): readonly Exam[] {
  if (leader === null) {
    const why = store.kind === 'unreadable' ? store.why : 'the stack names no state table';
    return [unexamined('watching', 'leaders', why)];
  }
  const { watch } = leader;
  const late = lateTexts(watch).map((text) =>
    wrong('watching', 'leaders', text, 'read the alarms, and the log of the function that looks'),
  );
  const fresh = freshTexts(watch);
  const paused =
    watch.pause === null
      ? []
      : [
          wrong(
            'watching',
            'writes',
            `paused: ${describePause(watch.pause)}`,
            'vpn-medic resume, when the work is done',
          ),
        ];
  return [
    ...late,
    ...paused,
    ...(fresh.length === 0 ? [] : [well('watching', 'leaders', `last look: ${fresh.join(', ')}`)]),
  ];
}
