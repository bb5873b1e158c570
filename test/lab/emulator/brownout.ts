/** A seeded proxy's faults: what becomes of the nth call of an action while AWS browns out. */
import { type Random, seededRandom } from '../../../lib/simulator/random.ts';

/**
 * `throttled`, `error`: refused, nothing done. `cut`: nothing done, no answer. `lost`, `silent`: done, the connection
 * ends, or stays, without an answer. `late`: answered after `LATE_MS`. The others are answers of status 200: a page of
 * HTML, no body, half the body, an empty result, and what was answered to the same question before.
 */
export type Way =
  | 'throttled'
  | 'error'
  | 'cut'
  | 'lost'
  | 'silent'
  | 'late'
  | 'html'
  | 'nothing'
  | 'half'
  | 'empty'
  | 'stale';

export const LATE_MS = 1_200;

const WAYS: readonly Way[] = [
  'throttled',
  'throttled',
  'error',
  'error',
  'cut',
  'lost',
  'silent',
  'late',
  'html',
  'nothing',
  'half',
  'empty',
  'stale',
];

export interface Brownout {
  /** Of the next call of this action; null: it goes through. */
  next(action: string): Way | null;
}

/** `chance`: of each call, 0 to 1. The draws of one action do not depend on calls of others. */
export function openBrownout(seed: string, chance: number): Brownout {
  const randoms = new Map<string, Random>();
  return {
    next(action) {
      const random = randoms.get(action) ?? seededRandom(`${seed}/${action}`);
      randoms.set(action, random);
      const isHit = random.chance(chance);
      const way = random.pick(WAYS);
      return isHit ? way : null;
    },
  };
}

/** An answer with everything in it but its items: EC2's and S3's XML keep their root; JSON and objects keep nothing. */
export function emptied(body: string): string {
  if (body.includes('<ListBucketResult'))
    return body
      .replaceAll(/<Contents>[^]*?<\/Contents>/g, '')
      .replace(/<KeyCount>\d+</, '<KeyCount>0<');
  if (body.startsWith('{')) return '{}';
  return body.startsWith('<')
    ? body.replace(/<(clientVpnEndpoint|\w+(?:Set|Info|Ids?))>[^]*<\/\1>/, '<$1/>')
    : '';
}
