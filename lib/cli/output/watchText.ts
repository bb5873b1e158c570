/** Who watches, in words: before every answer that rests on what the leader stored. Pure. */
import { describePause } from '../../core/pause.ts';
import { describeMs, toIso } from '../../core/time.ts';
import type { LastLook, LastLooks } from '../../watcher/lastLooks.ts';
import { reportPause } from '../pause/report.ts';
import { colour } from './colour.ts';
import { type Block, line } from './textBlocks.ts';

/** As `--json` prints it, under `watch`. */
export const reportWatch = ({ at, looks, pause }: LastLooks) => ({
  isLate: looks.some(({ isLate }) => isLate),
  scopes: looks.map((look) => ({
    scope: look.scope,
    lookedAt: look.at === null ? null : toIso(look.at),
    ageMs: look.at === null ? null : Math.max(0, at - look.at),
    mode: look.mode,
    isLate: look.isLate,
  })),
  paused: pause === null ? null : reportPause(pause),
});

export function writeWatch(watch: LastLooks): readonly Block[] {
  const { at, looks, pause } = watch;
  const late = looks.filter(({ isLate }) => isLate);
  const seen = looks.filter((look) => !look.isLate && look.at !== null);
  return [
    ...late.map((look) => line([colour('bad', 'Not watched: '), lateText(look, at)])),
    ...(seen.length === 0
      ? []
      : [line(`Last look: ${seen.map((look) => lookText(look, at)).join(', ')}.`)]),
    ...(pause === null
      ? []
      : [line([colour('warn', 'Paused: '), `writes are ${describePause(pause)}.`])]),
  ];
}

const lookText = ({ scope, mode, at }: LastLook, now: number): string =>
  `${scope} ${describeMs(Math.max(0, now - (at ?? now)))} ago${mode === null ? '' : ` (mode ${mode})`}`;

function lateText({ scope, mode, at }: LastLook, now: number): string {
  if (at === null) {
    return `no leader has ever looked at the ${scope} of this region, so what follows says nothing about them.`;
  }
  return `the leader of the ${scope} last looked ${describeMs(now - at)} ago, at ${toIso(at)}${mode === null ? '' : ` (mode ${mode})`}. What follows may be out of date.`;
}
