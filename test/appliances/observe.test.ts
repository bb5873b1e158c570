/** The world as it looks right now: what is old is unknown, what is missing is gone only when it was asked for, our own writes show. */
import { describe, expect, test } from '@jest/globals';
import { type Observer, observe, openObserver } from '../../lib/appliances/observe.ts';
import type { PendingWrite } from '../../lib/appliances/state/pending.ts';
import type { Memory } from '../../lib/appliances/state.ts';
import type { Ec2Signals, World } from '../../lib/appliances/types/world.ts';
import { MemoryEc2 } from '../builders/ec2.ts';
import {
  anInstance,
  anInterface,
  aRouteFact,
  aStatus,
  aSubnet,
  aTableFact,
  NOW,
  tagsOf,
  zoneOf,
} from '../builders/facts.ts';
import { calm, somePorts, type TestPorts } from '../builders/ports.ts';
import { aPending, applianceMemory, memoryOf, policyOf } from '../builders/world.ts';

const HQ = { group: 'hq' };
const KEY = 'rtb-1 10.20.0.0/16';

interface Look {
  readonly ports: TestPorts;
  readonly observer: Observer;
  view(memory?: Memory): World;
  /** Lets time pass with the eyes open. */
  pass(ms: number): Promise<void>;
}

async function open(
  change: (ec2: MemoryEc2) => void = () => {},
  memory = memoryOf(),
): Promise<Look> {
  const ids = ['i-a1', 'i-b1'];
  const ec2 = new MemoryEc2({
    tags: tagsOf({ 'i-a1': HQ, 'i-b1': HQ, 'rtb-1': HQ }),
    instances: ids.map((id) => anInstance(id)),
    statuses: ids.map((id) => aStatus(id)),
    interfaces: ids.map((id) => anInterface(id)),
    subnets: [aSubnet('subnet-a', zoneOf('a'))],
    tables: [
      aTableFact('rtb-1', {
        subnetIds: ['subnet-a'],
        routes: [aRouteFact('10.20.0.0/16', 'eni-a1')],
      }),
    ],
  });
  change(ec2);
  const ports = somePorts({ ec2 });
  const observer = await openObserver(
    ports,
    policyOf(),
    '',
    () => memory,
    { onChange: () => {} },
    calm(),
  );
  await observer.open(calm());
  const stopping = new AbortController();
  return {
    ports,
    observer,
    view: (now = memory) =>
      observe(observer, { kind: 'leader', token: 1 }, now, null, ports.clock.now()),
    async pass(ms) {
      void observer.run(stopping.signal);
      await ports.clock.run(ports.clock.monotonicMs() + ms);
      stopping.abort();
    },
  };
}

const signalsOf = (world: World, id = 'i-a1'): Ec2Signals | undefined => world.signals.get(id);

