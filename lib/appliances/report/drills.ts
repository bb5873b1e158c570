/** A drill in words. Pure. */
import { counted } from '../../core/text.ts';
import { describeMs } from '../../core/time.ts';
import type { Drill } from '../types/drill.ts';

/** Its outcome, or how far it is, in one clause: `passed: 3 routes left vpn-a within 1.2 s, …`. */
export function describeDrill(drill: Drill): string {
  const { name, routes, at, awayAt, endedAt, doneAt, failedWhy, probes, missed, outageMs } = drill;
  if (routes.length === 0) return `not begun: ${failedWhy}`;
  const some = counted(routes.length, 'route');
  const away =
    awayAt === null
      ? `${some} of ${name}`
      : `${some} left ${name} within ${describeMs(awayAt - at)}`;
  const back =
    endedAt === null || doneAt === null
      ? ''
      : `, and went back within ${describeMs(doneAt - endedAt)}`;
  const word = doneAt === null ? 'runs' : failedWhy === null ? 'passed' : 'failed';
  const outage =
    outageMs === null
      ? 'outage not measured, for no probe goes through a tunnel'
      : `outage ${outageMs === 0 ? 'none' : describeMs(outageMs)}, by the probes through the tunnels`;
  return `${word}${failedWhy === null ? '' : ` (${failedWhy})`}: ${away}${back}; ${missed} of ${counted(probes, 'probe')} not answered; ${outage}`;
}
