/** What people read: everything that matters in the first line, nothing that a tag could forge. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { applianceReport } from '../../lib/appliances/report.ts';
import type { Held, Outcome } from '../../lib/appliances/types/plan.ts';
import type { Finding } from '../../lib/core/finding.ts';
import { messageOf } from '../../lib/incidents/channels.ts';
import type { Context } from '../../lib/incidents/content.ts';
import { notificationOf } from '../../lib/incidents/notification.ts';
import type { Incident, Notification } from '../../lib/incidents/types.ts';
import { reportedReplacement } from '../../lib/siteToSite/report/replacements.ts';
import { ACCOUNT, NOW, REGION, zoneOf } from '../builders/facts.ts';
import { anIncident } from '../builders/notifier.ts';
import { aFinding, aMove, anAppliance, anAssessment, aWorld } from '../builders/world.ts';

const CONTEXT: Context = {
  accountId: ACCOUNT,
  region: REGION,
  mode: 'act',
  actions: [],
  held: [],
  gone: new Set<string>(),
  ignored: new Map(),
  signature: { version: '1.2.3', dashboard: null, docsUrl: null, accountName: null, stage: null },
  isOnRecord: true,
  mayRepeat: false,
};

const WORLD = aWorld({ appliances: [anAppliance('i-a1'), anAppliance('i-b1')] });

/** Outcomes and holds as the appliances' story tells them. */
function notified({ outcomes = [], held = [] }: Notified): Pick<Context, 'actions' | 'held'> {
  const plan = { actions: [], held };
  return applianceReport(WORLD, anAssessment(WORLD), plan, outcomes);
}

interface Notified {
  readonly outcomes?: readonly Outcome[];
  readonly held?: readonly Held[];
}

const incidentOf = (finding: Finding): Incident =>
  anIncident(finding, {
    detectedAt: NOW + 3_000,
    openedAt: NOW + 3_000,
    seenAt: NOW + 63_000,
    missedAt: NOW + 63_000,
  });

const tellOf = (
  kind: Notification['state'],
  lead: Incident,
  context: Context,
  now: number,
): Notification => notificationOf({ kind, lead, members: [], covered: [] }, context, now);

const opened = (finding: Finding, what: Notified = {}): Notification =>
  tellOf('opened', incidentOf(finding), { ...CONTEXT, ...notified(what) }, NOW + 3_000);

const done = (over: Partial<Outcome['move']> = {}): Outcome => ({
  move: aMove(over),
  at: NOW + 2_900,
  kind: 'done',
  tookMs: 200,
});

const written = (over: Partial<Outcome['move']> = {}, isUnclear = false): Outcome => ({
  ...done(over),
  kind: 'written',
  isUnclear,
  tookMs: 200,
});

const asked = (over: Partial<Outcome['move']> = {}): Outcome => written(over, true);

const aHeld = (over: Partial<Held> = {}): Held => ({
  kind: 'failover',
  routeKey: 'rtb-1 10.0.0.0/8',
  group: 'hq',
  from: 'i-a1',
  to: 'i-b1',
  rule: 'S2',
  because: 'vpn-b1 is not eligible: not proven',
  until: null,
  ...over,
});

const DOWN = aFinding('ApplianceDown');

const lines = (notification: Notification): number => notification.text.split('\n').length;

const subjectOf = (kind: Finding['subject']['kind'], id: string) => ({
  subject: { kind, id, name: id, group: null, zone: null },
});

