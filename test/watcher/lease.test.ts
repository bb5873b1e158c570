/** The lease: processes around one table in memory, on virtual clocks. At most one leads at any time. */
import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { leaseId, parseLease } from '../../lib/watcher/lease/item.ts';
import { requestLook } from '../../lib/watcher/lease/lookRequest.ts';
import { type Lease, openLease } from '../../lib/watcher/lease.ts';
import { NOW, REGION } from '../builders/facts.ts';
import { calm } from '../builders/ports.ts';
import { MemoryStore } from '../builders/store.ts';

const STANDBY_MS = 4_300;
const ID = leaseId(REGION, 'appliances');

function aTable() {
  const store = new MemoryStore();
  const clock = new VirtualClock(NOW);
  const open = (leader: string, mayTakeOver: () => boolean = () => true): Lease =>
    openLease(store, clock, {
      region: REGION,
      scope: 'appliances',
      leader,
      mode: 'act',
      standbyMs: STANDBY_MS,
      mayTakeOver,
    });
  /** Lets time pass while each keeps its lease once a second. */
  const pass = async (ms: number, ...leases: readonly Lease[]) => {
    const untilMs = clock.monotonicMs() + ms;
    while (clock.monotonicMs() < untilMs) {
      for (const lease of leases) await lease.keep(calm());
      await clock.run(Math.min(untilMs, clock.monotonicMs() + 1_000));
    }
    for (const lease of leases) await lease.keep(calm());
  };
  const later = (ms: number) => clock.run(clock.monotonicMs() + ms);
  return { store, clock, open, pass, later };
}

/** A leader, and a process that was started after it. */
async function aPair(mayTakeOver?: () => boolean) {
  const table = aTable();
  const old = table.open('w1');
  await old.keep(calm());
  await table.later(1);
  return { ...table, old, fresh: table.open('w2', mayTakeOver) };
}

test('a leader tells what its deployment leaves out, and nothing when it leaves nothing out', async () => {
  const { store, clock } = aTable();
  const options = { region: REGION, leader: 'w1', mode: 'act', standbyMs: 0 } as const;
  const told = async (scope: 'appliances' | 'connections', off: readonly ('crl' | 'repair')[]) => {
    const lease = openLease(store, clock, { ...options, scope, off, mayTakeOver: () => true });
    await lease.keep(calm());
    const reading = await store.read([leaseId(REGION, scope)]);
    return parseLease(reading.known ? reading.value[0] : undefined);
  };
  expect(await told('appliances', ['crl', 'repair'])).toMatchObject({ off: ['crl', 'repair'] });
  expect(await told('connections', [])).not.toHaveProperty('off');
});

describe('taking', () => {
  test('a free lease is taken at once, with token 1', async () => {
    const lease = aTable().open('w1');
    await lease.keep(calm());
    expect(lease.state()).toEqual({ kind: 'leader', token: 1 });
  });

  test('a standby takes a living leader’s lease after 4.3 s with the next token, not before', async () => {
    const { fresh, later } = await aPair();
    await fresh.keep(calm());
    expect(fresh.state().kind).toBe('standby');
    await later(STANDBY_MS - 1);
    await fresh.keep(calm());
    expect(fresh.state()).toMatchObject({ kind: 'standby' });
    await later(1_000);
    await fresh.keep(calm());
    expect(fresh.state()).toEqual({ kind: 'leader', token: 2 });
  });

  test('a standby that cannot read the whole region leaves a living leader alone, and takes over when it can', async () => {
    let isWhole = false;
    const { old, fresh, pass } = await aPair(() => isWhole);
    await pass(30_000, old, fresh);
    expect([old.state().kind, fresh.state().kind]).toEqual(['leader', 'standby']);
    isWhole = true;
    await pass(1_000, fresh);
    expect(fresh.state().kind).toBe('leader');
  });

  test.each([
    [10_000, 'standby'],
    [10_001, 'leader'],
  ])('a lease %i ms without renewal leaves the next process a %s', async (ms, kind) => {
    const { clock, store, open, old } = await aPair();
    await clock.run(clock.monotonicMs() + ms - 1);
    expect(old.state().kind).toBe('leader');
    const next = open('w3');
    await next.keep(calm());
    expect(next.state().kind).toBe(kind);
    expect(store.body(ID)).toMatchObject({ leader: kind === 'leader' ? 'w3' : 'w1' });
  });

  test('a process that started before the leader never replaces it while it lives', async () => {
    const { open, pass } = aTable();
    const older = open('w1');
    await pass(1_000);
    const newer = open('w2');
    await newer.keep(calm());
    await pass(30_000, newer, older);
    expect([newer.state().kind, older.state().kind]).toEqual(['leader', 'standby']);
  });

  test('garbage is a free lease', async () => {
    const { store, open } = aTable();
    store.put(ID, { leader: 3 });
    const lease = open('w1');
    await lease.keep(calm());
    expect(lease.state().kind).toBe('leader');
  });

  test('of two that take at the same moment one leads', async () => {
    const { open } = aTable();
    const both = [open('w1'), open('w2')];
    await Promise.all(both.map((lease) => lease.keep(calm())));
    expect(both.filter((lease) => lease.state().kind === 'leader')).toHaveLength(1);
  });
});

