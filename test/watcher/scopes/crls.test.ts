/** Goal: what happens to a list from its upload on, in every place it goes to. Method: the whole publisher on simulated buckets, address and endpoints. */
import { describe, expect, test } from '@jest/globals';
import { pemOf } from '../../../lib/crl/x509/pem.ts';
import { CRL_SAFETY } from '../../../lib/watcher/scopes/crls.ts';
import { aCrlFixture, look, notified, upload } from '../../builders/crls.ts';
import { aList, DAY_MS, HOUR_MS, NOW, serials } from '../../crl/builders/list.ts';

const eight = { number: 8n, thisUpdateAt: NOW };

describe('a right list', () => {
  test('is put into both buckets, as a client wants it, and remembered', async () => {
    const fixture = aCrlFixture();
    const list = aList(fixture.ca);
    expect(await upload(fixture, 'ca.crl', list)).toMatchObject({ actions: 1, held: 0, looks: 1 });
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(list));
    expect(fixture.replica.bytes('ca.crl')).toEqual(Uint8Array.from(list));
    expect(fixture.stateStore.written('ca.crl')).toMatchObject({
      contentType: 'application/pkix-crl',
      cacheControl: 'public, max-age=3600',
      metadata: { number: '7', 'next-update': '2026-11-27T11:00:00.000Z' },
    });
    expect(fixture.store.body('crl#ca.crl')).toMatchObject({ number: '7' });
    expect(notified(fixture)).toEqual([]);
  });

  test('is followed by its successor', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const next = aList(fixture.ca, eight);
    await upload(fixture, 'ca.crl', next);
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(next));
    expect(fixture.replica.bytes('ca.crl')).toEqual(Uint8Array.from(next));
    expect(notified(fixture)).toEqual([]);
  });

  test('is not put a second time, and its event’s double is not even looked at', async () => {
    const fixture = aCrlFixture();
    const list = aList(fixture.ca);
    await upload(fixture, 'ca.crl', list);
    const etag = fixture.source.drop('inbox/ca.crl', list);
    const arrival = { fileName: 'ca.crl', etag, sequencer: 'ffffffffffffffff' };
    const first = await look(fixture, { event: { kind: 'arrival', arrival } });
    expect(first).toMatchObject({ actions: 0 });
    expect(await look(fixture, { event: { kind: 'arrival', arrival } })).toHaveProperty('ignored');
    const late = { ...arrival, etag: 'x', sequencer: 'ffffffffffffff' };
    expect(await look(fixture, { event: { kind: 'arrival', arrival: late } })).toHaveProperty(
      'ignored',
    );
    expect(fixture.stateStore.history('ca.crl').length).toBe(1);
  });

  test('in observe mode is judged, and nothing is written but memory', async () => {
    const fixture = aCrlFixture();
    const summary = await upload(fixture, 'ca.crl', aList(fixture.ca), {
      settings: { mode: 'observe' },
    });
    expect(summary).toMatchObject({ actions: 0, held: 1 });
    expect(fixture.stateStore.bytes('ca.crl')).toBe(null);
    expect(fixture.store.body('crl#ca.crl')).toBe(null);
  });
});

