/** Goal: what happens to a list from its upload on, in every place it goes to. Method: the whole publisher on simulated buckets, address and endpoints. */
import { describe, expect, test } from '@jest/globals';
import { pemOf } from '../../../lib/crl/x509/compare.ts';
import { CRL_SAFETY } from '../../../lib/watcher/scopes/crls.ts';
import { aCrlStage, look, told, upload } from '../../builders/crls.ts';
import { aList, DAY_MS, HOUR_MS, NOW, serials } from '../../crl/builders/list.ts';

const eight = { number: 8n, thisUpdateAt: NOW };

describe('a right list', () => {
  test('is put into both buckets, as a client wants it, and remembered', async () => {
    const stage = aCrlStage();
    const list = aList(stage.ca);
    expect(await upload(stage, 'ca.crl', list)).toMatchObject({ actions: 1, held: 0, looks: 1 });
    expect(stage.shelf.bytes('ca.crl')).toEqual(Uint8Array.from(list));
    expect(stage.replica.bytes('ca.crl')).toEqual(Uint8Array.from(list));
    expect(stage.shelf.written('ca.crl')).toMatchObject({
      contentType: 'application/pkix-crl',
      cacheControl: 'public, max-age=3600',
      metadata: { number: '7', 'next-update': '2026-11-27T11:00:00.000Z' },
    });
    expect(stage.store.body('crl#ca.crl')).toMatchObject({ number: '7' });
    expect(told(stage)).toEqual([]);
  });

  test('is followed by its successor', async () => {
    const stage = aCrlStage();
    await upload(stage, 'ca.crl', aList(stage.ca));
    const next = aList(stage.ca, eight);
    await upload(stage, 'ca.crl', next);
    expect(stage.shelf.bytes('ca.crl')).toEqual(Uint8Array.from(next));
    expect(stage.replica.bytes('ca.crl')).toEqual(Uint8Array.from(next));
    expect(told(stage)).toEqual([]);
  });

  test('is not put a second time, and its event’s double is not even looked at', async () => {
    const stage = aCrlStage();
    const list = aList(stage.ca);
    await upload(stage, 'ca.crl', list);
    const etag = stage.source.drop('inbox/ca.crl', list);
    const arrival = { fileName: 'ca.crl', etag, sequencer: 'ffffffffffffffff' };
    const first = await look(stage, { event: { kind: 'arrival', arrival } });
    expect(first).toMatchObject({ actions: 0 });
    expect(await look(stage, { event: { kind: 'arrival', arrival } })).toHaveProperty('ignored');
    const late = { ...arrival, etag: 'x', sequencer: 'ffffffffffffff' };
    expect(await look(stage, { event: { kind: 'arrival', arrival: late } })).toHaveProperty(
      'ignored',
    );
    expect(stage.shelf.history('ca.crl').length).toBe(1);
  });

  test('in observe mode is judged, and nothing is written but memory', async () => {
    const stage = aCrlStage();
    const summary = await upload(stage, 'ca.crl', aList(stage.ca), {
      settings: { mode: 'observe' },
    });
    expect(summary).toMatchObject({ actions: 0, held: 1 });
    expect(stage.shelf.bytes('ca.crl')).toBe(null);
    expect(stage.store.body('crl#ca.crl')).toBe(null);
  });
});