describe('signals', () => {
  test('are what EC2 says', async () => {
    const { view } = await open();
    expect(signalsOf(view())).toMatchObject({
      state: { known: true, value: 'running' },
      checks: { known: true, value: { system: 'ok' } },
      interfaces: { known: true, value: [{ interfaceId: 'eni-a1' }] },
      events: [],
    });
  });

  test('of a zone whose statuses cannot be read are unknown, and of no other', async () => {
    const { view } = await open((ec2) => {
      ec2.fault = (part, ids) =>
        part === 'statuses' && ids.includes('i-a1') ? 'zone a fails' : null;
    });
    expect(signalsOf(view())?.state).toMatchObject({ known: false, why: 'zone a fails' });
    expect(signalsOf(view(), 'i-b1')?.state.known).toBe(true);
  });

  test.each([
    ['45 s', 45_000, true],
    ['45.001 s', 45_001, false],
  ])('read %s ago say something about now: %j', async (_what, agoMs, isKnown) => {
    const { ports, view } = await open();
    await ports.clock.run(agoMs);
    expect(signalsOf(view())?.state.known).toBe(isKnown);
  });

  test('an instance missing from both answers is gone', async () => {
    const gone = new Map([['i-a9', applianceMemory()]]);
    const { view } = await open(() => {}, memoryOf({ appliances: gone }));
    expect(signalsOf(view(), 'i-a9')?.state).toMatchObject({ known: true, value: 'gone' });
  });

  test('one missing from the statuses only is unknown, not gone', async () => {
    const { view } = await open((ec2) => {
      ec2.facts = { ...ec2.facts, statuses: [aStatus('i-b1')] };
    });
    expect(signalsOf(view())?.state).toMatchObject({ known: false, why: 'EC2 did not mention it' });
  });

  test('one missing where instances cannot be read is unknown, not gone', async () => {
    const gone = new Map([['i-a9', applianceMemory()]]);
    const { view } = await open(
      (ec2) => {
        ec2.fault = (part) => (part === 'instances' ? 'throttled' : null);
      },
      memoryOf({ appliances: gone }),
    );
    expect(signalsOf(view(), 'i-a9')?.state.known).toBe(false);
  });

  test('an interface that EC2 no longer shows is none; one that cannot be read is unknown', async () => {
    const without = await open((ec2) => {
      ec2.facts = { ...ec2.facts, interfaces: [anInterface('i-b1')] };
    });
    expect(signalsOf(without.view())?.interfaces).toMatchObject({ known: true, value: [] });
    const unread = await open((ec2) => {
      ec2.fault = (part, ids) => (part === 'interfaces' && ids.join() === 'i-a1' ? 'denied' : null);
    });
    expect(signalsOf(unread.view())?.interfaces).toMatchObject({ known: false, why: 'denied' });
  });

  test('a state in a word that we do not know is unknown, of that instance alone', async () => {
    const { view } = await open((ec2) => {
      const statuses = [aStatus('i-a1', { state: 'unknown' }), aStatus('i-b1')];
      ec2.facts = { ...ec2.facts, statuses };
    });
    expect(signalsOf(view())?.state.known).toBe(false);
    expect(signalsOf(view(), 'i-b1')?.state).toMatchObject({ value: 'running' });
    expect(view().gaps).toEqual([]);
  });
});

describe('our own writes of the last seconds', () => {
  const pending = (agoMs: number, over: Partial<PendingWrite> = {}): Memory =>
    memoryOf({
      pending: new Map([[KEY, aPending({ writtenAt: NOW - agoMs, ...over })]]),
    });
  const nextHop = ({ topology }: World) => topology.routes[0]?.nextHop;

  test.each([
    ['3.999 s: EC2’s read is stale', 3_999, 'i-b1'],
    ['4 s: it did not take', 4_000, 'i-a1'],
    ['an hour, by a clock that went back since', -3_600_000, 'i-a1'],
  ])('a write that does not show yet after %s', async (_what, agoMs, expected) => {
    const { view } = await open();
    expect(nextHop(view(pending(agoMs)))).toBe(expected);
  });

  test('a route that shows neither what was written nor what it was is another writer’s change', async () => {
    const { view } = await open();
    expect(nextHop(view(pending(1_000, { fromTargetId: 'eni-x' })))).toBe('i-a1');
  });

  test('are believed no longer than that, without a new read', async () => {
    const { ports, view } = await open();
    expect(nextHop(view(pending(3_000)))).toBe('i-b1');
    await ports.clock.run(5_000);
    expect(nextHop(view(pending(3_000)))).toBe('i-a1');
  });
});

describe('looking on', () => {
  test('the world follows EC2 within the pace of each part', async () => {
    const { ports, view, pass } = await open();
    ports.ec2.facts = {
      ...ports.ec2.facts,
      statuses: [aStatus('i-a1', { state: 'stopped' }), aStatus('i-b1')],
    };
    await pass(6_000);
    expect(signalsOf(view())?.state).toMatchObject({ value: 'stopped' });
  });

  test('tables that were read back are in the next view', async () => {
    const { observer, view } = await open();
    observer.learn([aTableFact('rtb-1', { routes: [aRouteFact('10.20.0.0/16', 'eni-b1')] })]);
    expect(view().topology.routes[0]?.nextHop).toBe('i-b1');
  });

  test('the topology is the same object while nothing has changed', async () => {
    const { view } = await open();
    expect(view().topology).toBe(view().topology);
  });

  test('a jump of the clock is a gap over the region', async () => {
    const { observer, ports } = await open();
    const jump = { what: 'the clock', why: 'it jumped', since: NOW, zone: null };
    const world = observe(
      observer,
      { kind: 'singlePass', token: 1 },
      memoryOf(),
      jump,
      ports.clock.now(),
    );
    expect(world.gaps).toEqual([jump]);
  });

  test('the account is read off the instances when it is not configured', async () => {
    const { view } = await open();
    expect(view().accountId).toBe('111122223333');
  });
});
