/**
 * One storm over revocation lists, drawn from a seed: a CA that loses its clock, republishes, truncates, is taken over;
 * lists that expire, objects that are lost or replaced; buckets, table, edge and endpoints that fail; events lost, doubled,
 * late, at once. Then calm. Whatever it finds wrong it says.
 */
import { parseCrl } from '../../lib/crl/x509/parse.ts';
import { pemOf } from '../../lib/crl/x509/pem.ts';
import { pageIds, readPage } from '../../lib/incidents/store/page.ts';
import type { Notification } from '../../lib/incidents/types.ts';
import { type Random, seededRandom } from '../../lib/simulator/random.ts';
import { CRL_SAFETY, type CrlSafety, publish } from '../../lib/watcher/scopes/crls.ts';
import { ACCOUNT, aCrlFixture, type CrlFixture, REGION, SETTINGS } from '../builders/crls.ts';
import { type Authority, anAuthority, edwards } from '../crl/builders/authority.ts';
import { aList, DAY_MS, HOUR_MS, MINUTE_MS } from '../crl/builders/list.ts';
import { type Blind, brokenNow, digest, troubleIn } from './crlTruth.ts';

export interface CrlStormResult {
  readonly seed: string;
  /** What broke, in order; empty: nothing did. */
  readonly broken: readonly string[];
  readonly publishedCount: number;
  readonly refusedCount: number;
  readonly resolvedCount: number;
  /** Reasons that were notified. */
  readonly notified: readonly string[];
}

const CLEAR: Blind = { source: false, published: false, replica: false };

const FILE = 'ca.crl';
const ENDPOINT = 'cvpn-endpoint-1';
const STEPS = 32;
const JUNK = Buffer.from('what is this');
const ca = anAuthority(edwards('ed25519'));
const thief = anAuthority(edwards('ed25519'));

interface Made {
  readonly bytes: Buffer;
  readonly number: bigint;
  readonly serialCount: number;
  readonly nextUpdateAt: number;
  /** Right by every rule when it was signed. */
  readonly isHonest: boolean;
}

export async function crlStorm(
  seed: string,
  safety: CrlSafety = CRL_SAFETY,
): Promise<CrlStormResult> {
  const storm = new CrlStorm(seed, safety);
  await storm.run();
  return storm.result();
}

class CrlStorm {
  readonly #seed: string;
  readonly #safety: CrlSafety;
  readonly #random: Random;
  readonly #fixture: CrlFixture;
  readonly #broken: string[] = [];
  readonly #made = new Map<string, Made>();
  #isStormy = true;
  #number = 100n;
  #serialCount = 20;
  #sequence = 0;
  #newestHonest: Made | null = null;
  #checkedCount = 0;
  /** Whole buckets that no call reaches, until the next change of weather. */
  #blind: Blind = CLEAR;
  #mode: 'act' | 'observe' = 'act';
  #brokenBefore: ReadonlyMap<string, string> = new Map();
  #resolvedCount = 0;

  constructor(seed: string, safety: CrlSafety) {
    this.#seed = seed;
    this.#safety = safety;
    this.#random = seededRandom(`crl ${seed}`);
    this.#fixture = aCrlFixture(ca);
    this.#fixture.endpoints.add({ endpointId: ENDPOINT, name: 'staff', fileName: FILE });
    const { notifications } = this.#fixture;
    const publishNow = notifications.publish.bind(notifications);
    notifications.publish = (one) => {
      if (one.state === 'resolved') this.#mustBeWell(one);
      return publishNow(one);
    };
  }

