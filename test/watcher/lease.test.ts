/** The lease: watchers around one table in memory, on virtual clocks of their own. Exactly one may decide at any time. */
import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { type Lease, openLease } from '../../lib/watcher/lease.ts';
import { NOW } from '../builders/facts.ts';
import { calm } from '../builders/ports.ts';
import { MemoryStore } from '../builders/store.ts';

const SHADOW_MS = 4_300;

function aTable() {
  const store = new MemoryStore();
  const clock = new VirtualClock(NOW);
  const open = (name: string, hasVisibility: () => boolean = () => true): Lease =>
    openLease(store, clock, { id: 'lease', holder: name, shadowMs: SHADOW_MS, hasVisibility });
  /** A watcher whose wall clock can step alone. */
  const openOwn = (holder: string) => {
    let aheadMs = 0;
    const own = {
      now: () => clock.now() + aheadMs,
      monotonicMs: () => clock.monotonicMs(),
      sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
    };
    const options = { id: 'lease', holder, shadowMs: SHADOW_MS, hasVisibility: () => true };
    const jumpWall = (byMs: number) => {
      aheadMs += byMs;
    };
    return { lease: openLease(store, own, options), jumpWall };
  };
  /** Lets time pass, with everyone asking once a second. */
  const pass = async (ms: number, ...leases: readonly Lease[]) => {
    const untilMs = clock.monotonicMs() + ms;
    while (clock.monotonicMs() < untilMs) {
      for (const lease of leases) await lease.keep(calm());
      await clock.run(Math.min(untilMs, clock.monotonicMs() + 1_000));
    }
    for (const lease of leases) await lease.keep(calm());
  };
  return { store, clock, open, openOwn, pass };
}

describe('taking', () => {
  test('a free lease is taken at once', async () => {
    const { open } = aTable();
    const lease = open('w1');
    await lease.keep(calm());
    expect(lease.observation()).toEqual({ kind: 'held', fence: 1 });
  });

  test('a newcomer looks on for 4.3 s while another decides, then takes it with a higher fence', async () => {
    const { open, pass } = aTable();
    const old = open('w1');
    await old.keep(calm());
    const fresh = open('w2');
    expect(fresh.observation()).toEqual({ kind: 'shadowing', until: NOW + SHADOW_MS });
    await pass(4_000, old, fresh);
    expect(fresh.observation()).toEqual({ kind: 'shadowing', until: NOW + SHADOW_MS });
    expect(old.observation().kind).toBe('held');
    await pass(1_000, fresh);
    expect(fresh.observation()).toEqual({ kind: 'held', fence: 2 });
  });

  test('the older one learns whom it lost to, and never takes it back', async () => {
    const { open, pass } = aTable();
    const old = open('w1');
    await old.keep(calm());
    const fresh = open('w2');
    await pass(5_000, fresh);
    await pass(4_000, old);
    expect(old.observation()).toEqual({ kind: 'lost', to: 'w2' });
    await pass(60_000, old);
    expect(old.observation().kind).toBe('lost');
    expect(await old.confirm(calm())).toBe(false);
  });

  test('a holder silent for 10.001 s is dead: its place is taken without looking on', async () => {
    const { clock, open } = aTable();
    await open('w1').keep(calm());
    await clock.run(10_001);
    const fresh = open('w2');
    await fresh.keep(calm());
    expect(fresh.observation()).toEqual({ kind: 'held', fence: 2 });
  });

  test('a holder silent for exactly 10 s is not yet dead', async () => {
    const { clock, open } = aTable();
    await open('w1').keep(calm());
    await clock.run(10_000);
    const fresh = open('w2');
    await fresh.keep(calm());
    expect(fresh.observation().kind).toBe('shadowing');
  });

  test.each([
    ['10 s', 10_000, 'shadowing'],
    ['10.001 s', 10_001, 'held'],
  ])(
    'a renewal %s in the future is another clock’s, or nobody’s: %j',
    async (_what, aheadMs, kind) => {
      const { store, open } = aTable();
      store.put('lease', { holder: 'w1', fence: 1, renewedAt: NOW + aheadMs });
      const fresh = open('w2');
      await fresh.keep(calm());
      expect(fresh.observation().kind).toBe(kind);
    },
  );

  test('a lease that holds garbage is nobody’s: it is taken at once', async () => {
    const { store, open } = aTable();
    store.put('lease', { fence: 'many' });
    const lease = open('w1');
    await lease.keep(calm());
    expect(lease.observation().kind).toBe('held');
  });

  test('of two newcomers at once exactly one decides, at every moment', async () => {
    const { open, pass } = aTable();
    const leases = [open('w1'), open('w2')];
    for (let second = 0; second < 30; second += 1) {
      await Promise.all(leases.map((lease) => lease.keep(calm())));
      const may = await Promise.all(leases.map((lease) => lease.confirm(calm())));
      expect(may.filter(Boolean).length).toBeLessThanOrEqual(1);
      await pass(1_000);
    }
    expect(leases.map((lease) => lease.observation().kind).toSorted()).toEqual(['held', 'lost']);
  });
});