describe('the first line', () => {
  test.each([
    [
      'moved',
      { outcomes: [done()] },
      'CRITICAL vpn-a1: ApplianceDown (111122223333), 1 route moved to vpn-b1',
    ],
    [
      'sent, and not seen in EC2 yet',
      { outcomes: [written()] },
      'CRITICAL vpn-a1: ApplianceDown (111122223333), 1 route written, not yet read back',
    ],
    [
      'sent, and the answer lost',
      { outcomes: [asked()] },
      'CRITICAL vpn-a1: ApplianceDown (111122223333), 1 route asked to move, not confirmed',
    ],
    [
      'both',
      { outcomes: [done(), written({ destination: '10.9.0.0/16' })] },
      'CRITICAL vpn-a1: ApplianceDown (111122223333), 1 route moved to vpn-b1, 1 route written, not...',
    ],
    [
      'held',
      { held: [aHeld()] },
      'CRITICAL vpn-a1: ApplianceDown (111122223333), 1 route held (S2)',
    ],
    [
      'one moved, and one held on the dead',
      { outcomes: [done()], held: [aHeld({ routeKey: 'rtb-1 pl-1' })] },
      'CRITICAL vpn-a1: ApplianceDown (111122223333), 1 route moved to vpn-b1, 1 held (S2)',
    ],
    [
      'moved, and a failback of another held',
      { outcomes: [done()], held: [aHeld({ kind: 'failback' })] },
      'CRITICAL vpn-a1: ApplianceDown (111122223333), 1 route moved to vpn-b1',
    ],
    ['neither', {}, 'CRITICAL vpn-a1: ApplianceDown (111122223333), no route moved'],
    [
      'refused',
      { outcomes: [{ ...done(), kind: 'failed', why: 'denied' } as const] },
      'CRITICAL vpn-a1: ApplianceDown (111122223333), no route moved',
    ],
  ])('says what became of the routes: %s', (_what, context, subject) => {
    expect(opened(DOWN, context).subject).toBe(subject);
  });

  test('says where the routes are that another process moved and left no record of', () => {
    const lead = incidentOf(DOWN);
    const evidence = ['rtb-1 10.0.0.0/8', 'rtb-1 10.9.0.0/16'];
    const parts = [incidentOf(aFinding('RouteAway', { evidence }))];
    const plan = { kind: 'opened', lead, members: [], covered: [], parts } as const;
    expect(notificationOf(plan, CONTEXT, NOW + 3_000).subject).toBe(
      'CRITICAL vpn-a1: ApplianceDown (111122223333), 2 routes on other appliances',
    );
  });

  test('of a region without a living endpoint speaks of endpoints, not of routes', () => {
    const finding = {
      ...aFinding('RegionDown', subjectOf('region', 'eu-west-1')),
      summary: 'No Client VPN endpoint answers (2 of 2).',
    };
    expect(tellOf('opened', incidentOf(finding), CONTEXT, NOW).subject).toBe(
      'CRITICAL eu-west-1: RegionDown (111122223333), No Client VPN endpoint answers (2 of 2).',
    );
  });

  test('names its subject once', () => {
    const finding = aFinding('EndpointUnreachable', subjectOf('endpoint', 'x-1'));
    const { name } = finding.subject;
    const lead = incidentOf({ ...finding, summary: `${name}: It does not answer.` });
    expect(tellOf('opened', lead, CONTEXT, NOW).subject).toBe(
      `CRITICAL ${name}: EndpointUnreachable (111122223333), It does not answer.`,
    );
  });

  test('says OK and how long it lasted when it is over', () => {
    const notification = tellOf('resolved', incidentOf(DOWN), CONTEXT, NOW + 93_000);
    expect(notification.subject).toBe(
      'RESOLVED vpn-a1: ApplianceDown (111122223333), lasted 1 min 3 s',
    );
  });

  test('says that it is gone for good when EC2 has terminated it, and not that it is well', () => {
    const context = { ...CONTEXT, gone: new Set(['i-a1']) };
    const notification = tellOf('resolved', incidentOf(DOWN), context, NOW + 93_000);
    expect(notification.subject).toBe(
      'RESOLVED vpn-a1: ApplianceDown (111122223333), deleted, no route leads to it',
    );
  });

  test.each([
    ['site', 'connections'],
    ['region', 'endpoints'],
  ] as const)('of a %s whose %s were deleted says that, and not that it healed', (kind, parts) => {
    const lead = incidentOf(aFinding('SiteDown', subjectOf(kind, 'x-1')));
    const tell = (gone: readonly string[]) =>
      tellOf('resolved', lead, { ...CONTEXT, gone: new Set(gone) }, NOW + 93_000);
    expect(tell(['x-1']).subject).toContain(
      `: SiteDown (111122223333), ${parts} deleted, lasted 1 min 3 s`,
    );
    expect(tell(['x-1']).text).toContain(`${parts} of it were deleted from the account`);
    expect(tell(['x-1']).text).not.toMatch(/itself or a change outside vpn-medic|no longer exists/);
    expect(tell([]).text).toContain('itself or a change outside vpn-medic');
    expect(tell([]).text).not.toContain('deleted');
  });

  test.each(['connection', 'tunnel', 'endpoint'] as const)(
    'of a %s that AWS has no more says that it is gone, and speaks neither of healing nor of routes',
    (kind) => {
      const lead = incidentOf(aFinding('ConnectionDown', subjectOf(kind, 'x-1')));
      const tell = (gone: readonly string[]) =>
        tellOf('resolved', lead, { ...CONTEXT, gone: new Set(gone) }, NOW + 93_000);
      const notification = tell(['x-1']);
      expect(notification.subject).toMatch(
        /: ConnectionDown \(111122223333\), deleted, lasted 1 min 3 s$/,
      );
      expect(notification.text).toContain('it no longer exists');
      expect(notification.text).not.toMatch(/itself or a change outside vpn-medic|no route leads/);
      expect(tell(['x-2']).subject).toMatch(/: ConnectionDown \(111122223333\), lasted 1 min 3 s$/);
      expect(tell(['x-2']).text).toContain('itself or a change outside vpn-medic');
    },
  );

  test.each(['x-1', 'site/berlin'])(
    'of what is ignored from now on (by the tag of %s) says that, and not that it healed',
    (id) => {
      const { subject } = subjectOf('connection', 'x-1');
      const finding = aFinding('ConnectionDown', {
        subject: { ...subject, within: ['site/berlin'] },
      });
      const lead = incidentOf(finding);
      const context = { ...CONTEXT, ignored: new Map([[id, 'a test']]) };
      const { subject: title, text } = tellOf('resolved', lead, context, NOW + 93_000);
      expect(title).toContain(', now ignored, lasted 1 min 3 s');
      expect(text).toContain('Impact: Not known: it was not seen well');
      expect(text).toContain('(a test)');
      expect(text).not.toMatch(/None now|itself or a change/);
    },
  );

  test('of an appliance that is tagged no more says that, and not that it healed; of one that still is, that it did', () => {
    const lead = incidentOf(DOWN);
    const tell = (watched: readonly string[]) =>
      tellOf('resolved', lead, { ...CONTEXT, watched: new Set(watched) }, NOW + 93_000);
    const { subject: title, text } = tell(['i-b1']);
    expect(title).toContain(', no longer tagged, lasted 1 min 3 s');
    expect(text).toContain('Impact: Not known: it was not seen well');
    expect(text).not.toMatch(/None now|itself or a change/);
    expect(tell(['i-a1', 'i-b1']).text).toContain('Impact: None now.');
  });

  test('says how many routes are home again, and nothing of it when none was moved', () => {
    const failedOver = incidentOf(aFinding('RouteAway'));
    const move = { kind: 'failback', from: 'i-b1', to: failedOver.subject.id } as const;
    const outcomes = [{ ...done(move), at: NOW + 60_000 }];
    const say = ({ actions }: Pick<Context, 'actions'>) =>
      tellOf('resolved', { ...failedOver, actions }, CONTEXT, NOW + 93_000).subject;
    expect(say(notified({ outcomes }))).toMatch(
      /: RouteAway \(111122223333\), 1 route failed back, lasted 1 min 3 s$/,
    );
    expect(say(CONTEXT)).toMatch(/: RouteAway \(111122223333\), lasted 1 min 3 s$/);
  });

  test.each([
    ['a newline', 'vpn\r\nCRITICAL everything: Fire'],
    ['control characters', 'vpn\u0000\u0007\u001b[31m\u0085'],
    ['line separators', 'vpn\u2028\u2029next'],
    ['emoji', '🔥'.repeat(60)],
    ['a very long name', 'x'.repeat(5_000)],
    ['leading spaces', '   vpn'],
    ['nothing', ''],
  ])(
    'stays one line of at most 99 printable ASCII characters for a name with %s',
    (_what, name) => {
      const finding = { ...DOWN, subject: { ...DOWN.subject, name } };
      expect(opened(finding).subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
    },
  );

  test('does so for any name whatever, and the text never grows a line by it', () => {
    const usual = lines(opened(DOWN));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const finding = {
          ...DOWN,
          subject: { ...DOWN.subject, name },
          summary: `${name} is down.`,
          hint: `Look at ${name}.`,
        };
        const notification = opened(finding);
        expect(notification.subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
        expect(lines(notification)).toBe(usual);
        expect(/[\p{Cc}\u2028\u2029]/u.test(notification.text.replaceAll('\n', ''))).toBe(false);
      }),
    );
  });
});

