/**
 * Goal: what one answer alone says of CRLs is no fact (S1, S13): nothing is notified as lost, changed, refused or over, and
 * nothing is published or imported because of it; what each answer says is. Method: the whole publisher on simulated buckets,
 * with the first call of a kind answered wrongly, and with all of them.
 */
import { describe, expect, test } from '@jest/globals';
import { known, type Reading } from '../../lib/core/reading.ts';
import type { CrlPorts } from '../../lib/crl/ports.ts';
import type { BucketObject, Listing } from '../../lib/crl/types/world.ts';
import { pemOf } from '../../lib/crl/x509/pem.ts';
import { aCrlFixture, type CrlFixture, look, notified, upload } from '../builders/crls.ts';
import { aList, HOUR_MS, MINUTE_MS, NOW, serials } from './builders/list.ts';

const ENDPOINT = 'cvpn-endpoint-1';
const right = (number: bigint) => ({
  number,
  serials: serials(8),
  thisUpdateAt: NOW - MINUTE_MS,
  nextUpdateAt: NOW + 240 * HOUR_MS,
});
const OLD = Buffer.from('an older one');

/** A CRL is published, an endpoint goes by it, and another upload is refused: one incident is open. */
async function published(): Promise<CrlFixture> {
  const fixture = aCrlFixture();
  fixture.endpoints.add({ endpointId: ENDPOINT, name: 'staff', fileName: 'ca.crl' });
  await upload(fixture, 'ca.crl', aList(fixture.ca, right(7n)));
  await upload(fixture, 'junk.crl', Buffer.from('junk'));
  fixture.clock.jumpWall(HOUR_MS);
  await look(fixture);
  return fixture;
}

type Change = <T>(reading: Reading<T>, change: (value: T) => T) => Reading<T>;
/** The first `count` answers are changed. */
function first(count: number): Change {
  let left = count;
  return (reading, change) => {
    if (!reading.known || left === 0) return reading;
    left -= 1;
    return known(change(reading.value), reading.at);
  };
}

/** `real`, but for what `changed` has. */
function over<T extends object>(real: T, changed: Partial<T>): T {
  return new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(name in changed ? changed : target, name);
      return typeof value === 'function' && !(name in changed) ? value.bind(target) : value;
    },
  });
}

const emptied = (): Listing => ({ objects: [], isWhole: true });
const withBytes =
  (bytes: Buffer) =>
  (object: BucketObject | null): BucketObject | null =>
    object === null ? null : { ...object, bytes, octets: bytes.length };

type Wrong = (fixture: CrlFixture, change: Change) => Partial<CrlPorts>;

const source =
  (of: string, change: Change, { source: real }: CrlFixture) =>
  (list: () => Listing): Partial<CrlPorts> => ({
    source: over(real, {
      list: async (prefix, ...rest) => {
        const reading = await real.list(prefix, ...rest);
        return prefix === of ? change(reading, list) : reading;
      },
    }),
  });

const publishedAs =
  (to: (object: BucketObject | null) => BucketObject | null): Wrong =>
  ({ stateStore: real }, change) => ({
    stateStore: over(real, { read: async (...asked) => change(await real.read(...asked), to) }),
  });
const uploadAs =
  (to: (object: BucketObject | null) => BucketObject | null): Wrong =>
  ({ source: real }, change) => ({
    source: over(real, {
      read: async (ref, ...rest) => {
        const reading = await real.read(ref, ...rest);
        return ref.key === 'inbox/ca.crl' ? change(reading, to) : reading;
      },
    }),
  });
const servedAs =
  (status: number, sha256: string): Wrong =>
  ({ site: real }, change) => ({
    site: over(real, {
      fetch: async (...asked) =>
        change(await real.fetch(...asked), (one) => ({ ...one, status, sha256 })),
    }),
  });
const exportedAs =
  (pem: string | null): Wrong =>
  ({ endpoints: real }, change) => ({
    endpoints: over(real, {
      exported: async (...asked) =>
        change(await real.exported(...asked), () => ({ pem, isActive: true })),
    }),
  });

/** What each answer wrongly says; and what is notified where every answer says it. */
const WRONG: readonly (readonly [what: string, wrong: Wrong, always: RegExp])[] = [
  ['the published copy is lost', publishedAs(() => null), /opened ca.crl CrlCopyLost/],
  ['the published copy is another', publishedAs(withBytes(OLD)), /opened ca.crl CrlCopyStrange/],
  ['clients get nothing', servedAs(404, ''), /opened ca.crl CrlServedDiffers/],
  ['clients get another list', servedAs(200, 'abc'), /opened ca.crl CrlServedDiffers/],
  [
    'the second region has nothing',
    ({ replica: real }, change) => ({
      replica: over(real, {
        facts: async (...asked) => change(await real.facts(...asked), () => null),
      }),
    }),
    /opened ca.crl CrlReplicaDiffers/,
  ],
  [
    'no upload lies in the inbox',
    (fixture, change) => source('inbox/', change, fixture)(emptied),
    /^$/,
  ],
  [
    'no endpoint asks for a list',
    ({ endpoints: real }, change) => ({
      endpoints: over(real, {
        tagged: async (...asked) => change(await real.tagged(...asked), () => []),
      }),
    }),
    /^$/,
  ],
  ['the endpoint has no list', exportedAs(null), /opened cvpn-endpoint-1 CrlEndpointBehind/],
  [
    'the endpoint has another list',
    exportedAs(pemOf(OLD)),
    /opened cvpn-endpoint-1 CrlEndpointBehind/,
  ],
];

describe.each(WRONG)('an answer says that %s', (_what, wrong, always) => {
  test('once: nothing begins, ends, is published or imported; always: it is so', async () => {
    const fixture = await published();
    const before = notified(fixture).length;
    const imports = fixture.endpoints.imports.length;
    await look(fixture, { ports: wrong(fixture, first(1)) });
    expect(notified(fixture).slice(before)).toEqual([]);
    expect(fixture.endpoints.imports).toHaveLength(imports);
    expect(fixture.stateStore.history('ca.crl')).toHaveLength(1);
    expect(fixture.replica.history('ca.crl')).toHaveLength(1);
    await look(fixture, { ports: wrong(fixture, first(Number.POSITIVE_INFINITY)) });
    expect(notified(fixture).slice(before).join()).toMatch(always);
  });
});

describe.each<readonly [string, Wrong, RegExp]>([
  ['it is gone', uploadAs(() => null), /CrlCandidateGone/],
  ['it is junk', uploadAs(withBytes(OLD)), /CrlNotDer/],
  [
    'no issuer is pinned',
    (fixture, change) => source('issuers/', change, fixture)(emptied),
    /CrlIssuerUnknown/,
  ],
])('of a right upload an answer says that %s', (_what, wrong, always) => {
  test('once: it is published, and nothing is notified; always: it is refused', async () => {
    const fixture = await published();
    const before = notified(fixture).length;
    const next = aList(fixture.ca, right(8n));
    await upload(fixture, 'ca.crl', next, { ports: wrong(fixture, first(1)) });
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(next));
    expect(notified(fixture).slice(before).join()).not.toMatch(always);
    const later = aList(fixture.ca, right(9n));
    const ports = wrong(fixture, first(Number.POSITIVE_INFINITY));
    await upload(fixture, 'ca.crl', later, { ports });
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(Uint8Array.from(next));
    expect(notified(fixture).slice(before).join()).toMatch(always);
  });
});
