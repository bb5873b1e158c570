/** Goal: which step is due when, on both sides of each threshold. Method: the pure function on hand-made ladders. */
import { describe, expect, test } from '@jest/globals';
import type { CheckStatus, InstanceState } from '../../lib/appliances/types/inventory.ts';
import type { DownCause, Verdict } from '../../lib/appliances/types/verdict.ts';
import { known } from '../../lib/core/reading.ts';
import type { RepairStep } from '../../lib/core/repairTags.ts';
import { assessRepairs } from '../../lib/repairs/assess.ts';
import type { Attempt, Ladder, RepairPhase, RepairResult } from '../../lib/repairs/types.ts';
import { NOW } from '../builders/facts.ts';
import { anAppliance, aWorld } from '../builders/world.ts';

const ALL: readonly RepairStep[] = ['restart-service', 'reboot', 'stop-start'];
const MINUTE_MS = 60_000;

const down = (cause: DownCause = 'probes'): Verdict => ({
  kind: 'down',
  cause,
  isEc2Confirmed: cause !== 'probes',
  since: NOW,
  why: 'it is silent',
});
const up: Verdict = {
  kind: 'up',
  isHealthy: false,
  isProven: true,
  lacks: null,
  since: NOW,
  isByEc2Alone: false,
};

const resultOf = (kind: RepairResult['kind'], until: number | null = null): RepairResult => ({
  kind,
  why: 'so',
  at: NOW,
  until,
  evidence: [],
  diagnosis: [],
});
const attempt = (phase: RepairPhase, agoMs: number, result: RepairResult | null): Attempt => ({
  id: `${phase} ${agoMs}`,
  phase,
  startedAt: NOW - agoMs,
  result,
});
const ladderOf = (...attempts: readonly Attempt[]): Ladder => ({
  group: 'hq',
  name: 'vpn-a1',
  startedAt: attempts[0]?.startedAt ?? NOW,
  attempts,
  end: null,
});

interface Case {
  readonly steps?: readonly RepairStep[];
  readonly verdict?: Verdict;
  readonly state?: InstanceState;
  readonly checks?: Partial<Record<'system' | 'instance' | 'attachedEbs', CheckStatus>>;
  readonly ladder?: Ladder;
}

/** The phase that is due, how the ladder ended, or nothing. */
function turn({ steps = ALL, verdict = down(), state = 'running', checks = {}, ladder }: Case) {
  const repair = { steps, service: 'x.service', sshUser: null, hostKey: null };
  const appliance = anAppliance('i-a1', steps.length === 0 ? {} : { repair });
  const world = aWorld({
    appliances: [appliance],
    signals: {
      'i-a1': {
        state: known(state, NOW),
        checks: known({ system: 'ok', instance: 'ok', attachedEbs: 'ok', ...checks }, NOW),
      },
    },
  });
  const ladders = new Map(ladder === undefined ? [] : [['i-a1', [ladder]] as const]);
  const { due, ended } = assessRepairs(world, new Map([['i-a1', verdict]]), ladders, NOW);
  return due[0]?.phase ?? ended.get('i-a1')?.kind ?? null;
}

describe('the first step', () => {
  test.each<readonly [string, Case, string | null]>([
    ['of a silent appliance is the first that its owner allows', {}, 'restart'],
    ['is not the gentlest when the owner leaves that out', { steps: ['stop-start'] }, 'stop'],
    ['is none without the tag', { steps: [] }, null],
    ['is none while it is up', { verdict: up }, null],
    [
      'is none while it is unknown: unknown is not down',
      { verdict: { kind: 'unknown', why: '?' } },
      null,
    ],
    ['is none when a person stopped it', { verdict: down('state'), state: 'stopped' }, null],
    ['is none when its interface was taken away', { verdict: down('interface') }, null],
    [
      'against a failing instance check is a reboot, as no login is possible',
      { verdict: down('status-check'), checks: { instance: 'impaired' } },
      'reboot',
    ],
    [
      'against a failing system check is another host',
      { verdict: down('status-check'), checks: { system: 'impaired', instance: 'impaired' } },
      'stop',
    ],
    [
      'against a failing volume check is a stop-start',
      { verdict: down('status-check'), checks: { attachedEbs: 'impaired' } },
      'stop',
    ],
  ])('%s', (_what, one, expected) => {
    expect(turn(one)).toBe(expected);
  });
});