describe('a list that breaks a rule', () => {
  test('keeps the last good one, and is told at once and once, and resolved when a good one comes', async () => {
    const fixture = aCrlFixture();
    const good = aList(fixture.ca, eight);
    await upload(fixture, 'ca.crl', good);
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(good));
    await look(fixture);
    expect(notified(fixture)).toEqual(['opened ca.crl CrlNumberNotAhead']);
    fixture.clock.jumpWall(HOUR_MS);
    await upload(fixture, 'ca.crl', aList(fixture.ca, { number: 9n, thisUpdateAt: NOW }));
    expect(notified(fixture)).toEqual([
      'opened ca.crl CrlNumberNotAhead',
      'resolved ca.crl CrlNumberNotAhead',
    ]);
  });

  test('does not keep the good one away that came before it within one look', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const good = aList(fixture.ca, eight);
    fixture.source.drop('inbox/ca.crl', good);
    await upload(fixture, 'ca.crl', good.subarray(0, 40));
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(good));
    expect(notified(fixture)).toEqual(['opened ca.crl CrlNotDer']);
  });

  test('of a name never published is an incident of its file; those found at once are one notification', async () => {
    const fixture = aCrlFixture();
    for (let i = 0; i < 120; i += 1)
      fixture.source.drop(`inbox/x${i}.crl`, Buffer.from(`junk ${i}`));
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(fixture.stateStore.bytes('ca.crl')).not.toBe(null);
    expect(notified(fixture)).toContain('opened crl:inbox CrlInboxFlooded');
    expect(notified(fixture)).toContain('opened x0.crl CrlNotDer');
    // The sixteenth joins when ca.crl is no stranger any more.
    expect(notified(fixture).length).toBe(3);
  });

  test.each([
    [5, 5],
    [6, 1],
  ])('%i unknown files refused at once are %i notifications', async (fileCount, sentCount) => {
    const fixture = aCrlFixture();
    for (let i = 1; i < fileCount; i += 1)
      fixture.source.drop(`inbox/x${i}.crl`, Buffer.from(`junk ${i}`));
    await upload(fixture, 'x0.crl', Buffer.from('junk 0'));
    expect(notified(fixture)).toHaveLength(sentCount);
    const texts = fixture.notifications.sent.map(({ text }) => text).join();
    for (let i = 0; i < fileCount; i += 1) expect(texts).toContain(`x${i}.crl`);
  });

  test('while another file is refused is notified at once, by its own name', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'a.crl', Buffer.from('junk a'));
    fixture.clock.jumpWall(HOUR_MS);
    await look(fixture);
    await upload(fixture, 'b.crl', Buffer.from('junk b'));
    expect(notified(fixture)).toEqual(['opened a.crl CrlNotDer', 'opened b.crl CrlNotDer']);
  });

  test.each(['..', 'a/../b.crl', 'sub/ca.crl', 'c\u0301a.crl', 'a\\b.crl'])(
    'by its name (%j) is not published, under no name',
    async (name) => {
      const fixture = aCrlFixture();
      await upload(fixture, name, aList(fixture.ca));
      expect((await fixture.stateStore.list('', 10, new AbortController().signal)).known).toBe(
        true,
      );
      expect(fixture.stateStore.bytes(name)).toBe(null);
      expect(notified(fixture)).toEqual([expect.stringMatching(/^opened .+ CrlFileNameUnfit$/)]);
    },
  );

  test.each(['Example CA.crl', 'CA(1).crl', 'CA%2B.crl'])(
    'by none (%j) is published under its own',
    async (name) => {
      const fixture = aCrlFixture();
      await upload(fixture, name, aList(fixture.ca));
      expect(fixture.stateStore.bytes(name)).not.toBe(null);
      expect(notified(fixture)).toEqual([]);
    },
  );
});

describe('a delta', () => {
  const delta = { number: 8n, baseNumber: 7n, thisUpdateAt: NOW, serials: [4n] };

  test('goes out beside its base, also when both come at once', async () => {
    const fixture = aCrlFixture();
    fixture.source.drop('inbox/CA+.crl', aList(fixture.ca, delta));
    await upload(fixture, 'CA.crl', aList(fixture.ca));
    expect(fixture.stateStore.bytes('CA+.crl')).not.toBe(null);
    expect(notified(fixture)).toEqual([]);
  });

  test('waits when its base could not be put', async () => {
    const fixture = aCrlFixture();
    fixture.source.drop('inbox/CA+.crl', aList(fixture.ca, delta));
    fixture.stateStore.failure = (call, key) =>
      call === 'put' && key === 'CA.crl' ? 'fails' : 'fine';
    await upload(fixture, 'CA.crl', aList(fixture.ca));
    expect(fixture.stateStore.bytes('CA+.crl')).toBe(null);
    fixture.stateStore.failure = () => 'fine';
    await look(fixture);
    expect(fixture.stateStore.bytes('CA+.crl')).not.toBe(null);
  });

  test('without the rewrite at the edge is published, and it is told that clients do not get it', async () => {
    const fixture = aCrlFixture();
    fixture.site.hasPlusRewrite = false;
    fixture.source.drop('inbox/CA+.crl', aList(fixture.ca, delta));
    await upload(fixture, 'CA.crl', aList(fixture.ca));
    expect(fixture.stateStore.bytes('CA+.crl')).not.toBe(null);
    expect(notified(fixture)).toEqual(['opened CA+.crl CrlServedDiffers']);
  });
});

