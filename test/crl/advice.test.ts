/** Goal: what a notification about CRLs advises helps in that very situation. Method: the whole publisher on simulated buckets. */
import { describe, expect, test } from '@jest/globals';
import { pemOf } from '../../lib/crl/x509/pem.ts';
import { aCrlFixture, type CrlFixture, look, notified, upload } from '../builders/crls.ts';
import { aList, aPoint, DAY_MS, HOUR_MS, NOW, serials } from './builders/list.ts';

const textOf = ({ notifications }: CrlFixture, reason: string): string =>
  notifications.sent.findLast(({ incidentId }) => incidentId.endsWith(reason))?.text ?? '';

describe('a list that loses ten of twenty entries', () => {
  const shrunk = async (issued: string | null, isRead = true) => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca, { serials: serials(20) }));
    if (issued !== null) fixture.source.drop('inbox/ca.crl.issued', Buffer.from(issued));
    fixture.source.failure = (call, key) =>
      call === 'read' && key.endsWith('.issued') && !isRead ? 'fails' : 'fine';
    const next = aList(fixture.ca, { number: 8n, serials: serials(10), thisUpdateAt: NOW });
    await upload(fixture, 'ca.crl', next);
    return textOf(fixture, 'CrlTooManyMissing');
  };

  test.each([
    ['is not there', null, true, 'inbox/ca.crl.issued is not there'],
    ['cannot be read', '0b 2026-01-01', false, 'inbox/ca.crl.issued cannot be read'],
    ['has dates of another form', '"0b","11/1/2026 12:00 AM"', true, 'is of no use'],
    ['has nothing that has expired', '0b 2027-01-01', true, 'was read'],
  ])('says that the CA’s list of its certificates %s', async (_, issued, isRead, words) => {
    expect(await shrunk(issued, isRead)).toContain(words);
  });
});

describe('an endpoint whose list is about to expire', () => {
  async function ageing(point: string | null, next: (fixture: CrlFixture) => Promise<unknown>) {
    const fixture = aCrlFixture();
    const list = (number: bigint, days: number, uri = point) =>
      aList(fixture.ca, {
        number,
        thisUpdateAt: NOW + days * DAY_MS - HOUR_MS,
        nextUpdateAt: NOW + (days + 7) * DAY_MS,
        point: uri === null ? null : aPoint(uri),
      });
    fixture.endpoints.add({ endpointId: 'cvpn-endpoint-1', name: 'staff' });
    fixture.endpoints.set('cvpn-endpoint-1', pemOf(list(7n, 0)));
    await upload(fixture, 'ca.crl', list(7n, 0));
    await next(fixture);
    for (let hour = 0; hour < 7 * 24 - 2; hour += 1) {
      fixture.clock.jumpWall(HOUR_MS);
      await look(fixture);
    }
    return textOf(fixture, 'CrlEndpointExpiring');
  }

  test('and gets no other: upload a fresh one', async () => {
    expect(await ageing(null, async () => undefined)).toContain('Upload a fresh CRL to the inbox');
  });

  test('while the published one does not fit it: an upload would not help, the import by hand does', async () => {
    const text = await ageing('http://a/ca.crl', async (fixture) => {
      fixture.stateStore.remove('ca.crl');
      const other = { number: 8n, nextUpdateAt: NOW + 60 * DAY_MS, thisUpdateAt: NOW };
      const point = aPoint('http://b/ca.crl');
      await upload(fixture, 'ca.crl', aList(fixture.ca, { ...other, point }));
    });
    expect(text).toContain('vpn-medic crl import FILE cvpn-endpoint-1 --issuer CERT --address URL');
    expect(text).not.toContain('Upload a fresh CRL');
  });

  test('while a newer one is published, and its import fails: see why', async () => {
    const text = await ageing(null, async (fixture) => {
      fixture.endpoints.importAnswer = 'refused';
      const renewed = { number: 8n, nextUpdateAt: NOW + 60 * DAY_MS, thisUpdateAt: NOW };
      await upload(fixture, 'ca.crl', aList(fixture.ca, renewed));
    });
    expect(text).toContain('see what keeps it from being imported');
  });
});

test('an import that fails is one notification, not another one that the endpoint is behind', async () => {
  const fixture = aCrlFixture();
  fixture.endpoints.add({ endpointId: 'cvpn-endpoint-1', name: 'staff' });
  fixture.endpoints.importAnswer = 'refused';
  await upload(fixture, 'ca.crl', aList(fixture.ca));
  expect(notified(fixture)).toEqual(['opened cvpn-endpoint-1 CrlImportFailed']);
  fixture.endpoints.importAnswer = 'accepted';
  fixture.clock.jumpWall(HOUR_MS);
  await look(fixture);
  fixture.clock.jumpWall(HOUR_MS);
  await look(fixture);
  expect(notified(fixture).at(-1)).toBe('resolved cvpn-endpoint-1 CrlImportFailed');
});
