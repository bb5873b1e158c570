/** One route group as text, complete without colours. Pure. */
import type { MapRouteGroup } from './scene.ts';

export interface RouteWords {
  readonly text: string;
  readonly colour: 'good' | 'warn' | 'bad';
}

/** `✓ 10.20.0.0/16 +1 → vpn-a1, preferred`; when failed over, it names the preferred next hop. */
export function describeRouteGroup(
  routeGroup: MapRouteGroup,
  nameOf: (id: string) => string,
): RouteWords {
  const { destinations, nextHop, preferred, state, isPool, isPinned } = routeGroup;
  const [first = '', ...rest] = destinations;
  const what = rest.length === 0 ? first : `${first} +${rest.length}`;
  const notes = `${isPool ? ', pool' : ''}${isPinned ? ', pinned' : ''}`;
  const to = `${what} → ${nameOf(nextHop)}`;
  switch (state) {
    case 'preferred':
      return {
        text: `✓ ${to}, ${preferred === null ? 'none preferred' : 'preferred'}${notes}`,
        colour: 'good',
      };
    case 'failedOver':
      return {
        text: `⇄ ${to}, failed over from ${preferred === null ? '?' : nameOf(preferred)}${notes}`,
        colour: 'warn',
      };
    case 'lost':
      return { text: `✕ ${to}, LOST${notes}`, colour: 'bad' };
    case 'unsure':
      return { text: `? ${to}, unsure${notes}`, colour: 'warn' };
    default:
      return state satisfies never;
  }
}