describe('the text', () => {
  test('does not say that traffic flows before EC2 shows the write', () => {
    expect(opened(DOWN, { outcomes: [done()] }).text).toContain('Traffic restored');
    const { text } = opened(DOWN, { outcomes: [written()] });
    expect(text).toContain('1 route written, not yet shown by EC2');
    expect(text).not.toContain('Traffic restored');
    expect(text).not.toContain('fail back after');
  });

  test('tells what was asked and not confirmed apart from what was done', () => {
    const { text, json } = opened(DOWN, { outcomes: [asked()] });
    expect(text).toContain('No answer from EC2 to moving 1 route');
    expect(text).toContain('- 10.0.0.0/8 in rtb-1: vpn-a1 -> vpn-b1, asked, not confirmed');
    expect(text).toContain('Acted:    no action');
    expect(text).not.toMatch(/Traffic restored|written|fail back after/);
    expect(JSON.parse(json)).toMatchObject({ actions: [{ outcome: 'asked' }], actedAt: null });
  });

  test('counts as home only what is or may be there', () => {
    const failedOver = aFinding('RouteAway');
    const failback = { kind: 'failback', from: 'i-b1', to: 'i-a1' } as const;
    const refused = {
      ...done({ ...failback, destination: '10.9.0.0/16' }),
      kind: 'failed',
    } as const;
    const outcomes = [asked(failback), { ...refused, why: 'denied' } as const];
    const lately = outcomes.map((one) => ({ ...one, at: NOW + 60_000 }));
    const { actions } = notified({ outcomes: lately });
    const { subject } = tellOf(
      'resolved',
      { ...incidentOf(failedOver), actions },
      CONTEXT,
      NOW + 93_000,
    );
    expect(subject).toContain('1 route failed back');
  });

  test('names finding, times, what was done and held, the evidence, the one thing to do, and the runbook', () => {
    const { text } = opened(aFinding('ApplianceDown', { evidence: ['EC2 state: running'] }), {
      outcomes: [done()],
      held: [aHeld({ until: NOW + 60_000 })],
    });
    for (const part of [
      'ApplianceDown of vpn-a1.',
      'Since:    2026-11-20T21:00:00.000Z',
      'Detected: 2026-11-20T21:00:03.000Z (3 s after that)',
      'Done (1 of 1 read back):',
      '- 10.0.0.0/8 in rtb-1: vpn-a1 -> vpn-b1, done',
      '- rtb-1 10.0.0.0/8 not moved to vpn-b1: rule S2, vpn-b1 is not eligible: not proven; until 2026-11-20T21:01:00.000Z',
      '- EC2 state: running',
      'To do: Look at it.',
      `account ${ACCOUNT}, ${REGION}, mode act`,
      'docs/runbook.md#appliancedown',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('tells of a held route without a target that it has nowhere to go', () => {
    expect(opened(DOWN, { held: [aHeld({ to: null, rule: 'S3' })] }).text).toContain(
      'rtb-1 10.0.0.0/8 has nowhere to go: rule S3',
    );
  });

  test.each([
    ['of another appliance', { from: 'i-c1' }, NOW],
    ['of an earlier failure', {}, NOW - 600_000],
  ])('leaves out a move %s', (_what, over, at) => {
    expect(opened(DOWN, { outcomes: [{ ...done(over), at }] }).text).not.toContain('Done');
  });
});

describe('which moves a notice tells of', () => {
  const at = (agoMs: number) => [{ ...done(), at: NOW + 3_000 - agoMs }];

  test.each([
    ['since it began, long before it was told', NOW - 60_000, 63_000, true],
    ['before it began', NOW - 60_000, 63_001, false],
    ['10 s before it was opened, when it began only then', NOW + 3_000, 10_000, true],
    ['earlier than that', NOW + 3_000, 10_001, false],
  ])('one made %s: %j', (_what, since, agoMs, isNotified) => {
    const notification = opened({ ...DOWN, since }, { outcomes: at(agoMs) });
    expect(notification.text.includes('Done')).toBe(isNotified);
  });

  test.each([
    ['when it opened', 'i-a1', NOW + 3_000, true],
    ['before', 'i-a1', NOW + 2_999, false],
    ['to another', 'i-b1', NOW + 3_000, false],
  ])('at its end, a move home made %s: %j', (_what, to, when, isNotified) => {
    const outcomes = [{ ...done({ kind: 'failback', to }), at: when }];
    const { actions } = notified({ outcomes });
    const notification = tellOf(
      'resolved',
      { ...incidentOf(DOWN), actions },
      CONTEXT,
      NOW + 93_000,
    );
    expect(notification.text.includes('Done')).toBe(isNotified);
  });
});

describe('what a move belongs to', () => {
  test.each([
    ['the appliance it leaves', 'appliance', 'i-a1', true],
    ['not the appliance it goes to', 'appliance', 'i-b1', false],
    ['its group', 'group', 'hq', true],
    ['not another group', 'group', 'lab', false],
    ['its route', 'route', 'rtb-1 10.0.0.0/8', true],
    ['not another route', 'route', 'rtb-2 10.0.0.0/8', false],
    ['not the region: it is told with the appliance', 'region', REGION, false],
    ['not a table', 'table', 'rtb-1', false],
    ['not a vantage', 'vantage', 'here', false],
    ['not a zone', 'zone', zoneOf('a'), false],
  ] as const)('%s', (_what, kind, id, belongs) => {
    const finding = aFinding('GroupDown', subjectOf(kind, id));
    expect(opened(finding, { outcomes: [done()] }).text.includes('Done')).toBe(belongs);
  });
});

test('what the region’s trouble holds back is told with the region', () => {
  const finding = aFinding('SightLost', subjectOf('region', REGION));
  expect(opened(finding, { held: [aHeld()] }).text).toContain('Held:');
});

describe('what a reader at night must not misunderstand', () => {
  const withoutNextHop = anIncident({
    ...aFinding('RouteStranded'),
    subject: subjectOf('route', 'rtb-1 10.8.0.0/24').subject,
  });
  const tunnel = anIncident(aFinding('TunnelDown'));
  const company = (...covered: readonly Incident[]) =>
    notificationOf(
      { kind: 'opened', lead: incidentOf(DOWN), members: [], covered },
      { ...CONTEXT, ...notified({ outcomes: [done()] }) },
      NOW + 3_000,
    ).subject;

  test('stranded routes are not counted among those that moved', () => {
    expect(company(withoutNextHop)).toBe(
      'CRITICAL vpn-a1: ApplianceDown (111122223333), 1 route without next hop, 1 route moved to vpn-b1',
    );
    expect(company(tunnel, withoutNextHop)).toMatch(/, 1 route without next hop, /);
    expect(company()).toMatch(/moved to vpn-b1$/);
  });

  test('an Elastic address is counted as one, beside routes and alone', () => {
    const key = { tableId: 'eipalloc-1', destination: '203.0.113.7' };
    const address = { ...key, routeKey: `${key.tableId} ${key.destination}` };
    const first = (...outcomes: readonly Outcome[]) => opened(DOWN, { outcomes }).subject;
    expect(first(done(), done(address))).toMatch(/, 1 route and 1 address moved to vpn-b1$/);
    expect(first(done(address))).toMatch(/, 1 address moved to vpn-b1$/);
    expect(first(written(address))).toMatch(/, 1 address written, not yet read back$/);
    expect(first(asked(address))).toMatch(/, 1 address asked to move, not confirmed$/);
    expect(opened(DOWN, { held: [aHeld(address)] }).subject).toMatch(/, 1 address held \(S2\)$/);
    expect(opened(DOWN, { outcomes: [done(address)] }).text).toContain(
      '1 address moved. Traffic restored',
    );
  });

  test('a tunnel endpoint whose answer was lost is not called a route', () => {
    const lead = incidentOf(aFinding('TunnelMaintenancePending', subjectOf('tunnel', 'vpn-1/1')));
    const replacement = {
      tunnelId: 'vpn-1/1',
      connectionId: 'vpn-1',
      connectionName: 'berlin',
      outsideIp: '1',
      customerGatewayId: null,
      because: 'its window is open',
    };
    const outcome = { replacement, at: NOW, kind: 'written', isUnclear: true, why: '' } as const;
    const actions = [reportedReplacement(outcome)];
    const { subject, text } = tellOf('opened', lead, { ...CONTEXT, actions }, NOW + 3_000);
    expect(subject).toContain(', 1 tunnel endpoint asked for, not');
    expect(text).not.toMatch(/\broutes?\b/);
  });

  test('more than three targets are counted', () => {
    const outcomes = ['i-b1', 'i-c1', 'i-d1', 'i-e1'].map((to) =>
      done({ to, destination: `10.9.0.0/${to.codePointAt(2) ?? 0}` }),
    );
    expect(opened(DOWN, { outcomes }).subject).toMatch(
      /4 routes moved to vpn-b1 and i-c1 and 2 more$/,
    );
    expect(opened(DOWN, { outcomes: outcomes.slice(1) }).subject).toMatch(
      /3 routes moved to i-c1 and i-d1 and i-e1$/,
    );
  });

  test('an appliance that is well again while its routes are away says that they will come home', () => {
    const failedOver = notified({ outcomes: [done()] }).actions;
    const back = notified({
      outcomes: [done(), done({ kind: 'failback', from: 'i-b1', to: 'i-a1' })],
    }).actions;
    const end = (actions: Incident['actions']) =>
      tellOf('resolved', { ...incidentOf(DOWN), actions }, CONTEXT, NOW + 93_000).text;
    expect(end(failedOver)).toContain('Its routes are still on other appliances.');
    expect(end(back)).toContain('Nothing. A new notification is sent if it recurs.');
    expect(end([])).toContain('Nothing. A new notification is sent if it recurs.');
  });

  test('what is over is not said to be down', () => {
    const { text } = tellOf('resolved', incidentOf(DOWN), CONTEXT, NOW + 93_000);
    expect(text).toMatch(/^Resolved\. Last finding: ApplianceDown of vpn-a1\./);
  });

  test('advice that is only a command is not said twice', () => {
    const hint = 'Run: aws ec2 reboot-instances --instance-ids i-a1';
    const { text } = opened({ ...DOWN, hint });
    expect(text.split('aws ec2 reboot-instances')).toHaveLength(2);
    expect(text).toContain('To do: Run this command.\nCommand: aws ec2');
  });

  test.each([
    ['Look at it.', 'Z. Look at it.'],
    [`Look at it. ${'Then at much else. '.repeat(9)}`, 'Z. Look at it.'],
    ['Look '.repeat(40), 'Z.'],
  ])('a short message holds whole advice or none: %s', (hint, end) => {
    const { sms } = opened({ ...DOWN, hint });
    expect(sms.endsWith(end)).toBe(true);
    expect(sms.length).toBeLessThanOrEqual(140);
  });

  test('a repair is not said to be read back', () => {
    const [route] = notified({ outcomes: [done()] }).actions;
    if (route === undefined) throw new Error('no deed');
    const repair = { ...route, thing: 'repair', summary: 'reboot of vpn-a1' };
    const say = (actions: Incident['actions']) =>
      tellOf('opened', { ...incidentOf(DOWN), actions }, CONTEXT, NOW + 3_000).text;
    expect(say([repair])).toContain('\nDone:\n- reboot of vpn-a1, done');
    expect(say([repair, route])).toContain('\nDone (1 of 1 read back):\n');
  });

  test.each([
    ['connection', 'the other side of this connection'],
    ['endpoint', 'may be disconnected or unable to connect'],
    ['crl', 'accept revoked certificates'],
    ['table', 'Traffic that depends on it may not flow.'],
  ] as const)('a critical finding of a %s says what it costs its users', (kind, words) => {
    expect(opened({ ...DOWN, ...subjectOf(kind, 'x-1') }).text).toContain(words);
    const warning = { ...DOWN, ...subjectOf(kind, 'x-1'), severity: 'warning' } as const;
    expect(opened(warning).text).toContain('No traffic is known to be lost because of it.');
  });
});

describe('what the table could not take', () => {
  const say = (isOnRecord: boolean, kind: Notification['state'] = 'opened') =>
    tellOf(kind, incidentOf(DOWN), { ...CONTEXT, isOnRecord }, NOW + 93_000);

  test('says in every form that its resolution may not be notified', () => {
    const notification = say(false);
    const { text, sms, json } = notification;
    const [chat, pager] = ['chat', 'pager'].map((name) => messageOf(notification, name).body);
    expect(text).toContain('The resolution may not be notified');
    expect(text).not.toContain('A notification is sent when');
    expect(text).toContain('vpn-medic check --region eu-west-1');
    expect(sms).toContain('Resolution may not be notified.');
    expect(JSON.parse(json)).toMatchObject({ endMayBeLost: true });
    expect(chat).toContain('The resolution may not be notified');
    expect(pager).toContain('An OK may not follow: close it by hand.');
  });

  test('says it even in a short message whose subject line is full', () => {
    const name = 'a-very-long-name-of-an-appliance-that-fills-the-subject-line-by-itself-and-more';
    const lead = { ...incidentOf(DOWN), subject: { ...DOWN.subject, name } };
    const { sms } = tellOf('opened', lead, { ...CONTEXT, isOnRecord: false }, NOW + 3_000);
    expect(sms).toContain('Resolution may not be notified.');
    expect(sms.length).toBeLessThanOrEqual(140);
  });

  test('says nothing of it when it is on record, or over', () => {
    for (const notification of [say(true), say(false, 'resolved')]) {
      expect(JSON.stringify(notification)).not.toMatch(/may not (be notified|follow)/);
      expect(JSON.parse(notification.json)).toMatchObject({ endMayBeLost: false });
    }
  });
});

describe('what an earlier process may have published', () => {
  const SENTENCE = 'This notification may repeat an earlier one.';

  test.each(['opened', 'resolved'] as const)('says so in every form: %s', (kind) => {
    const context = { ...CONTEXT, mayRepeat: true };
    const { text, sms, json } = tellOf(kind, incidentOf(DOWN), context, NOW + 93_000);
    expect(text).toContain(SENTENCE);
    expect(sms).toContain('May repeat an earlier one.');
    expect(sms.length).toBeLessThanOrEqual(140);
    expect(JSON.parse(json)).toMatchObject({ mayRepeat: true });
  });

  test('and says nothing of it otherwise', () => {
    const notification = tellOf('opened', incidentOf(DOWN), CONTEXT, NOW + 93_000);
    expect(JSON.stringify(notification)).not.toContain('repeat an earlier one');
    expect(JSON.parse(notification.json)).toMatchObject({ mayRepeat: false });
  });
});

describe('for machines', () => {
  test('the JSON holds the same moves and holds', () => {
    const finding = { ...DOWN, evidence: ['EC2 state: running'] };
    const json: unknown = JSON.parse(opened(finding, { outcomes: [done()], held: [aHeld()] }).json);
    expect(json).toMatchObject({
      version: 1,
      state: 'opened',
      reason: 'ApplianceDown',
      severity: 'critical',
      evidence: ['EC2 state: running'],
      hint: 'Look at it.',
      account: ACCOUNT,
      region: REGION,
      actions: [
        { outcome: 'done', details: { route: 'rtb-1 10.0.0.0/8', from: 'i-a1', to: 'i-b1' } },
      ],
      actionCount: 1,
      held: [{ rule: 'S2', until: null }],
    });
  });

  test('attributes are never empty, and hold no control characters', () => {
    const subject = { ...DOWN.subject, group: 'h\u0001q' };
    expect(opened({ ...DOWN, subject }).attributes).toEqual({
      state: 'opened',
      severity: 'critical',
      reason: 'ApplianceDown',
      subject: 'i-a1',
      region: REGION,
      group: 'h q',
    });
    const nobody = { ...DOWN.subject, group: null };
    expect(opened({ ...DOWN, subject: nobody }).attributes).not.toHaveProperty('group');
  });
});

test('an e-mail says what is lost, then what was done, then what to do, then the evidence', () => {
  const finding = { ...DOWN, hint: 'Log in.', evidence: ['no answer'] };
  const { text } = opened(finding, { outcomes: [done()] });
  const parts = ['Impact:', 'Done', 'To do:', 'Acknowledge:', 'Since:', 'Evidence:', 'Next:'];
  const places = parts.map((part) => text.indexOf(part));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
});
