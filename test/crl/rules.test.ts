/** Every rule that a list must keep to be published, each with what it holds beside what it lets through. */
import { describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../lib/core/reading.ts';
import type { HighWater, KnownCrls } from '../../lib/crl/rules/input.ts';
import { CRL_POLICY, type Judgement, judgeCrl } from '../../lib/crl/rules.ts';
import { anAuthority, edwards, pinned, rsa } from './builders/authority.ts';
import { der, extension, integer, oid, pem, sequence } from './builders/derWriter.ts';
import { nothingBut } from './builders/known.ts';
import {
  aList,
  anEntry,
  aPoint,
  DAY_MS,
  HOUR_MS,
  NOW,
  reasonCode,
  serials,
  strangeExtension,
} from './builders/list.ts';

const ca = anAuthority();
const other = anAuthority(edwards('ed25519'), { commonName: 'Other CA' });
const issuers = [pinned(ca), pinned(other, { fileName: 'other.pem' })];
const MINUTE_MS = 60_000;

const bare = nothingBut(issuers);
const beside = (published: Uint8Array, more: Partial<KnownCrls> = {}): KnownCrls => ({
  ...bare,
  published: known(published, NOW),
  ...more,
});
const allowing = (policy: Partial<KnownCrls['policy']>, lists = bare): KnownCrls => ({
  ...lists,
  policy: { ...CRL_POLICY, ...policy },
});
const judge = (bytes: Uint8Array, lists = bare, fileName = 'ca.crl', now = NOW): Judgement =>
  judgeCrl({ fileName, bytes }, lists, now);

/** `publish`, `same`, or the codes of all rules that it breaks. */
const verdict = (...args: Parameters<typeof judge>): string => {
  const judged = judge(...args);
  return judged.verdict === 'refuse'
    ? judged.reasons.map((each) => each.code).join(' ')
    : judged.verdict;
};
/** The mark that publishing this list would leave. */
function markOf(bytes: Uint8Array, lists = bare, fileName = 'ca.crl'): HighWater {
  const judged = judge(bytes, lists, fileName);
  if (judged.verdict !== 'publish') throw new Error(JSON.stringify(judged.reasons));
  return judged.highWater;
}
const remembering = (highWater: HighWater, more: Partial<KnownCrls> = {}): KnownCrls => ({
  ...bare,
  highWater: known(highWater, NOW),
  ...more,
});

describe('form', () => {
  test('a right list is published, DER and PEM alike', () => {
    expect(verdict(aList(ca))).toBe('publish');
    expect(verdict(Buffer.from(pem('X509 CRL', aList(ca))))).toBe('publish');
  });

  test('what is no list is refused with one reason, its sentence and what to do', () => {
    const judged = judge(Buffer.from('<html>'));
    expect(judged.reasons.map((each) => each.code)).toEqual(['NotDer']);
    expect(judged.reasons[0]?.why).toContain('it is text that begins "<html>"');
    expect(judged.reasons[0]?.fix).toContain('Export the CRL');
  });

  test('the limit on bytes is the policy’s', () => {
    const list = aList(ca);
    const limits = { ...CRL_POLICY.limits, octetsMax: list.length };
    expect(verdict(list, allowing({ limits }))).toBe('publish');
    expect(verdict(list, allowing({ limits: { ...limits, octetsMax: list.length - 1 } }))).toBe(
      'TooLarge',
    );
  });

  test('a strange extension is let be, and refused when critical', () => {
    expect(verdict(aList(ca, { more: [strangeExtension(false)] }))).toBe('publish');
    expect(verdict(aList(ca, { more: [strangeExtension(true)] }))).toBe('CriticalExtensionUnknown');
  });

  test('a strange extension of an entry is let be, and refused when critical', () => {
    expect(verdict(aList(ca, { entries: [anEntry(1n, strangeExtension(false))] }))).toBe('publish');
    expect(verdict(aList(ca, { entries: [anEntry(1n, strangeExtension(true))] }))).toBe(
      'CriticalExtensionUnknown',
    );
  });

  test('a distribution point is let be, and refused when it says indirect', () => {
    expect(verdict(aList(ca, { point: aPoint('http://a.example/') }))).toBe('publish');
    expect(verdict(aList(ca, { point: aPoint('http://a.example/', 0x84) }))).toBe('Indirect');
  });

  test('an entry of another issuer is refused as indirect', () => {
    const entries = [anEntry(1n, extension('2.5.29.29', sequence(), true))];
    expect(verdict(aList(ca, { entries }))).toBe('Indirect');
  });

  test('a complete list with an entry on hold is published, with a removal refused', () => {
    expect(verdict(aList(ca, { entries: [anEntry(1n, reasonCode(6))] }))).toBe('publish');
    expect(verdict(aList(ca, { entries: [anEntry(1n, reasonCode(8))] }))).toBe(
      'RemovalInCompleteList',
    );
  });

  test.each(['ca.crl', 'CA(1).crl', 'crl.pem', 'Example CA.crl', 'CA!0020x.crl', 'a'.repeat(128)])(
    'the file name %s is one to publish under',
    (fileName) => {
      expect(verdict(aList(ca), bare, fileName)).toBe('publish');
    },
  );

  test.each([
    '',
    '.',
    '..',
    '.crl',
    'a/b.crl',
    '../ca.crl',
    'a\\b.crl',
    'a\nb.crl',
    'ä.crl',
    ' ca.crl',
    'a'.repeat(256),
  ])('the file name %j is not', (fileName) => {
    expect(verdict(aList(ca), bare, fileName)).toBe('FileNameUnfit');
  });
});

describe('hand', () => {
  test('a list by a pinned issuer is published and says which', () => {
    const judged = judge(aList(other));
    expect(judged.verdict === 'publish' && judged.issuer.fileName).toBe('other.pem');
  });

  test('a list of an issuer that is not pinned is refused', () => {
    expect(verdict(aList(anAuthority(edwards('ed25519'), { commonName: 'Stranger' })))).toBe(
      'IssuerUnknown',
    );
  });

  test('a list signed by another pinned issuer’s key under this name is refused', () => {
    expect(verdict(aList({ ...other, name: ca.name }))).toBe('SignatureWrong');
  });

  test('SHA-1 is refused, and published where that issuer is allowed it', () => {
    const old = anAuthority(rsa('sha1'));
    expect(verdict(aList(old), { ...bare, issuers: [pinned(old)] })).toBe('WeakAlgorithm');
    const allowed = [pinned(old, { mayUseWeakAlgorithms: true })];
    expect(verdict(aList(old), { ...bare, issuers: allowed })).toBe('publish');
  });

  test('a file stays with its issuer name while that is published', () => {
    expect(verdict(aList(other, { number: 8n }), beside(aList(ca)))).toBe('IssuerNameOther');
    expect(verdict(aList(ca, { number: 8n }), beside(aList(ca)))).toBe('publish');
  });

  test('a file stays with its issuer name also after the published one is gone', () => {
    const lists = remembering(markOf(aList(ca)));
    expect(verdict(aList(other, { number: 8n }), lists)).toBe('IssuerNameOther');
    expect(verdict(aList(ca, { number: 8n }), lists)).toBe('publish');
  });

  test('a renewed key of the same name goes on under the same file name, and under CA(1).crl', () => {
    const renewed = anAuthority();
    const both = [pinned(ca), pinned(renewed, { fileName: 'ca(1).pem' })];
    const list = aList(renewed, { number: 8n });
    expect(verdict(list, beside(aList(ca), { issuers: both }))).toBe('publish');
    expect(verdict(list, { ...bare, issuers: both }, 'CA(1).crl')).toBe('publish');
  });

  test('all rules that a list breaks are told, not the first alone', () => {
    const list = aList({ ...other, name: ca.name }, { nextUpdateAt: null, number: 6n });
    expect(verdict(list, beside(aList(ca)))).toBe(
      'SignatureWrong NextUpdateMissing NumberNotAhead',
    );
  });
});

describe('time', () => {
  test('a list of 5 min 0 s ahead is published, of 5 min 1 s refused', () => {
    expect(verdict(aList(ca, { thisUpdateAt: NOW + 5 * MINUTE_MS }))).toBe('publish');
    expect(verdict(aList(ca, { thisUpdateAt: NOW + 5 * MINUTE_MS + 1_000 }))).toBe(
      'ThisUpdateAhead',
    );
  });

  test('a list valid for 1 s more is published, one that ends now is refused', () => {
    expect(verdict(aList(ca, { nextUpdateAt: NOW + 1_000 }))).toBe('publish');
    expect(verdict(aList(ca, { nextUpdateAt: NOW }))).toBe('NextUpdatePassed');
  });

  test('a list that does not say how long it is valid is refused', () => {
    expect(verdict(aList(ca, { nextUpdateAt: null }))).toBe('NextUpdateMissing');
  });

  test('an issuer that expired a second ago refuses, also for a list signed before', () => {
    const expired = pinned(anAuthority(ca, { notAfterAt: NOW - 1_000 }));
    expect(verdict(aList(ca), { ...bare, issuers: [expired] })).toBe('IssuerExpired');
  });
});

describe('forward', () => {
  const published = aList(ca);

  test('the published list again is nothing to do, DER and PEM alike', () => {
    expect(verdict(published, beside(published))).toBe('same');
    expect(verdict(Buffer.from(pem('X509 CRL', published)), beside(published))).toBe('same');
  });

  test('the published list again is nothing to do also when it has run out since', () => {
    expect(verdict(published, beside(published), 'ca.crl', NOW + 30 * DAY_MS)).toBe('same');
  });

  test('number 8 follows 7; another list with 7, and one with 6, do not', () => {
    expect(verdict(aList(ca, { number: 8n }), beside(published))).toBe('publish');
    const again = aList(ca, { number: 7n, thisUpdateAt: NOW });
    expect(verdict(again, beside(published))).toBe('NumberNotAhead');
    expect(verdict(aList(ca, { number: 6n }), beside(published))).toBe('NumberNotAhead');
  });

  test('numbers of 20 bytes are compared to their last bit', () => {
    const high = 2n ** 159n;
    const before = beside(aList(ca, { number: high }));
    expect(verdict(aList(ca, { number: high + 1n }), before)).toBe('publish');
    expect(verdict(aList(ca, { number: high - 1n }), before)).toBe('NumberNotAhead');
  });

  test('a numbered list goes forward by its number, also with the same thisUpdate', () => {
    const thisUpdateAt = NOW - HOUR_MS;
    expect(verdict(aList(ca, { number: 8n, thisUpdateAt }), beside(published))).toBe('publish');
  });

  test('a deleted file does not reset the number: 7 is refused, 8 published', () => {
    const lists = remembering(markOf(published));
    const rival = aList(ca, { number: 7n, serials: [1n, 2n, 4n] });
    expect(verdict(rival, lists)).toBe('NumberBelowHighWater');
    expect(verdict(aList(ca, { number: 8n }), lists)).toBe('publish');
  });

  test('a file put back to an older version does not reset the number', () => {
    const lists = remembering(markOf(aList(ca, { number: 9n })), {
      published: known(published, NOW),
    });
    expect(verdict(aList(ca, { number: 8n }), lists)).toBe('NumberBelowHighWater');
    expect(verdict(aList(ca, { number: 10n }), lists)).toBe('publish');
  });

  test('the very list that was remembered last may be put back, or put at last', () => {
    const last = aList(ca, { number: 9n });
    expect(verdict(last, remembering(markOf(last)))).toBe('publish');
    const notPut = remembering(markOf(last), { published: known(published, NOW) });
    expect(verdict(last, notPut)).toBe('publish');
  });

  test('a file that has a number keeps one', () => {
    const unnumbered = aList(ca, { number: null, thisUpdateAt: NOW });
    expect(verdict(unnumbered, beside(published))).toBe('NumberLost');
    expect(verdict(unnumbered, remembering(markOf(published)))).toBe('NumberLost');
    expect(verdict(unnumbered)).toBe('publish');
  });

  test('lists that never had a number follow by thisUpdate: a second later does, the same second does not', () => {
    const at = NOW - HOUR_MS;
    const before = beside(aList(ca, { number: null, thisUpdateAt: at }));
    const later = aList(ca, { number: null, thisUpdateAt: at + 1_000 });
    const rival = aList(ca, { number: null, thisUpdateAt: at, serials: serials(4) });
    expect(verdict(later, before)).toBe('publish');
    expect(verdict(rival, before)).toBe('ThisUpdateNotLater');
  });

  test('without numbers, a deleted file does not reset the date', () => {
    const at = NOW - HOUR_MS;
    const last = aList(ca, { number: null, thisUpdateAt: at });
    const rival = aList(ca, { number: null, thisUpdateAt: at, serials: [1n, 2n, 4n] });
    const later = aList(ca, { number: null, thisUpdateAt: at + 1_000 });
    expect(verdict(rival, remembering(markOf(last)))).toBe('ThisUpdateBelowHighWater');
    expect(verdict(later, remembering(markOf(last)))).toBe('publish');
    expect(verdict(last, remembering(markOf(last)))).toBe('publish');
  });

  test('a file may begin to have numbers, with a later list; an earlier one is refused', () => {
    const before = beside(aList(ca, { number: null, thisUpdateAt: NOW - HOUR_MS }));
    expect(verdict(aList(ca, { number: 1n, thisUpdateAt: NOW }), before)).toBe('publish');
    const earlier = aList(ca, { number: 1n, thisUpdateAt: NOW - 2 * HOUR_MS });
    expect(verdict(earlier, before)).toBe('ThisUpdateNotLater');
  });

  test('the mark never falls', () => {
    const high = remembering({ ...markOf(published), number: 7n, thisUpdateAt: NOW });
    const mark = markOf(aList(ca, { number: 8n, thisUpdateAt: NOW - HOUR_MS }), high);
    expect(mark.number).toBe(8n);
    expect(mark.thisUpdateAt).toBe(NOW);
    expect(mark.issuerName).toBe(ca.name.toString('hex'));
  });

  test('the distribution point equals the published one’s', () => {
    const at = (uri: string, number: bigint) => aList(ca, { number, point: aPoint(uri) });
    const before = beside(at('http://a.example/ca.crl', 7n));
    expect(verdict(at('http://a.example/ca.crl', 8n), before)).toBe('publish');
    expect(verdict(at('http://b.example/ca.crl', 8n), before)).toBe('DistributionPointOther');
    expect(verdict(aList(ca, { number: 8n }), before)).toBe('DistributionPointOther');
    expect(verdict(at('http://a.example/ca.crl', 8n), beside(published))).toBe(
      'DistributionPointOther',
    );
  });
});

describe('as OpenSSL-based clients read it', () => {
  const point = (uri: string, ...flags: readonly number[]) =>
    verdict(aList(ca, { point: aPoint(uri, ...flags) }));

  test('a distribution point for one kind of certificates is published, for two refused', () => {
    expect(point('http://a.example/', 0x81)).toBe('publish');
    expect(point('http://a.example/', 0x82)).toBe('publish');
    expect(point('http://a.example/', 0x81, 0x82)).toBe('ScopeContradictory');
    expect(point('http://a.example/', 0x82, 0x85)).toBe('ScopeContradictory');
  });

  test('a reason code is not critical, nor is the number', () => {
    expect(verdict(aList(ca, { entries: [anEntry(1n, reasonCode(1))] }))).toBe('publish');
    expect(verdict(aList(ca, { entries: [anEntry(1n, reasonCode(1, true))] }))).toBe(
      'CriticalExtensionUnknown',
    );
    const critical = [extension('2.5.29.20', integer(7n), true)];
    expect(verdict(aList(ca, { number: null, more: critical }))).toBe('CriticalExtensionUnknown');
  });

  test('an operator may let the distribution point change until a moment', () => {
    const moved = aList(ca, { number: 8n, point: aPoint('http://b.example/') });
    const until = (allowedUntil: number) =>
      allowing({ allowedUntil }, beside(aList(ca, { point: aPoint('http://a.example/') })));
    expect(verdict(moved, until(NOW + 1))).toBe('publish');
    expect(verdict(moved, until(NOW))).toBe('DistributionPointOther');
  });

  test('a name in another case, another string type and with more spaces is the same issuer, another letter is not', () => {
    const named = (type: number, text: string) =>
      sequence(der(0x31, sequence(oid('2.5.4.3'), der(type, Buffer.from(text)))));
    const by = (name: Buffer) => aList({ ...ca, name }, { number: 8n });
    const before = beside(aList(ca));
    expect(verdict(by(named(0x13, ' TEST   ca ')), before)).toBe('publish');
    expect(verdict(by(named(0x13, 'TestCA')), before)).toContain('IssuerUnknown');
    expect(verdict(by(named(0x04, 'Test CA')), before)).toContain('IssuerUnknown');
  });
});

describe('what is not known refuses', () => {
  const list = aList(ca, { number: 8n });

  test('a published file that could not be read is not "nothing published"', () => {
    expect(verdict(list, { ...bare, published: unknown('AccessDenied', NOW) })).toBe(
      'PublishedUnknown',
    );
  });

  test('a published file that is no list is refused, to be looked at', () => {
    expect(verdict(list, beside(Buffer.from('<html>')))).toBe('PublishedUnreadable');
  });

  test('a mark that could not be read is not "never published"', () => {
    expect(verdict(list, { ...bare, highWater: unknown('throttled', NOW) })).toBe(
      'HighWaterUnknown',
    );
  });

  test('the base of a complete list is not looked at', () => {
    expect(verdict(list, { ...bare, base: unknown('AccessDenied', NOW) })).toBe('publish');
  });
});

describe('not emptied', () => {
  const published = aList(ca, { serials: serials(100) });
  const next = (from: number, count = 100) =>
    aList(ca, { number: 8n, serials: serials(count, from) });

  test('10 of 100 missing are published, 11 refused', () => {
    expect(verdict(next(11), beside(published))).toBe('publish');
    expect(verdict(next(12), beside(published))).toBe('TooManyMissing');
  });

  test('5 of 5 missing are published, 6 of 6 refused: what expires leaves a small list', () => {
    const small = (count: number) => beside(aList(ca, { serials: serials(count) }));
    expect(verdict(next(1, 0), small(5))).toBe('publish');
    expect(verdict(next(1, 0), small(6))).toBe('TooManyMissing');
    expect(verdict(next(6, 45), small(50))).toBe('publish');
    expect(verdict(next(7, 44), small(50))).toBe('TooManyMissing');
  });

  test('new ones do not make up for missing ones', () => {
    expect(verdict(next(12, 1_000), beside(published))).toBe('TooManyMissing');
    expect(verdict(next(1, 1_000), beside(published))).toBe('publish');
  });

  test('an emptied list is refused, and says how many', () => {
    const judged = judge(aList(ca, { number: 8n, serials: [] }), beside(published));
    expect(judged.reasons.map((each) => each.code)).toEqual(['TooManyMissing']);
    expect(judged.reasons[0]?.why).toBe(
      '100 of 100 published serial numbers are missing (01, 02, 03, …) and not known to have expired; at most 10 may be',
    );
  });

  test('an empty list after an empty list is published', () => {
    const empty = aList(ca, { serials: [] });
    expect(verdict(aList(ca, { number: 8n, serials: [] }), beside(empty))).toBe('publish');
  });

  test('order does not matter', () => {
    const turned = aList(ca, { number: 8n, serials: serials(100).toReversed() });
    expect(verdict(turned, beside(published))).toBe('publish');
  });

  test('missing ones whose certificates have expired do not count, others still do', () => {
    const expired = (below: number) =>
      allowing({ isExpired: (serial) => Number(`0x${serial}`) < below }, beside(published));
    // 1 to 50 are missing: 40 have expired and 10 count, or 39 and 11.
    expect(verdict(next(51), expired(41))).toBe('publish');
    expect(verdict(next(51), expired(40))).toBe('TooManyMissing');
  });

  test('an operator may let them go until a moment, and not from that moment on', () => {
    const until = (allowedUntil: number) => allowing({ allowedUntil }, beside(published));
    expect(verdict(next(99), until(NOW + 1))).toBe('publish');
    expect(verdict(next(99), until(NOW))).toBe('TooManyMissing');
  });

  test('an operator who lets them go lets nothing else go', () => {
    const lists = allowing({ allowedUntil: NOW + 1 }, beside(published));
    expect(verdict(aList(ca, { number: 7n, serials: [] }), lists)).toBe('NumberNotAhead');
  });
});

describe('delta', () => {
  const base = aList(ca, { number: 7n });
  const delta = (number: bigint | null, baseNumber: bigint, serialsOf = [9n]) =>
    aList(ca, { number, baseNumber, serials: serialsOf });
  const withBase = (bytes: Uint8Array | null, more: Partial<KnownCrls> = {}): KnownCrls => ({
    ...bare,
    base: known(bytes, NOW),
    ...more,
  });
  const judged = (bytes: Uint8Array, lists: KnownCrls, fileName = 'CA+.crl') =>
    verdict(bytes, lists, fileName);

  test('a delta of the published base is published under NAME+.crl, and refused under NAME.crl', () => {
    expect(judged(delta(8n, 7n), withBase(base))).toBe('publish');
    expect(judged(delta(8n, 7n), withBase(base), 'CA.crl')).toBe('DeltaUnderCompleteName');
    expect(judged(delta(8n, 7n), withBase(base), 'C+A.crl')).toBe('DeltaUnderCompleteName');
  });

  test('a complete list is refused under NAME+.crl', () => {
    expect(judged(aList(ca, { number: 8n }), withBase(base))).toBe('CompleteUnderDeltaName');
  });

  test('a delta waits for its base: none published is refused, and so is one that could not be read', () => {
    expect(judged(delta(8n, 7n), withBase(null))).toBe('DeltaBaseMissing');
    const unread = { ...bare, base: unknown('AccessDenied', NOW) };
    expect(judged(delta(8n, 7n), unread)).toBe('DeltaBaseUnknown');
    expect(judged(delta(8n, 7n), withBase(Buffer.from('x')))).toBe('DeltaBaseUnreadable');
  });

  test('a delta of base 7 or less goes with base 7, a delta of base 8 does not', () => {
    expect(judged(delta(9n, 6n), withBase(base))).toBe('publish');
    expect(judged(delta(9n, 7n), withBase(base))).toBe('publish');
    expect(judged(delta(9n, 8n), withBase(base))).toBe('DeltaBaseAhead');
  });

  test('a delta may have its base’s own number, and not a lower one', () => {
    expect(judged(delta(7n, 7n), withBase(base))).toBe('publish');
    expect(judged(delta(6n, 7n), withBase(base))).toBe('DeltaBaseAhead');
  });

  test('a delta without a number is refused', () => {
    expect(judged(delta(null, 7n), withBase(base))).toBe('DeltaWithoutNumber');
  });

  test('a delta goes with a base of its own issuer only', () => {
    expect(judged(delta(8n, 7n), withBase(aList(other)))).toBe('DeltaBaseOther');
  });

  test('what stands under the base’s name must be complete and numbered', () => {
    expect(judged(delta(8n, 7n), withBase(aList(ca, { number: null })))).toBe('DeltaBaseOther');
    expect(judged(delta(8n, 7n), withBase(delta(7n, 7n)))).toBe('DeltaBaseOther');
  });

  test('deltas go forward by number, as complete lists do', () => {
    const lists = withBase(base, { published: known(delta(8n, 7n), NOW) });
    expect(judged(delta(9n, 7n), lists)).toBe('publish');
    expect(judged(delta(8n, 6n), lists)).toBe('NumberNotAhead');
  });

  test('a delta may empty, and may take entries back', () => {
    const before = delta(8n, 7n, [...serials(100)]);
    const lists = withBase(base, { published: known(before, NOW) });
    expect(judged(delta(9n, 7n, []), lists)).toBe('publish');
    const removal = aList(ca, {
      number: 9n,
      baseNumber: 7n,
      entries: [anEntry(9n, reasonCode(8))],
    });
    expect(judged(removal, lists)).toBe('publish');
  });

  test('a delta of a renewed key goes as CA(1)+.crl', () => {
    expect(judged(delta(8n, 7n), withBase(base), 'CA(1)+.crl')).toBe('publish');
  });
});
