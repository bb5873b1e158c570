/** What the sentences of a notification ask of its parts. Pure. */
import type { Details, ReportedHeld } from '../core/report.ts';
import type { Incident } from './types.ts';

/** What was named in the notice of a greater trouble, and is still found now that this is over. */
export const lastingOf = (covered: readonly Incident[]): readonly Incident[] =>
  covered.filter(({ missedAt, resolvedAt }) => missedAt === null && resolvedAt === null);

/** `ConnectionDown of berlin and 2 more` */
export function namesOf(incidents: readonly Incident[]): string {
  const [first, ...others] = incidents.map(({ reason, subject }) => `${reason} of ${subject.name}`);
  return others.length === 0 ? (first ?? '') : `${first} and ${others.length} more`;
}

/** Of a move, made or held. */
export const routeKeyOf = ({ details }: { readonly details: Details }): string =>
  String(details['route'] ?? '');

export const hasNoNextHop = ({ reason, resolvedAt }: Incident): boolean =>
  reason === 'RouteStranded' && resolvedAt === null;

/** What leaves still works: its routes move before it ends. */
export const isInTime = ({ reason }: Incident): boolean => reason === 'ApplianceLeaving';

/** Not one of them runs by itself: a CRL that is refused, and not one that a window or the mode holds. */
export const isRefused = (held: readonly ReportedHeld[]): boolean =>
  held.length > 0 && held.every(({ thing, rule }) => thing === 'CRL' && rule === 'S11');