describe('when something gives way', () => {
  test('the table: nothing is put that could not be remembered', async () => {
    const fixture = aCrlFixture();
    fixture.store.mood = 'write-fails';
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(fixture.stateStore.bytes('ca.crl')).toBe(null);
    expect(notified(fixture)).toEqual(['opened ca.crl CrlWriteFailed']);
  });

  test('the table’s reads: unknown is not "never published"', async () => {
    const fixture = aCrlFixture();
    fixture.store.mood = 'unreachable';
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(fixture.stateStore.bytes('ca.crl')).toBe(null);
    expect(notified(fixture)).toContain('opened ca.crl CrlHighWaterUnknown');
  });

  test('the public bucket midway: both copies stay as they were, and the next look puts both', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const next = aList(fixture.ca, eight);
    fixture.stateStore.failure = (call) => (call === 'put' ? 'fails' : 'fine');
    await upload(fixture, 'ca.crl', next);
    expect(fixture.replica.bytes('ca.crl')).toEqual(fixture.stateStore.bytes('ca.crl'));
    expect(notified(fixture)).toEqual(['opened ca.crl CrlWriteFailed']);
    fixture.stateStore.failure = () => 'fine';
    await look(fixture);
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(next));
    expect(fixture.replica.bytes('ca.crl')).toEqual(Uint8Array.from(next));
  });

  test('the second region’s origin later: what it serves is looked at in every pass, and no end while it is out of sight', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(notified(fixture)).toEqual([]);
    const next = () => {
      fixture.clock.jumpWall(HOUR_MS);
      return look(fixture);
    };
    fixture.replicaSite.stale.set('ca.crl', Buffer.from('<Error/>'));
    await next();
    fixture.replicaSite.isUnreachable = true;
    await next();
    await next();
    expect(notified(fixture)).toEqual([
      'opened ca.crl CrlReplicaDiffers',
      'updated ca.crl CrlReplicaDiffers',
    ]);
    fixture.replicaSite.isUnreachable = false;
    fixture.replicaSite.stale.clear();
    await next();
    expect(notified(fixture).at(-1)).toBe('resolved ca.crl CrlReplicaDiffers');
  });

  test('the public address: a wrong copy, then no answer: that is no end', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    fixture.site.stale.set('ca.crl', Buffer.from('<Error/>'));
    await look(fixture);
    fixture.site.isUnreachable = true;
    for (let hour = 0; hour < 3; hour += 1) {
      fixture.clock.jumpWall(HOUR_MS);
      await look(fixture);
    }
    expect(notified(fixture)).not.toContain('resolved ca.crl CrlServedDiffers');
  });

  test('the second region: it is told which is ahead, and the next look levels them', async () => {
    const fixture = aCrlFixture();
    fixture.replica.failure = (call) => (call === 'put' ? 'fails' : 'fine');
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(notified(fixture)).toEqual(['opened ca.crl CrlReplicaDiffers']);
    expect(fixture.notifications.sent[0]?.text).toContain('the published one is ahead');
    fixture.replica.failure = () => 'fine';
    await look(fixture);
    expect(fixture.replica.bytes('ca.crl')).toEqual(fixture.stateStore.bytes('ca.crl'));
  });

  test('the second region’s origin: a copy that it does not serve is told, one that it serves is not', async () => {
    const fixture = aCrlFixture();
    fixture.replicaSite.stale.set('ca.crl', Buffer.from('<Error/>'));
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(notified(fixture)).toEqual(['opened ca.crl CrlReplicaDiffers']);
    fixture.replicaSite.stale.clear();
    await upload(fixture, 'ca.crl', aList(fixture.ca, eight));
    await look(fixture);
    expect(notified(fixture)).not.toContain('opened ca.crl CrlServedDiffers');
    expect(fixture.replica.bytes('ca.crl')).toEqual(fixture.stateStore.bytes('ca.crl'));
  });

  test('the answer to the put: it is looked into, and counts as done', async () => {
    const fixture = aCrlFixture();
    fixture.stateStore.failure = (call) => (call === 'put' ? 'unclear' : 'fine');
    expect(await upload(fixture, 'ca.crl', aList(fixture.ca))).toMatchObject({ looks: 1 });
    expect(fixture.replica.bytes('ca.crl')).not.toBe(null);
    expect(notified(fixture)).toEqual([]);
  });

  test('the object: gone before it is read is told, and holds nothing else', async () => {
    const fixture = aCrlFixture();
    const list = aList(fixture.ca);
    fixture.source.onCall = (call, key) => {
      if (call === 'read' && key === 'inbox/gone.crl') fixture.source.remove(key);
    };
    fixture.source.drop('inbox/gone.crl', list);
    await upload(fixture, 'ca.crl', list);
    expect(notified(fixture)).toEqual(['opened gone.crl CrlCandidateGone']);
    expect(fixture.stateStore.bytes('ca.crl')).not.toBe(null);
  });

  test('the object again: announced and never there', async () => {
    const fixture = aCrlFixture();
    const arrival = { fileName: 'ca.crl', etag: 'x', sequencer: '1' };
    await look(fixture, { event: { kind: 'arrival', arrival } });
    expect(notified(fixture)).toEqual(['opened ca.crl CrlCandidateGone']);
  });

  test('the object’s key: unreadable is told, and nothing published changes', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    fixture.source.failure = (call, key) =>
      call === 'read' && key.startsWith('inbox/') ? 'fails' : 'fine';
    await upload(fixture, 'ca.crl', aList(fixture.ca, eight));
    expect(notified(fixture)).toEqual(['opened ca.crl CrlCandidateUnreadable']);
  });

  test('the moment: what was judged is what is published, though another took its place', async () => {
    const fixture = aCrlFixture();
    const judged = aList(fixture.ca);
    const junk = Buffer.from('junk');
    fixture.stateStore.onCall = (call) => {
      if (call === 'put') fixture.source.drop('inbox/ca.crl', junk);
    };
    await upload(fixture, 'ca.crl', judged);
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(judged));
  });

  test('the race: another’s newer list stays, ours is judged again and refused', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const theirs = aList(fixture.ca, { number: 9n, thisUpdateAt: NOW });
    let isBeaten = false;
    fixture.stateStore.onCall = (call) => {
      if (call !== 'put' || isBeaten) return;
      isBeaten = true;
      fixture.stateStore.drop('ca.crl', theirs);
    };
    await upload(fixture, 'ca.crl', aList(fixture.ca, eight));
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(theirs));
  });
});

