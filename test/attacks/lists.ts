/** Attacks by whoever can write to the inbox, and on what raises an alarm about it. Each answers null, or what it got. */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { packed } from '../../lib/core/packed.ts';
import { keepCrls, markId, NO_CRL_MEMORY, writeForgotten } from '../../lib/crl/state.ts';
import { blocksOf } from '../../lib/crl/x509/pem.ts';
import { aCrlFixture, type CrlFixture, look, notified, upload } from '../builders/crls.ts';
import { anAuthority, edwards } from '../crl/builders/authority.ts';
import { aList, HOUR_MS, NOW } from '../crl/builders/list.ts';
import { atCalls, DAY_S, firedAtS, HOUR_S, ruleOf, scheduleOf } from '../monitors/schedule.ts';

const JUNK = 'a 10 MiB upload of white space and base64';
if (!isMainThread && workerData === JUNK) {
  // "M" is how base64 of a list begins.
  const file = Buffer.from(`M${'ABC '.repeat(2_600_000)}`);
  try {
    blocksOf(file, 'X509 CRL', 1);
  } catch {
    // Refused, as it should be; what counts is the memory that it took.
  }
}

const second = anAuthority(edwards('ed25519'), { commonName: 'Second CA' });

/** A publisher with two pinned CAs. */
function twoCas(): CrlFixture {
  const fixture = aCrlFixture();
  fixture.source.drop('issuers/second.pem', second.certificate);
  return fixture;
}

const isPublic = ({ stateStore }: CrlFixture, name: string, bytes: Uint8Array): boolean =>
  Buffer.compare(stateStore.bytes(name) ?? Buffer.alloc(0), bytes) === 0;

const FAILING_S = 3 * HOUR_S;

type Attack = () => Promise<string | null>;

