/** TCP knocks against real sockets: accepted, refused, never accepted, and aborted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { result } from '../../../lib/probe/probe.ts';
import { aTarget, LOOPBACKS, openPeers, probeAwake } from '../peer.ts';

const peers = openPeers();
afterEach(peers.closeAll);

describe.each(LOOPBACKS)('tcp on %s', (host) => {
  test('a port that accepts is up, without a word being said', async () => {
    const answered: Buffer[] = [];
    const port = await peers.tcp(host, (socket) =>
      socket.on('data', (chunk) => answered.push(chunk)),
    );
    const answer = await probeAwake(aTarget('tcp', host, port), 2_000);
    expect(answer).toEqual({ kind: 'up', tookMs: expect.any(Number) });
    expect(answered).toEqual([]);
  });

  test('a port where nothing listens is down at once, long before the timeout', async () => {
    const port = await peers.closed(host, 'tcp');
    const answer = await probeAwake(aTarget('tcp', host, port), 60_000);
    expect(answer).toMatchObject({ kind: 'down', why: 'refused (ECONNREFUSED)' });
  });
});

test('a listener whose queue is full, so that no answer comes, is down after the timeout', async () => {
  // It listens and never accepts, since it never comes back to its event loop.
  const stuck = spawn(process.execPath, [
    '-e',
    `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       require('node:fs').writeSync(1, String(server.address().port));
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
  ]);
  const [said] = await once(stuck.stdout, 'data');
  const port = Number(String(said));
  const queued = Array.from({ length: 4 }, () =>
    connect(port, '127.0.0.1').on('error', () => undefined),
  );
  // The kernel takes one more than the backlog says.
  await Promise.all(queued.slice(0, 2).map((socket) => once(socket, 'connect')));
  const answer = await probeAwake(aTarget('tcp', '127.0.0.1', port), 200);
  for (const socket of queued) socket.destroy();
  stuck.kill('SIGKILL');
  await once(stuck, 'exit');
  expect(answer).toMatchObject({ kind: 'down', why: 'no answer in 200 ms' });
});

test('a knock that is aborted before it begins opens nothing and is unknown', async () => {
  let connectionCount = 0;
  const port = await peers.tcp('127.0.0.1', () => {
    connectionCount += 1;
  });
  const answer = await result(aTarget('tcp', '127.0.0.1', port), 1_000, AbortSignal.abort());
  expect(answer).toEqual({ kind: 'unknown', why: 'aborted' });
  await probeAwake(aTarget('tcp', '127.0.0.1', port), 2_000);
  expect(connectionCount).toBe(1);
});

test('a knock that is aborted in the very turn it begins is unknown, not down', async () => {
  const port = await peers.closed('127.0.0.1', 'tcp');
  const stop = new AbortController();
  const answer = result(aTarget('tcp', '127.0.0.1', port), 1_000, stop.signal);
  stop.abort();
  expect(await answer).toEqual({ kind: 'unknown', why: 'aborted' });
});
