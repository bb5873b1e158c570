/** Goal: of CRLs nothing is resolved before it was seen well (S13). Method: the whole publisher on simulated buckets. */
import { describe, expect, test } from '@jest/globals';
import { aCrlFixture, look, notified, upload } from '../builders/crls.ts';
import { aList, aPoint, HOUR_MS, MINUTE_MS, NOW, serials } from './builders/list.ts';

const right = (number: bigint, atMs: number, lifeMs = 24 * HOUR_MS) => ({
  number,
  serials: serials(8),
  thisUpdateAt: NOW + atMs - MINUTE_MS,
  nextUpdateAt: NOW + atMs + lifeMs,
});

async function hours(fixture: ReturnType<typeof aCrlFixture>, count: number) {
  for (let hour = 0; hour < count; hour += 1) {
    fixture.clock.jumpWall(HOUR_MS);
    await look(fixture);
  }
}

/** What began and ended since. */
const changes = (fixture: ReturnType<typeof aCrlFixture>, before: number) =>
  notified(fixture)
    .slice(before)
    .filter((one) => /^(?:opened|resolved)/.test(one));

test('an upload that could not be read once is judged when it can be, also beside an older version that is published', async () => {
  const fixture = aCrlFixture();
  await upload(fixture, 'ca.crl', aList(fixture.ca, right(7n, 0)));
  const next = aList(fixture.ca, right(8n, 0));
  let isFirst = true;
  fixture.source.failure = (call, key) => {
    const fails = call === 'read' && key === 'inbox/ca.crl' && isFirst;
    if (fails) isFirst = false;
    return fails ? 'fails' : 'fine';
  };
  await upload(fixture, 'ca.crl', next);
  expect(notified(fixture)).toEqual(['opened ca.crl CrlCandidateUnreadable']);
  await hours(fixture, 1);
  expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(next));
});

test.each([
  ['mode observe', { mode: 'observe' as const }, []],
  ['mode act', { mode: 'act' as const }, ['resolved ca.crl CrlExpiring']],
])(
  'a list that has expired stays so until the right one that came is published: %s',
  async (_, settings, ends) => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca, right(7n, 0)));
    await hours(fixture, 26);
    expect(notified(fixture).at(-1)).toBe('updated ca.crl CrlExpiring');
    const before = notified(fixture).length;
    await upload(fixture, 'ca.crl', aList(fixture.ca, right(8n, 26 * HOUR_MS)), { settings });
    fixture.clock.jumpWall(HOUR_MS);
    await look(fixture, { settings });
    expect(changes(fixture, before)).toEqual(ends);
  },
);

test('the right one that came could not be written: expired still, beside the failed write', async () => {
  const fixture = aCrlFixture();
  await upload(fixture, 'ca.crl', aList(fixture.ca, right(7n, 0)));
  await hours(fixture, 26);
  const before = notified(fixture).length;
  fixture.stateStore.failure = (call) => (call === 'put' ? 'fails' : 'fine');
  await upload(fixture, 'ca.crl', aList(fixture.ca, right(8n, 26 * HOUR_MS)));
  expect(changes(fixture, before)).toEqual(['opened ca.crl CrlWriteFailed']);
});

test('a list that is published when it is about to expire itself leaves no time without an incident', async () => {
  const fixture = aCrlFixture();
  await upload(fixture, 'ca.crl', aList(fixture.ca, right(7n, 0)));
  await hours(fixture, 26);
  const before = notified(fixture).length;
  const late = { ...right(8n, 3 * HOUR_MS), nextUpdateAt: NOW + 28 * HOUR_MS };
  await upload(fixture, 'ca.crl', aList(fixture.ca, late));
  await hours(fixture, 1);
  const after = notified(fixture).slice(before);
  expect(after.filter((one) => one.startsWith('resolved'))).toEqual([]);
  expect(after).toContain('updated ca.crl CrlExpiring');
});

