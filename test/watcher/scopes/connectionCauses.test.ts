/** Goal: an appliance explains the connections that went down with it, and no others. Method: states in memory, the boundary on both sides. */
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../lib/core/finding.ts';
import { recallConnections } from '../../../lib/siteToSite/state.ts';
import {
  causesIn,
  causesOf,
  explainedBy,
  withCauses,
} from '../../../lib/watcher/scopes/connectionCauses.ts';
import { NOW } from '../../builders/facts.ts';

const REGION = 'eu-west-1';
const CAUSE = { instanceId: 'i-0a', downSince: NOW - 20_000, connectionIds: ['vpn-0a'] };

const memory = (over: Partial<ReturnType<typeof recallConnections>> = {}) => ({
  ...recallConnections(null),
  downSince: { 'vpn-0a': NOW - 10_000 },
  ...over,
});

const item = (id: string, body: unknown) => ({ id, version: 1, body });
const state = (appliances: unknown) => item(`state#${REGION}#appliances`, { appliances });
const lease = (renewedAt: number) =>
  item(`lease#${REGION}#appliances`, {
    leader: 'w',
    token: 1,
    renewedAt,
    startedAt: 0,
    isLookRequested: false,
  });
const DEAD = { 'i-0a': { downSince: NOW - 20_000, connectionIds: ['vpn-0a'], name: 'hq-a' } };

describe('causes are read from the state of the appliances', () => {
  test('of one that is down and has connections, while a leader is alive', () => {
    expect(causesIn([state(DEAD), lease(NOW - 1_000)], REGION, NOW)).toEqual([CAUSE]);
  });
  test.each([
    ['without a leader', [state(DEAD)]],
    ['of a leader that is dead', [state(DEAD), lease(NOW - 600_000)]],
    ['of one that is up', [state({ 'i-0a': { ...DEAD['i-0a'], downSince: null } }), lease(NOW)]],
    ['of one without connections', [state({ 'i-0a': { downSince: NOW } }), lease(NOW)]],
    ['of garbage', [item(`state#${REGION}#appliances`, 'x'), lease(NOW)]],
  ])('none %s', (_what, items) => {
    expect(causesIn(items, REGION, NOW)).toEqual([]);
  });
});

describe('a connection is explained', () => {
  test.each([
    ['60 s before its appliance', CAUSE.downSince - 60_000, true],
    ['a millisecond earlier', CAUSE.downSince - 60_001, false],
    ['after it', CAUSE.downSince + 30_000, true],
  ])('down since %s', (_what, since, is) => {
    const { explained } = {
      explained: explainedBy([CAUSE], memory({ downSince: { 'vpn-0a': since } }), NOW),
    };
    expect('vpn-0a' in explained).toBe(is);
  });
  test.each([
    [179_999, true],
    [180_000, false],
  ])('%d ms after its appliance was last seen down', (ms, is) => {
    const before = memory({
      explained: { 'vpn-0a': { instanceId: 'i-0a', at: NOW - ms } },
      downSince: { 'vpn-0a': NOW - 400_000 },
    });
    expect('vpn-0a' in explainedBy([], before, NOW)).toBe(is);
  });
  test('not when it went down again after that', () => {
    const before = memory({ explained: { 'vpn-0a': { instanceId: 'i-0a', at: NOW - 60_000 } } });
    expect(explainedBy([], before, NOW)).toEqual({});
  });
});

const found = (
  kind: Finding['subject']['kind'],
  id: string,
  within: readonly string[] = [],
): Finding => ({
  reason: 'ConnectionDown',
  subject: { kind, id, name: id, group: null, zone: null, within },
  severity: 'critical',
  summary: '',
  evidence: [],
  since: NOW,
  hint: '',
});
const SITES = [
  {
    id: 'site/hq',
    name: 'hq',
    connections: [
      { id: 'vpn-0a', name: 'a', gateway: '' },
      { id: 'vpn-0b', name: 'b', gateway: '' },
    ],
  },
];

test('its tunnels lie within the appliance, a site only when all of its connections do', () => {
  const explained = { 'vpn-0a': { instanceId: 'i-0a', at: NOW } };
  const findings = [
    found('connection', 'vpn-0a'),
    found('tunnel', 'vpn-0a/198.51.100.1', ['vpn-0a', 'site/hq']),
    found('connection', 'vpn-0b'),
    found('site', 'site/hq'),
  ];
  const within = (all: readonly Finding[]) =>
    all.map(({ subject }) => (subject.within ?? []).includes('i-0a'));
  const one = withCauses(findings, memory({ explained, sites: SITES }));
  expect(within(one)).toEqual([true, true, false, false]);
  expect(causesOf(one)).toMatchObject([{ reason: 'ApplianceDown', subject: { id: 'i-0a' } }]);
  const both = { ...explained, 'vpn-0b': { instanceId: 'i-0a', at: NOW } };
  expect(within(withCauses(findings, memory({ explained: both, sites: SITES })))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(causesOf(findings)).toEqual([]);
});