describe('a list that breaks a rule', () => {
  test('keeps the last good one, and is told at once and once, and resolved when a good one comes', async () => {
    const stage = aCrlStage();
    const good = aList(stage.ca, eight);
    await upload(stage, 'ca.crl', good);
    await upload(stage, 'ca.crl', aList(stage.ca));
    expect(stage.shelf.bytes('ca.crl')).toEqual(Uint8Array.from(good));
    await look(stage);
    expect(told(stage)).toEqual(['opened ca.crl CrlNumberNotAhead']);
    stage.clock.jumpWall(HOUR_MS);
    await upload(stage, 'ca.crl', aList(stage.ca, { number: 9n, thisUpdateAt: NOW }));
    expect(told(stage)).toEqual([
      'opened ca.crl CrlNumberNotAhead',
      'resolved ca.crl CrlNumberNotAhead',
    ]);
  });

  test('does not keep the good one away that came before it within one look', async () => {
    const stage = aCrlStage();
    await upload(stage, 'ca.crl', aList(stage.ca));
    const good = aList(stage.ca, eight);
    stage.source.drop('inbox/ca.crl', good);
    await upload(stage, 'ca.crl', good.subarray(0, 40));
    expect(stage.shelf.bytes('ca.crl')).toEqual(Uint8Array.from(good));
    expect(told(stage)).toEqual(['opened ca.crl CrlNotDer']);
  });

  test('of a name never published is told of the inbox: a flood is one incident', async () => {
    const stage = aCrlStage();
    for (let i = 0; i < 120; i += 1) stage.source.drop(`inbox/x${i}.crl`, Buffer.from(`junk ${i}`));
    await upload(stage, 'ca.crl', aList(stage.ca));
    expect(stage.shelf.bytes('ca.crl')).not.toBe(null);
    expect(new Set(told(stage))).toEqual(
      new Set(['opened crl:inbox CrlNotDer', 'opened crl:inbox CrlInboxFlooded']),
    );
    expect(told(stage).length).toBe(2);
  });

  test.each(['..', 'a/../b.crl', 'sub/ca.crl', 'c\u0301a.crl', 'a\\b.crl'])(
    'by its name (%j) is not published, under no name',
    async (name) => {
      const stage = aCrlStage();
      await upload(stage, name, aList(stage.ca));
      expect((await stage.shelf.list('', 10, new AbortController().signal)).known).toBe(true);
      expect(stage.shelf.bytes(name)).toBe(null);
      expect(told(stage)).toEqual(['opened crl:inbox CrlFileNameUnfit']);
    },
  );

  test.each(['Example CA.crl', 'CA(1).crl', 'CA%2B.crl'])(
    'by none (%j) is published under its own',
    async (name) => {
      const stage = aCrlStage();
      await upload(stage, name, aList(stage.ca));
      expect(stage.shelf.bytes(name)).not.toBe(null);
      expect(told(stage)).toEqual([]);
    },
  );
});

describe('a delta', () => {
  const delta = { number: 8n, baseNumber: 7n, thisUpdateAt: NOW, serials: [4n] };

  test('goes out beside its base, also when both come at once', async () => {
    const stage = aCrlStage();
    stage.source.drop('inbox/CA+.crl', aList(stage.ca, delta));
    await upload(stage, 'CA.crl', aList(stage.ca));
    expect(stage.shelf.bytes('CA+.crl')).not.toBe(null);
    expect(told(stage)).toEqual([]);
  });

  test('waits when its base could not be put', async () => {
    const stage = aCrlStage();
    stage.source.drop('inbox/CA+.crl', aList(stage.ca, delta));
    stage.shelf.weather = (call, key) => (call === 'put' && key === 'CA.crl' ? 'fails' : 'fine');
    await upload(stage, 'CA.crl', aList(stage.ca));
    expect(stage.shelf.bytes('CA+.crl')).toBe(null);
    stage.shelf.weather = () => 'fine';
    await look(stage);
    expect(stage.shelf.bytes('CA+.crl')).not.toBe(null);
  });

  test('without the rewrite at the edge is published, and it is told that clients do not get it', async () => {
    const stage = aCrlStage();
    stage.site.hasPlusRewrite = false;
    stage.source.drop('inbox/CA+.crl', aList(stage.ca, delta));
    await upload(stage, 'CA.crl', aList(stage.ca));
    expect(stage.shelf.bytes('CA+.crl')).not.toBe(null);
    expect(told(stage)).toEqual(['opened CA+.crl CrlServedDiffers']);
  });
});

