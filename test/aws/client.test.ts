/** Goal: three tries, then an answer, whatever the network does; and an abort ends everything. Method: the real client against a server on this machine. */
import { expect, test } from '@jest/globals';
import type { AwsCall, CallHook } from '../../lib/aws/client.ts';
import { ec2Port } from '../../lib/aws/ec2/port.ts';
import { ec2Fault, localAws, xml } from './localAws.ts';
import { clock } from './strict.ts';

const aws = localAws();
const ec2 = ec2Port('eu-west-1', clock);
const { signal } = new AbortController();
const write = {
  tableId: 'rtb-1',
  destination: '10.20.0.0/16',
  target: { kind: 'interface', id: 'eni-1' } as const,
};
const written = xml(
  '<ReplaceRouteResponse><requestId>r</requestId><return>true</return></ReplaceRouteResponse>',
);

test('the endpoint of the environment is asked', async () => {
  aws.answers(
    xml('<DescribeTagsResponse><requestId>r</requestId><tagSet/></DescribeTagsResponse>'),
  );
  expect(await ec2.tags(['vpn-medic:group'], signal)).toMatchObject({ known: true, value: [] });
  expect(aws.asked).toEqual([expect.stringContaining('Action=DescribeTags')]);
});

test('one lost connection is made good by the second try', async () => {
  aws.answers((response) => response.destroy(), written);
  expect(await ec2.replaceRoute(write, signal)).toEqual({ kind: 'written' });
  expect(aws.asked).toHaveLength(2);
});

test('one throttled try is made good by the second', async () => {
  aws.answers(ec2Fault('RequestLimitExceeded', 503), written);
  expect(await ec2.replaceRoute(write, signal)).toEqual({ kind: 'written' });
});

test('a denial is not asked twice', async () => {
  aws.answers(ec2Fault('UnauthorizedOperation', 403));
  expect(await ec2.replaceRoute(write, signal)).toMatchObject({ kind: 'refused' });
  expect(aws.asked).toHaveLength(1);
});

test('a page of HTML is no answer', async () => {
  aws.answers(xml('<html><body>Bad gateway</body></html>', 502));
  expect(await ec2.tags(['vpn-medic:group'], signal)).toMatchObject({ known: false });
  aws.answers(xml('Bad & broken <', 200));
  expect(await ec2.tags(['vpn-medic:group'], signal)).toMatchObject({ known: false });
});

test('silence ends a write after three tries of a second', async () => {
  aws.answers(() => undefined);
  expect(await ec2.replaceRoute(write, signal)).toEqual({
    kind: 'unclear',
    why: 'ec2:ReplaceRoute got no usable answer (ETIMEDOUT)',
  });
  expect(aws.asked).toHaveLength(3);
}, 60_000);

test('silence ends at once when the caller gives up', async () => {
  const stop = new AbortController();
  aws.answers(() => stop.abort());
  expect(await ec2.replaceRoute(write, stop.signal)).toEqual({
    kind: 'unclear',
    why: 'ec2:ReplaceRoute aborted',
  });
  expect(aws.asked).toHaveLength(1);
});

test('an answer that stops half-way ends at once when the caller gives up', async () => {
  const stop = new AbortController();
  aws.answers((response) => {
    response
      .writeHead(200, { 'content-length': '1000' })
      .write('<DescribeTagsResponse><requestId>r</requestId>');
    setTimeout(() => stop.abort(), 50);
  });
  expect(await ec2.tags(['vpn-medic:group'], stop.signal)).toMatchObject({
    known: false,
    why: 'ec2:DescribeTags aborted',
  });
  expect(aws.asked).toHaveLength(1);
});

test('nothing is asked when the caller has given up before', async () => {
  expect(await ec2.tags(['vpn-medic:group'], AbortSignal.abort())).toMatchObject({
    known: false,
    why: 'ec2:DescribeTags aborted',
  });
  expect(aws.asked).toEqual([]);
});

test('a hook sees each call with service, region and input, and hands over what AWS answered', async () => {
  aws.answers(written);
  const seen: AwsCall[] = [];
  const hook: CallHook = (call, send) => {
    seen.push(call);
    return send();
  };
  const port = ec2Port('eu-west-1', clock, hook);
  expect(await port.replaceRoute(write, signal)).toEqual({ kind: 'written' });
  expect(seen).toMatchObject([
    {
      service: 'ec2',
      region: 'eu-west-1',
      operation: 'ReplaceRoute',
      input: { RouteTableId: 'rtb-1' },
    },
  ]);
});

test('a call that a hook answers by itself is not sent', async () => {
  const port = ec2Port('eu-west-1', clock, async () => ({ Tags: [] }));
  expect(await port.tags(['vpn-medic:group'], signal)).toMatchObject({ known: true, value: [] });
  expect(aws.asked).toEqual([]);
});
