/** Goal: what is told of repairs says what was tried, what came of it, what holds, and until when. Method: the pure function on hand-made ladders. */
import { describe, expect, test } from '@jest/globals';
import type { InstanceState } from '../../../lib/appliances/types/inventory.ts';
import { known } from '../../../lib/core/reading.ts';
import { findInRepairs } from '../../../lib/repairs/assess/findings.ts';
import type { HeldRepair } from '../../../lib/repairs/types/plan.ts';
import type { Attempt, Ladder, RepairResult } from '../../../lib/repairs/types.ts';
import { NOW } from '../../builders/facts.ts';
import { anAppliance, aWorld, down, up } from '../../builders/world.ts';

const world = aWorld({ appliances: [anAppliance('i-a1')] });
const sick = new Map([['i-a1', down()]]);
const result = (kind: RepairResult['kind'], why: string): RepairResult => ({
  kind,
  why,
  at: NOW - 1_000,
  until: null,
  evidence: ['before: nothing'],
  diagnosis: ['Console: out of memory', 'EC2: running', 'Network: quiet'],
});
const attempt = (phase: Attempt['phase'], of: RepairResult | null): Attempt => ({
  id: phase,
  phase,
  startedAt: NOW - 3_000,
  result: of,
});
const ladder = (attempts: readonly Attempt[], end: Ladder['end'] = null): Ladder => ({
  group: 'hq',
  name: 'vpn-a1',
  startedAt: NOW - 3_000,
  attempts,
  end,
});
const find = (all: readonly Ladder[], verdicts: Parameters<typeof findInRepairs>[1] = sick) =>
  findInRepairs(world, verdicts, new Map([['i-a1', all]]), [], NOW);

describe('a ladder under way', () => {
  test('is told with its first result, not before', () => {
    expect(find([ladder([attempt('restart', null)])])).toEqual([]);
    const [finding] = find([ladder([attempt('restart', result('failed', 'sudo refused'))])]);
    expect(finding?.reason).toBe('RepairUnderway');
    expect(finding?.summary).toContain('restart-service failed after 2 s: sudo refused');
    expect(finding?.evidence.slice(0, 4)).toEqual([
      'Read before restart-service, at 2026-11-20T20:59:57.000Z:',
      'Console: out of memory',
      'EC2: running',
      'Network: quiet',
    ]);
  });

  test('that helped is told for a minute, and then no more', () => {
    const helped = (agoMs: number) =>
      find(
        [ladder([attempt('restart', result('done', 'ok'))], { at: NOW - agoMs, kind: 'helped' })],
        new Map([['i-a1', up()]]),
      );
    expect(helped(59_999)[0]?.summary).toContain('was repaired and answers again');
    expect(helped(60_000)).toEqual([]);
  });
});

describe('a machine that a repair stopped', () => {
  const stop = attempt('stop', result('done', 'EC2 was asked to stop it'));
  const start = (id: string, kind: RepairResult['kind']) => ({
    ...attempt(
      'start',
      result(kind, 'ec2:StartInstances refused (InsufficientInstanceCapacity): none'),
    ),
    id,
  });
  const reasons = (all: readonly Attempt[], state: InstanceState, end: Ladder['end'] = null) =>
    findInRepairs(
      aWorld({
        appliances: [anAppliance('i-a1')],
        signals: { 'i-a1': { state: known(state, NOW) } },
      }),
      sick,
      new Map([['i-a1', [ladder(all, end)]]]),
      [],
      NOW,
    ).filter(({ reason }) => reason === 'RepairStartFailing');

  test('and that EC2 does not start is told with the reason and when it is tried again', () => {
    const [finding] = reasons([stop, start('1', 'failed')], 'stopped');
    expect(finding).toMatchObject({ severity: 'critical' });
    expect(finding?.summary).toContain('InsufficientInstanceCapacity');
    expect(finding?.summary).toContain('tried again at 2026-11-20T21:00:27.000Z');
  });

  test('is told from the second start on when each was accepted, not after the first', () => {
    expect(reasons([stop, start('1', 'done')], 'stopped')).toEqual([]);
    expect(reasons([stop, start('1', 'done'), start('2', 'done')], 'stopped')).toHaveLength(1);
  });

  test('stays told while it is pending and when it was given up, and is not once it runs', () => {
    const all = [stop, start('1', 'failed')];
    expect(reasons(all, 'pending')).toHaveLength(1);
    expect(reasons(all, 'stopped', { at: NOW, kind: 'spent' })[0]?.summary).toContain('given up');
    expect(reasons(all, 'running')).toEqual([]);
  });

  test('and that EC2 stopped again after it had taken the start is told with its reason, not with the start', () => {
    const why = 'EC2 stopped it again after the last start (Server.InsufficientInstanceCapacity)';
    const again = { ...result('done', 'EC2 was asked to start it'), evidence: [why] };
    const second = { ...attempt('start', again), id: '2' };
    const [finding] = reasons([stop, start('1', 'done'), second], 'stopped');
    expect(finding?.summary).toContain(`does not start: ${why}. It is tried again at`);
    const refused = { ...result('failed', 'ec2:StartInstances refused'), evidence: [why] };
    const third = { ...attempt('start', refused), id: '3' };
    expect(reasons([stop, start('1', 'done'), third], 'stopped')[0]?.summary).toContain(
      'ec2:StartInstances refused',
    );
  });

  test('and that EC2 has not stopped 300 s after it was told to by force is told; not before, nor once it is stopped', () => {
    const forced = (agoMs: number) => ({
      ...attempt('force-stop', result('done', 'EC2 was asked to stop it by force')),
      startedAt: NOW - agoMs,
    });
    const [finding] = reasons([stop, forced(300_000)], 'stopping');
    expect(finding).toMatchObject({ severity: 'critical' });
    expect(finding?.summary).toContain('EC2 still calls it stopping');
    expect(reasons([stop, forced(299_999)], 'stopping')).toEqual([]);
    expect(reasons([stop, forced(300_000)], 'stopped')).toEqual([]);
    expect(reasons([stop], 'stopping')).toEqual([]);
  });

  test('that another stopped again is not notified as one that does not start', () => {
    expect(reasons([stop, start('1', 'done'), start('2', 'refused')], 'stopped')).toEqual([]);
  });
});