describe('when something gives way', () => {
  test('the table: nothing is put that could not be remembered', async () => {
    const stage = aCrlStage();
    stage.store.mood = 'write-fails';
    await upload(stage, 'ca.crl', aList(stage.ca));
    expect(stage.shelf.bytes('ca.crl')).toBe(null);
    expect(told(stage)).toEqual(['opened ca.crl CrlWriteFailed']);
  });

  test('the table’s reads: unknown is not "never published"', async () => {
    const stage = aCrlStage();
    stage.store.mood = 'unreachable';
    await upload(stage, 'ca.crl', aList(stage.ca));
    expect(stage.shelf.bytes('ca.crl')).toBe(null);
    expect(told(stage)).toContain('opened ca.crl CrlHighWaterUnknown');
  });

  test('the public bucket midway: both copies stay as they were, and the next look puts both', async () => {
    const stage = aCrlStage();
    await upload(stage, 'ca.crl', aList(stage.ca));
    const next = aList(stage.ca, eight);
    stage.shelf.weather = (call) => (call === 'put' ? 'fails' : 'fine');
    await upload(stage, 'ca.crl', next);
    expect(stage.replica.bytes('ca.crl')).toEqual(stage.shelf.bytes('ca.crl'));
    expect(told(stage)).toEqual(['opened ca.crl CrlWriteFailed']);
    stage.shelf.weather = () => 'fine';
    await look(stage);
    expect(stage.shelf.bytes('ca.crl')).toEqual(Uint8Array.from(next));
    expect(stage.replica.bytes('ca.crl')).toEqual(Uint8Array.from(next));
  });

  test('the second region: it is told which is ahead, and the next look levels them', async () => {
    const stage = aCrlStage();
    stage.replica.weather = (call) => (call === 'put' ? 'fails' : 'fine');
    await upload(stage, 'ca.crl', aList(stage.ca));
    expect(told(stage)).toEqual(['opened ca.crl CrlReplicaDiffers']);
    expect(stage.notices.sent[0]?.text).toContain('the published one is ahead');
    stage.replica.weather = () => 'fine';
    await look(stage);
    expect(stage.replica.bytes('ca.crl')).toEqual(stage.shelf.bytes('ca.crl'));
  });

  test('the answer to the put: it is looked into, and counts as done', async () => {
    const stage = aCrlStage();
    stage.shelf.weather = (call) => (call === 'put' ? 'unclear' : 'fine');
    expect(await upload(stage, 'ca.crl', aList(stage.ca))).toMatchObject({ looks: 1 });
    expect(stage.replica.bytes('ca.crl')).not.toBe(null);
    expect(told(stage)).toEqual([]);
  });

  test('the object: gone before it is read is told, and holds nothing else', async () => {
    const stage = aCrlStage();
    const list = aList(stage.ca);
    stage.source.onCall = (call, key) => {
      if (call === 'read' && key === 'inbox/gone.crl') stage.source.remove(key);
    };
    stage.source.drop('inbox/gone.crl', list);
    await upload(stage, 'ca.crl', list);
    expect(told(stage)).toEqual(['opened crl:inbox CrlCandidateGone']);
    expect(stage.shelf.bytes('ca.crl')).not.toBe(null);
  });

  test('the object again: announced and never there', async () => {
    const stage = aCrlStage();
    const arrival = { fileName: 'ca.crl', etag: 'x', sequencer: '1' };
    await look(stage, { event: { kind: 'arrival', arrival } });
    expect(told(stage)).toEqual(['opened crl:inbox CrlCandidateGone']);
  });

  test('the object’s key: unreadable is told, and nothing published changes', async () => {
    const stage = aCrlStage();
    await upload(stage, 'ca.crl', aList(stage.ca));
    stage.source.weather = (call, key) =>
      call === 'read' && key.startsWith('inbox/') ? 'fails' : 'fine';
    await upload(stage, 'ca.crl', aList(stage.ca, eight));
    expect(told(stage)).toEqual(['opened ca.crl CrlCandidateUnreadable']);
  });

  test('the moment: what was judged is what is published, though another took its place', async () => {
    const stage = aCrlStage();
    const judged = aList(stage.ca);
    const junk = Buffer.from('junk');
    stage.shelf.onCall = (call) => {
      if (call === 'put') stage.source.drop('inbox/ca.crl', junk);
    };
    await upload(stage, 'ca.crl', judged);
    expect(stage.shelf.bytes('ca.crl')).toEqual(Uint8Array.from(judged));
  });

  test('the race: another’s newer list stays, ours is judged again and refused', async () => {
    const stage = aCrlStage();
    await upload(stage, 'ca.crl', aList(stage.ca));
    const theirs = aList(stage.ca, { number: 9n, thisUpdateAt: NOW });
    let isBeaten = false;
    stage.shelf.onCall = (call) => {
      if (call !== 'put' || isBeaten) return;
      isBeaten = true;
      stage.shelf.drop('ca.crl', theirs);
    };
    await upload(stage, 'ca.crl', aList(stage.ca, eight));
    expect(stage.shelf.bytes('ca.crl')).toEqual(Uint8Array.from(theirs));
  });
});

describe('a put', () => {
  test.each([
    ['that looks whether it is still over what was seen leaves another hand’s newer list', true],
    ['that does not, as a test may have it, runs over it', false],
  ])('%s', async (_, putsOnlyOverSeen) => {
    const stage = aCrlStage();
    await upload(stage, 'ca.crl', aList(stage.ca));
    const theirs = aList(stage.ca, { number: 9n, thisUpdateAt: NOW });
    let isBeaten = false;
    stage.store.onWrite = ({ id }) => {
      if (id !== 'crl#ca.crl' || isBeaten) return;
      isBeaten = true;
      stage.shelf.drop('ca.crl', theirs);
    };
    const safety = { ...CRL_SAFETY, steps: { remembersFirst: true, putsOnlyOverSeen } };
    await upload(stage, 'ca.crl', aList(stage.ca, eight), { safety });
    const isTheirs = Buffer.from(theirs).equals(stage.shelf.bytes('ca.crl') ?? Buffer.alloc(0));
    expect(isTheirs).toBe(putsOnlyOverSeen);
  });
});

