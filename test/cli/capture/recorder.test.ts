/** Goal: a line shows a whole answer, or says that it does not. Method: a recorder over calls with pages, refusals and faults. */
import { expect, test } from '@jest/globals';
import { openRecorder } from '../../../lib/cli/capture/recorder.ts';

const AT = Date.UTC(2026, 10, 28, 12);
const call = (operation: string, input: object) => ({
  service: 'ec2',
  region: 'eu-west-1',
  operation,
  input,
  outputSchema: undefined,
});

async function recorded(
  ...calls: readonly (readonly [input: object, answer: object | Error])[]
): Promise<readonly object[]> {
  const recorder = openRecorder(AT);
  for (const [input, answer] of calls) {
    const send = async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    };
    await recorder.onCall(call('DescribeRouteTables', input), send).catch(() => null);
  }
  return recorder.lines();
}

const refusal = (name: string, more: object, message = 'said') =>
  Object.assign(new Error(message), { name }, more);

test('pages are one answer, as the AWS CLI prints them', async () => {
  const lines = await recorded(
    [{ MaxResults: 1 }, { RouteTables: [{ id: 1 }], NextToken: 't1' }],
    [
      { MaxResults: 1, NextToken: 't1' },
      { RouteTables: [{ id: 2 }], NextToken: 't2' },
    ],
    [{ MaxResults: 1, NextToken: 't2' }, { RouteTables: [{ id: 3 }] }],
  );
  expect(lines).toEqual([
    expect.objectContaining({
      input: { MaxResults: 1 },
      output: { RouteTables: [{ id: 1 }, { id: 2 }, { id: 3 }] },
    }),
  ]);
});

test.each(['nextToken', 'PaginationToken'])(
  'services that call the token of a page %s are joined as well, and it is not kept',
  async (token) => {
    const lines = await recorded(
      [{ all: true }, { RouteTables: [{ id: 1 }], [token]: 't1' }],
      [
        { all: true, [token]: 't1' },
        { RouteTables: [{ id: 2 }], [token]: '' },
      ],
    );
    expect(lines).toEqual([
      expect.objectContaining({
        input: { all: true },
        output: { RouteTables: [{ id: 1 }, { id: 2 }] },
      }),
    ]);
  },
);

test('a list whose last pages were never read is an error, not a shorter list', async () => {
  const lines = await recorded([{}, { RouteTables: [{ id: 1 }], NextToken: 't1' }]);
  expect(lines).toEqual([expect.objectContaining({ error: expect.anything() })]);
  expect(lines[0]).not.toHaveProperty('output');
});

test('a refused second page makes the whole answer a refusal', async () => {
  const lines = await recorded(
    [{}, { RouteTables: [{ id: 1 }], NextToken: 't1' }],
    [{ NextToken: 't1' }, refusal('RequestLimitExceeded', { $fault: 'client' })],
  );
  expect(lines).toEqual([
    expect.objectContaining({ error: { name: 'RequestLimitExceeded', message: 'said' } }),
  ]);
});

test('a refusal leaves a whole answer to the same question as it is, and an answer replaces a refusal', async () => {
  const answer = { RouteTables: [{ id: 1 }] };
  const refused = refusal('RequestLimitExceeded', { $fault: 'client' });
  expect(await recorded([{}, answer], [{}, refused])).toMatchObject([{ output: answer }]);
  expect(await recorded([{}, refused], [{}, answer])).toMatchObject([{ output: answer }]);
});

test("AWS's own message is kept; that of an answer that could not be read is not, since it may quote keys", async () => {
  const [own] = await recorded([{}, refusal('AuthFailure', { $fault: 'client' }, 'not valid')]);
  expect(own).toMatchObject({ error: { name: 'AuthFailure', message: 'not valid' } });
  const [read] = await recorded([
    {},
    refusal('SyntaxError', { $metadata: {} }, 'at <pre_shared_key>abc'),
  ]);
  expect(read).toMatchObject({ error: { name: 'SyntaxError', message: '' } });
});

test('the texts under a name are found in lists and objects, each once', async () => {
  const recorder = openRecorder(AT);
  const answer = { Cards: [{ VpcId: 'vpc-1', Ids: ['sg-1', 'sg-2'] }, { VpcId: 'vpc-1' }] };
  await recorder.onCall(call('DescribeNetworkInterfaces', {}), async () => answer);
  expect(recorder.valuesOf('VpcId')).toEqual(['vpc-1']);
  expect(recorder.valuesOf('Ids')).toEqual(['sg-1', 'sg-2']);
});
