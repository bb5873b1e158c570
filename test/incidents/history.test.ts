/**
 * Goal: what was seen, decided and done about an incident is on file for thirty days, at few writes, and whatever the
 * table does. Method: the casebook over a table in memory.
 */
import { describe, expect, test } from '@jest/globals';
import { type CaseFile, caseId, parseCase } from '../../lib/incidents/history/entry.ts';
import { openIncidentHistory } from '../../lib/incidents/history.ts';
import { NOW } from '../builders/facts.ts';
import { aChange, aHeld, anIncident, aReport, aReportedAction, ID } from '../builders/incidents.ts';
import { calm, somePorts, type TestPorts } from '../builders/ports.ts';
import { aFinding } from '../builders/world.ts';

const open = (ports: TestPorts) => openIncidentHistory(ports);
const fileOf = (ports: TestPorts, id = ID): CaseFile | null =>
  parseCase(ports.store.body(caseId(id)));
const entriesOf = (ports: TestPorts) =>
  (fileOf(ports)?.chapters.at(-1)?.entries ?? []).map((entry) =>
    entry.kind === 'incident' ? entry.change : `${entry.kind} ${entry.summary}`,
  );
const writeCount = (ports: TestPorts) =>
  ports.store.written.filter((id) => id.startsWith('audit#')).length;

describe('an incident that opens', () => {
  test('gets a file: what was seen, what else was found, when it was last well, what was done', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    const report = aReport({
      actions: [aReportedAction()],
      findings: [aFinding('ApplianceDown'), aFinding('RouteAway', { summary: 'Away.' })],
      seen: ({ id }) => [`looked at ${id}`],
      lastGoodAts: new Map([['i-a1', NOW - 3_500]]),
    });
    incidentStore.evaluate(report, calm());
    incidentStore.file([aChange()], report, calm());
    await incidentStore.flush(calm());
    expect(fileOf(ports)).toMatchObject({
      version: 1,
      incidentId: ID,
      chapters: [
        {
          openedAt: NOW,
          lastGoodAt: NOW - 3_500,
          seen: ['looked at i-a1'],
          found: ['RouteAway of vpn-a1: Away.'],
          dropped: 0,
        },
      ],
    });
    expect(entriesOf(ports)).toEqual([
      'opened',
      'action 10.0.0.0/8 in private-a: vpn-a1 -> vpn-b1',
    ]);
    expect(writeCount(ports)).toBe(1);
  });

  test('is kept for thirty days', async () => {
    const ports = somePorts();
    let expiresAt: number | null = null;
    ports.store.onWrite = (item) => {
      expiresAt = item.expiresAt;
    };
    const incidentStore = open(ports);
    incidentStore.file([aChange()], aReport(), calm());
    await incidentStore.flush(calm());
    expect(expiresAt).toBe(ports.clock.now() + 30 * 86_400_000);
  });

  test('holds nothing of what was done about something else', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    const report = aReport({ actions: [aReportedAction({ concerns: ['i-c1'], serves: [] })] });
    incidentStore.evaluate(report, calm());
    incidentStore.file([aChange()], report, calm());
    await incidentStore.flush(calm());
    expect(entriesOf(ports)).toEqual(['opened']);
  });

  test('and that a greater one explains gets none: it is in that one’s', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    incidentStore.file([aChange('opened', { inhibitedBy: 'zone' })], aReport(), calm());
    await incidentStore.flush(calm());
    expect(writeCount(ports)).toBe(0);
  });
});

describe('writes', () => {
  test('are none while nothing changes, however long the same is held', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    const report = aReport({ held: [aHeld()] });
    incidentStore.evaluate(report, calm());
    incidentStore.file([aChange()], report, calm());
    for (let tick = 0; tick < 120; tick += 1) {
      incidentStore.evaluate(report, calm());
      await ports.clock.run(ports.clock.monotonicMs() + 1_000);
    }
    await incidentStore.flush(calm());
    expect(writeCount(ports)).toBe(1);
  });

  test('come at most every 10 s for what belongs to a file without changing its incident', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    incidentStore.evaluate(aReport(), calm());
    incidentStore.file([aChange()], aReport(), calm());
    for (let tick = 1; tick <= 30; tick += 1) {
      await ports.clock.run(ports.clock.monotonicMs() + 1_000);
      const summary = `try ${tick}`;
      incidentStore.evaluate(
        aReport({
          actions: [aReportedAction({ at: ports.clock.now(), summary, outcome: 'failed' })],
        }),
        calm(),
      );
      await settled();
    }
    await incidentStore.flush(calm());
    // At once, after 10, 20 and 30 s, and at the end.
    expect([4, 5]).toContain(writeCount(ports));
    expect(entriesOf(ports)).toHaveLength(31);
  });

  test('of a thousand incidents at once are forty, then one a second', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    const changes = Array.from({ length: 450 }, (_, index) =>
      aChange('opened', {
        id: `x/${index}`,
        subject: { ...anIncident().subject, id: `i-${index}` },
      }),
    );
    incidentStore.file(changes, aReport(), calm());
    await ports.clock.run(ports.clock.monotonicMs() + 10);
    expect(writeCount(ports)).toBe(40);
    for (let tick = 0; tick < 10; tick += 1) {
      await ports.clock.run(ports.clock.monotonicMs() + 1_000);
      incidentStore.evaluate(aReport({ held: [aHeld({ rule: `S${tick}` })] }), calm());
    }
    await ports.clock.run(ports.clock.monotonicMs() + 10);
    expect(writeCount(ports)).toBe(50);
  });

  test('a held thing whose rule changes is one more entry, and one more write', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    const report = aReport({ held: [aHeld()] });
    incidentStore.evaluate(report, calm());
    incidentStore.file([aChange()], report, calm());
    await incidentStore.flush(calm());
    await ports.clock.run(ports.clock.monotonicMs() + 20_000);
    incidentStore.evaluate(aReport({ held: [aHeld({ rule: 'S8' })] }), calm());
    await incidentStore.flush(calm());
    const held = fileOf(ports)?.chapters[0]?.entries.filter(({ kind }) => kind === 'held');
    expect(held).toMatchObject([{ rule: 'S2' }, { rule: 'S8' }]);
    expect(writeCount(ports)).toBe(2);
  });
});

