/** Appliances that are gone for good: remembered while a route leads to them, forgotten after, and no part of the fleet. */
import { describe, expect, test } from '@jest/globals';
import { known } from '../../../lib/core/reading.ts';
import { look, reasons, type Setting } from '../../builders/assess.ts';
import { anInterface, NOW } from '../../builders/facts.ts';
import { aRoute, aTable } from '../../builders/world.ts';

describe('an appliance that is gone', () => {
  const gone = (over: Setting = {}): Setting => ({
    signals: { 'i-a1': { state: known('gone', NOW) } },
    past: { seenAt: NOW - 600_000, goodSince: null },
    ...over,
  });
  const isKept = (setting: Setting): boolean => look(setting).appliances.has('i-a1');

  test('is forgotten 10 min after the last route has left it', () => {
    expect(isKept(gone())).toBe(false);
  });

  test('is forgotten although other routes lead elsewhere', () => {
    const tables = [aTable('rtb-1', { ways: [{ cidr: '10.0.0.0/8', targetId: 'eni-b1' }] })];
    expect(isKept(gone({ tables }))).toBe(false);
  });

  test('is not remembered anew once it was forgotten, though it is still in the picture', () => {
    const { past: _past, ...forgotten } = gone();
    expect(isKept(forgotten)).toBe(false);
  });

  test('is still remembered 9 min 59.999 s after', () => {
    expect(isKept(gone({ past: { seenAt: NOW - 599_999 } }))).toBe(true);
  });

  test.each([
    ['a managed route', ['hq']],
    ['a route of an untagged table', []],
  ])('is remembered as long as %s leads to it', (_what, groups) => {
    const tables = [
      aTable('rtb-1', { groups, ways: [{ cidr: '10.0.0.0/8', targetId: 'eni-a1' }] }),
    ];
    const setting = gone({ tables });
    expect(isKept(setting)).toBe(true);
    expect(look(setting).appliances.get('i-a1')?.seenAt).toBe(NOW);
  });

  test('is remembered while anything is out of sight', () => {
    const gap = { what: 'route tables', why: 'throttled', since: NOW, zone: null };
    expect(isKept(gone({ over: { gaps: [gap] } }))).toBe(true);
  });

  test('one that is only stopped is never forgotten', () => {
    expect(isKept(gone({ signals: { 'i-a1': { state: known('stopped', NOW) } } }))).toBe(true);
  });
});

describe('an appliance that has left: terminated, and no managed route leads to it', () => {
  const left = (state: 'gone' | 'terminated' | 'stopped', nextHop: string): Setting => ({
    signals: { 'i-a1': { state: known(state, NOW) } },
    routes: [aRoute('rtb-1 10.0.0.0/8', nextHop), aRoute('rtb-2 10.0.0.0/8', 'i-b1')],
  });

  test.each(['gone', 'terminated'] as const)('%s: no finding any more', (state) => {
    expect(reasons(look(left(state, 'i-b1')))).toEqual([]);
  });

  test('stopped: it may come back, and is down', () => {
    expect(reasons(look(left('stopped', 'i-b1')))).toEqual(['ApplianceDown']);
  });

  test('as long as a route leads to it, it is down', () => {
    expect(reasons(look(left('gone', 'i-a1')))).toEqual(['ApplianceDown']);
  });

  test('those who stay are still judged', () => {
    const link = anInterface('i-b1', { hasSourceDestCheck: true });
    const setting = left('gone', 'i-b1');
    const signals = { ...setting.signals, 'i-b1': { interfaces: known([link], NOW) } };
    expect(reasons(look({ ...setting, signals }))).toEqual(['SourceDestCheckOn']);
  });
});
