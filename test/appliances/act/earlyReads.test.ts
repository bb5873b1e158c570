/** Answers that were asked for while a silence still ran: when the pass uses them, and when it asks anew. */
import { expect, test } from '@jest/globals';
import { openEarlyReads } from '../../../lib/appliances/act/earlyReads.ts';
import type { Reads } from '../../../lib/appliances/act/insist.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { VirtualClock } from '../../../lib/simulator/clock.ts';

const NEVER_ABORTED = new AbortController().signal;

function open(isAnswered: (count: number) => boolean = () => true) {
  const clock = new VirtualClock(0);
  const asked: string[] = [];
  const ask = async (what: string) => {
    asked.push(what);
    return isAnswered(asked.length) ? known([], clock.now()) : unknown('throttled', clock.now());
  };
  const ec2: Reads = {
    routeTables: (of) => ask(JSON.stringify(of)),
    interfaces: (ids) => ask(`interfaces ${ids.join()}`),
    statuses: (ids) => ask(`statuses ${ids.join()}`),
  };
  return { clock, asked, ...openEarlyReads(ec2, clock) };
}

const TABLE = { tableIds: ['rtb-1'] };

test('an answer that was asked for 1,000 ms before is used, and EC2 is not asked again', async () => {
  const { clock, asked, early, fresh } = open();
  void early.routeTables(TABLE, NEVER_ABORTED);
  await clock.run(1_000);
  expect((await fresh.routeTables(TABLE, NEVER_ABORTED)).known).toBe(true);
  expect(asked).toHaveLength(1);
});

test('one that was asked for 1,001 ms before is not used', async () => {
  const { clock, asked, early, fresh } = open();
  void early.routeTables(TABLE, NEVER_ABORTED);
  await clock.run(1_001);
  await fresh.routeTables(TABLE, NEVER_ABORTED);
  expect(asked).toHaveLength(2);
});

test('an answer is used once: what is read after it is read anew', async () => {
  const { asked, early, fresh } = open();
  void early.statuses(['i-b'], NEVER_ABORTED);
  await fresh.statuses(['i-b'], NEVER_ABORTED);
  await fresh.statuses(['i-b'], NEVER_ABORTED);
  expect(asked).toEqual(['statuses i-b', 'statuses i-b']);
});

test('a fault is not used: the pass asks for itself', async () => {
  const { asked, early, fresh } = open((count) => count > 1);
  void early.interfaces(['i-b'], NEVER_ABORTED);
  expect((await fresh.interfaces(['i-b'], NEVER_ABORTED)).known).toBe(true);
  expect(asked).toHaveLength(2);
});

test('an answer about other tables, or another instance, is not used', async () => {
  const { asked, early, fresh } = open();
  void early.routeTables(TABLE, NEVER_ABORTED);
  void early.statuses(['i-b'], NEVER_ABORTED);
  await fresh.routeTables({ tableIds: ['rtb-1', 'rtb-2'] }, NEVER_ABORTED);
  await fresh.statuses(['i-c'], NEVER_ABORTED);
  expect(asked).toHaveLength(4);
});

test('what two vantages announce within 1,000 ms is asked for once', async () => {
  const { clock, asked, early } = open();
  void early.routeTables(TABLE, NEVER_ABORTED);
  await clock.run(400);
  void early.routeTables(TABLE, NEVER_ABORTED);
  expect(asked).toHaveLength(1);
});