describe('who is newer', () => {
  /** w1 and w2 both start while the table cannot be reached, w2 a minute later. */
  async function twoOutsiders() {
    const table = aTable();
    table.store.mood = 'unreachable';
    const old = table.open('w1');
    await table.pass(60_000, old);
    const fresh = table.open('w2');
    await table.pass(10_000, old, fresh);
    table.store.mood = 'well';
    return { ...table, old, fresh };
  }

  test('an older watcher that never held the lease does not take it from a newer one', async () => {
    const { pass, old, fresh } = await twoOutsiders();
    await pass(1_000, fresh);
    await pass(20_000, old, fresh);
    expect([old.observation().kind, fresh.observation().kind]).toEqual(['shadowing', 'held']);
  });

  test('a newer one takes it from the older one that came first', async () => {
    const { pass, old, fresh } = await twoOutsiders();
    await pass(1_000, old);
    expect(old.observation().kind).toBe('held');
    await pass(20_000, old, fresh);
    expect([old.observation().kind, fresh.observation().kind]).toEqual(['lost', 'held']);
  });

  test.each([
    ['10 s', 10_000, 'shadowing'],
    ['10.001 s', 10_001, 'held'],
  ])(
    'an older one that has seen no renewal of the newer one for %s: %s',
    async (_what, ms, kind) => {
      const { clock, pass, old, fresh } = await twoOutsiders();
      await pass(1_000, fresh);
      await old.keep(calm());
      await clock.run(clock.monotonicMs() + ms);
      await old.keep(calm());
      expect(old.observation().kind).toBe(kind);
    },
  );

  test('an older one whose clock is ahead does not take a newer one that renews for dead', async () => {
    const { store, pass, open, openOwn } = aTable();
    store.mood = 'unreachable';
    const { lease: old, jumpWall } = openOwn('w1');
    await pass(60_000, old);
    jumpWall(30_000);
    const fresh = open('w2');
    store.mood = 'well';
    await pass(1_000, fresh);
    await pass(20_000, old, fresh);
    expect([old.observation().kind, fresh.observation().kind]).toEqual(['shadowing', 'held']);
  });
});

describe('a newcomer that cannot read the region', () => {
  const takenAfter = async (seesOld: boolean, seesNew: () => boolean): Promise<number> => {
    const { clock, pass, open } = aTable();
    const old = open('w1', () => seesOld);
    await old.keep(calm());
    const fresh = open('w2', seesNew);
    const fromMs = clock.monotonicMs();
    while (fresh.observation().kind !== 'held') await pass(1_000, old, fresh);
    return Math.floor((clock.monotonicMs() - fromMs) / 1_000);
  };

  test.each([
    ['waits up to 15 s longer, when the holder can', true, () => false, 20],
    ['waits no longer, when the holder cannot either', false, () => false, 5],
    ['waits no longer, once it can', true, () => true, 5],
  ])('%s', async (_what, seesOld, seesNew, seconds) => {
    expect(await takenAfter(seesOld, seesNew)).toBe(seconds);
  });

  test('takes the place of a dead holder at once all the same', async () => {
    const { clock, open } = aTable();
    await open('w1').keep(calm());
    await clock.run(10_001);
    const fresh = open('w2', () => false);
    await fresh.keep(calm());
    expect(fresh.observation().kind).toBe('held');
  });
});

