/**
 * Goal: while an operator's pause lasts, no function writes, also when it begins between the plan and the write.
 * Method: each function's own scope over ports in memory; the pause is put into the table at the last moment before the
 * write. The repair function is in `test/repairs/step.test.ts`.
 */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import type { Tick } from '../../lib/appliances/types/tick.ts';
import { PAUSE_ID } from '../../lib/core/pause.ts';
import { unknown } from '../../lib/core/reading.ts';
import { leaseId } from '../../lib/watcher/lease/item.ts';
import { onEvent } from '../../lib/watcher/onEvent.ts';
import { CRL_SAFETY } from '../../lib/watcher/scopes/crls.ts';
import { watch } from '../../lib/watcher/watch.ts';
import { anAccount, leadsTo } from '../builders/account.ts';
import { aCrlFixture, type CrlFixture, look, upload } from '../builders/crls.ts';
import { NOW, REGION } from '../builders/facts.ts';
import { calm, type TestPorts } from '../builders/ports.ts';
import { aList } from '../crl/builders/list.ts';

const LEASE = leaseId(REGION, 'appliances');
const pauseFrom = (at: number, forMs = 3_600_000) => ({
  version: 1,
  at,
  until: at + forMs,
  by: 'ana',
  why: 'change',
});

const stop = (ports: TestPorts): void => {
  ports.ec2.facts = {
    ...ports.ec2.facts,
    statuses: ports.ec2.facts.statuses.map((one) =>
      one.instanceId === 'i-a1' ? { ...one, state: 'stopped' } : one,
    ),
  };
};

/** What was sent about the pause itself: `opened`, `resolved`. */
const pausesNotified = ({ notifications }: TestPorts): readonly unknown[] =>
  notifications.sent.flatMap(({ attributes, state }) =>
    attributes['reason'] === 'Paused' ? [state] : [],
  );

describe('the watcher', () => {
  function start(ports: TestPorts, onTick: (tick: Tick) => void = () => {}) {
    const stopping = new AbortController();
    const ended = watch(ports, {
      accountId: null,
      policy: DEFAULT_POLICY,
      watcherId: 'w1',
      remainingMs: () => Number.POSITIVE_INFINITY,
      signal: stopping.signal,
      onTick,
    });
    return {
      forMs: (ms: number) => ports.clock.run(ports.clock.monotonicMs() + ms),
      async stop() {
        stopping.abort();
        await ports.clock.run(ports.clock.monotonicMs() + 20_000);
        return ended;
      },
    };
  }

  test('holds every move by the rule paused, moves when it ends, and notifies both once', async () => {
    const ports = anAccount();
    const rules = new Set<string>();
    const run = start(ports, ({ plan }) => {
      for (const { kind, rule } of plan.held) if (kind === 'failover') rules.add(rule);
    });
    await run.forMs(10_000);
    ports.store.put(PAUSE_ID, pauseFrom(ports.clock.now(), 120_000));
    await run.forMs(6_000);
    stop(ports);
    await run.forMs(100_000);
    expect(ports.ec2.writes).toEqual([]);
    expect(pausesNotified(ports)).toEqual(['opened']);
    await run.forMs(120_000);
    expect(leadsTo(ports, 'rtb-a')).toBe('eni-b1');
    expect(pausesNotified(ports)).toEqual(['opened', 'resolved']);
    await run.stop();
    expect(rules).toEqual(new Set(['paused']));
  });

  test('calls it over 6 s after resume, also beside trouble of the whole region, and not before', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(10_000);
    ports.store.put(PAUSE_ID, pauseFrom(ports.clock.now()));
    await run.forMs(40_000);
    // Nothing of the region can be read: what is seen stays as it was.
    ports.ec2.statuses = async () => unknown('denied', ports.clock.now());
    await run.forMs(40_000);
    expect(pausesNotified(ports)).toEqual(['opened']);
    ports.store.put(PAUSE_ID, {});
    await run.forMs(6_000);
    expect(pausesNotified(ports)).toEqual(['opened', 'resolved']);
    await run.stop();
  });

  test('that takes over in the middle of a pause neither writes nor calls it over', async () => {
    const ports = anAccount();
    ports.store.put(PAUSE_ID, pauseFrom(NOW));
    const first = start(ports);
    await first.forMs(10_000);
    await first.stop();
    stop(ports);
    const second = start(ports);
    await second.forMs(120_000);
    await second.stop();
    expect(ports.ec2.writes).toEqual([]);
    expect(pausesNotified(ports)).toEqual(['opened']);
  });

  test('does not write when the pause begins after its plan', async () => {
    const ports = anAccount();
    const run = start(ports);
    await run.forMs(10_000);
    // The fresh read before a write, after the plan.
    const { interfaces } = ports.ec2;
    ports.ec2.interfaces = (...args) => {
      if (!ports.store.rows.has(PAUSE_ID)) ports.store.put(PAUSE_ID, pauseFrom(ports.clock.now()));
      return interfaces(...args);
    };
    stop(ports);
    await run.forMs(20_000);
    await run.stop();
    expect(ports.store.rows.has(PAUSE_ID)).toBe(true);
    expect(ports.ec2.writes).toEqual([]);
  });
});

