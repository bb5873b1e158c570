/** Goal: the printed timeline leaves out echoes and nothing else. Method: hand-made events. */
import { describe, expect, test } from '@jest/globals';
import { beatsOf } from '../../../lib/cli/rehearse/timeline.ts';
import type { TimelineEvent, TimelineKind } from '../../../lib/simulator/timeline.ts';

const event = (atMs: number, kind: TimelineKind, text: string): TimelineEvent => ({
  atMs,
  kind,
  by: 'watch-1',
  text,
});
const textsOf = (events: readonly TimelineEvent[], hasDawn = true) =>
  beatsOf(events, hasDawn).beats.map(({ kind, text }) => `${kind} ${text}`);

describe('the beats of a timeline', () => {
  test('of one moment come in the order of cause and effect', () => {
    const events = [
      event(5, 'notified', 'CRITICAL hq-a: ApplianceDown, 2 routes moved'),
      event(5, 'moved', '2 routes'),
      event(5, 'seen', 'ApplianceDown: hq-a'),
      event(4, 'fault', 'hq-a falls silent'),
    ];
    expect(beatsOf(events, true).beats.map(({ kind }) => kind)).toEqual([
      'fault',
      'seen',
      'moved',
      'notified',
    ]);
  });

  test('say the like of one moment once, with its number', () => {
    const seen = ['a', 'b', 'c'].map((name) => event(5, 'seen', `RouteStranded: ${name}`));
    expect(textsOf(seen)).toEqual(['seen RouteStranded: a (and 2 more like it)']);
  });

  test('say the like of two moments twice', () => {
    const seen = [1, 2].map((atMs) => event(atMs, 'seen', 'RouteStranded: a'));
    expect(textsOf(seen)).toHaveLength(2);
  });

  test('never merge what moved, nor different holds', () => {
    const moved = ['hq-b', 'hq-c'].map((name) => event(5, 'moved', `1 route hq-a -> ${name}`));
    const held = ['S2', 'S4'].map((rule) => event(5, 'held', `${rule} holds 1 route at hq-b: why`));
    expect(textsOf([...moved, ...held])).toHaveLength(4);
  });

  test('say one sentence three times and count the fourth, but every fault and every move', () => {
    const four = (kind: TimelineKind, text: string) =>
      [1, 2, 3, 4].map((atMs) => event(atMs, kind, text));
    const notified = beatsOf(four('notified', 'OK hq-a: ApplianceDown, over after 7 s'), true);
    expect({ said: notified.beats.length, echoes: notified.echoCount }).toEqual({
      said: 3,
      echoes: 1,
    });
    for (const kind of ['fault', 'over', 'moved'] as const) {
      expect(beatsOf(four(kind, 'a'), true)).toMatchObject({ echoCount: 0 });
      expect(beatsOf(four(kind, 'a'), true).beats).toHaveLength(4);
    }
  });

  test('take the same hold at another time for the same sentence', () => {
    const held = ['10 s', '2 min', '3 min 1 s', '1 h'].map((ago, index) =>
      event(index, 'held', `S4 holds 1 route at hq-b: the group last failed over ${ago} ago`),
    );
    expect(beatsOf(held, true).echoCount).toBe(0);
    const minutes = [1, 2, 3, 4].map((number) =>
      event(
        number,
        'held',
        `S4 holds 1 route at hq-b: the group last failed over ${number} min ago`,
      ),
    );
    expect(beatsOf(minutes, true).echoCount).toBe(1);
  });

  test('leave out how watchers relieve each other, and the dawn where it was shown before', () => {
    const events = [
      event(1, 'seen', 'TableNotTagged: legacy'),
      event(2, 'fault', 'hq-a falls silent'),
      event(3, 'watch', 'watch-2 takes over from watch-1'),
    ];
    expect(textsOf(events, true)).toEqual([
      'seen TableNotTagged: legacy',
      'fault hq-a falls silent',
    ]);
    expect(textsOf(events, false)).toEqual(['fault hq-a falls silent']);
  });
});
