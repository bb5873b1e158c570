/** Goal: what surrounds an endpoint is judged on both sides of each boundary, and says nothing while it is not known. Method: pure. */
import { describe, expect, test } from '@jest/globals';
import { assessEndpoints } from '../../../lib/clientVpn/assess.ts';
import type {
  CertificateFact,
  ClientRouteFact,
  DirectoryFact,
  EgressFact,
} from '../../../lib/clientVpn/types/surroundings.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { unjudgedKey } from '../../../lib/core/report.ts';
import {
  anEndpointWorld,
  anObservation,
  ENDPOINT_ID,
  found,
  remembering,
  SETTINGS,
  surroundedBy,
} from '../../builders/endpoints.ts';
import { NOW } from '../../builders/facts.ts';

const DAY_MS = 86_400_000;
const DENIED = unknown('ds:DescribeDirectories denied (AccessDenied)', NOW);
const BEEN_UP = { hasBeenUp: true };

test('an endpoint with all of it well has no finding', () => {
  expect(found({ surroundings: surroundedBy() }, BEEN_UP)).toEqual([]);
});

describe('a directory of two endpoints', () => {
  const at = (endpointId: string, stage: string | null) => {
    const directory = { directoryId: 'd-1', name: 'corp', kind: 'ADConnector', stageWhy: '' };
    return anObservation({
      fact: { endpointId, name: endpointId, settings: { ...SETTINGS, directoryIds: ['d-1'] } },
      surroundings:
        stage === null
          ? null
          : surroundedBy({ directories: known([{ ...directory, stage }], NOW) }),
    });
  };
  const look = (first: string | null, second: string | null, memory = remembering({})) =>
    assessEndpoints(anEndpointWorld([at('cvpn-1', first), at('cvpn-2', second)]), memory, NOW);
  const impaired = ({ findings }: ReturnType<typeof look>) =>
    findings.filter(({ reason }) => reason === 'DirectoryImpaired');

  test('is what both depend on, and each names the other', () => {
    const [one, other] = impaired(look('Inoperable', 'Inoperable'));
    expect(one?.subject.dependsOn).toEqual(['d-1']);
    expect(other?.subject.dependsOn).toEqual(['d-1']);
    expect(one?.evidence).toContain('used by cvpn-2, too');
    expect(other?.evidence).toContain('used by cvpn-1, too');
  });

  test('is well for both once the turn of one shows it, and for none while no turn does', () => {
    const { memory } = look('Inoperable', 'Inoperable');
    expect(impaired(look('Active', null, memory))).toEqual([]);
    expect(look('Active', null, memory).unjudged).not.toContain(
      unjudgedKey('DirectoryImpaired', 'cvpn-2'),
    );
    expect(impaired(look(null, null, memory))).toHaveLength(2);
    expect(impaired(look('a word of tomorrow', null, memory))).toHaveLength(2);
  });
});

describe('directory', () => {
  const fact = { settings: { ...SETTINGS, directoryIds: ['d-1'] } };
  const at = (stage: string): DirectoryFact => ({
    directoryId: 'd-1',
    name: 'corp.example.com',
    kind: 'ADConnector',
    stage,
    stageWhy: '',
  });
  test.each([
    ['Active', []],
    ['Updating', []],
    ['Impaired', ['warning DirectoryImpaired']],
    ['Inoperable', ['critical DirectoryImpaired']],
    ['Failed', ['critical DirectoryImpaired']],
    ['a word of tomorrow', []],
  ])('at stage %s', (stage, says) => {
    const surroundings = surroundedBy({ directories: known([at(stage)], NOW) });
    expect(found({ fact, surroundings })).toEqual(says);
  });

  test('of an endpoint without directory authentication, none is looked at', () => {
    const surroundings = surroundedBy({ directories: known([at('Inoperable')], NOW) });
    expect(found({ surroundings })).toEqual([]);
  });

  test('a directory that cannot be read any more stays impaired, and one that is Active again does not', () => {
    const first = assessEndpoints(
      anEndpointWorld([
        anObservation({
          fact,
          surroundings: surroundedBy({ directories: known([at('Inoperable')], NOW) }),
        }),
      ]),
      remembering({}),
      NOW,
    );
    const reasonsAfter = (directories: ReturnType<typeof surroundedBy>['directories']) =>
      assessEndpoints(
        anEndpointWorld([anObservation({ fact, surroundings: surroundedBy({ directories }) })]),
        first.memory,
        NOW + DAY_MS,
      ).findings.map(({ reason }) => reason);
    expect(reasonsAfter(DENIED)).toContain('DirectoryImpaired');
    expect(reasonsAfter(known([], NOW))).toContain('DirectoryImpaired');
    expect(reasonsAfter(known([at('a word of tomorrow')], NOW))).toContain('DirectoryImpaired');
    expect(reasonsAfter(known([at('Active')], NOW))).not.toContain('DirectoryImpaired');
  });
});