describe('the event function', () => {
  const pass = async (ports: TestPorts) => {
    const options = { accountId: null, policy: DEFAULT_POLICY, about: [], leader: 'e1' };
    const answer = onEvent(ports, options, calm());
    await ports.clock.run(ports.clock.monotonicMs() + 30_000);
    return answer;
  };

  test.each([
    ['holds by the rule paused', NOW, []],
    ['moves after its end', NOW - 3_600_000, ['rtb-a']],
  ])('%s', async (_what, at, written) => {
    const ports = anAccount();
    stop(ports);
    ports.store.put(PAUSE_ID, pauseFrom(at));
    const answer = await pass(ports);
    expect(ports.ec2.writes.map(({ tableId }) => tableId)).toEqual(written);
    const held = answer.kind === 'passed' ? answer.tick.plan.held.map(({ rule }) => rule) : null;
    expect(held).toEqual(written.length === 0 ? ['paused'] : []);
  });

  test('does not write when the pause begins after its plan', async () => {
    const ports = anAccount();
    stop(ports);
    let renewals = 0;
    ports.store.onWrite = ({ id }) => {
      renewals += Number(id === LEASE);
      if (renewals === 2) ports.store.put(PAUSE_ID, pauseFrom(ports.clock.now()));
    };
    const answer = await pass(ports);
    expect(ports.ec2.writes).toEqual([]);
    expect(answer).toMatchObject({
      tick: { outcomes: [{ kind: 'deferred', why: expect.stringContaining('paused by ana') }] },
    });
  });
});

describe('the publisher', () => {
  const published = ({ stateStore, replica }: CrlFixture) =>
    [stateStore, replica].map((bucket) => bucket.bytes('ca.crl') !== null);

  test('neither publishes nor imports, and does both after the end', async () => {
    const fixture = aCrlFixture();
    fixture.endpoints.add({ endpointId: 'cvpn-endpoint-1', name: 'staff' });
    fixture.store.put(PAUSE_ID, pauseFrom(fixture.clock.now()));
    expect(await upload(fixture, 'ca.crl', aList(fixture.ca))).toMatchObject({ actions: 0 });
    expect([published(fixture), fixture.endpoints.imports]).toEqual([[false, false], []]);
    fixture.clock.jumpWall(3_600_000);
    await look(fixture);
    expect(published(fixture)).toEqual([true, true]);
    expect(fixture.endpoints.imports).toHaveLength(1);
  });

  test.each([
    ['does not publish when the pause begins after its plan', true],
    ['would, without that question', false],
  ])('%s', async (_what, asksPause) => {
    const fixture = aCrlFixture();
    // The high-water mark is written right before the put.
    fixture.store.onWrite = ({ id }) => {
      if (id === 'crl#ca.crl') fixture.store.put(PAUSE_ID, pauseFrom(fixture.clock.now()));
    };
    const safety = { ...CRL_SAFETY, steps: { ...CRL_SAFETY.steps, asksPause } };
    await upload(fixture, 'ca.crl', aList(fixture.ca), { safety });
    expect(published(fixture)).toEqual([!asksPause, !asksPause]);
  });

  test.each([
    ['does not import when the pause begins after its plan', true],
    ['would, without that question', false],
  ])('%s', async (_what, asksPause) => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    fixture.endpoints.add({ endpointId: 'cvpn-endpoint-1', name: 'staff' });
    // Asked right before the import.
    const { liveConnectionCount } = fixture.endpoints;
    fixture.endpoints.liveConnectionCount = (...args) => {
      fixture.store.put(PAUSE_ID, pauseFrom(fixture.clock.now()));
      return liveConnectionCount(...args);
    };
    const safety = { ...CRL_SAFETY, steps: { ...CRL_SAFETY.steps, asksPause } };
    await look(fixture, { safety });
    expect(fixture.endpoints.imports).toHaveLength(asksPause ? 0 : 1);
  });

  test('does not copy to the second region', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    fixture.replica.remove('ca.crl');
    fixture.store.put(PAUSE_ID, pauseFrom(fixture.clock.now()));
    await look(fixture);
    expect(fixture.replica.bytes('ca.crl')).toBe(null);
  });
});
