/** Goal: what is put on file says what was seen, in words, and no more than a page. Method: worlds made by hand. */
import { describe, expect, test } from '@jest/globals';
import { observationsOf } from '../../../lib/appliances/report/evidence.ts';
import type { World } from '../../../lib/appliances/types/world.ts';
import type { Subject } from '../../../lib/core/finding.ts';
import type { LeaseState } from '../../../lib/core/lease.ts';
import { unknown } from '../../../lib/core/reading.ts';
import { noHistory } from '../../../lib/probe/history.ts';
import { NOW, zoneOf } from '../../builders/facts.ts';
import { HERE } from '../../builders/ports.ts';
import { anAppliance, anAssessment, aRoute, aWorld, down, up } from '../../builders/world.ts';

const subject = (kind: Subject['kind'], id: string, group: string | null = null): Subject => ({
  kind,
  id,
  name: id,
  group,
  zone: null,
});
const APPLIANCES = [
  anAppliance('i-a1'),
  anAppliance('i-b1'),
  anAppliance('i-c1', { group: 'branch' }),
];
const history = { ...noHistory, recent: ['ok 2 ms', 'no answer in 800 ms'] };
const vantage = {
  vantage: HERE,
  histories: new Map([['i-a1 ike:500', history]]),
  rounds: [],
  unreachables: new Map(),
};
const seen = (of: Subject, over: Partial<World> = {}): string => {
  const world = aWorld({
    appliances: APPLIANCES,
    routes: [aRoute('rtb-1 10.0.0.0/8', 'i-a1')],
    signals: { 'i-b1': { state: unknown('throttled', NOW) } },
    vantages: [vantage],
    over,
  });
  return observationsOf(world, anAssessment(world, { 'i-a1': down(), 'i-b1': up() }), of).join(
    '\n',
  );
};

test('an appliance is told with verdict, EC2’s word, load and last answers, and with who could stand in', () => {
  const text = seen(subject('appliance', 'i-a1', 'hq'));
  expect(text).toContain(
    `vpn-a1 (i-a1, ${zoneOf('a')}): down: ike:500 does not answer; EC2 says running, checks ok/ok/ok, interface in-use; carries 1`,
  );
  expect(text).toContain('  ike:500 from here: ok 2 ms, no answer in 800 ms');
  expect(text).toContain('vpn-b1 (i-b1');
  expect(text).not.toContain('vpn-c1');
});

test('what could not be read says so, and why', () => {
  expect(seen(subject('appliance', 'i-b1', 'hq'))).toContain('not readable (throttled)');
  const gaps = [{ what: 'tags', why: 'denied', since: NOW, zone: null }];
  expect(seen(subject('region', 'eu-west-1'), { gaps })).toContain('Not readable: tags: denied');
});

test.each<[Subject, readonly string[], readonly string[]]>([
  [subject('group', 'hq', 'hq'), ['i-a1', 'i-b1'], ['i-c1']],
  [subject('zone', zoneOf('c')), ['i-c1'], ['i-a1']],
  [subject('route', 'rtb-1 10.0.0.0/8', 'hq'), ['i-a1', 'i-b1'], ['i-c1']],
  [subject('table', 'rtb-1'), ['i-a1'], ['i-c1']],
  [subject('region', 'eu-west-1'), ['i-a1', 'i-b1', 'i-c1'], []],
  [subject('vantage', 'here'), [], ['i-a1', 'i-b1', 'i-c1']],
])('of %j are told its own and their peers, nobody else', (of, shown, hidden) => {
  const text = seen(of);
  for (const id of shown) expect(text).toContain(`(${id},`);
  for (const id of hidden) expect(text).not.toContain(`(${id},`);
});

describe('the lease is shown', () => {
  test.each<[LeaseState, string]>([
    [{ kind: 'leader', token: 7 }, 'this watcher leads (fencing token 7)'],
    [{ kind: 'standby', until: NOW }, 'this watcher is a standby'],
    [{ kind: 'lost', to: 'w2' }, 'the leader is w2'],
    [{ kind: 'unreachable', why: 'no table', wasLeader: true }, 'cannot be reached: no table'],
    [{ kind: 'singlePass', token: 1 }, 'a single pass'],
  ])('%j', (lease, text) => {
    expect(seen(subject('region', 'eu-west-1'), { lease })).toContain(text);
  });
});

test('no more than twelve appliances, whatever the region holds', () => {
  const appliances = Array.from({ length: 40 }, (_, n) => anAppliance(`i-a${n}`));
  const world = aWorld({ appliances });
  const lines = observationsOf(world, anAssessment(world), subject('region', 'eu-west-1'));
  expect(lines).toHaveLength(13);
});
