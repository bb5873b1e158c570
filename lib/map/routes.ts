/** One way in words: the words alone must do, for those who see no colours and for narrow screens. Pure. */
import type { MapWay } from './scene.ts';

export interface WayWords {
  readonly text: string;
  readonly ink: 'good' | 'warn' | 'bad';
}

/** `✓ 10.20.0.0/16 and 1 more → vpn-a1, home`; away from home, it names the home. */
export function describeWay(way: MapWay, nameOf: (id: string) => string): WayWords {
  const { destinations, nextHop, preferred, state, isPool, isPinned } = way;
  const [first = '', ...rest] = destinations;
  const what = rest.length === 0 ? first : `${first} +${rest.length}`;
  const notes = `${isPool ? ', pool' : ''}${isPinned ? ', pinned' : ''}`;
  const to = `${what} → ${nameOf(nextHop)}`;
  switch (state) {
    case 'preferred':
      return {
        text: `✓ ${to}, ${preferred === null ? 'no home' : 'preferred'}${notes}`,
        ink: 'good',
      };
    case 'failedOver':
      return {
        text: `⇄ ${to}, away from ${preferred === null ? 'preferred' : nameOf(preferred)}${notes}`,
        ink: 'warn',
      };
    case 'lost':
      return { text: `✕ ${to}, LOST${notes}`, ink: 'bad' };
    case 'unsure':
      return { text: `? ${to}, unsure${notes}`, ink: 'warn' };
    default:
      return state satisfies never;
  }
}