describe('after a step', () => {
  test.each<readonly [string, Attempt, Case, string | null]>([
    ['without an answer for 119 s, nothing', attempt('restart', 119_000, null), {}, null],
    ['without an answer for 120 s, the next', attempt('restart', 120_000, null), {}, 'reboot'],
    ['restarted 59 s ago, nothing yet', attempt('restart', 59_000, resultOf('done')), {}, null],
    ['restarted 60 s ago, the next', attempt('restart', 60_000, resultOf('done')), {}, 'reboot'],
    ['that failed, the next at once', attempt('restart', 1_000, resultOf('failed')), {}, 'reboot'],
    [
      'that was refused, the next at once',
      attempt('restart', 1_000, resultOf('refused')),
      {},
      'reboot',
    ],
    [
      'rebooted 599 s ago, nothing yet: EC2 may only now reboot it hard',
      attempt('reboot', 599_000, resultOf('done')),
      { steps: ['reboot'] },
      null,
    ],
    [
      'rebooted 600 s ago and no step left, spent',
      attempt('reboot', 600_000, resultOf('done')),
      { steps: ['reboot'] },
      'spent',
    ],
    [
      'rebooted 1,799 s ago while its status checks are initializing, nothing yet',
      attempt('reboot', 1_799_000, resultOf('done')),
      { steps: ['reboot'], checks: { instance: 'initializing' } },
      null,
    ],
    [
      'rebooted 1,800 s ago, spent whatever its status checks say',
      attempt('reboot', 1_800_000, resultOf('done')),
      { steps: ['reboot'], checks: { instance: 'initializing' } },
      'spent',
    ],
    [
      'held until a moment ago, the same again',
      attempt('reboot', 9_000, resultOf('held', NOW)),
      {},
      'reboot',
    ],
    [
      'held until a moment from now, nothing',
      attempt('reboot', 9_000, resultOf('held', NOW + 1)),
      {},
      null,
    ],
    [
      'and up again, it has helped',
      attempt('restart', 5_000, resultOf('done')),
      { verdict: up },
      'helped',
    ],
    [
      'and up again before its word has come, that is waited for',
      attempt('restart', 5_000, null),
      { verdict: up },
      null,
    ],
    [
      'and the tag taken away, dropped or spent, but nothing more is done',
      attempt('restart', 60_000, resultOf('done')),
      { steps: [] },
      'spent',
    ],
    [
      'that another followed by a stop, dropped',
      attempt('restart', 60_000, resultOf('done')),
      { verdict: down('state'), state: 'stopped' },
      'dropped',
    ],
    [
      'an hour ago, dropped',
      attempt('restart', 60 * MINUTE_MS, resultOf('done')),
      { verdict: { kind: 'unknown', why: '?' } },
      'dropped',
    ],
  ])('%s', (_what, last, one, expected) => {
    expect(turn({ ...one, ladder: ladderOf(last) })).toBe(expected);
  });
});

describe('a stop-start', () => {
  const down1 = { verdict: down('state') } as const;
  test.each<readonly [string, Attempt, Case, string | null]>([
    [
      'while it stops, nothing',
      attempt('stop', 299_000, resultOf('done')),
      { ...down1, state: 'stopping' },
      null,
    ],
    [
      'while it stops for 300 s, by force',
      attempt('stop', 300_000, resultOf('done')),
      { ...down1, state: 'stopping' },
      'force-stop',
    ],
    [
      'that even force does not stop for two hours, still waited for: it may stop yet, and is ours to start',
      attempt('force-stop', 120 * MINUTE_MS, resultOf('done')),
      { ...down1, state: 'stopping' },
      null,
    ],
    [
      'that force stops after two hours, started',
      attempt('force-stop', 120 * MINUTE_MS, resultOf('done')),
      { ...down1, state: 'stopped' },
      'start',
    ],
    [
      'that another stops, dropped after an hour: not ours to start',
      attempt('restart', 120 * MINUTE_MS, resultOf('done')),
      { ...down1, state: 'stopping' },
      'dropped',
    ],
    [
      'stopped, started',
      attempt('stop', 20_000, resultOf('done')),
      { ...down1, state: 'stopped' },
      'start',
    ],
    [
      'stopped, started also when the tag is gone meanwhile',
      attempt('stop', 20_000, resultOf('done')),
      { ...down1, state: 'stopped', steps: [] },
      'start',
    ],
    [
      'that EC2 refused, dropped when another stops it: not ours to start',
      attempt('stop', 20_000, resultOf('failed')),
      { ...down1, state: 'stopped' },
      'dropped',
    ],
  ])('%s', (_what, last, one, expected) => {
    expect(turn({ ...one, ladder: ladderOf(last) })).toBe(expected);
  });
});

