/** Every channel's form: complete, in its own schema, bounded, and proof against names that try to be something else. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import type { Finding } from '../../../lib/core/finding.ts';
import { cut } from '../../../lib/core/text.ts';
import { ackKeyOf } from '../../../lib/incidents/acks.ts';
import { messageOf } from '../../../lib/incidents/channels.ts';
import type { Context } from '../../../lib/incidents/content.ts';
import { notificationOf } from '../../../lib/incidents/notification.ts';
import type { NotificationPlan } from '../../../lib/incidents/notificationPlan.ts';
import type { IncidentChangeKind, Notification } from '../../../lib/incidents/types.ts';
import { ACCOUNT, NOW, REGION } from '../../builders/facts.ts';
import { anIncident, DOWN, DOWN_ID } from '../../builders/notifier.ts';
import { aFinding } from '../../builders/world.ts';

const chatIn = (notification: Notification): string => messageOf(notification, 'chat').body;

const CONTEXT: Context = {
  accountId: ACCOUNT,
  region: REGION,
  mode: 'act',
  actions: [],
  held: [],
  gone: new Set(),
  ignored: new Map(),
  signature: {
    version: '1.2.3',
    dashboard: 'vpn-medic',
    docsUrl: 'https://example.com/docs',
    accountName: null,
    stage: null,
  },
  isOnRecord: true,
  mayRepeat: false,
};
const KINDS: readonly IncidentChangeKind[] = ['opened', 'updated', 'repeated', 'resolved'];

const schema: unknown = JSON.parse(
  readFileSync(new URL('../../../docs/notice.schema.json', import.meta.url), 'utf8'),
);
const isNotification = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(
  Object(schema),
);

const say = (
  finding: Finding = DOWN,
  over: Partial<NotificationPlan> = {},
  more: Partial<Context> = {},
) =>
  notificationOf(
    { kind: 'opened', lead: anIncident(finding), members: [], covered: [], ...over },
    { ...CONTEXT, ...more },
    NOW + 5_000,
  );

const named = (name: string, id = 'i-a1'): Finding => ({
  ...DOWN,
  subject: { ...DOWN.subject, id, name },
  summary: `${name} is down.`,
  evidence: [`${name} does not answer`],
  hint: `Look at ${name}.`,
});

const chatOf = (notification: ReturnType<typeof say>): string =>
  JSON.parse(chatIn(notification)).content.description;

const parsed = (json: string): Readonly<Record<string, unknown>> => JSON.parse(json);

describe('for machines', () => {
  test.each(KINDS)('%s: as docs/notice.schema.json says', (kind) => {
    const { json } = say(DOWN, { kind, members: [anIncident(named('vpn-b1', 'i-b1'))] });
    isNotification(parsed(json));
    expect(isNotification.errors ?? []).toEqual([]);
  });

  test('the schema is no formality: a notice that lacks its impact is none', () => {
    const { impact: _impact, ...rest } = parsed(say().json);
    expect(isNotification(rest)).toBe(false);
  });

  test.each([
    ['opened', 'trigger'],
    ['updated', 'trigger'],
    ['repeated', 'trigger'],
    ['resolved', 'resolve'],
  ] as const)('%s is PagerDuty’s %s of the same key', (kind, action) => {
    expect(parsed(say(DOWN, { kind }).json)).toMatchObject({
      event_action: action,
      dedup_key: DOWN_ID,
      payload: { severity: 'critical', source: 'i-a1', class: 'ApplianceDown', group: 'hq' },
    });
  });

  test('a key is never longer than 255, and two long ones that differ stay two', () => {
    const keyOf = (id: string) => parsed(say(named('x', id)).json)['dedup_key'];
    const [a, b] = [keyOf(`${'r'.repeat(400)}1`), keyOf(`${'r'.repeat(400)}2`)];
    expect(a).toMatch(/^.{1,255}$/);
    expect(a).not.toBe(b);
  });

  test('the end has the severity of the beginning, though it weighed less at last', () => {
    const lead = anIncident({ ...DOWN, severity: 'warning' }, { notifiedSeverity: 'critical' });
    expect(say(DOWN, { kind: 'resolved', lead }).attributes['severity']).toBe('critical');
  });
});

describe('for chat', () => {
  test('the custom schema: all strings or lists of strings, and the thread is the incident', () => {
    const chat = parsed(chatIn(say()));
    expect(chat).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown' },
      metadata: { threadId: DOWN_ID, eventType: 'ApplianceDown', relatedResources: ['i-a1'] },
    });
    const isText = (value: unknown): boolean =>
      typeof value === 'string' ||
      (Array.isArray(value)
        ? value.every((one) => typeof one === 'string')
        : Object.values(Object(value)).every(isText));
    expect(isText(chat)).toBe(true);
    expect(JSON.parse(chatIn(say(DOWN, { kind: 'resolved' })))).toMatchObject({
      metadata: { threadId: DOWN_ID },
    });
  });
});

describe('for pagers', () => {
  test.each([
    ['opened', 'ALARM', 'OK'],
    ['updated', 'ALARM', 'ALARM'],
    ['repeated', 'ALARM', 'ALARM'],
    ['resolved', 'OK', 'ALARM'],
  ] as const)('%s: subject and state agree on %s, coming from %s', (kind, state, before) => {
    const { subject, body } = messageOf(say(DOWN, { kind }), 'pager');
    expect(subject).toBe(`${state}: "vpn-medic ApplianceDown i-a1" in EU (Ireland)`);
    expect(parsed(body)).toMatchObject({
      AlarmName: 'vpn-medic ApplianceDown i-a1',
      NewStateValue: state,
      OldStateValue: before,
      AWSAccountId: ACCOUNT,
      Region: 'EU (Ireland)',
      StateChangeTime: '2026-11-20T21:00:05.000+0000',
      Trigger: { MetricName: 'ApplianceDown', Dimensions: [{ value: 'i-a1', name: 'appliance' }] },
    });
  });
});

describe('for people', () => {
  test('everything that the one who is woken needs', () => {
    const { text } = say(
      { ...DOWN, evidence: ['ike:500 from here: ok 3 ms, no answer', 'EC2 state: running'] },
      { covered: [anIncident(named('vpn-z9', 'i-z9'))] },
    );
    for (const part of [
      'Impact: Traffic that depends on it may not flow.',
      'Acted:    no action',
      'ike:500 from here: ok 3 ms, no answer',
      'Suppressed, same root cause (1):',
      'ApplianceDown of appliance vpn-z9 (i-z9)',
      'repeated at 2026-11-21T01:00:05.000Z',
      `Command: vpn-medic explain ${DOWN_ID} --region ${REGION}`,
      `vpn-medic ack ${DOWN_ID}`,
      'appliance vpn-a1 (i-a1, eu-west-1a, group hq)',
      `account ${ACCOUNT}, ${REGION}, mode act`,
      'Dashboard: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/vpn-medic?start=2026-11-20T20:30:00.000Z',
      'Console: https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-a1',
      'Runbook: https://example.com/docs/runbook.md#appliancedown',
      'vpn-medic 1.2.3',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('a command that the finding itself names is the command', () => {
    const hint = 'Run: aws ec2 start-instances --instance-ids i-a1';
    expect(say({ ...DOWN, hint }).text).toContain(
      'Command: aws ec2 start-instances --instance-ids i-a1',
    );
  });

  test('an id with a space is quoted for the shell', () => {
    expect(say(named('r', 'rtb-1 10.0.0.0/8')).text).toContain(
      `explain '${ACCOUNT}/${REGION}/rtb-1 10.0.0.0/8/ApplianceDown'`,
    );
  });

  test('what only observes says that nothing will be written', () => {
    expect(say(DOWN, {}, { mode: 'observe' }).text).toContain('this deployment is in mode observe');
    expect(say().text).not.toContain('is in mode observe');
  });
});

describe('over-long content', () => {
  const endless = {
    ...DOWN,
    summary: 'A sentence. '.repeat(5_000),
    evidence: Array.from({ length: 5_000 }, (_, index) => `${index} ${'x'.repeat(5_000)}`),
    hint: 'h'.repeat(50_000),
  };
  const crowd = Array.from({ length: 10_000 }, (_, index) =>
    anIncident(named('vpn', `i-${index}`)),
  );

  test('fits every channel, several times over', () => {
    const notification = say(endless, { covered: crowd, members: crowd });
    expect(Buffer.byteLength(notification.text)).toBeLessThan(20_000);
    expect(Buffer.byteLength(notification.json)).toBeLessThan(200_000);
    expect(Buffer.byteLength(chatIn(notification))).toBeLessThan(60_000);
    expect(Buffer.byteLength(messageOf(notification, 'pager').body)).toBeLessThan(10_000);
    expect(Buffer.byteLength(notification.sms)).toBeLessThanOrEqual(140);
    expect(notification.text).toContain('and 9988 more: see vpn-medic explain');
    expect(isNotification(parsed(notification.json))).toBe(true);
  });

  test.each([
    ['One. Two. Three.', 16, 'One. Two. Three.'],
    ['One. Two. Three and four.', 18, 'One. Two. [...]'],
    ['One two three four five six.', 20, 'One two three [...]'],
    ['a'.repeat(30), 20, `${'a'.repeat(14)} [...]`],
  ])('%j in %d is cut at a sentence or at least at a word: %j', (text, max, expected) => {
    expect(cut(text, max)).toBe(expected);
  });
});

describe('a name that tries to be', () => {
  const shape = (notification: Notification) => [
    notification.text.split('\n').length,
    notification.text.split('\n\n').length,
  ];

  const usual = shape(say(named('vpn')));

  test.each([
    ['a second line', 'vpn\r\nTo do: pay the attacker'],
    ['a header', 'vpn\r\nBcc: all@example.com\r\nSubject: OK'],
    ['a paragraph', 'vpn\u2028\u2029Impact: none'],
  ])('%s stays on its line', (_what, name) => {
    const notification = say(named(name));
    expect(shape(notification)).toEqual(shape(say(named('vpn'))));
    for (const line of [
      notification.subject,
      notification.sms,
      messageOf(notification, 'pager').subject ?? '',
    ]) {
      expect(line).toMatch(/^[\x20-\x7e]+$/);
    }
  });

  test('a link becomes none, by mail or in chat', () => {
    const notification = say(
      named(
        'http://evil.example [x](https://evil.example) <https://evil.example|x> www.evil.example',
      ),
    );
    const links = [
      ...notification.text.matchAll(/https?:\/\/\S+/g),
      ...chatIn(notification).matchAll(/https?:\/\/\S+/g),
    ];
    expect(links.map(String).filter((link) => link.includes('evil'))).toEqual([]);
    expect(links.length).toBeGreaterThan(0);
    expect(notification.text).not.toContain('www.evil');
  });

  test('a mention, markup or HTML becomes none in chat', () => {
    const { content } = JSON.parse(
      chatIn(
        say(
          named(
            '<!channel> @here <@U1> *bold* `code` <script>alert(1)</script> _it_ ~no~ &amp; # h',
          ),
        ),
      ),
    );
    const foreign = `${content.title} ${content.description.split('*Impact:*')[0]} ${content.nextSteps[0]}`;
    expect(foreign).not.toMatch(/[<>@`*~&#]/);
  });

  test('text that runs the other way is turned back', () => {
    const notification = say(named('vpn\u202egnihton\u2066'));
    expect(`${notification.text}${chatIn(notification)}`).not.toMatch(
      /[\u202a-\u202e\u2066-\u2069]/,
    );
  });

  test('256 emoji leaves every channel whole', () => {
    const notification = say(named('\u{1f525}'.repeat(256)));
    expect(notification.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(notification.text.isWellFormed()).toBe(true);
    expect(isNotification(parsed(notification.json))).toBe(true);
  });

  test('anything at all leaves subject, lines and schemas as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const notification = say(named(name));
        expect(notification.subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
        expect(Buffer.byteLength(notification.sms)).toBeLessThanOrEqual(140);
        expect(shape(notification)).toEqual(usual);
        expect(isNotification(parsed(notification.json))).toBe(true);
        for (const value of Object.values(notification.attributes)) expect(value).not.toBe('');
      }),
    );
  });
});

test('attributes say what SNS filters go by', () => {
  expect(say(aFinding('RouteStranded')).attributes).toEqual({
    state: 'opened',
    severity: 'critical',
    reason: 'RouteStranded',
    subject: 'i-a1',
    group: 'hq',
    region: REGION,
  });
});

describe('acknowledging from where it is read', () => {
  const lead = anIncident(DOWN);
  const stackOf = (notification: Notification) =>
    JSON.parse(chatIn(notification)).metadata.additionalContext;

  test('chat holds what the button’s command needs, and the e-mail’s link leads to the signed-in console', () => {
    const said = say();
    expect(stackOf(said)).toMatchObject({ stack: 'vpn-medic', ack: ackKeyOf(lead) });
    expect(said.text).toMatch(
      /\nAcknowledge on the dashboard: https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-west-1#dashboards\/dashboard\/vpn-medic\n/,
    );
  });

  test.each([
    ['an end', say(DOWN, { kind: 'resolved', lead: { ...lead, resolvedAt: NOW } })],
    ['what is acknowledged', say(DOWN, { kind: 'updated', lead: { ...lead, ackedAt: NOW } })],
    [
      'a stack without a dashboard',
      say(DOWN, {}, { signature: { ...CONTEXT.signature, dashboard: null } }),
    ],
  ])('%s has neither button nor link', (_what, said) => {
    expect(stackOf(said)).not.toHaveProperty('ack');
    expect(said.text).not.toContain('Acknowledge on the dashboard');
  });
});

describe('a chat message that is too long', () => {
  test('is cut before its links, and keeps them whole', () => {
    const long = { ...DOWN, summary: 'It is down and so on. '.repeat(300) };
    const description = chatOf(say(long));
    expect(description.length).toBeLessThanOrEqual(2_500);
    expect(description).toContain('[...]');
    expect(description).toMatch(/\nDashboard: https:.*\nConsole: https:.*\nRunbook: https:\S+$/);
  });

  test('without links ends with what it says', () => {
    const signature = {
      version: '1',
      dashboard: null,
      docsUrl: null,
      accountName: null,
      stage: null,
    };
    const group = { ...DOWN, subject: { ...DOWN.subject, kind: 'group' as const } };
    expect(chatOf(say(group, {}, { signature }))).toMatch(/\S$/);
  });
});
