/** The last looks in words, for the command line and the map alike. Pure. */
import { describeMs, toIso } from '../core/time.ts';
import type { LastLook, LastLooks } from './lastLooks.ts';

/** One clause for each scope that is looked at in time: `appliances 1 s ago (mode act)`. */
export const freshTexts = ({ at, looks }: LastLooks): readonly string[] =>
  looks.flatMap((look) =>
    look.at === null || look.isLate || look.isOff
      ? []
      : [`${look.scope} ${describeMs(Math.max(0, at - look.at))} ago${modeText(look)}`],
  );

/** One sentence for each scope that is not. */
export const lateTexts = ({ at, looks }: LastLooks): readonly string[] =>
  looks.flatMap((look) => {
    if (!look.isLate) return [];
    if (look.at === null) {
      return [
        `no leader has ever looked at the ${look.scope} of this region, so nothing is known of them.`,
      ];
    }
    return [
      `the leader of the ${look.scope} last looked ${describeMs(at - look.at)} ago, at ${toIso(look.at)}${modeText(look)}. What it stored may be out of date.`,
    ];
  });

/** One sentence for all that the deployment leaves out; null: nothing. */
export const offText = ({ off }: LastLooks): string | null =>
  off.length === 0
    ? null
    : `${off.map((name) => `${name}=false`).join(', ')}: this deployment leaves ${off.length === 1 ? 'it' : 'them'} out, so that no leader watches and nothing is notified.`;

const modeText = ({ mode }: LastLook): string => (mode === null ? '' : ` (mode ${mode})`);
