/** Goal: what lives for hours only is warned of and renewed in time. Method: the whole publisher, by its schedule, at every phase of it. */
import { describe, expect, test } from '@jest/globals';
import { CHECK_EVERY_MS } from '../../lib/crl/types/policy.ts';
import { parseCrl } from '../../lib/crl/x509/parse.ts';
import { aCrlFixture, type CrlFixture, look, notified, upload } from '../builders/crls.ts';
import { aList, HOUR_MS, MINUTE_MS, NOW } from './builders/list.ts';

const PHASES_MIN = [0, 4, 8, 12];
const LIVES_H = [1, 2, 3, 5, 8, 24];

const aLife = (number: bigint, fromMs: number, lifeH: number) => ({
  number,
  thisUpdateAt: NOW + fromMs,
  nextUpdateAt: NOW + fromMs + lifeH * HOUR_MS,
});

/** The next scheduled checks, until that instant. */
async function checks(fixture: CrlFixture, untilMs: number, phaseMin: number, seen = () => {}) {
  for (;;) {
    const sinceMs = fixture.clock.now() - NOW - phaseMin * MINUTE_MS;
    const atMs = (Math.floor(sinceMs / CHECK_EVERY_MS) + 1) * CHECK_EVERY_MS;
    const nextAt = NOW + phaseMin * MINUTE_MS + atMs;
    const waitMs = Math.min(nextAt, NOW + untilMs) - fixture.clock.now();
    fixture.clock.jumpWall(Math.max(0, waitMs));
    if (nextAt > NOW + untilMs) return;
    seen();
    await look(fixture);
  }
}

describe.each(PHASES_MIN)('checks %i minutes after the quarter of an hour', (phaseMin) => {
  test.each(LIVES_H)(
    'a list of %i h that is not renewed is warned of before it ends',
    async (lifeH) => {
      const fixture = aCrlFixture();
      await upload(fixture, 'ca.crl', aList(fixture.ca, aLife(7n, 0, lifeH)));
      await checks(fixture, lifeH * HOUR_MS - 1, phaseMin);
      expect(notified(fixture)[0]).toBe('opened ca.crl CrlExpiring');
    },
  );

  test.each(LIVES_H.filter((lifeH) => lifeH > 1))(
    'a list of %i h that is renewed at half of its life is never warned of',
    async (lifeH) => {
      const fixture = aCrlFixture();
      for (let index = 0; index < 4; index += 1) {
        const fromMs = (index * lifeH * HOUR_MS) / 2;
        await checks(fixture, fromMs, phaseMin);
        await upload(fixture, 'ca.crl', aList(fixture.ca, aLife(BigInt(7 + index), fromMs, lifeH)));
      }
      expect(notified(fixture)).toEqual([]);
    },
  );

  test.each(LIVES_H)(
    'an endpoint never has an expired list of %i h while a later one is published',
    async (lifeH) => {
      const fixture = aCrlFixture();
      fixture.endpoints.add({ endpointId: 'cvpn-endpoint-1', name: 'staff' });
      await upload(fixture, 'ca.crl', aList(fixture.ca, aLife(7n, 0, lifeH)));
      const halfMs = (lifeH * HOUR_MS) / 2;
      await checks(fixture, halfMs, phaseMin);
      await upload(fixture, 'ca.crl', aList(fixture.ca, aLife(8n, halfMs, lifeH)));
      await checks(fixture, lifeH * HOUR_MS + CHECK_EVERY_MS, phaseMin, () => {
        expect(endOf(fixture)).toBeGreaterThan(fixture.clock.now());
      });
      expect(fixture.endpoints.imports.length).toBe(2);
    },
  );
});

function endOf({ endpoints }: CrlFixture): number {
  const parsed = parseCrl(Buffer.from(endpoints.pemOf('cvpn-endpoint-1') ?? ''));
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.crl.nextUpdateAt ?? 0;
}
