/** Probes that prove nothing, or only that an appliance is slow: the reason is true, and its hint can be followed. */
import { describe, expect, test } from '@jest/globals';
import { judge } from '../../../lib/appliances/assess/verdict.ts';
import type { VantageObservation } from '../../../lib/appliances/types/world.ts';
import { known } from '../../../lib/core/reading.ts';
import { parseProbes } from '../../../lib/probe/clauses.ts';
import { noHistory, type ProbeHistory } from '../../../lib/probe/history.ts';
import { find, lately, look, reasons } from '../../builders/assess.ts';
import { anObservation } from '../../builders/evidence.ts';
import { NOW } from '../../builders/facts.ts';
import { anAppliance, applianceMemory, goodSignals, policyOf } from '../../builders/world.ts';

const probesOf = (text: string) => {
  const parsed = parseProbes(text);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
};

/** What one vantage knows of the first probe, `ike:500`. */
const seenAs = (over: Partial<ProbeHistory>, seen = '---'): readonly VantageObservation[] => {
  const [{ histories, ...rest }] = [anObservation({ 'i-a1 ike:500': lately(seen) })];
  return [
    {
      ...rest,
      histories: new Map([...histories].map(([key, one]) => [key, { ...one, ...over }])),
    },
  ];
};
const late = (tookMs: number, agoMs = 1_000) => ({
  late: { sentAt: NOW - agoMs, tookMs, missedSince: null },
});

describe('an appliance that answers late', () => {
  test('is slow and not down: its measured time, the setting, and a value for it', () => {
    const finding = find(look({ vantages: seenAs(late(900)) }), 'LateAnswers');
    expect(finding?.severity).toBe('warning');
    expect(finding?.summary).toContain(
      'ike:500 answers after 900 ms, later than probeTimeoutMs (800 ms)',
    );
    expect(finding?.hint).toContain('probeTimeoutMs=1400');
    expect(reasons(look({ vantages: seenAs(late(900)) }))).not.toContain('ApplianceDown');
  });

  const verdictOf = (vantages: readonly VantageObservation[], downSince?: number) =>
    judge(
      anAppliance('i-a1'),
      goodSignals('i-a1'),
      vantages,
      downSince === undefined ? undefined : applianceMemory({ downSince }),
      policyOf(),
      NOW,
    ).verdict;

  test('keeps its routes and is no target: up, not proven, not healthy', () => {
    expect(verdictOf(seenAs(late(900)))).toMatchObject({
      kind: 'up',
      isProven: false,
      isHealthy: false,
      isLate: true,
      lacks: expect.stringContaining('answers after 900 ms'),
    });
  });

  test('and was down before stays down until it answers in time, and is called slow', () => {
    expect(verdictOf(seenAs(late(900)), NOW - 60_000)).toMatchObject({
      kind: 'down',
      isLate: true,
      why: expect.stringContaining('answers after 900 ms'),
    });
  });

  test('and to which no probe could be sent since is unknown, neither down nor well', () => {
    const vantages = seenAs(late(900), '---.....');
    expect(verdictOf(vantages).kind).toBe('unknown');
    expect(verdictOf(vantages, NOW - 60_000)).toMatchObject({ kind: 'down', isLate: true });
  });

  test('is not called slow while EC2 says that it is stopped', () => {
    const signals = { 'i-a1': { state: known('stopped' as const, NOW) } };
    expect(reasons(look({ vantages: seenAs(late(900)), signals }))).not.toContain('LateAnswers');
  });

  test('and has never answered in time is slow, not unanswered', () => {
    const vantages = seenAs({ ...late(900), hasAnswered: false }, '-----');
    const found = reasons(look({ vantages, past: {} }));
    expect(found).toContain('LateAnswers');
    expect(found).not.toContain('ProbeNeverAnswered');
  });
});

describe('a probe that was never answered', () => {
  const hintOf = (probe: string, why: string): string | undefined => {
    const history: ProbeHistory = {
      ...noHistory,
      misses: Array.from({ length: 5 }, (_, at) => ({
        sentAt: NOW - 5_000 + at * 1_000,
        why,
        isFull: true,
      })),
    };
    const [empty] = [anObservation({})];
    const vantages = [{ ...empty, histories: new Map([[`i-a1 ${probe}`, history]]) }];
    const appliances = [anAppliance('i-a1', { probes: probesOf(probe) })];
    return find(look({ vantages, appliances, past: {} }), 'ProbeNeverAnswered')?.hint;
  };
  const SILENT = 'no answer in 800 ms';

  test.each([
    ['ike:500', SILENT, 'Some IKE servers answer configured peers only'],
    ['openvpn:1194', SILENT, 'name its key in vpn-medic:probe-key'],
    ['tcp:22', SILENT, 'Let the probe in (security group, firewall)'],
    ['ike:500', 'refused (ECONNREFUSED)', 'no service listens on that port'],
  ])('%s (%s): %s', (probe, why, hint) => {
    expect(hintOf(probe, why)).toContain(hint);
  });

  test('the hint names no daemon that was not probed', () => {
    expect(hintOf('tcp:22', SILENT)).not.toMatch(/IKE|OpenVPN/);
    expect(hintOf('ike:500', 'refused (ECONNREFUSED)')).not.toMatch(/peers/);
  });
});

describe('a probe that has never answered, and is unknown', () => {
  const WHY = 'no route from here (ENETUNREACH)';
  const found = (count: number, probe = 'tcp:[fd00::1]:22', over: Partial<ProbeHistory> = {}) => {
    const history: ProbeHistory = {
      ...noHistory,
      recent: Array.from({ length: count }, () => `unknown: ${WHY}`),
      unknownWhy: WHY,
      ...over,
    };
    const [empty] = [anObservation({})];
    const vantages = [{ ...empty, histories: new Map([[`i-a1 ${probe}`, history]]) }];
    const appliances = [anAppliance('i-a1', { probes: probesOf(probe) })];
    return find(look({ vantages, appliances, past: {} }), 'ProbeNeverAnswered');
  };

  test('five times is told, with the reason', () => {
    expect(found(5)?.summary).toContain(`has never answered, and cannot be probed: ${WHY}`);
  });

  test('five times after it was missed once is told, with the reason', () => {
    const misses = [{ sentAt: NOW - 9_000, why: 'no answer', isFull: true }];
    expect(found(5, undefined, { misses })?.summary).toContain(WHY);
  });

  test('four times, or missed now, or answered before, is not told so', () => {
    expect(found(4)).toBeUndefined();
    const misses = [{ sentAt: NOW - 1_000, why: 'no answer', isFull: true }];
    expect(found(5, undefined, { misses, unknownWhy: null })).toBeUndefined();
    expect(found(5, undefined, { hasAnswered: true })).toBeUndefined();
  });

  test('over IPv6 the hint names the parameter; over IPv4 it does not', () => {
    expect(found(5)?.hint).toContain('probeIpv6Subnets');
    expect(found(5, 'tcp:10.0.0.9:22')?.hint).not.toContain('probeIpv6Subnets');
    expect(found(5, 'tcp:10.0.0.9:22')?.hint).toContain('on the side of the probes');
  });
});