describe('server certificate', () => {
  const fact = {
    settings: { ...SETTINGS, certificateArn: 'arn:aws:acm:eu-west-1:1:certificate/a' },
  };
  const saysOf = (over: Partial<CertificateFact>) =>
    found({
      fact,
      surroundings: surroundedBy({
        certificate: known(
          {
            arn: 'arn:aws:acm:eu-west-1:1:certificate/a',
            status: 'ISSUED',
            endsAt: NOW + 365 * DAY_MS,
            renewal: null,
            renewalWhy: '',
            ...over,
          },
          NOW,
        ),
      }),
    });
  test.each([
    ['30 d and 1 ms before its end', { endsAt: NOW + 30 * DAY_MS + 1 }, []],
    ['30 d before', { endsAt: NOW + 30 * DAY_MS }, ['warning ServerCertificateExpiring']],
    [
      '7 d and 1 ms before',
      { endsAt: NOW + 7 * DAY_MS + 1 },
      ['warning ServerCertificateExpiring'],
    ],
    ['7 d before', { endsAt: NOW + 7 * DAY_MS }, ['critical ServerCertificateExpiring']],
    ['at its end', { endsAt: NOW }, ['critical ServerCertificateExpiring']],
    ['revoked', { status: 'REVOKED' }, ['critical ServerCertificateExpiring']],
    ['without a date', { endsAt: null }, []],
    ['renewed', { renewal: 'SUCCESS' }, []],
    ['about to be renewed', { renewal: 'PENDING_AUTO_RENEWAL' }, []],
    [
      'waiting for its name',
      { renewal: 'PENDING_VALIDATION' },
      ['warning ServerCertificateRenewalFailed'],
    ],
    ['not renewed', { renewal: 'FAILED' }, ['warning ServerCertificateRenewalFailed']],
  ])('%s', (_, over, says) => {
    expect(saysOf(over)).toEqual(says);
  });
});

describe('authorization rules and routes', () => {
  const rule = (state: 'active' | 'failed' | 'authorizing' | 'revoking' | 'unknown') => ({
    destination: '10.0.0.0/16',
    state,
    stateMessage: '',
  });
  test.each([
    ['one that is active', [rule('active')], []],
    ['one that is coming', [rule('authorizing')], []],
    ['one in a word that is not known', [rule('unknown')], []],
    ['none', [], ['warning AuthorizationRulesMissing']],
    ['one that goes', [rule('revoking')], ['warning AuthorizationRulesMissing']],
    [
      'one active, one failed',
      [rule('active'), rule('failed')],
      ['warning AuthorizationRuleFailed'],
    ],
    [
      'one that failed',
      [rule('failed')],
      ['warning AuthorizationRuleFailed', 'warning AuthorizationRulesMissing'],
    ],
  ])('rules: %s', (_, rules, says) => {
    expect(found({ surroundings: surroundedBy({ rules: known(rules, NOW) }) })).toEqual(says);
  });

  test('an endpoint that was never in use may have no rule yet', () => {
    const surroundings = surroundedBy({ rules: known([], NOW) });
    const silent = { kind: 'unknown', why: 'not probed', recent: [] } as const;
    const past = { hasBeenUp: false };
    const pending = { state: 'pending-associate' } as const;
    expect(found({ fact: pending, surroundings, reachability: silent }, past)).not.toContain(
      'warning AuthorizationRulesMissing',
    );
  });

  const route = (over: Partial<ClientRouteFact>): ClientRouteFact => ({
    destination: '10.0.0.0/16',
    subnetId: 'subnet-a',
    state: 'active',
    stateMessage: '',
    ...over,
  });
  test.each([
    ['by an associated subnet', [route({})], []],
    ['by a transit gateway', [route({ subnetId: '' })], []],
    [
      'by a subnet that has no association',
      [route({ subnetId: 'subnet-gone' })],
      ['warning EndpointRouteFailed'],
    ],
    [
      'that is being deleted with its subnet',
      [route({ subnetId: 'subnet-gone', state: 'deleting' })],
      [],
    ],
    ['that failed', [route({ state: 'failed' })], ['warning EndpointRouteFailed']],
    ['in a word that is not known', [route({ state: 'unknown' })], []],
    ['none at all', [], ['warning EndpointRouteFailed']],
  ])('a route %s', (_, routes, says) => {
    expect(found({ surroundings: surroundedBy({ routes: known(routes, NOW) }) })).toEqual(says);
  });

  test('while associations cannot be read, no subnet is called gone', () => {
    const surroundings = surroundedBy({ routes: known([route({ subnetId: 'subnet-gone' })], NOW) });
    expect(found({ associations: unknown('throttled', NOW), surroundings })).toEqual([]);
  });
});

