/** Goal: each invocation's log lines name it, and no error is lost. Method: handlers of a few lines, and what is really printed. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { handlerOf, type Ignored, type Invocation } from '../../lib/aws/handler.ts';
import { loggerPort } from '../../lib/aws/logger.ts';
import { clock } from './strict.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const aContext = (over: Partial<Context> = {}): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'vpn-medic-prod-watchAppliances',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:watch',
  memoryLimitInMB: '256',
  awsRequestId: 'request-1',
  logGroupName: '',
  logStreamName: '',
  getRemainingTimeInMillis: () => 60_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
  ...over,
});

/** What is printed from now on, as parsed lines. */
function printed(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    jest.spyOn(process[stream], 'write').mockImplementation((line) => {
      lines.push(JSON.parse(String(line)));
      return true;
    });
  }
  return lines;
}

const settings = () => ({ region: 'eu-west-1' });
const parse = () => null;

describe('a log line', () => {
  test('holds the request id of its own invocation, also through ports made in an earlier one', async () => {
    const { write } = loggerPort('eu-west-1', clock);
    const handler = handlerOf({ settings, parse, run: async () => write('info', 'moved', {}) });
    const lines = printed();
    await handler({}, aContext());
    await handler({}, aContext({ awsRequestId: 'request-2' }));
    expect(lines).toMatchObject([
      { message: 'moved', function_request_id: 'request-1', region: 'eu-west-1' },
      { message: 'moved', function_request_id: 'request-2', region: 'eu-west-1' },
    ]);
  });
});

describe('an error', () => {
  test('is one line with every cause and every part, and fails the invocation as it is', async () => {
    const denied = new Error('ec2:DescribeTags denied');
    const error = new AggregateError(
      [new Error('watching eu-west-1', { cause: denied }), 'no error'],
      'watching 2 of 2 regions',
    );
    const handler = handlerOf({ settings, parse, run: () => Promise.reject(error) });
    const lines = printed();
    await expect(handler({}, aContext())).rejects.toBe(error);
    expect(lines).toHaveLength(1);
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        message: 'Invocation failed: watching 2 of 2 regions',
        function_request_id: 'request-1',
        error: {
          name: 'AggregateError',
          stack: expect.stringContaining('watching 2 of 2 regions'),
          errors: [
            { message: 'watching eu-west-1', cause: { message: 'ec2:DescribeTags denied' } },
            'no error',
          ],
        },
      },
    ]);
  });

  test('of settings or of an event that cannot be read is logged likewise, and nothing runs', async () => {
    const run = jest.fn(async () => 1);
    const fail = () => {
      throw new Error('VPN_MEDIC_FALL is not a number');
    };
    const lines = printed();
    await expect(handlerOf({ settings: fail, parse, run })({}, aContext())).rejects.toThrow('FALL');
    await expect(handlerOf({ settings, parse: fail, run })({}, aContext())).rejects.toThrow('FALL');
    expect(run).not.toHaveBeenCalled();
    expect(lines.map(({ level }) => level)).toEqual(['ERROR', 'ERROR']);
  });

  test('shows no field of its own, and ends where its causes go in a circle', async () => {
    const error = Object.assign(new Error('outer'), { password: 'x' });
    error.cause = error;
    const lines = printed();
    const handler = handlerOf({ settings, parse, run: () => Promise.reject(error) });
    await expect(handler({}, aContext())).rejects.toBe(error);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('password');
  });
});

describe('an event', () => {
  const read = (event: unknown): { readonly kind: 'look' } | Ignored =>
    event === 'look' ? { kind: 'look' } : { kind: 'ignored', why: 'the event is of us-east-1' };

  test('that is for this function reaches it parsed', async () => {
    const run = jest.fn(async (event: { readonly kind: 'look' }) => event.kind);
    expect(await handlerOf({ settings, parse: read, run })('look', aContext())).toBe('look');
  });

  test('that is not is answered and logged as ignored, and nothing runs', async () => {
    const run = jest.fn(async () => 'never');
    const lines = printed();
    expect(await handlerOf({ settings, parse: read, run })('other', aContext())).toEqual({
      version: 1,
      ignored: 'the event is of us-east-1',
    });
    expect(run).not.toHaveBeenCalled();
    expect(lines).toMatchObject([
      { level: 'WARN', message: 'Event ignored: the event is of us-east-1' },
    ]);
  });
});

describe('the invocation', () => {
  const seen = async (context: Partial<Context>): Promise<Invocation<unknown>> => {
    const handler = handlerOf({
      settings,
      parse,
      run: async (_event, invocation) => ({ invocation }),
    });
    const answer = await handler({}, aContext(context));
    if (!('invocation' in answer)) throw new Error('ignored');
    return answer.invocation;
  };

  test('tells the time that is left each time it is asked', async () => {
    let leftMs = 5_000;
    const { remainingMs } = await seen({ getRemainingTimeInMillis: () => leftMs });
    expect(remainingMs()).toBe(5_000);
    leftMs = 2_999;
    expect(remainingMs()).toBe(2_999);
  });

  test('ends by its signal before Lambda ends it, and fails', async () => {
    const aborted: boolean[] = [];
    const handler = handlerOf({
      settings,
      parse,
      run: (_event, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            aborted.push(true);
            resolve();
          });
        }),
    });
    const lines = printed();
    const context = aContext({ getRemainingTimeInMillis: () => 30 });
    await expect(handler({}, context)).rejects.toThrow('aborted');
    expect(aborted).toEqual([true]);
    expect(lines).toHaveLength(1);
  });

  test.each([
    ['arn:aws:lambda:eu-west-1:111122223333:function:watch', '111122223333'],
    ['arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:watch:live', '111122223333'],
    ['arn:aws:iam::111122223333:role/watch', null],
    ['', null],
  ])('of %s is of account %s', async (invokedFunctionArn, account) => {
    expect((await seen({ invokedFunctionArn })).accountId).toBe(account);
  });
});
