/** Subject lines and short messages: what must be in them is in them, for every finding, name and script. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { FINDINGS, type Reason } from '../../../lib/core/findings/catalogue.ts';
import { ascii, gsm } from '../../../lib/core/text.ts';
import { chatOf } from '../../../lib/incidents/channels/chat.ts';
import { smsOf } from '../../../lib/incidents/channels/sms.ts';
import { shortTime, subjectLine } from '../../../lib/incidents/channels/subjectLine.ts';
import { contentOf } from '../../../lib/incidents/compose.ts';
import type { IncidentChangeKind } from '../../../lib/incidents/types.ts';
import { ACCOUNT, NOW, REGION } from '../../builders/facts.ts';
import { anIncident, DOWN } from '../../builders/notifier.ts';

const DAY = 86_400_000;
const KINDS: readonly IncidentChangeKind[] = ['opened', 'updated', 'repeated', 'resolved'];
const AGES = [0, 3 * DAY, 400 * DAY];
const COUNTS = [1, 12, 120];
const SCRIPTS = ['a', 'ß', 'é', 'Ж', '山', 'ب', '🚒', '?', '.', ' '];
const isReason = (text: string): text is Reason => text in FINDINGS;
const REASONS = Object.keys(FINDINGS).filter(isReason);

const written = (
  reason: Reason,
  name: string,
  kind: IncidentChangeKind,
  ageMs = 0,
  memberCount = 0,
  isUnsure = false,
) => {
  const finding = { ...DOWN, reason, subject: { ...DOWN.subject, name } };
  const lead = { ...anIncident(finding), since: NOW - ageMs, openedAt: NOW - ageMs };
  const members = Array.from({ length: memberCount }, (_, at) => ({ ...lead, id: `m${at}` }));
  const content = contentOf(
    { kind, lead, members, covered: [] },
    {
      accountId: ACCOUNT,
      region: REGION,
      mode: 'act',
      actions: [],
      held: [],
      gone: new Set(),
      ignored: new Map(),
      signature: { version: '1', dashboard: null, docsUrl: null, accountName: null, stage: 'prod' },
      isOnRecord: !isUnsure,
      mayRepeat: isUnsure,
    },
    NOW,
  );
  return { subject: subjectLine(content), sms: smsOf(content), content };
};

describe('the severity, the reason, the beginning of the name and the account are there', () => {
  /** What is not in the lines that should be, or is and should not. */
  const faultsOf = (
    reason: Reason,
    letter: string,
    length: number,
    kind: IncidentChangeKind,
    memberCount = 0,
    isUnsure = false,
  ) => {
    const name = letter.repeat(length);
    const ageMs = AGES[length % AGES.length] ?? 0;
    const { subject, sms } = written(reason, name, kind, ageMs, memberCount, isUnsure);
    const start = /^[?\s]*$/.test(ascii(name)) ? DOWN.subject.id : ascii(name).slice(0, 9);
    const word = kind === 'resolved' ? 'RESOLVED ' : 'CRITICAL ';
    const more = ` \\+${memberCount}: | and ${memberCount} more: `;
    const isWhole = (line: string) =>
      line.startsWith(word) &&
      line.includes(`: ${reason}`) &&
      line.includes(`${ACCOUNT} prod`) &&
      (memberCount === 0 || new RegExp(more).test(line));
    const lacks = [subject, sms].filter((line) => !isWhole(line));
    const time = shortTime(kind === 'resolved' ? NOW : NOW - ageMs, NOW);
    return [
      ...lacks,
      ...(subject.includes(` ${start}`) && /^[\x20-\x7e]{1,99}$/.test(subject) ? [] : [subject]),
      ...(sms.includes(` ${time}.`) && sms.length <= 140 && gsm(sms) === sms ? [] : [sms]),
    ];
  };

  test('for every finding with every length of the name from 0 to 256, in every script and kind', () => {
    const faults = REASONS.flatMap((reason, index) =>
      Array.from({ length: 257 }, (_, length) =>
        faultsOf(
          reason,
          SCRIPTS[(index + length) % SCRIPTS.length] ?? '',
          length,
          KINDS[(index + Math.floor(length / 3)) % KINDS.length] ?? 'opened',
        ),
      ).flat(),
    );
    expect(faults.slice(0, 5)).toEqual([]);
  });

  test('and for several things in one notification, which is named after the first of them', () => {
    const faults = REASONS.flatMap((reason, index) =>
      Array.from({ length: 65 }, (_, at) => {
        // Each length from 0 to 256 with a quarter of the reasons.
        const length = Math.min(256, 4 * at + (index % 4));
        return faultsOf(
          reason,
          SCRIPTS[(index + at) % SCRIPTS.length] ?? '',
          length,
          KINDS[(index + at) % KINDS.length] ?? 'opened',
          COUNTS[(index + Math.floor(at / 3)) % COUNTS.length],
          at % 2 === 0,
        );
      }).flat(),
    );
    expect(faults.slice(0, 5)).toEqual([]);
    const { subject, sms, content } = written('ConnectionDown', 'berlin', 'opened', 0, 3);
    expect(subject).toMatch(/^CRITICAL berlin and 3 more: ConnectionDown \(/);
    expect(sms).toMatch(/^CRITICAL berlin and 3 more: ConnectionDown/);
    expect(chatOf(content).body).toContain('CRITICAL berlin and 3 more: ConnectionDown');
  });

  test('a note that does not fit a short message is left out, and no half sentence is sent', () => {
    const ends = REASONS.flatMap((reason) =>
      COUNTS.map((count) => written(reason, 'x'.repeat(80), 'opened', 400 * DAY, count, true).sms),
    );
    expect(ends.filter((sms) => !/[.?]$/.test(sms))).toEqual([]);
    expect(ends.filter((sms) => /May repeat(?! an earlier one\.)/.test(sms))).toEqual([]);
  });

  test('a chat title of a name of 256 characters holds the reason', () => {
    const { content } = written('ConnectionDown', 'berlin '.repeat(36), 'opened');
    expect(JSON.parse(chatOf(content).body).content.title).toContain(': ConnectionDown, ');
  });

  test('for drawn ones', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...REASONS),
        fc.constantFrom(...SCRIPTS),
        fc.integer({ min: 0, max: 256 }),
        fc.constantFrom(...KINDS),
        fc.constantFrom(0, ...COUNTS),
        (reason, letter, length, kind, count) => {
          expect(faultsOf(reason, letter, length, kind, count)).toEqual([]);
        },
      ),
      { numRuns: 1_000, seed: 1 },
    );
  });

  test('a name of 86 characters is shortened, not the reason', () => {
    const { subject } = written('ApplianceDown', `berlin-${'x'.repeat(79)}`, 'opened');
    expect(subject).toBe(
      'CRITICAL berlin-xxxxxxxxxxxxxxxxxxxx...: ApplianceDown (111122223333 prod), no route moved',
    );
  });
});