describe('a spent ladder', () => {
  const spent = ladder(
    [attempt('restart', result('failed', 'no key')), attempt('reboot', result('done', 'asked'))],
    { at: NOW, kind: 'spent' },
  );

  test('is one critical page with every step and its result', () => {
    const [page, ...others] = find([spent]);
    expect(others).toEqual([]);
    expect(page).toMatchObject({ reason: 'RepairSpent', severity: 'critical' });
    expect(page?.summary).toContain(
      'after everything that its owner allows: restart-service, reboot',
    );
    const text = page?.evidence.join('\n');
    expect(text).toContain('restart-service failed after 2 s: no key');
    expect(text).toContain('reboot done after 2 s: asked');
    expect(page?.hint).toContain('vpn-medic repair i-a1 --step reboot');
    // What EC2 said before the last step may be another thing now.
    expect(text).toMatch(/^Read before reboot, at 2\S+Z:$/m);
  });

  test('stays one page while a second ladder runs, and is over when the appliance is up', () => {
    const both = find([spent, ladder([attempt('restart', result('done', 'ok'))])]);
    expect(both.map(({ reason }) => reason)).toEqual(['RepairUnderway', 'RepairSpent']);
    expect(find([spent], new Map([['i-a1', up()]]))).toEqual([]);
  });

  test('of an appliance that has recovered since is forgotten', () => {
    const helped = ladder([attempt('restart', result('done', 'ok'))], {
      at: NOW - 3_600_000,
      kind: 'helped',
    });
    expect(find([spent, helped])).toEqual([]);
  });
});

test('a refused host key is a page of its own, other refusals are not', () => {
  const refused = (why: string) => find([ladder([attempt('restart', result('refused', why))])]);
  expect(
    refused('the host key SHA256:x that answered is not known').map((one) => one.reason),
  ).toEqual(['RepairUnderway', 'HostKeyUnproven']);
  expect(refused('no tag names its service').map((one) => one.reason)).toEqual(['RepairUnderway']);
});

test('a held repair names its brake, and until when', () => {
  const due = {
    instanceId: 'i-a1',
    name: 'vpn-a1',
    group: 'hq',
    vpcId: 'vpc-1',
    zone: 'eu-west-1a',
    phase: 'reboot',
    isNewLadder: true,
    allowed: ['reboot'],
    isEc2Confirmed: false,
    since: NOW,
    because: 'it is silent',
  } as const;
  const held: HeldRepair = {
    due,
    rule: 'S9',
    brake: 'boot grace',
    because: 'it began to boot 2 min ago',
    until: NOW + 180_000,
  };
  const [finding] = findInRepairs(world, sick, new Map(), [held], NOW);
  expect(finding?.reason).toBe('RepairHeld');
  expect(finding?.summary).toContain('it began to boot 2 min ago, until 2026-11-20T21:03:00.000Z');
  expect(finding?.evidence[0]).toBe('Brake: boot grace (S9)');
});