describe('a copy', () => {
  test('that was deleted is told, and put back while the newest lies in the inbox', async () => {
    const stage = aCrlStage();
    const list = aList(stage.ca);
    await upload(stage, 'ca.crl', list);
    stage.shelf.remove('ca.crl');
    await look(stage);
    expect(stage.shelf.bytes('ca.crl')).toEqual(Uint8Array.from(list));
    stage.shelf.remove('ca.crl');
    stage.source.remove('inbox/ca.crl');
    await look(stage);
    expect(told(stage)).toEqual(['opened ca.crl CrlCopyLost']);
  });

  test('that was deleted gives way to no emptied list: how many entries there were is remembered', async () => {
    const stage = aCrlStage();
    await upload(stage, 'ca.crl', aList(stage.ca, { serials: serials(100) }));
    stage.shelf.remove('ca.crl');
    await upload(stage, 'ca.crl', aList(stage.ca, { ...eight, serials: serials(89) }));
    expect(stage.shelf.bytes('ca.crl')).toBe(null);
    expect(told(stage)).toContain('opened ca.crl CrlTooManyMissing');
    await upload(stage, 'ca.crl', aList(stage.ca, { ...eight, serials: serials(90) }));
    expect(stage.shelf.bytes('ca.crl')).not.toBe(null);
  });

  test('that was exchanged for an older one is told and not spread to the second region', async () => {
    const stage = aCrlStage();
    const old = aList(stage.ca);
    await upload(stage, 'ca.crl', old);
    await upload(stage, 'ca.crl', aList(stage.ca, eight));
    stage.source.remove('inbox/ca.crl');
    stage.shelf.drop('ca.crl', old);
    await look(stage);
    expect(stage.replica.bytes('ca.crl')).not.toEqual(stage.shelf.bytes('ca.crl'));
    expect(told(stage)).toContain('opened ca.crl CrlCopyStrange');
  });

  test.each([
    ['served stale', 'CrlServedDiffers'],
    ['not served', 'CrlServedUnknown'],
  ])('that is %s is told hourly as %s', async (how, reason) => {
    const stage = aCrlStage();
    await upload(stage, 'ca.crl', aList(stage.ca));
    if (how === 'served stale') stage.site.stale.set('ca.crl', Buffer.from('old'));
    else stage.site.isUnreachable = true;
    await look(stage);
    expect(told(stage)).toEqual([`opened ca.crl ${reason}`]);
  });
});

describe('freshness', () => {
  test.each([
    ['5 d 6 h before its end (a quarter of 7 days is 42 h)', 126, []],
    ['41 h before its end', 41, ['opened ca.crl CrlExpiring']],
    ['16 h before its end', 16, ['opened ca.crl CrlExpiring']],
    ['after its end', -1, ['opened ca.crl CrlExpired']],
  ])('%s', async (_, hoursLeft, expected) => {
    const stage = aCrlStage();
    await upload(stage, 'ca.crl', aList(stage.ca));
    const endsAt = NOW - HOUR_MS + 7 * DAY_MS;
    stage.clock.jumpWall(endsAt - hoursLeft * HOUR_MS - stage.clock.now());
    await look(stage);
    expect(told(stage)).toEqual(expected);
  });
});