describe('asking before a write', () => {
  test('the holder may write', async () => {
    const { open } = aTable();
    const lease = open('w1');
    await lease.keep(calm());
    expect(await lease.confirm(calm())).toBe(true);
  });

  test('a newcomer that only looks on may not', async () => {
    const { open } = aTable();
    await open('w1').keep(calm());
    const fresh = open('w2');
    await fresh.keep(calm());
    expect(await fresh.confirm(calm())).toBe(false);
  });

  test('an older watcher is stopped at its next write, before it has been told', async () => {
    const { open, pass } = aTable();
    const old = open('w1');
    await old.keep(calm());
    await pass(5_000, open('w2'));
    expect(old.observation().kind).toBe('held');
    expect(await old.confirm(calm())).toBe(false);
    expect(old.observation()).toEqual({ kind: 'lost', to: 'w2' });
  });

  test.each([0, 1, 4, 5, 9])(
    'asking %i ms into a renewal that takes 5 ms: a watcher never loses the lease to itself, not for an instant',
    async (offsetMs) => {
      const { clock, store, open } = aTable();
      const lease = open('w1');
      await lease.keep(calm());
      store.onWrite = () => clock.sleep(5);
      store.onRead = () => clock.sleep(5);
      await clock.run(3_000);
      const seen = new Set<string>();
      const answers: boolean[] = [];
      const renewal = lease.keep(calm());
      void clock
        .sleep(offsetMs)
        .then(() => lease.confirm(calm()))
        .then((answer) => answers.push(answer));
      for (let ms = 0; ms < 40; ms += 1) {
        seen.add(lease.observation().kind);
        await clock.run(3_000 + ms);
      }
      await renewal;
      expect([...seen]).toEqual(['held']);
      expect(answers).toEqual([true]);
    },
  );
});

describe('a table that fails', () => {
  test.each(['unreachable', 'write-fails'] as const)(
    'the holder of a table that is %s may not decide, and says so; it regains the lease when the table is back',
    async (mood) => {
      const { store, open, pass } = aTable();
      const lease = open('w1');
      await lease.keep(calm());
      store.mood = mood;
      await pass(4_000, lease);
      expect(lease.observation()).toEqual({ kind: 'unreachable', why: 'table unreachable' });
      expect(await lease.confirm(calm())).toBe(false);
      store.mood = 'well';
      await pass(2_000, lease);
      expect(lease.observation()).toEqual({ kind: 'held', fence: 1 });
    },
  );

  test('it regains it with the fence that it had', async () => {
    const { store, open, pass } = aTable();
    await open('w0').keep(calm());
    const lease = open('w1');
    await pass(5_000, lease);
    store.mood = 'unreachable';
    await pass(4_000, lease);
    store.mood = 'well';
    await pass(2_000, lease);
    expect(lease.observation()).toEqual({ kind: 'held', fence: 2 });
  });

  test('whoever was overtaken during the outage does not regain it', async () => {
    const { store, open, pass } = aTable();
    const old = open('w1');
    await old.keep(calm());
    store.mood = 'unreachable';
    await pass(4_000, old);
    store.mood = 'well';
    await pass(5_000, open('w2'));
    await pass(2_000, old);
    expect(old.observation()).toEqual({ kind: 'lost', to: 'w2' });
  });

  test('a renewal that was written but whose answer was lost keeps the lease', async () => {
    const { store, open, pass } = aTable();
    const lease = open('w1');
    await lease.keep(calm());
    store.mood = 'lost';
    await pass(3_000, lease);
    store.mood = 'well';
    await pass(2_000, lease);
    expect(lease.observation()).toEqual({ kind: 'held', fence: 1 });
  });

  test.each([
    ['garbage', '?'],
    ['nothing', undefined],
  ])(
    'a holder whose lease now holds %s is overtaken by nobody: it goes on',
    async (_what, body) => {
      const { store, open, pass } = aTable();
      const lease = open('w1');
      await lease.keep(calm());
      if (body === undefined) store.rows.clear();
      else store.put('lease', body);
      await pass(3_000, lease);
      expect(lease.observation()).toEqual({ kind: 'held', fence: 1 });
      expect(await lease.confirm(calm())).toBe(true);
    },
  );

  test('without a table nobody ever decides', async () => {
    const { store, open, pass } = aTable();
    store.mood = 'unreachable';
    const lease = open('w1');
    await pass(30_000, lease);
    expect(lease.observation().kind).toBe('unreachable');
  });
});

