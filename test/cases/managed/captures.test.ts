/** What people reported of connections and endpoints, as captures: each with what must be notified, and nothing else. */
import { describe, expect, test } from '@jest/globals';
import { expectTimeline, linesOf, playFile } from '../play.ts';

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    '01-s1',
    'a connection that is modified while it is down stays down',
    ['+1:00 notified CRITICAL ConnectionDown vpn-01'],
  ],
  [
    '04-bgp-then-ipsec',
    'one outage of changing nature is one incident, resolved when a tunnel is up with routes',
    [
      '+2:00 notified CRITICAL ConnectionDown vpn-01',
      '+11:00 notified RESOLVED ConnectionDown vpn-01',
    ],
  ],
  ['08-new-connection', 'a connection that was never up is no outage', []],
  [
    '09-stale',
    'a connection that is down for 400 days is a warning, once',
    ['+0:00 notified WARNING LongDown vpn-01'],
  ],
  [
    '12-off-at-night',
    'an endpoint without associations is an outage until it is available again',
    [
      '+30:00 notified CRITICAL EndpointUnavailable cvpn-endpoint-0a',
      '+165:00 notified RESOLVED EndpointUnavailable cvpn-endpoint-0a',
    ],
  ],
  ['12-quiet-at-night', 'not so in its quiet hours', []],
  ['12-never-up', 'an endpoint that is being associated for the first time is no outage', []],
  [
    '13-zero-both-alert',
    'no route accepted on both tunnels is a loss of the data path',
    ['+2:00 notified CRITICAL ConnectionDown vpn-01'],
  ],
  [
    '15-asa-swap',
    'a device that brings up one tunnel at a time is one known state',
    ['+0:00 notified WARNING SingleTunnelUsed vpn-01'],
  ],
  [
    '37-long-name',
    'a name of 86 characters hides neither severity nor reason',
    [
      '+2:00 notified WARNING TunnelDown vpn-01/192.0.2.1',
      '+4:00 notified CRITICAL ConnectionDown vpn-01',
      '+6:00 notified RESOLVED ConnectionDown vpn-01',
      '+6:00 notified RESOLVED TunnelDown vpn-01/192.0.2.1',
    ],
  ],
  [
    '45-full',
    'more connections than AWS advises for the range',
    [
      '+0:00 notified WARNING EndpointNearCapacity cvpn-endpoint-0a',
      '+15:00 notified CRITICAL EndpointNearCapacity cvpn-endpoint-0a',
    ],
  ],
  [
    '46-association-failed',
    'an association that failed is notified beside the single zone that is left',
    [
      '+0:00 notified WARNING AssociationFailed cvpn-endpoint-0a',
      '+0:00 notified WARNING EndpointSingleZone cvpn-endpoint-0a',
    ],
  ],
  [
    '48-pending-stuck',
    'a connection that is pending for an hour is a warning',
    ['+60:00 notified WARNING ConnectionPending vpn-01'],
  ],
];

test.each(CASES)('%s: %s', (file, _says, expected) =>
  expectTimeline(`managed/${file}.jsonl`, expected),
);

describe('10: six forgotten connections and two healthy ones', () => {
  test('are one warning, which is not repeated', async () => {
    const played = await playFile('managed/10-many-stale-first.jsonl');
    expect(linesOf(played)).toEqual([expect.stringMatching(/^\+0:00 notified WARNING LongDown /)]);
  });
});

describe('texts', () => {
  const smsOf = async (file: string) =>
    (await playFile(`managed/${file}.jsonl`)).timeline.flatMap(({ sms }) => sms ?? []);

  test('37: an SMS begins with severity, name and reason', async () => {
    const [first = ''] = await smsOf('37-long-name');
    expect(first).toMatch(/^WARNING prod-eu-central-1.*TunnelDown/);
  });

  test('38: what is cut ends with dots, not with a full stop', async () => {
    for (const file of ['38-bgp-msg', '38-nodate-flap', '38-two-opts-one-tel']) {
      for (const sms of await smsOf(file))
        expect(sms).not.toMatch(/\b(no|for 15|an|the has the)\.$/);
    }
  });

  test('39: a time that is not of today carries its date', async () => {
    expect((await smsOf('39-old-since-sms'))[0]).toMatch(/23 Nov|2026-11-23|\d+ d\b/);
  });

  test('43: every subject and every SMS names the account', async () => {
    for (const file of ['01-s1', '04-bgp-then-ipsec', '10-many-stale-first', '37-long-name']) {
      for (const { kind, title, sms } of (await playFile(`managed/${file}.jsonl`)).timeline) {
        if (kind !== 'notified') continue;
        expect(title).toContain('(111122223333)');
        expect(sms).toContain('111122223333');
      }
    }
  });

  test('45, 46: the numbers and what AWS says', async () => {
    const textOf = async (file: string) =>
      (await playFile(`managed/${file}.jsonl`)).timeline.map(({ text }) => text).join('\n');
    expect(await textOf('45-full')).toContain(
      '700 connections; AWS advises at most 512 for this range, 1,024 addresses.',
    );
    expect(await textOf('46-association-failed')).toContain('The subnet has no free addresses');
  });

  test('09: a forgotten connection is told with what it costs, and not as one tunnel of two', async () => {
    const { timeline } = await playFile('managed/09-stale.jsonl');
    const texts = timeline.map(({ text }) => text ?? '').join('\n');
    expect(texts).toContain('about 36 USD a month');
    expect(timeline.map(({ reason }) => reason)).not.toContain('SingleTunnelUsed');
  });

  test('13: a loss of all routes does not say that no traffic is lost', async () => {
    const { timeline } = await playFile('managed/13-zero-both-alert.jsonl');
    const texts = timeline.map(({ text }) => text ?? '').join('\n');
    expect(texts).toContain('AWS knows no way to the site');
    expect(texts).not.toContain('No traffic is known to be lost');
  });

  test('no text speaks of 0 ms', async () => {
    for (const file of ['01-s1', '04-bgp-then-ipsec', '13-zero-both-alert', '37-long-name']) {
      for (const { text } of (await playFile(`managed/${file}.jsonl`)).timeline)
        expect(text ?? '').not.toMatch(/\b0 ms\b/);
    }
  });

  test('04: one outage of nine minutes lasted nine minutes', async () => {
    const { timeline } = await playFile('managed/04-bgp-then-ipsec.jsonl');
    expect(timeline.filter(({ kind }) => kind === 'notified').at(-1)?.title).toContain(
      'lasted 9 min',
    );
  });

  test('40: a name beyond ASCII is transliterated in the subject', async () => {
    const [first] = (await playFile('managed/40-accent-name.jsonl')).timeline.filter(
      ({ kind }) => kind === 'notified',
    );
    expect(first?.title).toContain('Standort Muenchen - Sued');
  });
});
