/** A process that stands still must not take its own deafness for the far side's silence. The loop is really blocked. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { result } from '../../lib/probe/probe.ts';
import { askAwake, aTarget, block, isStall, never, openPeers, turns } from './peer.ts';
import { ikeReply } from './replies.ts';

const peers = openPeers();
afterEach(peers.closeAll);

describe('when the loop stands still', () => {
  let daemon: Worker;
  /** Set by the daemon, which is a thread of its own. */
  const answered = new Int32Array(new SharedArrayBuffer(4));
  let daemonPort = 0;
  beforeEach(async () => {
    daemon = new Worker(new URL('ikeResponder.ts', import.meta.url), {
      stdout: true,
      workerData: answered,
    });
    const [said] = await once(daemon.stdout, 'data');
    daemonPort = Number(String(said));
  });
  afterEach(async () => {
    await daemon.terminate();
  });

  test('an answer that came in meanwhile is up, although the timeout passed before it could be read', async () => {
    const answer = result(aTarget('ike', '127.0.0.1', daemonPort), 200, never);
    await turns(3);
    Atomics.wait(answered, 0, 0, 10_000);
    block(500);
    expect(await answer).toMatchObject({ kind: 'up' });
  });

  test('a connection that was accepted meanwhile is up too', async () => {
    const port = await peers.tcp('127.0.0.1', () => undefined);
    const answer = result(aTarget('tcp', '127.0.0.1', port), 200, never);
    // The kernel accepts on its own, as soon as the knock is out.
    await Promise.resolve();
    await turns(1);
    block(500);
    expect(await answer).toMatchObject({ kind: 'up' });
  });

  test('a refusal that came in meanwhile is down: the far side did speak', async () => {
    const port = await peers.closed('127.0.0.1', 'udp');
    const answer = result(aTarget('ike', '127.0.0.1', port), 200, never);
    block(500);
    expect(await answer).toMatchObject({ kind: 'down', why: 'refused (ECONNREFUSED)' });
  });
});

describe('silence', () => {
  test('is unknown when the loop stood still across the timeout', async () => {
    const port = await peers.udp('127.0.0.1', () => undefined);
    const answer = result(aTarget('ike', '127.0.0.1', port), 400, never);
    await turns(3);
    block(700);
    expect(await answer).toEqual({
      kind: 'unknown',
      // 300 ms, and whatever this machine adds by itself.
      why: expect.stringMatching(/^this process stalled for ([3-9]\d\d|\d{4,}) ms$/),
    });
  });

  test('is heard for 300 ms more, and then down, when the loop stood still for 300 ms of 1,000', async () => {
    const port = await peers.udp('127.0.0.1', () => undefined);
    const answer = await askAwake(async () => {
      const going = result(aTarget('ike', '127.0.0.1', port), 1_000, never);
      await turns(3);
      block(300);
      return going;
    });
    expect(answer).toMatchObject({ kind: 'down', why: 'no answer in 1000 ms' });
    expect(answer.kind === 'down' && answer.tookMs).toBeGreaterThanOrEqual(1_250);
  });

  test('is no silence when the far side speaks in the time that it is given back', async () => {
    const speaksAt = performance.now() + 2_300;
    const port = await peers.udp('127.0.0.1', (packet, copy, send) => {
      if (copy === 1) setTimeout(() => send(ikeReply(packet)), speaksAt - performance.now());
    });
    const going = result(aTarget('ike', '127.0.0.1', port), 2_000, never);
    await turns(3);
    block(600);
    const answer = await going;
    expect(answer).toMatchObject({ kind: 'up' });
    expect(answer.kind === 'up' && answer.tookMs).toBeGreaterThan(2_000);
  });

  test('is down when the loop stood still for 50 ms of 1,000', async () => {
    const port = await peers.udp('127.0.0.1', () => undefined);
    const answer = await askAwake(async () => {
      const going = result(aTarget('ike', '127.0.0.1', port), 1_000, never);
      await turns(3);
      block(50);
      return going;
    });
    expect(answer).toMatchObject({ kind: 'down', why: 'no answer in 1000 ms' });
  });

  test('is heard for longer when the loop stood still for 60 ms of 100: more than a quarter of the time', async () => {
    const port = await peers.udp('127.0.0.1', () => undefined);
    const answer = await askAwake(async () => {
      const going = result(aTarget('ike', '127.0.0.1', port), 100, never);
      await turns(3);
      block(60);
      return going;
    });
    expect(answer).toMatchObject({ kind: 'down', why: 'no answer in 100 ms' });
    // The stall is seen to within one beat of 20 ms.
    expect(answer.kind === 'down' && answer.tookMs).toBeGreaterThanOrEqual(120);
  });

  test('is unknown when the loop stands still again and again: twice the time is all it gets', async () => {
    const port = await peers.udp('127.0.0.1', () => undefined);
    const answer = result(aTarget('ike', '127.0.0.1', port), 200, never);
    const startedMs = performance.now();
    while (performance.now() - startedMs < 600) {
      block(120);
      await turns(3);
    }
    expect(isStall(await answer)).toBe(true);
  });

  test('is down for a knock that began only at the end of a standstill', async () => {
    const port = await peers.udp('127.0.0.1', () => undefined);
    const answer = await askAwake(async () => {
      const stop = new AbortController();
      // This one keeps the heartbeat going since before the standstill.
      const older = result(aTarget('ike', '127.0.0.1', port), 60_000, stop.signal);
      await turns(3);
      block(300);
      const going = result(aTarget('ike', '127.0.0.1', port), 400, never);
      const settled = await going;
      stop.abort();
      await older;
      return settled;
    });
    expect(answer).toMatchObject({ kind: 'down', why: 'no answer in 400 ms' });
  });
});
