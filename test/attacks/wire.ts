/** Wrong answers of AWS over HTTP, to the product's own clients. Each answers null, or what was concluded from them. */
import { createServer } from 'node:http';
import { metricPort } from '../../lib/aws/cloudWatch.ts';
import { storePort } from '../../lib/aws/dynamoDb/store.ts';
import { ec2Port } from '../../lib/aws/ec2/port.ts';
import { bucketPort } from '../../lib/aws/s3/bucket.ts';
import { openPauseGate, PAUSE_ID } from '../../lib/core/pause.ts';
import { systemClock as clock } from '../../lib/core/time.ts';

const { signal } = new AbortController();

/** Runs with every call to AWS answered so, one after another and then by the last, with status 200. */
async function answered<T>(body: string | readonly string[], run: () => Promise<T>): Promise<T> {
  const bodies = [body].flat();
  const server = createServer((incoming, outgoing) => {
    const next = bodies.length > 1 ? bodies.shift() : bodies[0];
    incoming.resume().once('end', () => outgoing.writeHead(200).end(next));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${address.port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
  });
  try {
    return await run();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

type Attack = () => Promise<string | null>;

export const attacks: Readonly<Record<string, Attack>> = {
  'an answer of EC2 without a body': () =>
    answered('', async () => {
      const reading = await ec2Port('eu-west-1', clock).interfaces(['i-1'], signal);
      return reading.known ? `${reading.value.length} interfaces are there` : null;
    }),

  'an answer of the state table without a body, while writes are paused': () =>
    answered('{}', async () => {
      const store = storePort('eu-west-1', 'state', clock);
      const gate = openPauseGate(store, clock);
      const now = clock.now();
      const body = { at: now, until: now + 600_000, by: 'ana', why: 'cabling' };
      gate.learn([{ id: PAUSE_ID, version: 1, body }]);
      return (await gate.ask(signal)) === null ? 'the pause is forgotten' : null;
    }),

  async 'one answer of the state table without its items, while writes are paused'() {
    const now = clock.now();
    const pause = { at: now, until: now + 600_000, by: 'ana', why: 'cabling' };
    const item = { id: { S: PAUSE_ID }, version: { N: '1' }, body: { S: JSON.stringify(pause) } };
    const [there, none] = [[item], []].map((items) =>
      JSON.stringify({ Responses: { state: items } }),
    );
    return answered([there ?? '', none ?? '', there ?? ''], async () => {
      const gate = openPauseGate(storePort('eu-west-1', 'state', clock), clock);
      await gate.ask(signal);
      return (await gate.ask(signal)) === null ? 'the pause is forgotten' : null;
    });
  },

  'an answer of CloudWatch without its list': () =>
    answered('{}', async () => {
      const listing = { namespace: 'AWS/ClientVPN', metricName: 'CrlDaysToExpiry' };
      const series = await metricPort('eu-west-1', clock).series(listing, signal);
      return series.known ? 'no endpoint has a CRL, which may be imported over it' : null;
    }),

  'a listing of the inbox without a body': () =>
    answered('', async () => {
      const listing = await bucketPort('eu-west-1', 'inbox', clock).list('issuers/', 10, signal);
      return listing.known ? 'no issuer is pinned any more' : null;
    }),
};
