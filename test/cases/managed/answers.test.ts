/**
 * Goal: whatever EC2 answers of tunnels, in whatever order, the last notification is never RESOLVED while something is
 * wrong, and nothing is notified that is not. Method: sequences of answers as captures, through the real adapters.
 */
import { describe, expect, test } from '@jest/globals';
import { linesOf, playLines } from '../play.ts';
import { answers, end, type Of, together } from './answers.ts';

const NAMELESS: Of = {};
/** Down for two weeks at minute 29. */
const LONG: Of = { since: -13.98 * 24 * 60 };
const ONE: Of = { tags: { 'vpn-medic:tunnels': '1' } };
const atSite = (id: string, of: Of = {}): Of => ({ ...of, id, tags: { 'vpn-medic:site': 'hq' } });

const played = async (lines: readonly object[], minutes: number) =>
  linesOf(await playLines([...lines, end(minutes)]), ['notified']).map((one) =>
    one.replace(' notified', '').replaceAll('vpn-01/192.0.2.', 'tunnel ').replace(' vpn-01', ''),
  );

test.each<readonly [string, Of, readonly string[], readonly string[]]>([
  [
    'deleting, and there again: it was down all the time',
    NAMELESS,
    ['0 u5 u5', '2 d d', '5 deleting d d', '8 d d', '12 u5 u5', '20'],
    ['+2:00 CRITICAL ConnectionDown', '+12:00 RESOLVED ConnectionDown'],
  ],
  [
    'deleting and deleted: over when it is deleted',
    NAMELESS,
    ['0 u5 u5', '2 d d', '5 deleting d d', '8 deleted d d', '20'],
    ['+2:00 CRITICAL ConnectionDown', '+8:00 RESOLVED ConnectionDown'],
  ],
  ['deleted while it is well', NAMELESS, ['0 u5 u5', '5 deleting d d', '9 deleted - -', '20'], []],
  [
    'no routes, then up without a count of routes: not known to be well',
    NAMELESS,
    ['0 u5 u5', '4 u0 u0', '9 u u', '12 u5 u5', '15'],
    ['+4:00 CRITICAL ConnectionDown', '+12:00 RESOLVED ConnectionDown'],
  ],
  [
    'near the limit of routes, then out of sight, unlisted, and the session ended',
    NAMELESS,
    ['0 u90 u5', '3 ? ?', '5 gone', '7 u90 u5', '9 b u5', '12 u90 u5', '15 u5 u5', '20'],
    [
      '+0:00 WARNING RouteLimitNear tunnel 1',
      '+9:00 WARNING BgpDown tunnel 1',
      '+12:00 RESOLVED BgpDown tunnel 1',
      '+15:00 RESOLVED RouteLimitNear tunnel 1',
    ],
  ],
  [
    'one tunnel used of two, down for two weeks: the warning on the one tunnel is not over',
    LONG,
    ['0 u5 d', '1 d d', '5 u5 d', '9'],
    [
      '+0:00 WARNING SingleTunnelUsed',
      '+1:00 CRITICAL ConnectionDown',
      '+5:00 RESOLVED ConnectionDown',
    ],
  ],
  [
    'down for two weeks, out of sight, and up',
    LONG,
    ['0 d d', '40 ? ?', '60 d d', '65 u5 u5', '70'],
    ['+0:00 CRITICAL ConnectionDown', '+29:00 WARNING LongDown', '+65:00 RESOLVED LongDown'],
  ],
  [
    'one tunnel down, whose last change moves while it is down: no flapping',
    NAMELESS,
    ['0 u5 u5', '2 d u5', '3 d! u5', '4 d! u5', '5 d! u5', '9 u5 u5', '12'],
    ['+2:00 WARNING TunnelDown tunnel 1', '+9:00 RESOLVED TunnelDown tunnel 1'],
  ],
  [
    'pending for long, then unlisted, then an unknown word: pending until it is available',
    NAMELESS,
    ['0 pending - -', '70 gone', '72 pending - -', '75 modifying - -', '80 d d', '85'],
    ['+60:00 WARNING ConnectionPending', '+80:00 RESOLVED ConnectionPending'],
  ],
  ['without a gateway at first sight: it leads nowhere', { gateway: {} }, ['0 d d', '9'], []],
  [
    'a tag vpn-medic:tunnels that is no count',
    { tags: { 'vpn-medic:tunnels': 'one' } },
    ['0 u5 u5', '3 gone', '5 u5 u5', '9'],
    ['+0:00 WARNING TagInvalid'],
  ],
  [
    'one tunnel by design, and it is the one without routes, then without BGP',
    ONE,
    ['0 u5 d', '3 u0 d', '5 b d', '7 d u5', '12'],
    ['+3:00 CRITICAL ConnectionDown', '+7:00 RESOLVED ConnectionDown'],
  ],
  [
    'down, left out for half an hour, and there again: taken for deleted, and down when it is back',
    NAMELESS,
    ['0 u5 u5', '2 d d', '4 gone', '30 d d', '33 u5 u5', '36'],
    [
      '+2:00 CRITICAL ConnectionDown',
      '+14:00 RESOLVED ConnectionDown',
      '+30:00 CRITICAL ConnectionDown',
      '+33:00 RESOLVED ConnectionDown',
    ],
  ],
  [
    'one down, another word for it, pending and without telemetry: not over before it is up',
    NAMELESS,
    ['0 u5 u5', '2 d u5', '4 pending d u5', '6 pending - -', '9 u5 u5', '12'],
    ['+2:00 WARNING TunnelDown tunnel 1', '+9:00 RESOLVED TunnelDown tunnel 1'],
  ],
  [
    'by static routes, with a count of 0 when it is up',
    { isStatic: true },
    ['0 u0 u0', '2 d d', '5 u0 u0', '8'],
    ['+2:00 CRITICAL ConnectionDown', '+5:00 RESOLVED ConnectionDown'],
  ],
  [
    'down while EC2 refuses to answer for long: one more warning, and over when it is seen up',
    NAMELESS,
    ['0 u5 u5', '2 d d', '5 throttled', '30 u5 u5', '34'],
    [
      '+2:00 CRITICAL ConnectionDown',
      '+7:00 WARNING ConnectionsUnread eu-west-1',
      '+30:00 RESOLVED ConnectionDown',
      '+30:00 RESOLVED ConnectionsUnread eu-west-1',
    ],
  ],
  [
    'without routes, then one without BGP, then one down: one outage until one is up with routes',
    NAMELESS,
    ['0 u5 u5', '3 u0 d', '5 b d', '7 b b', '8 u0 u0', '9 u5 u5', '12'],
    ['+3:00 CRITICAL ConnectionDown', '+9:00 RESOLVED ConnectionDown'],
  ],
  [
    'near the limit of routes, then no BGP on either: the limit is not over beside it',
    NAMELESS,
    ['0 u95 u5', '3 b b', '8 u95 u5', '10 u5 u5', '12'],
    [
      '+0:00 WARNING RouteLimitNear tunnel 1',
      '+3:00 CRITICAL ConnectionDown',
      '+8:00 RESOLVED ConnectionDown',
      '+10:00 RESOLVED RouteLimitNear tunnel 1',
    ],
  ],
  [
    'another word each minute, some of them without tunnels',
    NAMELESS,
    [
      '0 u5 u5',
      '2 d d',
      '3 modifying d d',
      '4 UPDATING - -',
      '6 "" ? ?',
      '7 modifying u5 d',
      '8 u5 u5',
      '11',
    ],
    ['+2:00 CRITICAL ConnectionDown', '+7:00 RESOLVED ConnectionDown'],
  ],
  [
    'an outage of every form, with answers left out between them',
    NAMELESS,
    [
      '0 u5 u5',
      '1 b b',
      '2 u0 d',
      '3 gone',
      '4 throttled',
      '5 UPDATING ? -',
      '6 x d',
      '8 u5 d',
      '9 u5 u5',
      '12',
    ],
    ['+1:00 CRITICAL ConnectionDown', '+8:00 RESOLVED ConnectionDown'],
  ],
])('%s', async (_, of, texts, expected) => {
  // The last says when it ends.
  const lines = answers(of, ...texts.slice(0, -1));
  expect(await played(lines, Number(texts.at(-1)))).toEqual(expected);
});