describe('a put', () => {
  test.each([
    ['that looks whether it is still over what was seen leaves another hand’s newer list', true],
    ['that does not, as a test may have it, runs over it', false],
  ])('%s', async (_, putsOnlyOverSeen) => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const theirs = aList(fixture.ca, { number: 9n, thisUpdateAt: NOW });
    let isBeaten = false;
    fixture.store.onWrite = ({ id }) => {
      if (id !== 'crl#ca.crl' || isBeaten) return;
      isBeaten = true;
      fixture.stateStore.drop('ca.crl', theirs);
    };
    const safety = { ...CRL_SAFETY, steps: { ...CRL_SAFETY.steps, putsOnlyOverSeen } };
    await upload(fixture, 'ca.crl', aList(fixture.ca, eight), { safety });
    const isTheirs = Buffer.from(theirs).equals(
      fixture.stateStore.bytes('ca.crl') ?? Buffer.alloc(0),
    );
    expect(isTheirs).toBe(putsOnlyOverSeen);
  });
});

describe('a copy', () => {
  test('that was deleted is told, and put back while the newest lies in the inbox', async () => {
    const fixture = aCrlFixture();
    const list = aList(fixture.ca);
    await upload(fixture, 'ca.crl', list);
    fixture.stateStore.remove('ca.crl');
    await look(fixture);
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(list));
    fixture.stateStore.remove('ca.crl');
    fixture.source.remove('inbox/ca.crl');
    await look(fixture);
    expect(notified(fixture)).toEqual(['opened ca.crl CrlCopyLost']);
  });

  test('that was deleted gives way to no emptied list: how many entries there were is remembered', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca, { serials: serials(100) }));
    fixture.stateStore.remove('ca.crl');
    await upload(fixture, 'ca.crl', aList(fixture.ca, { ...eight, serials: serials(89) }));
    expect(fixture.stateStore.bytes('ca.crl')).toBe(null);
    expect(notified(fixture)).toContain('opened ca.crl CrlTooManyMissing');
    await upload(fixture, 'ca.crl', aList(fixture.ca, { ...eight, serials: serials(90) }));
    expect(fixture.stateStore.bytes('ca.crl')).not.toBe(null);
  });

  test('that was exchanged for an older one is told and not spread to the second region', async () => {
    const fixture = aCrlFixture();
    const old = aList(fixture.ca);
    await upload(fixture, 'ca.crl', old);
    await upload(fixture, 'ca.crl', aList(fixture.ca, eight));
    fixture.source.remove('inbox/ca.crl');
    fixture.stateStore.drop('ca.crl', old);
    await look(fixture);
    expect(fixture.replica.bytes('ca.crl')).not.toEqual(fixture.stateStore.bytes('ca.crl'));
    expect(notified(fixture)).toContain('opened ca.crl CrlCopyStrange');
  });

  test.each([
    ['served stale', 'CrlServedDiffers'],
    ['not served', 'CrlServedUnknown'],
  ])('that is %s is told hourly as %s', async (how, reason) => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    if (how === 'served stale') fixture.site.stale.set('ca.crl', Buffer.from('old'));
    else fixture.site.isUnreachable = true;
    await look(fixture);
    expect(notified(fixture)).toEqual([`opened ca.crl ${reason}`]);
  });
});