test('a published list that is lost ends nothing that was said of it', async () => {
  const fixture = aCrlFixture();
  await upload(fixture, 'ca.crl', aList(fixture.ca, right(7n, 0)));
  await hours(fixture, 26);
  const before = notified(fixture).length;
  fixture.source.remove('inbox/ca.crl');
  fixture.stateStore.remove('ca.crl');
  await hours(fixture, 2);
  expect(changes(fixture, before)).toEqual(['opened ca.crl CrlCopyLost']);
});

test('an endpoint that is untagged while its list has expired was not seen well: that is what its end says', async () => {
  const fixture = aCrlFixture();
  fixture.endpoints.add({ endpointId: 'cvpn-endpoint-1', name: 'staff', fileName: 'ca.crl' });
  await upload(fixture, 'ca.crl', aList(fixture.ca, right(7n, 0)));
  await hours(fixture, 25);
  expect(notified(fixture).at(-1)).toBe('updated cvpn-endpoint-1 CrlEndpointExpiring');
  fixture.endpoints.remove('cvpn-endpoint-1');
  await hours(fixture, 1);
  const end = fixture.notifications.sent.find(
    ({ state, incidentId }) => state === 'resolved' && incidentId.endsWith('CrlEndpointExpiring'),
  );
  expect(end?.subject).toContain('now ignored');
  expect(end?.text).toContain('it was not seen well');
});

describe('one list comes right while another thing cannot be read, for days', () => {
  /** `ca.crl` has expired; then the right one comes, and `days` pass. */
  async function played(hide: (fixture: ReturnType<typeof aCrlFixture>) => void, days = 1) {
    const fixture = aCrlFixture();
    const other = aList(fixture.ca, { ...right(7n, 0, 300 * HOUR_MS), point: aPoint('http://b') });
    await upload(fixture, 'ca.crl', aList(fixture.ca, right(7n, 0)));
    await upload(fixture, 'b.crl', other);
    fixture.endpoints.add({ endpointId: 'cvpn-endpoint-2', name: 'lab', fileName: 'b.crl' });
    await look(fixture);
    await hours(fixture, 26);
    hide(fixture);
    await hours(fixture, 1);
    const before = notified(fixture).length;
    await upload(fixture, 'ca.crl', aList(fixture.ca, right(8n, 27 * HOUR_MS, 300 * HOUR_MS)));
    await hours(fixture, 24 * days);
    return { fixture, after: notified(fixture).slice(before) };
  }

  test.each<readonly [string, (fixture: ReturnType<typeof aCrlFixture>) => void]>([
    [
      'an upload of another name',
      ({ source }) => {
        source.drop('inbox/b.crl', Buffer.from('new'));
        source.failure = (call, key) =>
          call === 'read' && key === 'inbox/b.crl' ? 'fails' : 'fine';
      },
    ],
    [
      'another published list',
      ({ stateStore }) => {
        stateStore.failure = (call, key) => (call === 'read' && key === 'b.crl' ? 'fails' : 'fine');
      },
    ],
    [
      'the list of an endpoint',
      ({ endpoints }) => {
        const { exported } = endpoints;
        endpoints.exported = async (of, signal) => {
          const reading = await exported(of, signal);
          return { known: false, why: 'ec2 refused', at: reading.at };
        };
      },
    ],
  ])('%s: its end is notified, and it is not called open any more', async (_, hide) => {
    const { after } = await played(hide);
    expect(after).toContain('resolved ca.crl CrlExpiring');
    expect(after.filter((one) => one.startsWith('repeated ca.crl'))).toEqual([]);
  });

  test('what cannot be read itself does not end', async () => {
    const { after } = await played(({ stateStore }) => {
      stateStore.failure = (call, key) => (call === 'read' && key === 'ca.crl' ? 'fails' : 'fine');
    });
    expect(after.filter((one) => one.startsWith('resolved ca.crl'))).toEqual([]);
  });
});