describe('names beyond ASCII', () => {
  test.each([
    ['Standort München – Süd', 'Standort Muenchen - Sued', 'Standort München - Süd'],
    ['Zürich/Łódź', 'Zuerich/Lodz', 'Zürich/Lodz'],
    ['café', 'cafe', 'café'],
  ])(
    '%s is transliterated in a subject, and kept in a short message as far as GSM has it',
    (name, inSubject, inSms) => {
      const { subject, sms } = written('ApplianceDown', name, 'opened');
      expect(subject).toContain(`CRITICAL ${inSubject}: `);
      expect(sms).toContain(`CRITICAL ${inSms}: `);
    },
  );

  test('a name of which nothing can be written gives way to the id', () => {
    const { subject, sms } = written('EndpointUnreachable', '大阪本社', 'opened');
    for (const line of [subject, sms]) {
      expect(line).toContain(`CRITICAL ${DOWN.subject.id}: `);
      expect(line).not.toContain('??');
    }
  });
});

describe('the time carries a date when it is not of today', () => {
  const at = (text: string) => Date.parse(text);
  test.each([
    ['today', '2026-11-20T00:00:00Z', '00:00Z'],
    ['yesterday', '2026-11-19T23:59:59Z', '19 Nov 23:59Z'],
    ['last year', '2025-11-20T12:00:00Z', '20 Nov 2025 12:00Z'],
  ])('%s', (_, when, text) => {
    expect(shortTime(at(when), at('2026-11-20T12:30:00Z'))).toBe(text);
  });

  test('a short message of a resolution says when it ended, not when it began', () => {
    expect(written('ApplianceDown', 'hq', 'resolved', 3 * DAY).sms).toContain(
      `${shortTime(NOW, NOW)}.`,
    );
  });
});
