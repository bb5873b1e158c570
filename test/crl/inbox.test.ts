/**
 * Goal: whoever can write to the inbox, and sign nothing, stops no publication, takes no name and makes no public names.
 * Method: the whole publisher; uploads that kill it are simulated by a read that throws.
 */
import { describe, expect, test } from '@jest/globals';
import { readingMarkId } from '../../lib/crl/observe/strangers.ts';
import { markId, writeForgotten } from '../../lib/crl/state.ts';
import { aCrlFixture, type CrlFixture, look, notified, upload } from '../builders/crls.ts';
import { anAuthority, edwards } from './builders/authority.ts';
import { aList, anEntry, aPoint, HOUR_MS, NOW, serials } from './builders/list.ts';

const eight = { number: 8n, thisUpdateAt: NOW };

const publicNames = async ({ stateStore }: CrlFixture): Promise<readonly string[]> => {
  const listing = await stateStore.list('', 1_000, new AbortController().signal);
  return listing.known ? listing.value.objects.map(({ key }) => key) : [];
};

/** The function dies whenever it reads this key, as if the file were too much for its memory. */
const dieAt = (fixture: CrlFixture, key: string): void => {
  fixture.source.onCall = (call, of) => {
    if (call === 'read' && of === key) throw new RangeError('out of memory');
  };
};

describe('an upload that stops the function', () => {
  test('does not keep a known list from being published, and is not read a third time', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    fixture.source.drop('inbox/junk.crl', Buffer.from('junk'));
    dieAt(fixture, 'inbox/junk.crl');
    const next = aList(fixture.ca, eight);
    await expect(upload(fixture, 'ca.crl', next)).rejects.toThrow('out of memory');
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(next));
    fixture.clock.jumpWall(HOUR_MS);
    await expect(look(fixture)).rejects.toThrow('out of memory');
    fixture.clock.jumpWall(HOUR_MS);
    await look(fixture);
    expect(notified(fixture)).toEqual(['opened junk.crl CrlCandidateUnreadable']);
    expect(fixture.notifications.sent[0]?.text).toContain('stopped twice');
  });

  test('is read when it is replaced', async () => {
    const fixture = aCrlFixture();
    fixture.source.drop('inbox/new.crl', Buffer.from('junk'));
    dieAt(fixture, 'inbox/new.crl');
    await expect(look(fixture)).rejects.toThrow('out of memory');
    fixture.clock.jumpWall(HOUR_MS);
    await expect(look(fixture)).rejects.toThrow('out of memory');
    fixture.clock.jumpWall(HOUR_MS);
    fixture.source.onCall = () => {};
    await look(fixture);
    expect(fixture.stateStore.bytes('new.crl')).toBe(null);
    await upload(fixture, 'new.crl', aList(fixture.ca));
    expect(fixture.stateStore.bytes('new.crl')).not.toBe(null);
  });

  test('once, by chance, is read again', async () => {
    const fixture = aCrlFixture();
    fixture.source.drop('inbox/new.crl', aList(fixture.ca));
    dieAt(fixture, 'inbox/new.crl');
    await expect(look(fixture)).rejects.toThrow('out of memory');
    fixture.source.onCall = () => {};
    fixture.clock.jumpWall(HOUR_MS);
    await look(fixture);
    expect(fixture.stateStore.bytes('new.crl')).not.toBe(null);
  });

  test('is marked before it is read, and the mark is gone after it', async () => {
    const fixture = aCrlFixture();
    const marks: unknown[] = [];
    fixture.source.onCall = (call, key) => {
      if (call === 'read' && key === 'inbox/new.crl')
        marks.push(fixture.store.body(readingMarkId('eu-west-1')));
    };
    await upload(fixture, 'new.crl', Buffer.from('junk'));
    expect(marks).toEqual([
      { reading: { fileName: 'new.crl', etag: expect.any(String), tries: 1 }, stopped: [] },
    ]);
    expect(fixture.store.body(readingMarkId('eu-west-1'))).toEqual({ reading: null, stopped: [] });
  });
});

