/** A refusal is told where something answers: it closes each connection, or another vantage is answered. */
import { describe, expect, test } from '@jest/globals';
import type { VantageObservation } from '../../../lib/appliances/types/world.ts';
import { parseProbes } from '../../../lib/probe/clauses.ts';
import { isShutOut, noHistory, type ProbeHistory } from '../../../lib/probe/history.ts';
import { find, look, reasons } from '../../builders/assess.ts';
import { anObservation } from '../../builders/evidence.ts';
import { NOW } from '../../builders/facts.ts';
import { anAppliance } from '../../builders/world.ts';

const CLOSED = 'closed by the far side without an answer';
const SILENT = 'no answer in 800 ms';

/** Missed once a second until now, for each reason in turn; others answer in each round. */
const refusing = (probe: string, whys: readonly string[], id = 'here'): VantageObservation => {
  const sentAts = whys.map((_why, at) => NOW - 100 - (whys.length - 1 - at) * 1_000);
  const history: ProbeHistory = {
    ...noHistory,
    hasAnswered: true,
    misses: whys.map((why, at) => ({ sentAt: sentAts[at] ?? NOW, why, isFull: true })),
  };
  return {
    ...anObservation({}, { id }),
    histories: new Map([[`i-a1 ${probe}`, history]]),
    rounds: sentAts.map((sentAt) => ({
      sentAt,
      answeredBy: ['i-w1'],
      isFull: true,
      isOver: true,
    })),
  };
};

const answering = (probe: string, id: string): VantageObservation => ({
  ...anObservation({}, { id }),
  histories: new Map([
    [
      `i-a1 ${probe}`,
      { ...noHistory, hasAnswered: true, goodCount: 9, goodSentAts: [NOW - 900, NOW - 500] },
    ],
  ]),
});

const assessed = (probe: string, vantages: readonly VantageObservation[]) => {
  const parsed = parseProbes(probe);
  const appliances = [anAppliance('i-a1', { probes: parsed.ok ? parsed.value : [] })];
  return look({ appliances, vantages });
};
const times = (count: number, why: string) => Array.from({ length: count }, () => why);

describe('each connection is accepted and closed', () => {
  test.each([
    [11, true],
    [10, false],
  ])('for %i s - 1 s: told: %s', (count, isTold) => {
    const assessment = assessed('tls:443', [refusing('tls:443', times(count, CLOSED))]);
    expect(reasons(assessment)).not.toContain('ApplianceDown');
    expect(reasons(assessment).includes('VantageRefused')).toBe(isTold);
  });

  test('a web server that does so is down: of it that is a fault', () => {
    const assessment = assessed('https:443', [refusing('https:443', times(11, CLOSED))]);
    expect(reasons(assessment)).toContain('ApplianceDown');
    expect(reasons(assessment)).not.toContain('VantageRefused');
  });

  test('and then silence for long enough is down', () => {
    const whys = [...times(11, CLOSED), ...times(4, SILENT)];
    expect(reasons(assessed('tls:443', [refusing('tls:443', whys)]))).toContain('ApplianceDown');
  });
});

describe('silence at one vantage', () => {
  test('while another is answered is told, with the vantage, and is no death', () => {
    const assessment = assessed('ike:500', [
      refusing('ike:500', times(12, SILENT), 'v1'),
      answering('ike:500', 'v2'),
    ]);
    expect(find(assessment, 'VantageRefused')?.summary).toContain('has no answer for v1');
    expect(reasons(assessment)).not.toContain('ApplianceDown');
  });

  test('while no other is answered is a death, and no refusal', () => {
    const assessment = assessed('ike:500', [refusing('ike:500', times(12, SILENT), 'v1')]);
    expect(reasons(assessment)).toContain('ApplianceDown');
    expect(reasons(assessment)).not.toContain('VantageRefused');
  });
});

test.each([
  [CLOSED, true],
  ['reset by the far side (ECONNRESET)', true],
  ['refused (ECONNREFUSED)', false],
  [SILENT, false],
  ['host unreachable (EHOSTUNREACH)', false],
])('%s shuts us out: %s', (why, isOut) => {
  expect(isShutOut({ why })).toBe(isOut);
});