export const attacks: Readonly<Record<string, Attack>> = {
  [JUNK]: () =>
    new Promise((resolve) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: JUNK,
        resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 },
      });
      worker.once('error', (error) => resolve(`the function died: ${String(error)}`));
      worker.once('exit', () => resolve(null));
    }),

  async 'one answer in which the published list is gone'() {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const { read, ...bucket } = fixture.stateStore;
    let count = 0;
    const once: typeof read = async (...asked) => {
      const reading = await read(...asked);
      count += 1;
      return reading.known && count === 1 ? { ...reading, value: null } : reading;
    };
    await look(fixture, { ports: { stateStore: { ...bucket, read: once } } });
    return notified(fixture).some((one) => one.includes('CrlCopyLost'))
      ? 'it is lost, it says'
      : null;
  },

  async '400 uploads with names of 1,000 characters'() {
    const files = new Map(
      Array.from({ length: 400 }, () => {
        // What lies in the inbox has names of 1,024 octets at most, with the folder's.
        const name = randomBytes(763).toString('base64url');
        const arrivedAts = Array.from({ length: 8 }, () => NOW - randomInt(1e9));
        const etag = randomBytes(16).toString('hex');
        return [name, { etag, sequencer: null, sha256: null, arrivedAts }] as const;
      }),
    );
    const body = keepCrls({ ...NO_CRL_MEMORY, files });
    const octets = Buffer.byteLength(JSON.stringify(packed(body, JSON.stringify(body))));
    return octets > 400 * 1_024 ? 'no memory can be kept of any list' : null;
  },

  async 'junk beside a known list, whose reading stops the function'() {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    fixture.source.drop('inbox/a.crl', Buffer.from('junk'));
    fixture.source.onCall = (call, key) => {
      if (call === 'read' && key === 'inbox/a.crl') throw new RangeError('out of memory');
    };
    const next = aList(fixture.ca, { number: 8n, thisUpdateAt: NOW });
    await upload(fixture, 'ca.crl', next).catch(() => null);
    return isPublic(fixture, 'ca.crl', next) ? null : 'the known list waits behind the junk';
  },

  async 'another pinned CA’s list under a name that is published'() {
    const fixture = twoCas();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    const squat = aList(second, { number: 900n, thisUpdateAt: NOW });
    await upload(fixture, 'ca.crl', squat);
    return isPublic(fixture, 'ca.crl', squat) ? 'its clients read another CA’s list' : null;
  },

  async 'another pinned CA’s list under a name that a file reserves, before its first use'() {
    const fixture = twoCas();
    fixture.source.drop('issuers/ca.pem.names', Buffer.from('ca.crl\n'));
    const squat = aList(second, { number: 900n });
    await upload(fixture, 'ca.crl', squat);
    return isPublic(fixture, 'ca.crl', squat) ? 'the name is taken' : null;
  },

  async 'one listing of the issuers without the file that reserves a name'() {
    const fixture = twoCas();
    const names = 'issuers/ca.pem.names';
    fixture.source.drop(names, Buffer.from('ca.crl\n'));
    const { list, ...bucket } = fixture.source;
    let count = 0;
    const once: typeof list = async (...asked) => {
      const reading = await list(...asked);
      if (asked[0] !== 'issuers/' || !reading.known || (count += 1) > 1) return reading;
      const objects = reading.value.objects.filter(({ key }) => key !== names);
      return { ...reading, value: { ...reading.value, objects } };
    };
    const squat = aList(second, { number: 900n });
    await upload(fixture, 'ca.crl', squat, { ports: { source: { ...bucket, list: once } } });
    return isPublic(fixture, 'ca.crl', squat) ? 'the name is taken' : null;
  },

  async 'a stored memory that calls a new list judged'() {
    const fixture = aCrlFixture();
    const first = aList(fixture.ca);
    await upload(fixture, 'ca.crl', first);
    fixture.clock.jumpWall(HOUR_MS);
    const next = aList(fixture.ca, { number: 8n, thisUpdateAt: NOW });
    const etag = fixture.source.drop('inbox/ca.crl', next);
    const sha256 = createHash('sha256').update(first).digest('hex');
    const judged = { etag, sequencer: 'F'.repeat(30), sha256, arrivedAts: [] };
    fixture.store.put('memory#crls#eu-west-1', { files: { 'ca.crl': judged } });
    await look(fixture);
    return isPublic(fixture, 'ca.crl', next) ? null : 'clients keep the old list';
  },

  async 'a name that was squatted, after vpn-medic crl forget'() {
    const fixture = twoCas();
    await upload(fixture, 'ca.crl', aList(second, { number: 900n }));
    const right = aList(fixture.ca);
    await upload(fixture, 'ca.crl', right);
    const taken: unknown = fixture.store.body(markId('ca.crl'));
    fixture.store.put(markId('ca.crl'), writeForgotten(Reflect.get(Object(taken), 'sha256')));
    fixture.clock.jumpWall(HOUR_MS);
    await look(fixture);
    return isPublic(fixture, 'ca.crl', right) ? null : 'the rightful CA is refused for good';
  },

  async 'publication that stops altogether'() {
    const calls = atCalls(scheduleOf('publishCrl'), 59, 1);
    const before = calls.filter(({ atS }) => atS < DAY_S / 2);
    const atS = firedAtS(ruleOf('publishCrl', 'CrlChecksMissing'), before);
    return atS === null ? 'no alarm' : null;
  },

  async 'publication whose every scheduled run dies'() {
    const errors = atCalls(scheduleOf('publishCrl'), 59, 1);
    const atS = firedAtS(ruleOf('publishCrl', 'FunctionFailing'), errors);
    return atS === null || atS > FAILING_S ? 'no alarm' : null;
  },

  async 'publication that stops while a list is about to end'() {
    const rule = ruleOf('publishCrl', 'CrlLifeShort');
    const expiring = atCalls(scheduleOf('publishCrl'), 59, 1);
    const before = expiring.filter(({ atS }) => atS < HOUR_S);
    return rule.whenMissing === 'ignore' && firedAtS(rule, before) !== null
      ? null
      : 'the alarm ends by the silence';
  },
};
