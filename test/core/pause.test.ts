/** A pause as it is stored and asked: it has an end, and what cannot be read lifts none. */
import { describe, expect, test } from '@jest/globals';
import {
  openPauseGate,
  PAUSE_ID,
  PAUSE_MS_MAX,
  parsePause,
  pauseNow,
} from '../../lib/core/pause.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { NOW } from '../builders/facts.ts';
import { calm } from '../builders/ports.ts';
import { MemoryStore } from '../builders/store.ts';

const PAUSE = { at: NOW, until: NOW + 60_000, by: 'ana', why: 'change' };
const TOLD = 'paused by ana until 2026-11-20T21:01:00.000Z (change)';

function aGate() {
  const store = new MemoryStore();
  const clock = new VirtualClock(NOW);
  return { store, clock, gate: openPauseGate(store, clock) };
}

describe('what is stored', () => {
  test.each([
    ['nothing', null],
    ['garbage', '?'],
    ['a pause without an end', { at: NOW, by: 'ana', why: 'change' }],
    ['an end that is no instant', { ...PAUSE, until: 'never' }],
  ])('%s is no pause', (_what, body) => {
    expect(parsePause(body)).toBe(null);
  });

  test('no pause is longer than a day, whatever its end says', () => {
    const pause = parsePause({ ...PAUSE, until: NOW + 9 * PAUSE_MS_MAX });
    expect(pauseNow(pause, NOW + PAUSE_MS_MAX - 1)).not.toBe(null);
    expect(pauseNow(pause, NOW + PAUSE_MS_MAX)).toBe(null);
  });
});

describe('the question before a write', () => {
  test('is answered by what is stored now, not by what was read before', async () => {
    const { store, gate } = aGate();
    expect(await gate.ask(calm())).toBe(null);
    store.put(PAUSE_ID, PAUSE);
    expect(await gate.ask(calm())).toBe(TOLD);
    store.put(PAUSE_ID, { ...PAUSE, until: NOW });
    expect(await gate.ask(calm())).toBe(null);
  });

  test('while the table cannot be read, the known pause goes on, and ends at its end', async () => {
    const { store, clock, gate } = aGate();
    store.put(PAUSE_ID, PAUSE);
    await gate.ask(calm());
    store.mood = 'unreachable';
    await clock.run(59_999);
    expect(await gate.ask(calm())).toBe(TOLD);
    await clock.run(60_000);
    expect(await gate.ask(calm())).toBe(null);
  });

  test('before the first reading nothing is written', async () => {
    const { store, gate } = aGate();
    store.mood = 'unreachable';
    expect(await gate.ask(calm())).toBe(
      'whether writes are paused cannot be read: table unreachable',
    );
  });

  test('after a read that failed the table is asked again after 1 s, not before', async () => {
    const { store, clock, gate } = aGate();
    await gate.ask(calm());
    store.mood = 'unreachable';
    await gate.ask(calm());
    let reads = 0;
    store.onRead = () => {
      reads += 1;
    };
    await clock.run(999);
    await gate.ask(calm());
    expect(reads).toBe(0);
    await clock.run(1_000);
    await gate.ask(calm());
    expect(reads).toBe(1);
  });
});
