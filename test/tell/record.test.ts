/** The book of open incidents over a table that fails, spoils, or is written by others: told at least once, recorded at last. */
import { describe, expect, test } from '@jest/globals';
import { CLEAR_MS } from '../../lib/tell/incidents.ts';
import { somePorts } from '../build/ports.ts';
import { aTeller, BOOK, DOWN, later } from '../build/telling.ts';
import { aFinding } from '../build/world.ts';

describe('a table that fails', () => {
  test('without a table it is told, and told once by this invocation', async () => {
    const ports = somePorts();
    ports.store.mood = 'unreachable';
    const tell = aTeller(ports);
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
    await later(ports, 20_000);
    expect(await tell([DOWN])).toEqual([]);
    ports.store.mood = 'well';
    await later(ports, 20_000);
    expect(await tell([DOWN])).toEqual([]);
  });

  test('a crash between telling and recording may tell twice, and never loses', async () => {
    const ports = somePorts();
    ports.store.mood = 'write-fails';
    await aTeller(ports)([DOWN]);
    ports.store.mood = 'well';
    expect(await aTeller(ports)([DOWN])).toEqual(['opened ApplianceDown']);
  });

  test.each([null, '?', { open: 'all' }, { open: [{ id: 1 }] }])(
    'garbage in the book (%j) reads as an empty one, and is written over',
    async (garbage) => {
      const ports = somePorts();
      ports.store.put(BOOK, garbage);
      expect(await aTeller(ports)([DOWN])).toEqual(['opened ApplianceDown']);
      expect(ports.store.body(BOOK)).toMatchObject({ open: [{ reason: 'ApplianceDown' }] });
    },
  );

  test('a record that met another function’s is merged with it after 10 s, so that the next invocation repeats neither', async () => {
    const ports = somePorts();
    const watcher = aTeller(ports);
    await watcher([]);
    const other = aFinding('SourceDestCheckOn', { severity: 'warning' });
    let isFirst = true;
    ports.store.onWrite = async () => {
      if (!isFirst) return;
      isFirst = false;
      await aTeller(ports, false)([other]);
    };
    await watcher([DOWN]);
    await later(ports, 10_000);
    await watcher([DOWN, other]);
    expect(await aTeller(ports)([DOWN, other])).toEqual([]);
  });

  test('an end that could not be recorded is not told again when the book is read', async () => {
    const ports = somePorts();
    const tell = aTeller(ports);
    await tell([DOWN]);
    await later(ports, CLEAR_MS);
    ports.store.mood = 'write-fails';
    expect(await tell([])).toEqual(['resolved ApplianceDown']);
    ports.store.mood = 'well';
    for (let second = 0; second < 60; second += 1) {
      await later(ports, 1_000);
      expect(await tell([])).toEqual([]);
    }
    expect(ports.store.body(BOOK)).toEqual({ open: [] });
  });

  test('what has not changed is neither read nor written again', async () => {
    const ports = somePorts();
    const tell = aTeller(ports);
    await tell([DOWN]);
    const before = ports.store.written.length;
    let reads = 0;
    ports.store.onRead = () => {
      reads += 1;
    };
    for (let second = 0; second < 60; second += 1) {
      await later(ports, 1_000);
      await tell([DOWN]);
    }
    expect(reads).toBe(0);
    expect(ports.store.written.length).toBe(before);
  });

  test('nothing to tell writes nothing, not even an empty book', async () => {
    const ports = somePorts();
    await aTeller(ports)([]);
    expect(ports.store.written).toEqual([]);
  });

  test('a second incident is recorded beside the first', async () => {
    const ports = somePorts();
    const tell = aTeller(ports);
    await tell([DOWN]);
    const other = aFinding('SourceDestCheckOn', { severity: 'warning' });
    await tell([DOWN, other]);
    expect(ports.store.body(BOOK)).toMatchObject({
      open: [{ reason: 'ApplianceDown' }, { reason: 'SourceDestCheckOn' }],
    });
  });

  test('a record that failed is tried again after 10 s, not before', async () => {
    const ports = somePorts();
    const tell = aTeller(ports);
    ports.store.mood = 'write-fails';
    await tell([DOWN]);
    ports.store.mood = 'well';
    await later(ports, 9_999);
    await tell([DOWN]);
    expect(ports.store.written).toEqual([]);
    await later(ports, 1);
    await tell([DOWN]);
    expect(ports.store.written).toEqual([BOOK]);
  });
});
