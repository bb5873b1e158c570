/**
 * Goal: each decision and write is one line of a published schema, in the pass that made it, and no line more.
 * Method: the audit log over stories; every line it can write held against docs/audit.schema.json.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { LoggerPort } from '../../../lib/core/ports.ts';
import type { Report } from '../../../lib/core/report.ts';
import { changeEntry } from '../../../lib/incidents/history/entries.ts';
import { line, openAuditLog } from '../../../lib/incidents/history/log.ts';
import { aChange, aHeld, aReport, aReportedAction } from '../../builders/incidents.ts';
import { somePorts } from '../../builders/ports.ts';

const isAudit = new Ajv2020({
  allowUnionTypes: true,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ },
}).compile(
  JSON.parse(readFileSync(new URL('../../../docs/audit.schema.json', import.meta.url), 'utf8')),
);

function aLog() {
  const lines: { readonly level: string; readonly message: string; readonly audit: unknown }[] = [];
  const logger: LoggerPort = {
    write: (level, message, fields) => lines.push({ level, message, audit: fields['audit'] }),
    measure: () => {},
    measureEach: () => {},
  };
  const { clock } = somePorts();
  const log = openAuditLog({ clock, logger }, 'appliances');
  return { lines, note: (over: Partial<Report>) => log.note(aReport(over)) };
}

describe('the schema takes', () => {
  test.each(['done', 'written', 'asked', 'skipped', 'deferred', 'failed'] as const)(
    'a deed that was %s',
    (outcome) => {
      const { lines, note } = aLog();
      note({ actions: [aReportedAction({ outcome, why: outcome === 'done' ? null : 'so' })] });
      expect(lines).toHaveLength(1);
      expect(isAudit(lines[0]?.audit)).toBe(true);
    },
  );

  test('a deed of which nothing was measured, and whose reason is not known', () => {
    const { lines, note } = aLog();
    const { times: _times, because: _because, ...bare } = aReportedAction();
    note({ actions: [bare] });
    expect(isAudit(lines[0]?.audit)).toBe(true);
  });

  test.each([null, 1_795_208_400_000])('a held move, until %s', (until) => {
    const { lines, note } = aLog();
    note({ held: [aHeld({ until })] });
    expect(isAudit(lines[0]?.audit)).toBe(true);
  });

  test.each(['opened', 'updated', 'repeated', 'resolved'] as const)('an incident %s', (kind) => {
    const said = line(changeEntry(aChange(kind)), aReport(), 'appliances');
    expect(isAudit(said)).toBe(true);
    const unsent = changeEntry(aChange(kind, { restoredBy: 'x' }, { notification: null }));
    expect(isAudit(line(unsent, aReport(), 'crls'))).toBe(true);
  });

  test.each(['version', 'at', 'kind', 'outcome', 'decidedAt', 'details'])(
    'no deed without its %s',
    (name) => {
      const { lines, note } = aLog();
      note({ actions: [aReportedAction()] });
      const { [name]: _gone, ...rest } = Object(lines[0]?.audit);
      expect(isAudit(rest)).toBe(false);
    },
  );

  test('no instant as a bare number', () => {
    const { lines, note } = aLog();
    note({ actions: [aReportedAction()] });
    expect(isAudit({ ...Object(lines[0]?.audit), decidedAt: 1 })).toBe(false);
  });
});

describe('lines', () => {
  test('are one for each deed, an error where it failed, with what was decided and why', () => {
    const { lines, note } = aLog();
    note({ actions: [aReportedAction(), aReportedAction({ outcome: 'failed', why: 'denied' })] });
    expect(lines.map(({ level }) => level)).toEqual(['info', 'error']);
    expect(lines[0]?.message).toBe(
      '10.0.0.0/8 in private-a: vpn-a1 -> vpn-b1: done (vpn-a1 is down: ike:500 does not answer)',
    );
    expect(lines[1]?.message).toContain('failed: denied');
  });

  test('are one for all that is held alike, and name twenty of them at most', () => {
    const { lines, note } = aLog();
    const held = Array.from({ length: 500 }, (_, n) =>
      aHeld({ concerns: ['i-a1', 'hq', `rtb-${n} 10.0.0.0/8`] }),
    );
    note({ held });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.audit).toMatchObject({ kind: 'held', count: 500, rule: 'S2' });
    expect(Object(lines[0]?.audit).concerns).toHaveLength(20);
    expect(lines[0]?.message).toContain('and 499 more like it, held by S2');
  });

  test('are none while the same is held, however often it is looked at', () => {
    const { lines, note } = aLog();
    for (let tick = 0; tick < 60; tick += 1) {
      note({ held: [aHeld({ because: `for ${tick} s` })] });
    }
    expect(lines).toHaveLength(1);
  });

  test('tell of it again when it was let go and is held anew, or by another rule', () => {
    const { lines, note } = aLog();
    note({ held: [aHeld()] });
    note({});
    note({ held: [aHeld()] });
    note({ held: [aHeld({ rule: 'S8' })] });
    expect(lines).toHaveLength(3);
  });

  test('are none of a story in which nothing was decided', () => {
    const { lines, note } = aLog();
    note({});
    expect(lines).toEqual([]);
  });

  test('are short, whatever names hold', () => {
    const { lines, note } = aLog();
    const long = 'x'.repeat(10_000);
    note({
      actions: [aReportedAction({ summary: long, because: long, why: long, concerns: [long] })],
    });
    expect(JSON.stringify(lines[0]?.audit).length).toBeLessThan(2_500);
    expect(isAudit(lines[0]?.audit)).toBe(true);
  });
});
