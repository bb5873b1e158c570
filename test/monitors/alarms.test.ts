/** Goal: metric, alarm and runbook hold together. Method: the catalogue against what is generated and what is written. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { METRICS } from '../../lib/core/measures.ts';
import { type Alarm, alarmResource, alarmsOf } from '../../lib/monitors/alarms.ts';
import { CATALOGUE } from '../../lib/monitors/catalogue.ts';
import { aStack, fn } from './stack.ts';

const RUNBOOK = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

describe('the catalogue', () => {
  test('has at most 20 metrics, for a series is one metric in one region', () => {
    expect(CATALOGUE.length).toBeLessThanOrEqual(20);
  });

  test('has every name that may be measured, once', () => {
    expect(CATALOGUE.map(({ name }) => name)).toEqual(Object.keys(METRICS));
  });
});

describe('alarms', () => {
  test('each alarm of the catalogue is made in each watched region, or once where its function runs once, and no other of our metrics has one', () => {
    const regions = ['eu-west-1', 'us-east-1'];
    const own = alarmsOf(aStack({ regions })).filter(({ namespace }) => namespace === 'VpnMedic');
    const alarmed = CATALOGUE.filter(({ alarm }) => alarm !== null);
    const candidates = alarmed.filter(({ isOfHome }) => !isOfHome).map(({ name }) => name);
    const ofHome = alarmed.filter(({ isOfHome }) => isOfHome).map(({ name }) => name);
    for (const region of regions) {
      const there = own.filter(({ dimensions }) => dimensions[0]?.Value === region);
      expect(there.map(({ metricName }) => metricName)).toEqual(candidates);
    }
    const home = own.filter(({ dimensions }) => typeof dimensions[0]?.Value === 'object');
    expect(home.map(({ metricName }) => metricName)).toEqual(ofHome);
    expect(own).toHaveLength(2 * candidates.length + ofHome.length);
  });

  test('a region has the alarm that DNS may follow only where several are watched', () => {
    const namesOf = (regions: readonly string[]) =>
      alarmsOf(aStack({ regions })).flatMap(({ rule, name }) =>
        rule.id === 'RegionDown' ? [name] : [],
      );
    expect(namesOf(['eu-west-1'])).toEqual([]);
    expect(namesOf(['eu-west-1', 'us-east-1'])).toEqual([
      'vpn-medic-prod-RegionDown-eu-west-1',
      'vpn-medic-prod-RegionDown-us-east-1',
    ]);
  });

  test('each has its section in the runbook, and its description leads there', () => {
    for (const alarm of alarmsOf(aStack())) {
      expect(RUNBOOK).toContain(`\n## ${alarm.rule.id}\n`);
      expect(alarmResource(alarm).Properties.AlarmDescription).toContain(
        `docs/runbook.md#${alarm.rule.id.toLowerCase()}`,
      );
    }
  });

  test('no name and no logical id comes twice, over two regions and all functions', () => {
    const all = alarmsOf(aStack({ regions: ['eu-west-1', 'us-east-1'] }));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(new Set(all.map(({ logicalId }) => logicalId)).size).toBe(all.length);
    for (const { logicalId } of all) expect(logicalId).toMatch(/^[A-Za-z0-9]+$/);
  });

  test('a heartbeat that is missing breaches, calls the watchdog and says when it is over', () => {
    const { Properties } = alarmResource(theAlarm('HeartbeatMissing'));
    expect(Properties).toMatchObject({
      Namespace: 'VpnMedic',
      Dimensions: [{ Name: 'Region', Value: 'eu-west-1' }],
      TreatMissingData: 'breaching',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      AlarmActions: [{ Ref: 'WatchdogTopic' }],
      OKActions: [{ Ref: 'WatchdogTopic' }],
    });
    // Three minutes: two watchers may fail to start, the third may not.
    expect(Properties.Period * Properties.EvaluationPeriods).toBe(180);
  });

  test('what a notice says better pages no one, and what no function can say notifies the watchdog', () => {
    const ids = (calls: 'watchdog' | 'none') => [
      ...new Set(
        alarmsOf(aStack())
          .filter(({ rule }) => rule.calls === calls)
          .map(({ rule }) => rule.id),
      ),
    ];
    expect(ids('none').toSorted()).toEqual([
      'AppliancesDown',
      'EndpointsDown',
      'RoutesMoved',
      'TunnelsDown',
    ]);
    expect(ids('watchdog').toSorted()).toEqual([
      'CrlChecksMissing',
      'CrlLifeShort',
      'DeadLetters',
      'EventsLost',
      'EventsWaiting',
      'FunctionFailing',
      'FunctionSilent',
      'FunctionSlow',
      'FunctionThrottled',
      'HeartbeatMissing',
      'NoticesUntold',
      'SightLost',
    ]);
  });
});

describe('functions', () => {
  const idsOf = (key: string) =>
    alarmsOf(aStack({ functions: [fn(key)] }))
      .filter(({ namespace }) => namespace === 'AWS/Lambda')
      .map(({ rule }) => rule.id);

  test.each([
    ['watchAppliances', ['FunctionFailing', 'FunctionThrottled']],
    ['onInstanceChange', ['FunctionFailing', 'FunctionThrottled', 'FunctionSlow', 'EventsWaiting']],
    ['pollConnections', ['FunctionFailing', 'FunctionThrottled', 'FunctionSlow', 'FunctionSilent']],
    ['repairAppliance', ['FunctionFailing', 'FunctionThrottled', 'FunctionSlow']],
    ['probe1', []],
    ['mapWidget', []],
    ['ackIncident', []],
  ])('%s has %j', (key, ids) => {
    expect(idsOf(key)).toEqual(ids);
  });

  test('is slow from 80 % of its own timeout on', () => {
    const [slow] = alarmsOf(aStack({ functions: [fn('onInstanceChange', 30)] })).filter(
      ({ rule }) => rule.id === 'FunctionSlow',
    );
    expect(slow?.rule.threshold).toBe(24_000);
    expect(slow?.rule.is).toBe('AtLeast');
  });
});

function theAlarm(id: string): Alarm {
  const [found] = alarmsOf(aStack()).filter(({ rule }) => rule.id === id);
  if (found === undefined) throw new Error(`looking for the alarm ${id}`);
  return found;
}
