/** Goal: a button acknowledges exactly the open incident that it was made for, once, and writes nothing else. Method: a state table in memory. */
import { describe, expect, test } from '@jest/globals';
import { operatorLogId, parseOperatorLog } from '../../lib/core/operatorLog.ts';
import { acknowledge } from '../../lib/incidents/acknowledge.ts';
import { ackKeyOf, incidentAcksId, parseIncidentAcks } from '../../lib/incidents/acks.ts';
import { pageIdOf, writePage } from '../../lib/incidents/store/page.ts';
import type { Incident } from '../../lib/incidents/types.ts';
import { NOW, REGION } from '../builders/facts.ts';
import { anIncident, ID } from '../builders/incidents.ts';
import { MemoryStore } from '../builders/store.ts';

const BY = 'dashboard d, request 1';
const ACKS = incidentAcksId(REGION);

function tableWith(...incidents: readonly Incident[]): MemoryStore {
  const store = new MemoryStore();
  for (const one of incidents) {
    store.put(pageIdOf(REGION, 'appliances', one.id), writePage([one], 1, NOW));
  }
  return store;
}

const press = (store: MemoryStore, incident: Pick<Incident, 'id' | 'openedAt'>, by = BY) =>
  acknowledge(
    store,
    { key: ackKeyOf(incident), by, why: 'on it', answerAs: 'text' },
    { regions: ['us-east-1', REGION], now: () => NOW + 9, signal: new AbortController().signal },
  );

const acksIn = (store: MemoryStore) => parseIncidentAcks(store.body(ACKS));

test('an open incident is acknowledged and recorded; only these two items are written', async () => {
  const store = tableWith(anIncident());
  expect(await press(store, anIncident())).toMatchObject({
    kind: 'acknowledged',
    unrecorded: null,
  });
  expect(acksIn(store)).toEqual([{ incidentId: ID, openedAt: NOW, at: NOW + 9, by: BY }]);
  expect(parseOperatorLog(store.body(operatorLogId(REGION)))).toEqual([
    {
      at: NOW + 9,
      by: BY,
      command: 'ack',
      subject: ID,
      what: 'ApplianceDown of vpn-a1 acknowledged',
      why: 'on it',
    },
  ]);
  expect(store.written).toEqual([ACKS, operatorLogId(REGION)]);
});

describe('nothing is written for', () => {
  test.each([
    ['an incident that has ended', anIncident({ resolvedAt: NOW + 1 }), anIncident()],
    ['an earlier opening of the same id', anIncident(), anIncident({ openedAt: NOW - 1 })],
    ['an incident that is not there', anIncident({ id: `${ID}2` }), anIncident()],
  ])('%s', async (_what, stored, asked) => {
    const store = tableWith(stored);
    expect(await press(store, asked)).toEqual({ kind: 'not-open' });
    expect(store.written).toEqual([]);
  });

  test('one that is acknowledged already: the answer names by whom', async () => {
    const store = tableWith(anIncident());
    await press(store, anIncident(), 'ana');
    expect(await press(store, anIncident())).toMatchObject({
      kind: 'already',
      incident: { ackedBy: 'ana' },
    });
    expect(acksIn(store)).toHaveLength(1);
  });

  test('a table that cannot be read, or written: the answer says why', async () => {
    const store = tableWith(anIncident());
    for (const mood of ['unreachable', 'write-fails'] as const) {
      store.mood = mood;
      expect(await press(store, anIncident())).toEqual({
        kind: 'failed',
        why: 'table unreachable',
      });
    }
    expect(store.written).toEqual([]);
  });
});

test('an acknowledgement that is written meanwhile is kept, and so is this one', async () => {
  const store = tableWith(anIncident());
  store.onWrite = ({ id }) => {
    if (id !== ACKS) return;
    store.onWrite = () => {};
    store.put(ACKS, { version: 1, acks: [{ incidentId: 'other', openedAt: 1, at: 2, by: 'ben' }] });
  };
  expect(await press(store, anIncident())).toMatchObject({ kind: 'acknowledged' });
  expect(acksIn(store).map(({ by }) => by)).toEqual(['ben', BY]);
});

test('an acknowledgement whose answer is lost is there, and is told as done, not as another’s', async () => {
  const store = tableWith(anIncident());
  store.mood = 'lost';
  store.onWrite = ({ id }) => {
    if (id === operatorLogId(REGION)) store.mood = 'well';
  };
  expect(await press(store, anIncident())).toMatchObject({ kind: 'acknowledged' });
  expect(acksIn(store)).toHaveLength(1);
});

test('a key is 16 hexadecimal digits, and another one for each opening', () => {
  const keys = [NOW, NOW + 1].map((openedAt) => ackKeyOf({ id: ID, openedAt }));
  expect(new Set(keys).size).toBe(2);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{16}$/);
});