describe('known names', () => {
  test('are judged and published before a stranger is read', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const order: string[] = [];
    fixture.source.onCall = (call, key) => {
      if (call === 'read' && key.startsWith('inbox/')) order.push(`read ${key}`);
    };
    fixture.stateStore.onCall = (call, key) => {
      if (call === 'put') order.push(`put ${key}`);
    };
    fixture.source.drop('inbox/a.crl', Buffer.from('junk'));
    await upload(fixture, 'ca.crl', aList(fixture.ca, eight));
    expect(order).toEqual(['read inbox/ca.crl', 'put ca.crl', 'read inbox/a.crl']);
  });

  test('are found behind 5,000 other files', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    for (let i = 0; i < 5_001; i += 1)
      fixture.source.drop(`inbox/0${i}.crl`, Buffer.from(`junk ${i}`));
    const next = aList(fixture.ca, eight);
    fixture.source.drop('inbox/ca.crl', next);
    await look(fixture);
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(next));
  });
});

describe('names', () => {
  const second = anAuthority(edwards('ed25519'), { commonName: 'Second CA' });
  const aTown = () => {
    const fixture = aCrlFixture();
    fixture.source.drop('issuers/second.pem', second.certificate);
    return fixture;
  };

  test('300 replays of one CA’s lists make no second public name', async () => {
    const fixture = aTown();
    const lists = [7n, 8n, 9n].map((number) =>
      aList(fixture.ca, { number, thisUpdateAt: NOW - HOUR_MS + Number(number) * 1_000 }),
    );
    for (const list of lists) await upload(fixture, 'ca.crl', list);
    for (let i = 0; i < 300; i += 1)
      fixture.source.drop(`inbox/x${i}.crl`, lists[i % 3] ?? Buffer.alloc(0));
    await look(fixture);
    await look(fixture);
    expect(await publicNames(fixture)).toEqual(['ca.crl']);
    expect(notified(fixture)).toContain('opened crl:inbox CrlInboxFlooded');
    expect(notified(fixture).length).toBeLessThanOrEqual(3);
  });

  test('300 replays that come before the CA’s own first upload make one, too', async () => {
    const fixture = aTown();
    for (let i = 0; i < 300; i += 1) fixture.source.drop(`inbox/x${i}.crl`, aList(fixture.ca));
    await look(fixture);
    expect((await publicNames(fixture)).length).toBe(1);
  });

  test('a later list may have a name of its own, the published one only by the file of names', async () => {
    const fixture = aTown();
    const list = aList(fixture.ca);
    await upload(fixture, 'ca.crl', list);
    await upload(fixture, 'copy.crl', list);
    expect(notified(fixture)).toEqual(['opened copy.crl CrlNameNotAllowed']);
    await upload(fixture, 'staff.crl', aList(fixture.ca, eight));
    expect(await publicNames(fixture)).toEqual(['ca.crl', 'staff.crl']);
  });

  test('lists of another key, of another distribution point and deltas have names of their own', async () => {
    const fixture = aTown();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    await upload(fixture, 'second.crl', aList(second));
    await upload(
      fixture,
      'part.crl',
      aList(fixture.ca, { point: aPoint('http://crl.example/part.crl') }),
    );
    await upload(fixture, 'ca+.crl', aList(fixture.ca, { ...eight, baseNumber: 7n }));
    expect(await publicNames(fixture)).toEqual(['ca+.crl', 'ca.crl', 'part.crl', 'second.crl']);
  });

  test('a name that was taken is the rightful CA’s again after it was forgotten', async () => {
    const fixture = aTown();
    await upload(fixture, 'ca.crl', aList(second, { number: 900n }));
    const right = aList(fixture.ca);
    await upload(fixture, 'ca.crl', right);
    expect(notified(fixture)).toEqual(['opened ca.crl CrlIssuerNameOther']);
    const taken = fixture.store.body(markId('ca.crl'));
    fixture.store.put(markId('ca.crl'), writeForgotten(Reflect.get(Object(taken), 'sha256')));
    await look(fixture);
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(right));
    await upload(fixture, 'ca.crl', aList(second, { number: 901n }));
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(right));
  });

  test('that a file beside the certificate lists are that issuer’s alone, and it has no others', async () => {
    const fixture = aTown();
    fixture.source.drop('issuers/ca.pem.names', Buffer.from('# ours\r\nca.crl\r\nold.crl\r\n'));
    await upload(fixture, 'ca.crl', aList(second));
    await upload(fixture, 'free.crl', aList(fixture.ca));
    expect(await publicNames(fixture)).toEqual([]);
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    await upload(fixture, 'old.crl', aList(fixture.ca));
    await upload(fixture, 'ca+.crl', aList(fixture.ca, { ...eight, baseNumber: 7n }));
    expect(await publicNames(fixture)).toEqual(['ca+.crl', 'ca.crl', 'old.crl']);
  });
});

