/** People's pins: routes that stay with one next hop for a while. Pure. */
import * as v from 'valibot';
import { isConnectionId } from './connectionPath.ts';
import { StoredAt, StoredText } from './storedRequests.ts';
import type { Instant } from './time.ts';

export interface Pin {
  readonly group: string;
  /** Null: every route of the group that its target can carry. */
  readonly routeKey: string | null;
  /** What is to be their next hop: the instance id of an appliance, or the id of a connection (`vpn-…`). */
  readonly to: string;
  readonly at: Instant;
  readonly until: Instant;
  /** The caller who asked for it, as AWS names it. */
  readonly by: string;
  readonly why: string;
}

/** The item of the state table that holds a region's pins: written by people only, read by the leader. */
export const pinsId = (region: string): string => `pins#${region}`;

/** Whatever is stored, no pin lasts longer. */
export const PIN_MS_MAX = 7 * 86_400_000;
/** So many pins one region may hold. */
export const PINS_MAX = 200;

const Body = v.object({
  pins: v.array(
    v.object({
      group: StoredText,
      routeKey: v.nullable(StoredText),
      to: StoredText,
      at: StoredAt,
      until: StoredAt,
      by: StoredText,
      why: StoredText,
    }),
  ),
});

/** Null for garbage, which changes no pin. */
export function parsePins(body: unknown): readonly Pin[] | null {
  const parsed = v.safeParse(Body, body);
  if (!parsed.success) return null;
  return parsed.output.pins
    .slice(0, PINS_MAX)
    .map((pin) => ({ ...pin, until: Math.min(pin.until, pin.at + PIN_MS_MAX) }));
}

/** Whether it pins transit gateway routes; others pin routes of VPC route tables. */
export const isOfConnection = ({ to }: Pick<Pin, 'to'>): boolean => isConnectionId(to);

/** Those that have not run out. */
export const livePins = (pins: readonly Pin[], now: Instant): readonly Pin[] =>
  pins.filter(({ until }) => now < until);

/** An operator's clock is ahead by no more: a pin from later than that was made by no command. */
const AHEAD_MS = 300_000;

interface Pinnable {
  readonly key: string;
  readonly group: string;
}

/** The pin that counts for a route now: its own before its group's, the newest of equals; null without one. */
export function pinOf(pins: readonly Pin[], route: Pinnable, now: Instant): Pin | null {
  let best: Pin | null = null;
  for (const pin of pins) {
    if (pin.at > now + AHEAD_MS) continue;
    const isMeant = pin.routeKey === null ? pin.group === route.group : pin.routeKey === route.key;
    if (!isMeant || now >= pin.until) continue;
    if (best === null || isStronger(pin, best)) best = pin;
  }
  return best;
}

const isStronger = (a: Pin, b: Pin): boolean =>
  (a.routeKey === null) === (b.routeKey === null) ? a.at >= b.at : a.routeKey !== null;
