/** Goal: one line an entry, and metrics that no log level silences. Method: what is really printed is read back. */

import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { loggerPort } from '../../lib/aws/logger.ts';
import type { Measures } from '../../lib/core/measures.ts';
import { AT, clock } from './strict.ts';

afterEach(() => {
  jest.restoreAllMocks();
  delete process.env['POWERTOOLS_LOG_LEVEL'];
});

describe('the log', () => {
  test.each([
    ['info', 'INFO', 'stdout'],
    ['warn', 'WARN', 'stderr'],
    ['error', 'ERROR', 'stderr'],
  ] as const)('writes one line of JSON at %s', (level, LEVEL, stream) => {
    const print = jest.spyOn(process[stream], 'write').mockReturnValue(true);
    loggerPort('eu-west-1', clock).write(level, 'vpn-a is down', { route: 'rtb-1 10.0.0.0/8' });
    expect(print).toHaveBeenCalledTimes(1);
    const line = String(print.mock.calls[0]?.[0]);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toMatchObject({
      level: LEVEL,
      message: 'vpn-a is down',
      service: 'vpn-medic',
      region: 'eu-west-1',
      route: 'rtb-1 10.0.0.0/8',
    });
  });

  test('holds no field that it was not given', () => {
    const print = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    loggerPort('eu-west-1', clock).write('info', 'm', { a: 1 });
    expect(Object.keys(JSON.parse(String(print.mock.calls[0]?.[0]))).toSorted()).toEqual([
      'a',
      'level',
      'message',
      'region',
      'sampling_rate',
      'service',
      'timestamp',
    ]);
  });
});

describe('metrics', () => {
  test('are one line that CloudWatch can read', () => {
    const lines = measured({ Heartbeat: 1, TickMs: 34 });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        _aws: {
          Timestamp: AT,
          CloudWatchMetrics: [
            {
              Namespace: 'VpnMedic',
              Dimensions: [['Region']],
              Metrics: [
                { Name: 'Heartbeat', Unit: 'Count' },
                { Name: 'TickMs', Unit: 'Milliseconds' },
              ],
            },
          ],
        },
        Region: 'eu-west-1',
        Heartbeat: 1,
        TickMs: 34,
      },
    ]);
  });

  test('leave out what is no number, and print nothing for nothing', () => {
    const [line = ''] = measured({ Heartbeat: 1, TickMs: Number.NaN });
    expect(JSON.parse(line)).not.toHaveProperty('TickMs');
    expect(measured({ TickMs: Number.POSITIVE_INFINITY })).toEqual([]);
    expect(measured({})).toEqual([]);
  });

  test('leave out a zero of a sparse metric, and keep that of another', () => {
    const [line = ''] = measured({ RoutesMoved: 0, AppliancesDown: 0 });
    expect(JSON.parse(line)).toMatchObject({ AppliancesDown: 0 });
    expect(JSON.parse(line)).not.toHaveProperty('RoutesMoved');
    expect(measured({ RoutesMoved: 0 })).toEqual([]);
    expect(measured({ RoutesMoved: 1 })).toHaveLength(1);
  });

  test('go to stdout as they are, not by the console that Lambda wraps', () => {
    const print = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const wrapped = jest.spyOn(console, 'log').mockReturnValue();
    loggerPort('eu-west-1', clock).measure({ Heartbeat: 1 });
    expect(wrapped).not.toHaveBeenCalled();
    expect(print).toHaveBeenCalledTimes(1);
    expect(String(print.mock.calls[0]?.[0])).toMatch(/^\{"_aws":.*"Heartbeat":1\}\n$/);
  });

  test('are printed however quiet the log is told to be', () => {
    process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
    const print = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const lines: string[] = [];
    const sink = (line: string) => lines.push(line);
    const logger = loggerPort('eu-west-1', clock, sink, new Logger());
    logger.write('info', 'm', {});
    logger.measure({ Heartbeat: 1 });
    expect(print).not.toHaveBeenCalled();
    expect(lines).toHaveLength(1);
  });
});

describe('metrics of each resource', () => {
  const downOf = () =>
    new Map([
      ['i-a', 1],
      ['i-b', 0],
    ]);

  test('are written only where the deployment asks for them', () => {
    const lines: string[] = [];
    const logger = loggerPort('eu-west-1', clock, (line) => lines.push(line));
    logger.measureEach('ApplianceDown', () => {
      throw new Error('asked for what is not written');
    });
    expect(lines).toEqual([]);
  });

  test('have the resource as a dimension, and come once a minute', () => {
    const lines: string[] = [];
    let now = 1_000_000;
    const later = { ...clock, now: () => now };
    const logger = loggerPort('eu-west-1', later, (line) => lines.push(line), undefined, true);
    logger.measureEach('ApplianceDown', downOf);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        _aws: { CloudWatchMetrics: [{ Dimensions: [['Region', 'Resource']] }] },
        Region: 'eu-west-1',
        Resource: 'i-a',
        ApplianceDown: 1,
      },
      { Resource: 'i-b', ApplianceDown: 0 },
    ]);
    now += 54_999;
    logger.measureEach('ApplianceDown', downOf);
    expect(lines).toHaveLength(2);
    now += 1;
    logger.measureEach('ApplianceDown', downOf);
    expect(lines).toHaveLength(4);
    // A clock that goes back ends no series.
    now -= 3_600_000;
    logger.measureEach('ApplianceDown', downOf);
    expect(lines).toHaveLength(6);
  });
});

function measured(metrics: Measures): readonly string[] {
  const lines: string[] = [];
  loggerPort('eu-west-1', clock, (line) => lines.push(line)).measure(metrics);
  return lines;
}