  result(): CrlStormResult {
    return {
      seed: this.#seed,
      broken: this.#broken,
      publishedCount: this.#fixture.stateStore.history(FILE).length,
      refusedCount: this.#made.size - this.#fixture.stateStore.history(FILE).length,
      resolvedCount: this.#resolvedCount,
      notified: this.#fixture.notifications.sent.map(
        ({ attributes }) => attributes['reason'] ?? '',
      ),
    };
  }

  async run(): Promise<void> {
    await this.#upload(this.#honest());
    for (let step = 0; step < STEPS; step += 1) {
      this.#blow();
      await this.#pass(this.#random.whole(1, 8) * 30 * MINUTE_MS);
      const action = this.#random.whole(1, 12);
      if (action <= 5) await this.#upload(this.#honest());
      else if (action <= 8) await this.#upload(this.#wicked());
      else if (action <= 10) this.#meddle();
      else await this.#silence();
      await this.#passes(this.#random.pick([1, 1, 1, 2, 3]));
    }
    this.#isStormy = false;
    this.#blow();
    this.#repair();
    await this.#pass(2 * HOUR_MS);
    await this.#upload(this.#honest());
    for (let index = 0; index < 3; index += 1) {
      await this.#passes(1);
      await this.#pass(40 * MINUTE_MS);
    }
    await this.#passes(1);
    this.#calm();
  }

  // The CA, and who sits at its keyboard.

  #sign(authority: Authority, over: Partial<Omit<Made, 'bytes'>> & { ahead?: number }): Made {
    const now = this.#fixture.clock.now() + (over.ahead ?? 0);
    const number = over.number ?? (this.#number += BigInt(this.#random.whole(1, 3)));
    const serialCount = over.serialCount ?? (this.#serialCount += this.#random.whole(0, 2));
    const nextUpdateAt = over.nextUpdateAt ?? now + DAY_MS;
    const serials = Array.from({ length: serialCount }, (_, index) => BigInt(index + 1));
    const thisUpdateAt = Math.min(now - MINUTE_MS, nextUpdateAt - MINUTE_MS);
    const bytes = aList(authority, {
      number,
      serials,
      thisUpdateAt: over.ahead === undefined ? thisUpdateAt : now,
      nextUpdateAt,
    });
    return { bytes, number, serialCount, nextUpdateAt, isHonest: over.isHonest ?? false };
  }

  #honest(): Made {
    const made = this.#sign(ca, { isHonest: true });
    this.#newestHonest = made;
    return made;
  }

  #wicked(): Made {
    const past = [...this.#made.values()];
    const guise = this.#random.pick([
      'clock',
      'expired',
      'replay',
      'cut',
      'thief',
      'emptied',
      'junk',
    ]);
    switch (guise) {
      case 'clock':
        return this.#sign(ca, { ahead: this.#random.whole(1, 48) * HOUR_MS });
      case 'expired':
        return this.#sign(ca, { nextUpdateAt: this.#fixture.clock.now() - MINUTE_MS });
      case 'replay':
        return { ...this.#random.pick(past), isHonest: false };
      case 'cut': {
        const whole = this.#honest();
        const bytes = whole.bytes.subarray(0, this.#random.whole(1, whole.bytes.length - 1));
        return { ...whole, bytes, isHonest: false };
      }
      case 'thief':
        return this.#sign(thief, { number: this.#number + 1_000n, serialCount: this.#serialCount });
      case 'emptied':
        return this.#sign(ca, { number: this.#number + 1n, serialCount: 1 });
      default:
        return {
          ...this.#sign(ca, { number: 0n }),
          bytes: Buffer.from(`junk ${this.#random.fraction()}`),
        };
    }
  }

  /** Its event may be lost, doubled or late; the object is there all the same. */
  async #upload(made: Made): Promise<void> {
    const { source, clock } = this.#fixture;
    this.#made.set(digest(made.bytes), made);
    const etag = source.drop(`inbox/${FILE}`, made.bytes);
    this.#sequence += 1;
    const sequencer = this.#sequence.toString(16).padStart(8, '0');
    const event = { kind: 'arrival', arrival: { fileName: FILE, etag, sequencer } } as const;
    const times = this.#isStormy ? this.#random.pick([0, 1, 1, 1, 2]) : 1;
    await this.#run(Array.from({ length: times }, () => event));
    if (this.#isStormy && this.#random.chance(0.2)) {
      clock.jumpWall(MINUTE_MS);
      await this.#run([event]);
    }
  }

  // The failure.

  #blow(): void {
    const { source, stateStore, replica, site, endpoints, store } = this.#fixture;
    const bad = (chance: number) => this.#isStormy && this.#random.chance(chance);
    const gust = bad(0.3) ? this.#random.fraction() * 0.5 : 0;
    const failure = (isClear: boolean) => (call: string) =>
      isClear || !this.#random.chance(gust)
        ? ('fine' as const)
        : call === 'put' && this.#random.chance(0.5)
          ? ('unclear' as const)
          : ('fails' as const);
    this.#blind = { source: bad(0.1), published: bad(0.1), replica: bad(0.1) };
    const lost = () => 'fails' as const;
    source.failure = this.#blind.source ? lost : failure(!bad(0.3));
    stateStore.failure = this.#blind.published ? lost : failure(!bad(0.5));
    replica.failure = this.#blind.replica ? lost : failure(!bad(0.5));
    site.isUnreachable = bad(0.1);
    site.stale.clear();
    if (bad(0.15)) site.stale.set(FILE, Buffer.from('an old copy at the edge'));
    this.#mode = bad(0.15) ? 'observe' : 'act';
    endpoints.isUnreachable = bad(0.15);
    endpoints.importAnswer = bad(0.2)
      ? this.#random.pick(['unclear', 'refused'] as const)
      : 'accepted';
    store.mood = bad(0.2)
      ? this.#random.pick(['unreachable', 'write-fails', 'lost'] as const)
      : 'well';
  }

  /** Somebody with more rights than sense. */
  #meddle(): void {
    const { source, stateStore, replica } = this.#fixture;
    this.#random.pick([
      () => stateStore.remove(FILE),
      () => stateStore.drop(FILE, JUNK),
      () => replica.remove(FILE),
      () => replica.drop(FILE, JUNK),
      () => source.remove(`inbox/${FILE}`),
      () => source.remove('issuers/ca.pem'),
      () => source.drop('issuers/ca.pem', Buffer.from('no certificate')),
      () => this.#repair(),
      () => this.#repair(),
    ])();
  }

  /** The pinned certificate is there again, and no junk in place of the published list. */
  #repair(): void {
    const { source, stateStore } = this.#fixture;
    source.drop('issuers/ca.pem', ca.certificate);
    if (stateStore.bytes(FILE)?.length === JUNK.length) stateStore.remove(FILE);
  }

  /** The CA signs nothing for up to a day and a half: what is published expires. */
  async #silence(): Promise<void> {
    for (let left = this.#random.whole(3, 9); left > 0; left -= 1) {
      await this.#pass(4 * HOUR_MS);
      await this.#passes(1);
    }
  }

  // Looks, and what must hold after each.

  async #passes(count: number): Promise<void> {
    await this.#run(Array.from({ length: count }, () => ({ kind: 'look' as const })));
  }

  /** All of them at the same time. */
  async #run(events: readonly Parameters<typeof publish>[1]['event'][]): Promise<void> {
    if (events.length === 0) return;
    const { clock } = this.#fixture;
    this.#brokenBefore = this.#brokenNow();
    let left = events.length;
    const signal = new AbortController().signal;
    const works = events.map((event) =>
      publish(
        this.#fixture,
        {
          accountId: ACCOUNT,
          settings: { ...SETTINGS, mode: this.#mode },
          event,
          remainingMs: () => 150_000,
          safety: this.#safety,
        },
        signal,
      ).finally(() => {
        left -= 1;
      }),
    );
    await clock.run(clock.monotonicMs() + HOUR_MS, () => left === 0);
    await Promise.all(works);
    this.#check();
  }

  async #pass(ms: number): Promise<void> {
    const { clock } = this.#fixture;
    await clock.run(clock.monotonicMs() + ms);
  }

  /** S13: nothing is resolved that was broken when the passes began, and is when that is said. */
  #mustBeWell(one: Notification): void {
    this.#resolvedCount += 1;
    const trouble = troubleIn(one);
    const what = this.#brokenNow().get(trouble);
    if (what === undefined || !this.#brokenBefore.has(trouble)) return;
    this.#broken.push(`${trouble} is resolved, and ${what}`);
  }

  #brokenNow(): ReadonlyMap<string, string> {
    return brokenNow({
      fixture: this.#fixture,
      fileName: FILE,
      endpointId: ENDPOINT,
      blind: this.#blind,
      isObserving: this.#mode === 'observe',
      isHonest: (sha256) => this.#made.get(sha256)?.isHonest === true,
    });
  }

  #check(): void {
    const { stateStore, store, replica } = this.#fixture;
    const history = stateStore.history(FILE);
    let before = this.#highest(history.slice(0, this.#checkedCount));
    for (const bytes of history.slice(this.#checkedCount)) {
      if (Buffer.from(bytes).equals(JUNK)) continue;
      const parsed = parseCrl(bytes);
      const made = this.#made.get(digest(bytes));
      if (!parsed.ok || made === undefined) {
        this.#broken.push('something was published that nobody signed');
        continue;
      }
      const number = parsed.crl.extensions.number ?? -1n;
      const isBack =
        before !== null &&
        (number < before.number || (number === before.number && digest(bytes) !== before.sha256));
      if (isBack) this.#broken.push(`number ${number} was published after ${before?.number}`);
      const { count } = parsed.crl.survey;
      if (before !== null && count < before.count * 0.9)
        this.#broken.push(`${count} entries were published after ${before.count}`);
      if (made.nextUpdateAt <= this.#fixture.clock.now() - HOUR_MS)
        this.#broken.push('an expired list was published');
      if (parsed.crl.thisUpdateAt > this.#fixture.clock.now() + 6 * MINUTE_MS)
        this.#broken.push('a list from the future was published');
      if (before === null || number > before.number)
        before = { number, count, sha256: digest(bytes) };
    }
    this.#checkedCount = history.length;
    const mark = store.body(`crl#${FILE}`);
    const marked: unknown =
      typeof mark === 'object' && mark !== null ? Reflect.get(mark, 'number') : null;
    if (before !== null && typeof marked === 'string' && BigInt(marked) < before.number)
      this.#broken.push(`the mark is ${marked}, ${before.number} was published`);
    const here = stateStore.bytes(FILE);
    const there = replica.bytes(FILE);
    if (here !== null && (there === null || digest(here) !== digest(there))) this.#mustBeNotified();
  }

  #highest(
    history: readonly Uint8Array[],
  ): { number: bigint; count: number; sha256: string } | null {
    let highest: { number: bigint; count: number; sha256: string } | null = null;
    for (const bytes of history) {
      const parsed = parseCrl(bytes);
      if (!parsed.ok) continue;
      const number = parsed.crl.extensions.number ?? -1n;
      if (highest === null || number >= highest.number)
        highest = { number, count: parsed.crl.survey.count, sha256: digest(bytes) };
    }
    return highest;
  }

  /** Copies that differ are told, unless the table that keeps what was told is what fails, or a look could not see. */
  #mustBeNotified(): void {
    const { store, stateStore, replica } = this.#fixture;
    const isBlind = store.mood !== 'well' || stateStore.failure('read', FILE) !== 'fine';
    if (isBlind || replica.failure('facts', FILE) !== 'fine') return;
    const open = this.#open();
    const isNotified = ['Replica', 'Copy', 'Write', 'Sight'].some((what) =>
      [...open].some((id) => id.includes(`Crl${what}`)),
    );
    if (!isNotified) this.#broken.push('the copies differ, and nobody was told');
  }

  #open(): ReadonlySet<string> {
    const open = new Set<string>();
    for (const { state, incidentId } of this.#fixture.notifications.sent) {
      if (state === 'resolved') open.delete(incidentId);
      else open.add(incidentId);
    }
    return open;
  }

  #calm(): void {
    const { stateStore, replica, endpoints, clock } = this.#fixture;
    const wanted = this.#newestHonest;
    const here = stateStore.bytes(FILE);
    if (wanted === null || here === null) {
      this.#broken.push('nothing is published in the calm');
      return;
    }
    if (digest(here) !== digest(wanted.bytes))
      this.#broken.push('the newest good list is not published in the calm');
    if (wanted.nextUpdateAt <= clock.now()) this.#broken.push('the calm outlived its list');
    if (digest(replica.bytes(FILE) ?? Buffer.alloc(0)) !== digest(here))
      this.#broken.push('the second region is behind in the calm');
    const pem = endpoints.pemOf(ENDPOINT);
    const imported = pem === null ? null : parseCrl(Buffer.from(pem));
    if (imported?.ok !== true || imported.crl.survey.count !== wanted.serialCount)
      this.#broken.push(
        `the endpoint does not go by the newest set in the calm (${pem === pemOf(here)})`,
      );
    // As the table has it: what was told while the table was away may stay with whoever heard it.
    const open = pageIds(REGION, 'crls')
      .flatMap((id) => readPage(this.#fixture.store.body(id)).incidents)
      .flatMap(({ id, resolvedAt }) => (resolvedAt === null ? [id] : []));
    if (open.length > 0) this.#broken.push(`still open in the calm: ${open.join(', ')}`);
  }
}
