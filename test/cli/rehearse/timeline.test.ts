/** Goal: the printed timeline leaves out repetitions and nothing else. Method: hand-made events. */
import { describe, expect, test } from '@jest/globals';
import { condense } from '../../../lib/cli/rehearse/timeline.ts';
import type { TimelineEvent, TimelineKind } from '../../../lib/simulator/timeline.ts';

const event = (atMs: number, kind: TimelineKind, text: string): TimelineEvent => ({
  atMs,
  kind,
  by: 'watch-1',
  text,
});
const textsOf = (events: readonly TimelineEvent[], hasStart = true) =>
  condense(events, hasStart).lines.map(({ kind, text }) => `${kind} ${text}`);

describe('a condensed timeline', () => {
  test('of one moment come in the order of cause and effect', () => {
    const events = [
      event(5, 'notified', 'CRITICAL hq-a: ApplianceDown, 2 routes moved'),
      event(5, 'moved', '2 routes'),
      event(5, 'detected', 'ApplianceDown: hq-a'),
      event(4, 'fault', 'hq-a: host does not answer'),
    ];
    expect(condense(events, true).lines.map(({ kind }) => kind)).toEqual([
      'fault',
      'detected',
      'moved',
      'notified',
    ]);
  });

  test('say similar events of one instant once, with their number', () => {
    const seen = ['a', 'b', 'c'].map((name) => event(5, 'detected', `RouteStranded: ${name}`));
    expect(textsOf(seen)).toEqual(['detected RouteStranded: a (and 2 similar)']);
  });

  test('say similar events of two instants twice', () => {
    const seen = [1, 2].map((atMs) => event(atMs, 'detected', 'RouteStranded: a'));
    expect(textsOf(seen)).toHaveLength(2);
  });

  test('never merge what moved, nor different holds', () => {
    const moved = ['hq-b', 'hq-c'].map((name) => event(5, 'moved', `1 route hq-a -> ${name}`));
    const held = ['S2', 'S4'].map((rule) =>
      event(5, 'held', `1 route stays on hq-b: why [${rule}]`),
    );
    expect(textsOf([...moved, ...held])).toHaveLength(4);
  });

  test('say one sentence three times and count the fourth, but every fault and every move', () => {
    const four = (kind: TimelineKind, text: string) =>
      [1, 2, 3, 4].map((atMs) => event(atMs, kind, text));
    const notified = condense(four('notified', 'RESOLVED hq-a: ApplianceDown, lasted 7 s'), true);
    expect({ printed: notified.lines.length, omitted: notified.omittedCount }).toEqual({
      printed: 3,
      omitted: 1,
    });
    for (const kind of ['fault', 'recovered', 'moved'] as const) {
      expect(condense(four(kind, 'a'), true)).toMatchObject({ omittedCount: 0 });
      expect(condense(four(kind, 'a'), true).lines).toHaveLength(4);
    }
  });

  test('take the same hold at another time for the same sentence', () => {
    const held = ['10 s', '2 min', '3 min 1 s', '1 h'].map((ago, index) =>
      event(index, 'held', `1 route stays on hq-b: the group last failed over ${ago} ago [S4]`),
    );
    expect(condense(held, true).omittedCount).toBe(0);
    const minutes = [1, 2, 3, 4].map((number) =>
      event(
        number,
        'held',
        `1 route stays on hq-b: the group last failed over ${number} min ago [S4]`,
      ),
    );
    expect(condense(minutes, true).omittedCount).toBe(1);
  });

  test('leave out handovers, and what was there before the first fault where it was printed before', () => {
    const events = [
      event(1, 'detected', 'TableNotTagged: legacy'),
      event(2, 'fault', 'hq-a: host does not answer'),
      event(3, 'handover', 'watch-2 takes over from watch-1'),
    ];
    expect(textsOf(events, true)).toEqual([
      'detected TableNotTagged: legacy',
      'fault hq-a: host does not answer',
    ]);
    expect(textsOf(events, false)).toEqual(['fault hq-a: host does not answer']);
  });
});