describe('the CA’s list of its certificates', () => {
  const before = serials(20);
  const after = serials(10, 11);
  const index = (expired: number) =>
    before
      .map((serial) => {
        const expiry = serial <= BigInt(expired) ? '261119000000Z' : '301119000000Z';
        return `R\t${expiry}\t260102030405Z,superseded\t${serial.toString(16).toUpperCase().padStart(2, '0')}\tunknown\t/CN=${serial}`;
      })
      .join('\n');
  const played = async (issued: string | null) => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca, { serials: before }));
    if (issued !== null) fixture.source.drop('inbox/ca.crl.issued', Buffer.from(issued));
    await upload(
      fixture,
      'ca.crl',
      aList(fixture.ca, { ...eight, entries: after.map((serial) => anEntry(serial)) }),
    );
    return notified(fixture);
  };

  test('lets 10 of 20 entries leave when 5 of the 10 have expired, not when 4 have, and not without it', async () => {
    expect(await played(null)).toEqual(['opened ca.crl CrlTooManyMissing']);
    expect(await played(index(5))).toEqual([]);
    expect(await played(index(4))).toEqual(['opened ca.crl CrlTooManyMissing']);
  });

  test('may be lines of serial number and date', async () => {
    const lines = before
      .slice(0, 10)
      .map((serial) => `0x${serial.toString(16)}, 2026-11-19T00:00:00Z`);
    expect(await played(lines.join('\r\n'))).toEqual([]);
  });

  test('is no list of revoked certificates itself', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl.issued', Buffer.from(index(5)));
    expect(notified(fixture)).toEqual([]);
  });
});

test('a file name beyond ASCII is notified in its letters, and its incident has an id that can be typed', async () => {
  const fixture = aCrlFixture();
  await upload(fixture, 'Größe 証明書.crl', aList(anAuthority()));
  const [sent] = fixture.notifications.sent;
  expect(sent?.subject).toMatch(/^CRITICAL Groesse \?+\.crl: CrlSignatureWrong/);
  expect(sent?.text).toContain('Größe 証明書.crl');
  expect(sent?.incidentId).toMatch(/\/Gr\?\?e \?{3}\.crl [0-9a-f]{8}\//);
});

test('a plain file name is its own id', async () => {
  const fixture = aCrlFixture();
  await upload(fixture, 'Example CA(1).crl', aList(anAuthority()));
  expect(fixture.notifications.sent[0]?.incidentId).toContain('/Example CA(1).crl/');
});

test.each(['ca.crl', 'constructor', 'prototype', 'toString'])(
  'a list "%s" is published and then known: the next look reads no upload again',
  async (name) => {
    const fixture = aCrlFixture();
    await upload(fixture, name, aList(fixture.ca));
    expect(fixture.stateStore.bytes(name)).not.toBeNull();
    const read: string[] = [];
    fixture.source.onCall = (call, key) => {
      if (call === 'read') read.push(key);
    };
    fixture.clock.jumpWall(HOUR_MS);
    await look(fixture);
    expect(read.filter((key) => key.startsWith('inbox/'))).toEqual([]);
    expect(notified(fixture)).toEqual([]);
  },
);