describe('keeping', () => {
  test('through failing calls: one or two that fail in a row leave the leader where it is, for as long as 1.5 s', async () => {
    const { store, clock, open, later } = aTable();
    const lease = open('w1');
    await lease.keep(calm());
    let failing = 2;
    store.onWrite = () => {
      store.mood = failing > 0 ? 'write-fails' : 'well';
      failing -= 1;
    };
    expect(await lease.confirm(calm())).toBe(true);
    await later(2_000);
    failing = 2;
    store.onWrite = async () => {
      store.mood = failing > 0 ? 'write-fails' : 'well';
      failing -= 1;
      await clock.sleep(1_500);
    };
    expect(await clock.through(lease.confirm(calm()))).toBe(false);
    expect(lease.state()).toMatchObject({ kind: 'unreachable', wasLeader: true });
  });

  test.each([
    [1_999, 1],
    [2_000, 2],
  ])('after %i ms there were %i writes', async (ms, count) => {
    const { store, open, later } = aTable();
    const lease = open('w1');
    await lease.keep(calm());
    await later(ms);
    await lease.keep(calm());
    expect(store.written).toHaveLength(count);
  });

  test('the older process learns that it has lost, and never takes the lease back', async () => {
    const { old, fresh, pass } = await aPair();
    await pass(6_000, fresh);
    await old.keep(calm());
    expect(old.state()).toEqual({ kind: 'lost', to: 'w2' });
    await pass(60_000, old);
    expect(old.state().kind).toBe('lost');
    expect(await old.confirm(calm())).toBe(false);
  });

  test('a renewal whose answer was lost is still ours', async () => {
    const { store, open, later } = aTable();
    const lease = open('w1');
    await lease.keep(calm());
    await later(2_000);
    store.mood = 'lost';
    await lease.keep(calm());
    store.mood = 'well';
    await later(2_000);
    await lease.keep(calm());
    expect(lease.state()).toEqual({ kind: 'leader', token: 1 });
  });

  test('confirm writes at once for the leader, and nothing for a standby', async () => {
    const { store, old, fresh } = await aPair();
    const before = store.written.length;
    expect(await old.confirm(calm())).toBe(true);
    expect(await fresh.confirm(calm())).toBe(false);
    expect(store.written).toHaveLength(before + 1);
  });
});

describe('without the table', () => {
  test('a leader is unreachable and was leader; a process that never led was not', async () => {
    const { store, old, fresh, pass } = await aPair();
    store.mood = 'unreachable';
    await pass(3_000, old, fresh);
    expect(old.state()).toMatchObject({ kind: 'unreachable', wasLeader: true });
    expect(fresh.state()).toMatchObject({ kind: 'unreachable', wasLeader: false });
    expect(await old.confirm(calm())).toBe(false);
  });

  test('the leader leads again when the table is back and no other process has led meanwhile', async () => {
    const { store, old, pass } = await aPair();
    store.mood = 'unreachable';
    await pass(20_000, old);
    store.mood = 'well';
    await pass(2_000, old);
    expect(old.state()).toEqual({ kind: 'leader', token: 1 });
  });
});

describe('a look request', () => {
  test('is seen with the next renewal, once, and changes no leader', async () => {
    const { store, clock, old, later } = await aPair();
    expect(await requestLook(store, clock, ID, calm())).toEqual({ kind: 'requested' });
    expect(old.takeLookRequest()).toBe(false);
    await later(2_000);
    await old.keep(calm());
    expect([old.takeLookRequest(), old.takeLookRequest()]).toEqual([true, false]);
    expect(old.state()).toEqual({ kind: 'leader', token: 1 });
  });

  test('two of them before a renewal cost one write', async () => {
    const { store, clock } = await aPair();
    const before = store.written.length;
    await requestLook(store, clock, ID, calm());
    await requestLook(store, clock, ID, calm());
    expect(store.written).toHaveLength(before + 1);
  });

  test('finds no leader in a lease that is free, dead or released', async () => {
    const { store, clock, open, later } = aTable();
    const ask = () => requestLook(store, clock, ID, calm());
    expect(await ask()).toEqual({ kind: 'noLeader' });
    const lease = open('w1');
    await lease.keep(calm());
    await lease.release(calm());
    expect(await ask()).toEqual({ kind: 'noLeader' });
    const next = open('w2');
    await next.keep(calm());
    await later(10_001);
    expect(await ask()).toEqual({ kind: 'noLeader' });
  });

  test('says why when the table cannot be read', async () => {
    const { store, clock } = await aPair();
    store.mood = 'unreachable';
    expect(await requestLook(store, clock, ID, calm())).toMatchObject({ kind: 'unreachable' });
  });
});

describe('releasing', () => {
  test('lets the next process lead at once', async () => {
    const { old, fresh } = await aPair();
    expect(await old.release(calm())).toBe('released');
    await fresh.keep(calm());
    expect(fresh.state()).toEqual({ kind: 'leader', token: 2 });
    expect(fresh.isAfterCrash()).toBe(false);
  });

  test('keeps the lease, once, for a request that came since the last renewal', async () => {
    const { store, clock, old } = await aPair();
    await requestLook(store, clock, ID, calm());
    expect(await old.release(calm())).toBe('lookRequested');
    expect(old.state().kind).toBe('leader');
    expect(await old.release(calm())).toBe('released');
  });

  test('after a leader that died without it the next one says so', async () => {
    const { fresh, later } = await aPair();
    await later(10_001);
    await fresh.keep(calm());
    expect(fresh.isAfterCrash()).toBe(true);
  });

  test('of a lease that is another’s changes nothing', async () => {
    const { store, fresh } = await aPair();
    await fresh.release(calm());
    expect(store.body(ID)).toMatchObject({ leader: 'w1' });
  });
});