describe('a replacement', () => {
  const steps: readonly RepairStep[] = ['restart-service', 'replace'];
  const gone = { steps, verdict: down('state') } as const;
  const replaced = (agoMs: number, kind: RepairResult['kind'] | null = 'done') =>
    ladderOf(
      attempt('restart', agoMs + 70_000, resultOf('failed')),
      attempt(
        'replace',
        agoMs,
        kind === null ? null : resultOf(kind, kind === 'held' ? NOW : null),
      ),
    );
  test.each<readonly [string, Case, string | null]>([
    [
      'follows the step before it',
      { steps, ladder: ladderOf(attempt('restart', 70_000, resultOf('failed'))) },
      'replace',
    ],
    [
      'helps against every failing check',
      { steps, verdict: down('status-check'), checks: { attachedEbs: 'impaired' } },
      'replace',
    ],
    [
      'is none where the tag leaves it out',
      { ladder: ladderOf(attempt('stop', 700_000, resultOf('failed'))), steps: ['stop-start'] },
      'spent',
    ],
    ['is no cure for what a person stopped', { ...gone, state: 'stopped' }, null],
    ['is waited for, 9 min 59 s', { steps, ladder: replaced(599_000) }, null],
    ['that has not begun after 10 min is spent', { steps, ladder: replaced(600_000) }, 'spent'],
    ['that was held is tried again', { steps, ladder: replaced(31_000, 'held') }, 'replace'],
    ['that was refused is spent', { steps, ladder: replaced(30_000, 'refused') }, 'spent'],
    [
      'is over when its group ends it',
      { ...gone, state: 'shutting-down', ladder: replaced(30_000) },
      'replaced',
    ],
    [
      'is over when it has ended',
      { ...gone, state: 'terminated', ladder: replaced(130_000, null) },
      'replaced',
    ],
  ])('%s', (_what, one, expected) => {
    expect(turn(one)).toBe(expected);
  });
});

describe('a start of what a repair has stopped', () => {
  const stopped = { verdict: down('state'), state: 'stopped' } as const;
  const stop = attempt('stop', 100_000_000, resultOf('done'));
  const start = (agoMs: number, kind: RepairResult['kind'] = 'failed') =>
    attempt('start', agoMs, resultOf(kind));
  test.each<readonly [string, readonly Attempt[], string | null]>([
    ['after a pause of a day is still due', [], 'start'],
    ['that failed 30 s ago is tried again', [start(30_000)], 'start'],
    ['that failed 29 s ago is not', [start(29_000)], null],
    ['whose answer was lost is tried again, too', [start(30_000, 'done')], 'start'],
    ['tried for 4 minutes is tried again after 4', [start(480_000), start(240_000)], 'start'],
    ['tried for 4 minutes is not before', [start(479_000), start(239_000)], null],
    ['is tried each 15 minutes at least', [start(80_000_000), start(900_000)], 'start'],
    ['is not tried more often after hours', [start(80_000_000), start(899_000)], null],
    ['is tried for less than a day', [start(86_399_999), start(900_000)], 'start'],
    ['tried for a day is left to a person', [start(86_400_000), start(900_000)], 'spent'],
    ['that another undid is not ours to repeat', [start(30_000, 'refused')], 'spent'],
  ])('%s', (_what, starts, expected) => {
    expect(turn({ ...stopped, ladder: ladderOf(stop, ...starts) })).toBe(expected);
  });

  test('is due also when only the last start is known, as in a state that was rebuilt', () => {
    expect(turn({ ...stopped, ladder: ladderOf(start(30_000)) })).toBe('start');
  });

  test('waits while it starts', () => {
    const ladder = ladderOf(stop, start(10_000, 'done'));
    expect(turn({ verdict: down('state'), state: 'pending', ladder })).toBe(null);
  });

  test('that failed before a person started it is judged when it has booted, not before', () => {
    const one = { steps: ['stop-start'] } as const;
    expect(turn({ ...one, ladder: ladderOf(stop, start(299_000)) })).toBe(null);
    expect(turn({ ...one, ladder: ladderOf(stop, start(300_000)) })).toBe('spent');
  });
});