describe('client range 10.100.0.0/16', () => {
  const vpc = (cidr: string) => known([{ cidr, vpcId: 'vpc-0a' }], NOW);
  const peer = (cidr: string) =>
    known([{ cidr, vpcId: 'vpc-0b', peeringId: 'pcx-0a', nearVpcId: 'vpc-0a' }], NOW);
  const other = (cidr: string) => [{ endpointId: 'cvpn-endpoint-0b', name: 'partners', cidr }];
  test.each([
    ['beside its VPC', { ranges: vpc('10.99.0.0/16') }, []],
    ['inside its VPC', { ranges: vpc('10.64.0.0/10') }, ['warning ClientRangeOverlap']],
    ['around a range of its VPC', { ranges: vpc('10.100.4.0/24') }, ['warning ClientRangeOverlap']],
    ['around a peer', { peers: peer('10.100.128.0/20') }, ['warning ClientRangeOverlap']],
    ['beside a peer', { peers: peer('10.101.0.0/16') }, []],
    ['around another endpoint', { others: other('10.100.0.0/22') }, ['info ClientRangeOverlap']],
    ['beside another endpoint', { others: other('10.101.0.0/22') }, []],
    ['and a VPC that cannot be read', { ranges: DENIED }, ['info EndpointSettingsUnread']],
  ])('%s', (_, over, says) => {
    expect(found({ surroundings: surroundedBy(over) })).toEqual(says);
  });

  test('both ranges are in the evidence', () => {
    const [finding] = assessEndpoints(
      anEndpointWorld([
        anObservation({ surroundings: surroundedBy({ peers: peer('10.100.128.0/20') }) }),
      ]),
      remembering({}),
      NOW,
    ).findings;
    expect(finding?.evidence).toEqual([
      '10.100.0.0/16 and 10.100.128.0/20 of vpc-0b, peered by pcx-0a',
    ]);
  });
});

describe('settings', () => {
  const withSettings = (over: Partial<typeof SETTINGS>) => ({ settings: { ...SETTINGS, ...over } });
  test.each([
    ['on', true, []],
    ['off', false, ['info ConnectionLogOff']],
    ['not said', null, []],
  ])('connection log %s', (_, isLogged, says) => {
    expect(found({ fact: withSettings({ isLogged }) })).toEqual(says);
  });

  const all: ClientRouteFact = {
    destination: '0.0.0.0/0',
    subnetId: 'subnet-a',
    state: 'active',
    stateMessage: '',
  };
  const egress = (over: Partial<EgressFact>) =>
    known({ bySubnet: new Map<string, boolean>(), main: null, ...over }, NOW);
  test.each([
    ['split', true, [], egress({}), []],
    [
      'full, without a route for everything',
      false,
      [],
      egress({ main: true }),
      ['info FullTunnelWithoutEgress'],
    ],
    [
      'full, by a subnet that leads out',
      false,
      [all],
      egress({ bySubnet: new Map([['subnet-a', true]]) }),
      [],
    ],
    [
      'full, by a subnet that leads nowhere',
      false,
      [all],
      egress({ bySubnet: new Map([['subnet-a', false]]), main: true }),
      ['info FullTunnelWithoutEgress'],
    ],
    ['full, by a subnet with the main table', false, [all], egress({ main: true }), []],
    ['full, by a subnet whose table is not known', false, [all], egress({}), []],
    ['full, by a transit gateway', false, [{ ...all, subnetId: '' }], egress({ main: false }), []],
    ['not said', null, [], egress({ main: false }), []],
  ])('tunnel %s', (_, isSplit, routes, way, says) => {
    const base = surroundedBy();
    const surroundings = surroundedBy({
      routes: known([...(base.routes.known ? base.routes.value : []), ...routes], NOW),
      egress: way,
    });
    expect(found({ fact: withSettings({ isSplit }), surroundings })).toEqual(says);
  });
});

test('what cannot be read is listed as of the last turn, and ends with a turn that reads it', () => {
  const look = (surroundings: ReturnType<typeof surroundedBy> | null, memory = remembering({})) =>
    assessEndpoints(anEndpointWorld([anObservation({ surroundings })]), memory, NOW);
  const blind = look(surroundedBy({ rules: DENIED }));
  const reasons = ({ findings }: ReturnType<typeof look>) => findings.map(({ reason }) => reason);
  expect(reasons(blind)).toEqual(['EndpointSettingsUnread']);
  expect(blind.findings[0]?.evidence).toEqual([`rules of ${ENDPOINT_ID}: ${DENIED.why}`]);
  const between = look(null, blind.memory);
  expect(reasons(between)).toEqual(['EndpointSettingsUnread']);
  expect(reasons(look(surroundedBy(), between.memory))).toEqual([]);
});

test('what a pass does not read is unjudged, so that a memory that was lost calls nothing over; what it reads is not', () => {
  const fact = { settings: { ...SETTINGS, directoryIds: ['d-1'] } };
  const unjudgedOf = (surroundings: ReturnType<typeof surroundedBy> | null) =>
    assessEndpoints(anEndpointWorld([anObservation({ fact, surroundings })]), remembering({}), NOW)
      .unjudged;
  const key = unjudgedKey('DirectoryImpaired', ENDPOINT_ID);
  expect(unjudgedOf(null)).toContain(key);
  expect(unjudgedOf(surroundedBy({ directories: DENIED }))).toContain(key);
  const active = {
    directoryId: 'd-1',
    name: 'a',
    kind: 'ADConnector',
    stage: 'Active',
    stageWhy: '',
  };
  expect(unjudgedOf(surroundedBy({ directories: known([active], NOW) }))).not.toContain(key);
});
