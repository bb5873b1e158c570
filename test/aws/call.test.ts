/** Goal: lists come whole or not at all, and no server can keep us asking for ever. Method: calls that are plain functions. */
import { describe, expect, test } from '@jest/globals';
import {
  type CallContext,
  type CallResult,
  call,
  everyPage,
  everyPart,
  pieces,
  reading,
} from '../../lib/aws/call.ts';
import { AT, clock, throttled } from './strict.ts';

const { signal } = new AbortController();
const context: CallContext = { clock, service: 'ec2' };
const fails: CallResult<never> = {
  ok: false,
  fault: { kind: 'throttled', code: 'Throttling', message: '' },
};

describe('pages', () => {
  const incidentStore = ['a', 'b', 'c'];
  const pageOf = (nextToken: string | undefined) => {
    const index = Number(nextToken ?? 0);
    const isLast = index === incidentStore.length - 1;
    return { item: incidentStore[index] ?? '', ...(!isLast && { NextToken: String(index + 1) }) };
  };

  test('are read to the last one, in order', async () => {
    const asked: (string | undefined)[] = [];
    const answer = await everyPage(
      async (nextToken) => {
        asked.push(nextToken);
        return { ok: true, value: pageOf(nextToken) };
      },
      ({ item }) => [item],
    );
    expect(answer).toEqual({ ok: true, value: ['a', 'b', 'c'] });
    expect(asked).toEqual([undefined, '1', '2']);
  });

  test('that fail half-way leave nothing, not the first half', async () => {
    const answer = await everyPage(
      async (nextToken) => (nextToken === '1' ? fails : { ok: true, value: pageOf(nextToken) }),
      ({ item }) => [item],
    );
    expect(answer).toEqual(fails);
  });

  test('end at an empty token, as some emulators send it', async () => {
    const answer = await everyPage(
      async () => ({ ok: true, value: { NextToken: '' } }),
      () => [1],
    );
    expect(answer).toEqual({ ok: true, value: [1] });
  });

  test('that never end are unknown after 500', async () => {
    let pageCount = 0;
    const answer = await reading(context, 'DescribeTags', () =>
      everyPage(
        async () => {
          pageCount += 1;
          return { ok: true, value: { NextToken: 'again' } };
        },
        () => [1],
      ),
    );
    expect(answer).toEqual({
      known: false,
      at: AT,
      why: 'ec2:DescribeTags unreadable: more than 500 pages',
    });
    expect(pageCount).toBe(500);
  });
});

describe('parts', () => {
  test('are joined in the order of the question, not of the answers', async () => {
    const waits = [[30], [1], [10]];
    const answer = await everyPart(waits, async ([ms = 0]) => {
      await clock.sleep(ms);
      return { ok: true, value: [ms, ms] };
    });
    expect(answer).toEqual({ ok: true, value: [30, 30, 1, 1, 10, 10] });
  });

  test('are asked for ten at a time, so that a write never queues behind reads', async () => {
    let [openCount, openCountMax] = [0, 0];
    await everyPart(
      Array.from({ length: 35 }, (_, index) => index),
      async () => {
        openCount += 1;
        openCountMax = Math.max(openCountMax, openCount);
        await clock.sleep(1);
        openCount -= 1;
        return { ok: true, value: [] };
      },
    );
    expect(openCountMax).toBe(10);
  });

  test('fail together when one of them fails, and no further one is begun', async () => {
    let askedCount = 0;
    const answer = await everyPart(
      Array.from({ length: 100 }, (_, index) => index),
      async (index) => {
        askedCount += 1;
        return index === 3 ? fails : { ok: true, value: [index] };
      },
    );
    expect(answer).toEqual(fails);
    expect(askedCount).toBeLessThan(30);
  });

  test('of nothing are nothing, without a question', async () => {
    expect(await everyPart([], () => Promise.reject(new Error('asked')))).toEqual({
      ok: true,
      value: [],
    });
  });
});

describe('pieces', () => {
  test('hold at most their size, and each text once', () => {
    expect(pieces(['a', 'b', 'a', 'c'], 2)).toEqual([['a', 'b'], ['c']]);
    expect(pieces([], 2)).toEqual([]);
  });
});

describe('one call', () => {
  test('hands a fault of the world over as data', async () => {
    const answer = await call(context, 'DescribeTags', signal, () => Promise.reject(throttled()));
    expect(answer).toMatchObject({ ok: false, fault: { kind: 'throttled' } });
  });

  test('throws a bug on, with what it was doing and the cause', async () => {
    const bug = new TypeError('x is not a function');
    const answer = call(context, 'DescribeTags', signal, () => Promise.reject(bug));
    await expect(answer).rejects.toMatchObject({ message: 'calling ec2:DescribeTags', cause: bug });
  });
});

test('a reading is dated when it began, not when it was answered', async () => {
  let now = 1;
  const ticking: CallContext = { ...context, clock: { ...clock, now: () => now } };
  const answer = await reading(ticking, 'DescribeTags', async () => {
    now = 2;
    return { ok: true, value: [] };
  });
  expect(answer.at).toBe(1);
});

test('a bug while reading an answer is thrown, not unknown', async () => {
  const answer = reading(context, 'DescribeTags', () => Promise.reject(new RangeError('x')));
  await expect(answer).rejects.toThrow(RangeError);
});
