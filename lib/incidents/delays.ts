/** How long a finding lasts before it is notified. Pure. */
import type { Incident } from './types.ts';

export interface Delays {
  /** What is no loss of the data path waits so long for others like it, and for passing by itself. */
  readonly groupMs: number;
  /** A finding has to be gone for so long: what flickers is one incident. */
  readonly clearMs: number;
  /**
   * False: who looks every second counts from the first look without it. True: a minute or more lies between two looks,
   * each a process of its own; it counts from the last look with it, and every look is written down while it is open.
   */
  readonly isPolled: boolean;
}

export const WATCHING: Delays = { groupMs: 30_000, clearMs: 30_000, isPolled: false };

/** One look is delay enough. */
export const POLLING: Delays = { groupMs: 0, clearMs: 30_000, isPolled: true };

/** Reasons with a delay of their own, whatever their severity: most end by themselves within seconds. */
const PASSING_MS: ReadonlyMap<string, number> = new Map([
  ['SightLost', 15_000],
  ['StateLost', 15_000],
  ['VantageBlind', 15_000],
  // One host behind the tunnels may be rebooting.
  ['FarSideSilent', 15_000],
  // An action on an instance is notified, however short it is.
  // An operator's own stop: others on call are notified at once.
  ['Paused', 0],
  // Routes were moved for it, and it may be over soon.
  ['ApplianceLeaving', 0],
  ['DrillRunning', 0],
  ['DrillFailed', 0],
  ['RepairUnderway', 0],
  ['RepairSpent', 0],
  // Most brakes let go by themselves: routes leave, a boot ends.
  ['RepairHeld', 60_000],
]);

/** Delay before it is notified. Loss of the data path, which is what `critical` means, has none. */
export const waitMs = ({ reason, severity }: Incident, { groupMs }: Delays): number =>
  PASSING_MS.get(reason) ?? (severity === 'critical' ? 0 : groupMs);

/** What was done is notified no more often than this. */
export const UPDATE_MS = 30_000;
