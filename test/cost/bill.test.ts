/** Goal: the bill is arithmetic that a person can follow, and keeps the promises made about it. Method: pure, and the deployment's own files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loggerPort } from '../../lib/aws/logger.ts';
import { systemClock } from '../../lib/core/time.ts';
import { askedUsd, billOf } from '../../lib/cost/bill.ts';
import { PRICES } from '../../lib/cost/prices.ts';
import { STACK } from '../../lib/cost/stack.ts';
import { DEFAULT_SETUP, type Inventory, type Setup, usageOf } from '../../lib/cost/usage.ts';
import { alarmsOfFunction } from '../../lib/monitors/functionAlarms.ts';

const NOTHING: Inventory = {
  applianceCount: 0,
  connectionCount: 0,
  tunnelCount: 0,
  connectionGroupCount: 0,
  endpointCount: 0,
  handlerCount: 0,
  federatedCount: 0,
  tableSeriesCount: 0,
};
const bill = (inventory: Partial<Inventory>, setup: Partial<Setup> = {}) =>
  billOf(usageOf({ ...NOTHING, ...inventory }, { ...DEFAULT_SETUP, ...setup }));

const SMALL = { applianceCount: 10, connectionCount: 10, tunnelCount: 20 } as const;
const LARGE = {
  connectionCount: 100,
  tunnelCount: 200,
  endpointCount: 10,
  handlerCount: 10,
  federatedCount: 10,
} as const;

describe('what is promised', () => {
  test('100 connections and 10 endpoints: at most 20 USD of GetMetricData, every endpoint with handler and SAML', () => {
    const usd = askedUsd(bill(LARGE));
    expect(usd).toBeLessThanOrEqual(20);
    expect(usd).toBeCloseTo(17.62, 2);
  });

  test('20 tunnels and 10 appliances: at most 15 USD after what is free', () => {
    expect(bill(SMALL).afterFreeUsd).toBeLessThanOrEqual(15);
  });

  test('the same without the one-second loop: at most 5 USD after what is free', () => {
    expect(bill(SMALL, { watchSeconds: 12 }).afterFreeUsd).toBeLessThanOrEqual(5);
  });

  test('nothing to watch asks CloudWatch for nothing', () => {
    expect(askedUsd(bill({}))).toBe(0);
  });
});

describe('what is switched off', () => {
  const itemsOf = (off: Setup['off']) => bill(LARGE, { off }).lines.map(({ item }) => item);

  test.each([
    ['connections', ['pollConnections', 'state and bytes of tunnels', 'two weeks of tunnels']],
    ['endpoints', ['pollEndpoints', 'two weeks of endpoints', 'CrlDaysToExpiry of endpoints']],
    ['crl', ['publishCrl']],
  ] as const)('%s=false: its lines are gone, and the others are not', (name, items) => {
    const all = itemsOf([]);
    const left = itemsOf([name]);
    for (const item of items)
      expect([all.includes(item), left.includes(item)]).toEqual([true, false]);
    expect(left.filter((item) => !all.includes(item))).toEqual([]);
    expect(left).toContain('watchAppliances');
  });

  test.each(['crl', 'repair', 'connections', 'endpoints'] as const)(
    '%s=false: fewer alarms are paid for, and the bill is smaller',
    (name) => {
      const alarms = (off: Setup['off']) =>
        bill(LARGE, { off }).lines.find(({ item }) => item === 'alarms')?.units ?? 0;
      expect(alarms([name])).toBeLessThan(alarms([]));
      expect(bill(LARGE, { off: [name] }).listUsd).toBeLessThan(bill(LARGE).listUsd);
    },
  );
});

describe('metrics of each resource', () => {
  const each = (inventory: Partial<Inventory>, setup: Partial<Setup>) =>
    bill(inventory, setup).lines.find(({ item }) => item === 'metrics of each resource');

  test('10 appliances and 20 tunnels: 30 metrics, 9 USD, and a line of the log a minute for each', () => {
    expect(each(SMALL, { isMeasuredEach: true })).toMatchObject({ units: 30, listUsd: 9 });
    const logGb = (setup: Partial<Setup>) =>
      bill(SMALL, setup).lines.find(({ price }) => price === 'logGb')?.units ?? 0;
    expect(logGb({ isMeasuredEach: true }) - logGb({})).toBeCloseTo(
      (30 * 43_200 * STACK.metricLineBytes) / 1e9,
      10,
    );
  });

  test('tunnels have none while connections=false; there is none by default', () => {
    expect(each(SMALL, { isMeasuredEach: true, off: ['connections'] })).toMatchObject({
      units: 10,
    });
    expect(each(SMALL, {})).toBeUndefined();
  });
});

describe('the event function', () => {
  const ownUsd = (instanceEventsPerDay: number) =>
    bill({}, { instanceEventsPerDay })
      .lines.filter(({ item }) => item === 'onInstanceChange')
      .reduce((sum, { listUsd }) => sum + listUsd, 0);
  const readsOf = (instanceEventsPerDay: number) =>
    bill({}, { instanceEventsPerDay }).lines.find(({ price }) => price === 'tableRead')?.units ?? 0;

  test('30,000 events a day of other instances: 0.2 s and one look at the state each, about 0.8 USD', () => {
    expect(ownUsd(30_000)).toBeCloseTo(0.78, 2);
    expect(readsOf(30_000) - readsOf(0)).toBe(30 * 30_000 * 2);
  });

  test('none in an account where no instance comes and goes', () => {
    expect(ownUsd(0)).toBe(0);
  });
});

describe('the arithmetic', () => {
  test('one endpoint, its connections asked for every five minutes: 8,640 questions, 8.64 cents', () => {
    const line = bill({ endpointCount: 1 }).lines.find(({ item }) =>
      item.startsWith('ActiveConnectionsCount'),
    );
    expect(line).toMatchObject({ price: 'metricAsked', units: 8_640 });
    expect(line?.listUsd).toBeCloseTo(0.0864, 10);
  });

  test('twice as many endpoints ask twice as much', () => {
    const one = askedUsd(bill({ endpointCount: 1 }));
    expect(askedUsd(bill({ endpointCount: 2 }))).toBeCloseTo(2 * one, 10);
    expect(one).toBeGreaterThan(0);
  });

  test('a watcher of 69 s in every minute with a quarter of a GB: 745,200 GB-seconds', () => {
    const [line] = bill({}).lines;
    expect(line).toMatchObject({ item: 'watchAppliances', units: 745_200 });
    expect(line?.listUsd).toBeCloseTo(9.936, 3);
  });

  test('what is free is given once, over all lines of one price', () => {
    const { lines } = billOf([
      { item: 'a', price: 'alarm', units: 6, how: '' },
      { item: 'b', price: 'alarm', units: 6, how: '' },
      { item: 'c', price: 'metricAsked', units: 1_000, how: '' },
    ]);
    expect(lines.map(({ afterFreeUsd }) => Math.round(afterFreeUsd * 1e6) / 1e6)).toEqual([
      0, 0.2, 0.01,
    ]);
  });

  test('the sums are those of the lines', () => {
    const { lines, listUsd, afterFreeUsd } = bill(LARGE);
    expect(lines.reduce((sum, line) => sum + line.listUsd, 0)).toBeCloseTo(listUsd, 10);
    expect(afterFreeUsd).toBeLessThan(listUsd);
  });
});

test('every price has a source of AWS itself and the day it was read on', () => {
  for (const { source, readOn, usd, freeUnits } of Object.values(PRICES)) {
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w/-]+pricing\/([\w-]+\/)?$/);
    expect(readOn).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(usd).toBeGreaterThan(0);
    expect(freeUnits).toBeGreaterThanOrEqual(0);
  }
});

describe('the stack is the one that is deployed', () => {
  const root = join(import.meta.dirname, '../..');
  const read = (file: string) => readFile(join(root, file), 'utf8');

  test.each([
    ['deploy/watchAppliances.yml', 'memorySize: ${param:watchMemoryMb}\n'],
    ['serverless.yml', `watchMemoryMb: "${STACK.memoryMb}"\n`],
    ['deploy/pollConnections.yml', `memorySize: ${STACK.memoryMb}\n`],
    ['deploy/pollEndpoints.yml', `memorySize: ${STACK.memoryMb}\n`],
  ])('%s has the memory', async (file, words) => {
    expect(await read(file)).toContain(words);
  });

  test('as many keys', async () => {
    const files = (await readdir(join(root, 'deploy'))).filter((file) => file.endsWith('.yml'));
    const texts = await Promise.all(files.map((file) => read(`deploy/${file}`)));
    expect(texts.join('\n').match(/Type: AWS::KMS::Key$/gm) ?? []).toHaveLength(STACK.keys);
  });

  test('every function is there that has alarms', async () => {
    const files = (await readdir(join(root, 'functions'))).map((file) => file.replace('.ts', ''));
    const alarmed = files.filter(
      (key) => alarmsOfFunction({ key, name: key, timeoutS: 60, memoryMb: 256 }).length > 0,
    );
    expect(new Set(alarmed.filter((key) => key !== 'repairShell'))).toEqual(
      new Set(STACK.functions),
    );
  });

  test('a line of metrics is no longer than is counted', () => {
    const lines: string[] = [];
    const logger = loggerPort('ap-southeast-2', systemClock, (line) => lines.push(line));
    logger.measure({
      Heartbeat: 1,
      TickMs: 1_234,
      SightLost: 10,
      AppliancesDown: 10,
      RoutesMoved: 100,
      MovesHeld: 100,
    });
    // CloudWatch adds 26 bytes to each entry.
    expect(lines).toHaveLength(1);
    expect((lines[0]?.length ?? 0) + 26).toBeLessThanOrEqual(STACK.metricLineBytes);
  });
});

describe('docs/cost.md', () => {
  test.each([
    ['20 tunnels and 10 appliances', bill(SMALL)],
    ['the same with watchSeconds=12', bill(SMALL, { watchSeconds: 12 })],
    ['100 connections and 10 endpoints', bill(LARGE)],
  ])('says of %s what the function says', async (_, { listUsd, afterFreeUsd, lines }) => {
    const docs = await readFile(join(import.meta.dirname, '../../docs/cost.md'), 'utf8');
    const asked = askedUsd({ lines, listUsd, afterFreeUsd });
    expect(docs).toContain(
      `| ${asked.toFixed(2)} | ${listUsd.toFixed(2)} | ${afterFreeUsd.toFixed(2)} |`,
    );
  });
});

test('the README says the same in whole dollars', async () => {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
  const [always, rarely] = [bill(SMALL), bill(SMALL, { watchSeconds: 12 })];
  expect(readme).toContain(`about ${Math.round(always.listUsd)} USD a month at list price`);
  expect(readme).toContain(`about ${Math.round(always.afterFreeUsd)} after what AWS gives`);
  expect(readme).toContain(
    `${Math.round(rarely.listUsd)} and ${Math.round(rarely.afterFreeUsd)} when it looks once a minute`,
  );
});

test('a group of connections makes its poll run all the time, one without does not', () => {
  const of = (connectionGroupCount: number) =>
    bill({ ...SMALL, connectionGroupCount }).lines.filter(
      ({ item, unit }) => item.startsWith('pollConnections') && unit.startsWith('GB'),
    );
  expect(of(1)).toMatchObject([{ item: 'pollConnections (groups, every 10 s)' }]);
  expect(of(1)[0]?.listUsd).toBeCloseTo(9.36, 2);
  expect(of(2)).toEqual(of(1));
  expect(of(0)[0]?.listUsd).toBeLessThan(0.3);
});