describe('an endpoint', () => {
  const tagged = (over: { fileName?: string } = {}) => {
    const stage = aCrlStage();
    stage.endpoints.add({ endpointId: 'cvpn-endpoint-1', name: 'staff', ...over });
    return stage;
  };

  test('gets the published list, verified until active, and the notice says what it cost', async () => {
    const stage = tagged();
    const list = aList(stage.ca);
    await upload(stage, 'ca.crl', list);
    expect(stage.endpoints.pemOf('cvpn-endpoint-1')).toBe(pemOf(list));
    expect(told(stage)).toEqual(['opened cvpn-endpoint-1 CrlEndpointBehind']);
    expect(stage.notices.sent[0]?.text).toContain('3 live connections were reset');
    await look(stage);
    expect(stage.endpoints.imports.length).toBe(1);
  });

  test('with the same revoked set keeps its list and its connections until its last tenth', async () => {
    const stage = tagged();
    await upload(stage, 'ca.crl', aList(stage.ca));
    const renewed = aList(stage.ca, { ...eight, nextUpdateAt: NOW + 14 * DAY_MS });
    await upload(stage, 'ca.crl', renewed);
    expect(stage.endpoints.imports.length).toBe(1);
    const endsAt = NOW - HOUR_MS + 7 * DAY_MS;
    stage.clock.jumpWall(endsAt - 17 * HOUR_MS - stage.clock.now());
    await look(stage);
    expect(stage.endpoints.imports.length).toBe(1);
    stage.clock.jumpWall(HOUR_MS);
    await look(stage);
    expect(stage.endpoints.imports.length).toBe(2);
  });

  test('with one more revoked gets the list at once, whatever the window', async () => {
    const stage = tagged();
    await upload(stage, 'ca.crl', aList(stage.ca));
    const importWindow = { day: null, fromMinute: 0, toMinute: 60 };
    await upload(stage, 'ca.crl', aList(stage.ca, { ...eight, serials: [1n, 2n, 3n, 4n] }), {
      settings: { importWindow },
    });
    expect(stage.endpoints.imports.length).toBe(2);
  });

  test.each([
    ['20,000 entries', 20_000, 1],
    ['20,001 entries', 20_001, 0],
  ])('takes %s: %d', async (_, count, imports) => {
    const stage = tagged();
    await upload(stage, 'ca.crl', aList(stage.ca, { serials: serials(count) }));
    expect(stage.endpoints.imports.length).toBe(imports);
    expect(told(stage)).toEqual([
      `opened cvpn-endpoint-1 ${imports === 1 ? 'CrlEndpointBehind' : 'CrlEndpointUnfit'}`,
    ]);
  });

  test('never gets a delta', async () => {
    const stage = tagged({ fileName: 'CA+.crl' });
    stage.source.drop('inbox/CA+.crl', aList(stage.ca, { number: 8n, baseNumber: 7n }));
    await upload(stage, 'CA.crl', aList(stage.ca));
    expect(stage.endpoints.imports).toEqual([]);
    expect(told(stage)).toEqual(['opened cvpn-endpoint-1 CrlEndpointUnfit']);
  });

  test('never gets an expired list', async () => {
    const stage = tagged();
    stage.endpoints.isUnreachable = true;
    await upload(stage, 'ca.crl', aList(stage.ca));
    stage.endpoints.isUnreachable = false;
    stage.clock.jumpWall(8 * DAY_MS);
    await look(stage);
    expect(stage.endpoints.imports).toEqual([]);
  });

  // It lives a week: half a tenth of that is 8.4 h.
  test.each([
    ['8.4 h before its end', -8.4 * HOUR_MS, []],
    ['a second later', -8.4 * HOUR_MS + 1_000, ['CrlEndpointExpiring']],
    ['a second before its end', -1_000, ['CrlEndpointExpiring']],
    ['at its end', 0, ['CrlEndpointExpired']],
  ])('whose list nobody renews is told of by its publisher: %s', async (_, afterEndMs, says) => {
    const stage = tagged();
    const endsAt = NOW - HOUR_MS + 7 * DAY_MS;
    stage.endpoints.set('cvpn-endpoint-1', pemOf(aList(stage.ca)));
    stage.clock.jumpWall(endsAt + afterEndMs - stage.clock.now());
    await look(stage);
    const expiries = told(stage).filter((line) => line.includes('CrlEndpointExpir'));
    expect(expiries).toEqual(says.map((reason) => `opened cvpn-endpoint-1 ${reason}`));
  });

  test('keeps a later list that somebody imported by hand', async () => {
    const stage = tagged();
    stage.endpoints.set('cvpn-endpoint-1', pemOf(aList(stage.ca, eight)));
    await upload(stage, 'ca.crl', aList(stage.ca));
    expect(stage.endpoints.imports).toEqual([]);
    expect(told(stage)).toEqual(['opened cvpn-endpoint-1 CrlEndpointAhead']);
  });

  test('that refuses is told, with the reason', async () => {
    const stage = tagged();
    stage.endpoints.importAnswer = 'refused';
    await upload(stage, 'ca.crl', aList(stage.ca));
    expect(told(stage)).toContain('opened cvpn-endpoint-1 CrlImportFailed');
  });

  test('whose answer was lost is looked at until it shows the list', async () => {
    const stage = tagged();
    stage.endpoints.importAnswer = 'unclear';
    await upload(stage, 'ca.crl', aList(stage.ca));
    expect(told(stage)).toEqual(['opened cvpn-endpoint-1 CrlEndpointBehind']);
  });
});