describe('freshness', () => {
  test.each([
    ['5 d 6 h before its end (a quarter of 7 days is 42 h)', 126, []],
    ['41 h before its end', 41, ['opened ca.crl CrlExpiring']],
    ['16 h before its end', 16, ['opened ca.crl CrlExpiring']],
    ['after its end', -1, ['opened ca.crl CrlExpired']],
  ])('%s', async (_, hoursLeft, expected) => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const endsAt = NOW - HOUR_MS + 7 * DAY_MS;
    fixture.clock.jumpWall(endsAt - hoursLeft * HOUR_MS - fixture.clock.now());
    await look(fixture);
    expect(notified(fixture)).toEqual(expected);
  });
});

describe('an endpoint', () => {
  const tagged = (over: { fileName?: string } = {}) => {
    const fixture = aCrlFixture();
    fixture.endpoints.add({ endpointId: 'cvpn-endpoint-1', name: 'staff', ...over });
    return fixture;
  };

  test('gets the published list, verified until active, and the notice says what it cost', async () => {
    const fixture = tagged();
    const list = aList(fixture.ca);
    await upload(fixture, 'ca.crl', list);
    expect(fixture.endpoints.pemOf('cvpn-endpoint-1')).toBe(pemOf(list));
    expect(notified(fixture)).toEqual(['opened cvpn-endpoint-1 CrlEndpointBehind']);
    expect(fixture.notifications.sent[0]?.text).toContain('3 live connections were reset');
    await look(fixture);
    expect(fixture.endpoints.imports.length).toBe(1);
  });

  test('with the same revoked set keeps its list and its connections until its last tenth', async () => {
    const fixture = tagged();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const renewed = aList(fixture.ca, { ...eight, nextUpdateAt: NOW + 14 * DAY_MS });
    await upload(fixture, 'ca.crl', renewed);
    expect(fixture.endpoints.imports.length).toBe(1);
    const endsAt = NOW - HOUR_MS + 7 * DAY_MS;
    fixture.clock.jumpWall(endsAt - 17 * HOUR_MS - fixture.clock.now());
    await look(fixture);
    expect(fixture.endpoints.imports.length).toBe(1);
    fixture.clock.jumpWall(HOUR_MS);
    await look(fixture);
    expect(fixture.endpoints.imports.length).toBe(2);
  });

  test('with one more revoked gets the list at once, whatever the window', async () => {
    const fixture = tagged();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const importWindow = { day: null, fromMinute: 0, toMinute: 60 };
    await upload(fixture, 'ca.crl', aList(fixture.ca, { ...eight, serials: [1n, 2n, 3n, 4n] }), {
      settings: { importWindow },
    });
    expect(fixture.endpoints.imports.length).toBe(2);
  });

  test.each([
    ['20,000 entries', 20_000, 1],
    ['20,001 entries', 20_001, 0],
  ])('takes %s: %d', async (_, count, imports) => {
    const fixture = tagged();
    await upload(fixture, 'ca.crl', aList(fixture.ca, { serials: serials(count) }));
    expect(fixture.endpoints.imports.length).toBe(imports);
    expect(notified(fixture)).toEqual([
      `opened cvpn-endpoint-1 ${imports === 1 ? 'CrlEndpointBehind' : 'CrlEndpointUnfit'}`,
    ]);
  });

  test('never gets a delta', async () => {
    const fixture = tagged({ fileName: 'CA+.crl' });
    fixture.source.drop('inbox/CA+.crl', aList(fixture.ca, { number: 8n, baseNumber: 7n }));
    await upload(fixture, 'CA.crl', aList(fixture.ca));
    expect(fixture.endpoints.imports).toEqual([]);
    expect(notified(fixture)).toEqual(['opened cvpn-endpoint-1 CrlEndpointUnfit']);
  });

  test('never gets an expired list', async () => {
    const fixture = tagged();
    fixture.endpoints.isUnreachable = true;
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    fixture.endpoints.isUnreachable = false;
    fixture.clock.jumpWall(8 * DAY_MS);
    await look(fixture);
    expect(fixture.endpoints.imports).toEqual([]);
  });

  // It lives a week: half a tenth of that is 8.4 h.
  test.each([
    ['8.4 h before its end', -8.4 * HOUR_MS, []],
    ['a second later', -8.4 * HOUR_MS + 1_000, ['CrlEndpointExpiring']],
    ['a second before its end', -1_000, ['CrlEndpointExpiring']],
    ['at its end', 0, ['CrlEndpointExpired']],
  ])('whose list nobody renews is told of by its publisher: %s', async (_, afterEndMs, says) => {
    const fixture = tagged();
    const endsAt = NOW - HOUR_MS + 7 * DAY_MS;
    fixture.endpoints.set('cvpn-endpoint-1', pemOf(aList(fixture.ca)));
    // A look judges once the issuers were listed twice, 400 ms apart.
    fixture.clock.jumpWall(endsAt + afterEndMs - 400 - fixture.clock.now());
    await look(fixture);
    const expiries = notified(fixture).filter((line) => line.includes('CrlEndpointExpir'));
    expect(expiries).toEqual(says.map((reason) => `opened cvpn-endpoint-1 ${reason}`));
  });

  test('keeps a later list that an operator imported by hand', async () => {
    const fixture = tagged();
    fixture.endpoints.set('cvpn-endpoint-1', pemOf(aList(fixture.ca, eight)));
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(fixture.endpoints.imports).toEqual([]);
    expect(notified(fixture)).toEqual(['opened cvpn-endpoint-1 CrlEndpointAhead']);
  });

  test('that refuses is told, with the reason', async () => {
    const fixture = tagged();
    fixture.endpoints.importAnswer = 'refused';
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(notified(fixture)).toContain('opened cvpn-endpoint-1 CrlImportFailed');
  });

  test('whose answer was lost is looked at until it shows the list', async () => {
    const fixture = tagged();
    fixture.endpoints.importAnswer = 'unclear';
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(notified(fixture)).toEqual(['opened cvpn-endpoint-1 CrlEndpointBehind']);
  });
});
