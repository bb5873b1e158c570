/** One job a region, side by side: sums over all, and one that fails hides no other and is not hidden. */
import { expect, test } from '@jest/globals';
import type { PollSummary } from '../../lib/watcher/poll/pass.ts';
import { inEveryRegion, pollEveryRegion } from '../../lib/watcher/regions.ts';
import type { Summary } from '../../lib/watcher/runSummary.ts';

const summaryOf = (region: string, over: Partial<Summary> = {}): Summary => ({
  version: 1,
  region,
  ticks: 60,
  probes: 300,
  findings: 1,
  actions: 2,
  held: 3,
  notifications: 4,
  ended: 'lease',
  ...over,
});

test('the summary counts all regions, and holds each', async () => {
  const summary = await inEveryRegion(['eu-west-1', 'us-east-1'], async (region) =>
    summaryOf(region, { ticks: region === 'eu-west-1' ? 60 : 50 }),
  );
  expect(summary).toMatchObject({
    region: 'eu-west-1,us-east-1',
    ticks: 110,
    probes: 600,
    findings: 2,
    actions: 4,
    held: 6,
    notifications: 8,
    ended: 'lease',
  });
  expect(summary.regions.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
});

test('a region that fails lets the others come to their end, and then fails the invocation with its name and cause', async () => {
  const ended: string[] = [];
  const cause = new Error('bug');
  const job = async (region: string) => {
    if (region === 'us-east-1') throw cause;
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(region);
    return summaryOf(region);
  };
  const failure = await inEveryRegion(['us-east-1', 'eu-west-1'], job).catch(
    (error: unknown) => error,
  );
  expect(ended).toEqual(['eu-west-1']);
  expect(failure).toBeInstanceOf(AggregateError);
  expect(failure).toMatchObject({
    message: 'watching 1 of 2 regions',
    errors: [{ message: 'watching us-east-1', cause }],
  });
});

const pollOf = (region: string): PollSummary => ({
  version: 1,
  scope: 'connections',
  region,
  findings: 1,
  actions: 2,
  held: 3,
  notifications: 4,
});

test('a poll of several regions counts all and holds each', async () => {
  const summary = await pollEveryRegion('connections', ['eu-west-1', 'us-east-1'], async (region) =>
    pollOf(region),
  );
  expect(summary).toEqual({
    version: 1,
    scope: 'connections',
    region: 'eu-west-1,us-east-1',
    findings: 2,
    actions: 4,
    held: 6,
    notifications: 8,
    regions: [pollOf('eu-west-1'), pollOf('us-east-1')],
  });
});

test('a poll that fails in one region is told after the others have ended', async () => {
  const ended: string[] = [];
  const failure = await pollEveryRegion(
    'connections',
    ['us-east-1', 'eu-west-1'],
    async (region) => {
      if (region === 'us-east-1') throw new Error('bug');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(region);
      return pollOf(region);
    },
  ).catch((error: unknown) => error);
  expect(ended).toEqual(['eu-west-1']);
  expect(failure).toBeInstanceOf(AggregateError);
});