test('a lease is renewed every 3 s and not oftener: each renewal is a paid write', async () => {
  const { store, open, pass } = aTable();
  const lease = open('w1');
  await lease.keep(calm());
  const before = store.written.length;
  await pass(30_000, lease);
  expect(store.written.length - before).toBe(10);
});

describe('a clock that jumps', () => {
  test.each([
    ['forth by 500 ms', 500, 0],
    ['forth by 501 ms', 501, 1],
    ['back by 500 ms', -500, 0],
    ['back by 501 ms', -501, 1],
  ])('%s within 3 s of a renewal: %i ms are worth %i renewals', async (_what, byMs, count) => {
    const { store, clock, openOwn } = aTable();
    const { lease, jumpWall } = openOwn('w1');
    await lease.keep(calm());
    const before = store.written.length;
    await clock.run(1_000);
    jumpWall(byMs);
    await lease.keep(calm());
    await lease.keep(calm());
    expect(store.written.length - before).toBe(count);
  });

  test('while a renewal is under way is told right after it', async () => {
    const { store, openOwn } = aTable();
    const { lease, jumpWall } = openOwn('w1');
    store.onWrite = async () => {
      jumpWall(-3_600_000);
      store.onWrite = async () => {};
    };
    await lease.keep(calm());
    await lease.keep(calm());
    expect(store.written.length).toBe(2);
    await lease.keep(calm());
    expect(store.written.length).toBe(2);
  });
});

describe('how old the forerunner’s last renewal was when it was first seen', () => {
  const HOUR_MS = 3_600_000;
  /** The newcomer asks once a second and takes the lease after 5 s; the forerunner renews every 3 s, and when its clock steps. */
  async function agoMs(stepMs: number, atMs: number | null): Promise<number> {
    const { clock, openOwn, pass } = aTable();
    const { lease: old, jumpWall } = openOwn('w1');
    await old.keep(calm());
    const { lease: fresh } = openOwn('w2');
    while (fresh.observation().kind !== 'held') {
      if (clock.monotonicMs() === atMs) jumpWall(stepMs);
      await pass(1_000, old, fresh);
    }
    return fresh.forerunnerAgoMs();
  }

  test.each([
    ['never steps', 0, null, 0],
    ['went back an hour before it was ever asked', -HOUR_MS, 0, HOUR_MS],
    ['goes back an hour after the newcomer has first asked', -HOUR_MS, 2_000, HOUR_MS],
    ['goes back an hour right before it is relieved', -HOUR_MS, 4_000, HOUR_MS],
    ['goes ahead an hour after the newcomer has first asked', HOUR_MS, 2_000, -HOUR_MS],
  ] as const)('of a clock that %s, within a second', async (_what, stepMs, atMs, expected) => {
    const tookMs = await agoMs(stepMs, atMs);
    expect(tookMs).toBeGreaterThanOrEqual(expected);
    expect(tookMs).toBeLessThanOrEqual(expected + 1_000);
  });

  test('counts what the newcomer’s own clock does while it looks on', async () => {
    const { open, openOwn, pass } = aTable();
    const old = open('w1');
    await old.keep(calm());
    const { lease: fresh, jumpWall } = openOwn('w2');
    await pass(3_000, old, fresh);
    jumpWall(HOUR_MS);
    await pass(2_000, old, fresh);
    expect(fresh.observation().kind).toBe('held');
    expect(fresh.forerunnerAgoMs()).toBe(HOUR_MS);
  });

  test('does not grow while the newcomer looks on', async () => {
    const { clock, open, pass } = aTable();
    await open('w1').keep(calm());
    await clock.run(2_000);
    const fresh = open('w2');
    await pass(5_000, fresh);
    expect(fresh.observation().kind).toBe('held');
    expect(fresh.forerunnerAgoMs()).toBe(2_000);
  });

  test('is without end where there was none to be read', async () => {
    const { open } = aTable();
    const lease = open('w1');
    await lease.keep(calm());
    expect(lease.forerunnerAgoMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
