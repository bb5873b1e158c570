/** Answers that are not whole: over a real HTTP server, so that the SDK's own parser is behind the check. */
import { describe, expect, test } from '@jest/globals';
import { ec2Port } from '../../../lib/aws/ec2/port.ts';
import { ec2Fault, localAws, xml } from '../localAws.ts';
import { clock } from '../strict.ts';

const WHOLE =
  '<?xml version="1.0" encoding="UTF-8"?>\n<DescribeTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><tagSet/></DescribeTagsResponse>';

const aws = localAws();
const port = () => ec2Port('eu-west-1', clock);
const read = () => port().tags(['k'], new AbortController().signal);

describe('an answer with HTTP 200', () => {
  test('that is whole and empty is an empty list', async () => {
    aws.answers(xml(WHOLE));
    expect(await read()).toMatchObject({ known: true, value: [] });
  });

  test.each([
    ['without a body', ''],
    ['that is an HTML page', '<html><body>It works</body></html>'],
    ['of another operation', WHOLE.replaceAll('DescribeTags', 'DescribeVpcs')],
    ['without a request id', WHOLE.replace(/<requestId>.*<\/requestId>/, '')],
    ['that ends half-way', WHOLE.slice(0, -10)],
  ])('%s is unknown, not empty', async (_, body) => {
    aws.answers(xml(body));
    const reading = await read();
    expect(reading).toMatchObject({ known: false });
    expect(JSON.stringify(reading)).toContain('got no usable answer');
  });
});

test('an error keeps the name that AWS gives it', async () => {
  aws.answers(ec2Fault('UnauthorizedOperation', 403));
  expect(JSON.stringify(await read())).toContain('denied (UnauthorizedOperation)');
});

test('a write whose answer is not whole is unclear: it may have been made', async () => {
  aws.answers(xml(''));
  const write = {
    tableId: 'rtb-1',
    destination: '10.0.0.0/8',
    target: { kind: 'interface', id: 'eni-1' } as const,
  };
  expect(await port().replaceRoute(write, new AbortController().signal)).toMatchObject({
    kind: 'unclear',
  });
});