describe('two invocations', () => {
  test('write one file together: the later adds to what the earlier has written', async () => {
    const ports = somePorts();
    const [first, second] = [open(ports), open(ports)];
    first.file([aChange()], aReport({ seen: () => ['seen first'] }), calm());
    await first.flush(calm());
    second.file(
      [aChange('resolved', {}, { at: NOW + 60_000 })],
      aReport({ seen: () => ['later'] }),
      calm(),
    );
    await second.flush(calm());
    expect(entriesOf(ports)).toEqual(['opened', 'resolved']);
    expect(fileOf(ports)?.chapters[0]?.seen).toEqual(['seen first']);
  });

  test('the same trouble a second time is a second chapter', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    incidentStore.file([aChange()], aReport(), calm());
    incidentStore.file([aChange('resolved')], aReport(), calm());
    await incidentStore.flush(calm());
    incidentStore.file([aChange('opened', { openedAt: NOW + 900_000 })], aReport(), calm());
    await incidentStore.flush(calm());
    expect(fileOf(ports)?.chapters.map(({ openedAt }) => openedAt)).toEqual([NOW, NOW + 900_000]);
  });

  test('the same trouble again before the first could be written loses neither', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    ports.store.mood = 'unreachable';
    incidentStore.file([aChange()], aReport(), calm());
    incidentStore.file([aChange('resolved')], aReport(), calm());
    await settled();
    incidentStore.file([aChange('opened', { openedAt: NOW + 900_000 })], aReport(), calm());
    ports.store.mood = 'well';
    await ports.clock.run(ports.clock.monotonicMs() + 10_000);
    await incidentStore.flush(calm());
    expect(fileOf(ports)?.chapters.map(({ entries }) => entries.length)).toEqual([2, 1]);
  });

  test('garbage on file is written over', async () => {
    const ports = somePorts();
    ports.store.put(caseId(ID), { chapters: 'none' });
    const incidentStore = open(ports);
    incidentStore.file([aChange()], aReport(), calm());
    await incidentStore.flush(calm());
    expect(entriesOf(ports)).toEqual(['opened']);
  });
});

describe('a table that fails', () => {
  test('loses nothing: the file is written when it is back, and it is said once', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    ports.store.mood = 'unreachable';
    incidentStore.file([aChange()], aReport(), calm());
    await ports.clock.run(ports.clock.monotonicMs() + 5_000);
    incidentStore.evaluate(aReport({ held: [aHeld()] }), calm());
    ports.store.mood = 'well';
    await ports.clock.run(ports.clock.monotonicMs() + 10_000);
    incidentStore.evaluate(aReport(), calm());
    await incidentStore.flush(calm());
    expect(entriesOf(ports)).toContain('opened');
    expect(ports.logger.lines.filter((line) => line.includes('was not kept'))).toHaveLength(1);
  });

  test('whose answer was lost doubles nothing', async () => {
    const ports = somePorts();
    const incidentStore = open(ports);
    ports.store.mood = 'lost';
    incidentStore.file([aChange()], aReport(), calm());
    await ports.clock.run(ports.clock.monotonicMs() + 11_000);
    ports.store.mood = 'well';
    incidentStore.file([aChange('resolved', {}, { at: NOW + 9_000 })], aReport(), calm());
    await incidentStore.flush(calm());
    expect(entriesOf(ports)).toEqual(['opened', 'resolved']);
  });

  test('delays nothing: filing returns at once while the table hangs', () => {
    const ports = somePorts();
    ports.store.onRead = () => new Promise(() => {});
    const incidentStore = open(ports);
    incidentStore.file([aChange()], aReport(), calm());
    incidentStore.evaluate(aReport({ actions: [aReportedAction()] }), calm());
    expect(writeCount(ports)).toBe(0);
  });
});

/** Whatever runs in the background has had its turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