describe('a site', () => {
  test('with one tunnel left, of which nothing is known for a while, has its redundancy not back', async () => {
    const lines = together([
      [atSite('vpn-1'), ['0 u5 u5', '2 d d']],
      [atSite('vpn-2'), ['0 u5 u5', '4 d u5', '6 d ?', '9 d u5', '15 u5 u5']],
    ]);
    const redundancy = (await played(lines, 20)).filter((one) => one.includes('RedundancyLost'));
    expect(redundancy).toEqual([
      '+4:00 WARNING RedundancyLost site/hq',
      '+15:00 RESOLVED RedundancyLost site/hq',
    ]);
  });

  test('that is down and loses a connection to its owner stays down until the other is up', async () => {
    const lines = together([
      [
        atSite('vpn-1'),
        ['0 u5 u5', '2 d d', '6 modifying - -', '12 deleting - -', '14 deleted - -'],
      ],
      [atSite('vpn-2'), ['0 u5 u5', '3 d d', '20 u5 u5']],
    ]);
    expect(await played(lines, 30)).toEqual([
      '+2:00 CRITICAL ConnectionDown vpn-1',
      '+3:00 CRITICAL SiteDown site/hq',
      '+14:00 RESOLVED ConnectionDown vpn-1',
      '+20:00 RESOLVED SiteDown site/hq',
    ]);
  });

  test('that is down for two weeks becomes LongDown, one notification for all of it, and ends when one is up', async () => {
    const lines = together([
      [atSite('vpn-1', LONG), ['0 d d']],
      [atSite('vpn-2', LONG), ['0 d d', '50 u5 u5']],
    ]);
    expect(await played(lines, 55)).toEqual([
      '+0:00 CRITICAL SiteDown site/hq',
      '+29:00 WARNING LongDown site/hq',
      '+50:00 RESOLVED LongDown site/hq',
      '+51:00 WARNING LongDown vpn-1',
    ]);
  });
});
