/** Who watches, in words: before every answer that rests on what the leader stored. Pure. */
import { describePause } from '../../core/pause.ts';
import { toIso } from '../../core/time.ts';
import { isLate, type LastLooks } from '../../watcher/lastLooks.ts';
import { freshTexts, lateTexts, offText } from '../../watcher/lastLooksText.ts';
import { reportPause } from '../pause/report.ts';
import { colour } from './colour.ts';
import { type Block, line } from './textBlocks.ts';

/** As `--json` prints it, under `watch`. */
export const reportWatch = (watch: LastLooks) => ({
  isLate: isLate(watch),
  scopes: watch.looks.map((look) => ({
    scope: look.scope,
    lookedAt: look.at === null ? null : toIso(look.at),
    ageMs: look.at === null ? null : Math.max(0, watch.at - look.at),
    mode: look.mode,
    isLate: look.isLate,
    isOff: look.isOff,
  })),
  /** Parameters that are false in the deployment. */
  off: watch.off,
  paused: watch.pause === null ? null : reportPause(watch.pause),
});

export const writeWatch = (watch: LastLooks): readonly Block[] => {
  const fresh = freshTexts(watch);
  const off = offText(watch);
  return [
    ...lateTexts(watch).map((text) => line([colour('bad', 'Not watched: '), text])),
    ...(fresh.length === 0 ? [] : [line(`Last look: ${fresh.join(', ')}.`)]),
    ...(off === null ? [] : [line([colour('warn', 'Off: '), off])]),
    ...(watch.pause === null
      ? []
      : [line([colour('warn', 'Paused: '), `writes are ${describePause(watch.pause)}.`])]),
  ];
};
