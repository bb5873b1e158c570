/** People's wishes, valid unless a test says otherwise: an hour from a minute ago. */
import type { Pin } from '../../lib/core/pin.ts';
import { NOW } from './facts.ts';

export const aPin = (over: Partial<Pin> = {}): Pin => ({
  group: 'hq',
  routeKey: null,
  to: 'i-b1',
  at: NOW - 60_000,
  until: NOW + 3_600_000,
  by: 'arn:aws:iam::111122223333:user/ana',
  why: 'the line in zone a is noisy',
  ...over,
});
