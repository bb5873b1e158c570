/** Attacks that a rehearsed account, or a publisher in memory, can stand. Each answers null, or what it got. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insistent, passBudget } from '../../lib/appliances/act/insist.ts';
import { openCachedReading } from '../../lib/appliances/observe/cachedReading.ts';
import { readTopology } from '../../lib/appliances/observe/topology.ts';
import { plan } from '../../lib/appliances/plan.ts';
import { handedOver, parseState, stateBody } from '../../lib/appliances/state/stored.ts';
import type { InterfaceFact } from '../../lib/appliances/types/inventory.ts';
import { readAssociations } from '../../lib/clientVpn/observe/associations.ts';
import { noEndpointMemory, noEndpointPast } from '../../lib/clientVpn/state.ts';
import { known, unknown } from '../../lib/core/reading.ts';
import { parseStored } from '../../lib/core/storedText.ts';
import { plain, shellQuoted } from '../../lib/core/text.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { isAlive } from '../../lib/watcher/lease/item.ts';
import { aCrlFixture, look, upload } from '../builders/crls.ts';
import {
  anInstance,
  anInterface,
  anInventory,
  aRouteFact,
  aStatus,
  aTableFact,
  NOW,
} from '../builders/facts.ts';
import {
  anAppliance,
  anArm,
  anAssessment,
  applianceMemory,
  aRoute,
  aWorld,
  down,
  memoryOf,
  policyOf,
} from '../builders/world.ts';
import { aList } from '../crl/builders/list.ts';

type Attack = () => Promise<string | null>;

export const attacks: Readonly<Record<string, Attack>> = {
  async 'one empty answer'() {
    const clock = new VirtualClock(NOW);
    const reading = openCachedReading(
      'interfaces',
      30_000,
      'a',
      (one: InterfaceFact) => one.interfaceId,
    );
    await reading.readWhenDue(clock, async () => known([anInterface('i-a1')], NOW));
    reading.expire();
    await reading.readWhenDue(clock, async () => known([], NOW));
    return reading.lastKnown()?.value.length === 1 ? null : 'the interface is gone';
  },

  async 'one emptied answer about the associations of an endpoint'() {
    const clock = new VirtualClock(NOW);
    const id = 'cvpn-endpoint-0a';
    let count = 0;
    const fact = {
      associationId: 'a',
      endpointId: id,
      subnetId: 's',
      stateMessage: '',
      state: 'associated',
      zones: ['eu-west-1a'],
    } as const;
    const associations = async () => {
      count += 1;
      return new Map([[id, known(count === 1 ? [] : [fact], NOW)]]);
    };
    const unasked = () => Promise.reject(new Error('not asked for'));
    const port = { endpoints: unasked, sessions: unasked, associations };
    const memory = { ...noEndpointMemory, endpoints: { [id]: noEndpointPast } };
    const { signal } = new AbortController();
    const read = await clock.through(
      readAssociations({ endpoints: port, clock }, [id], memory, signal),
    );
    const answer = read.get(id);
    return answer?.known === true && answer.value.length === 0
      ? 'no client can connect, it says'
      : null;
  },

  async 'a stored item nested 200,000 deep'() {
    const text = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    try {
      return parseStored(text) === null ? null : 'it was taken in';
    } catch (error) {
      return `the reader died: ${String(error)}`;
    }
  },

  async 'a debt of the write budget in the state'() {
    const world = aWorld({
      appliances: [anAppliance('i-a1'), anAppliance('i-b1')],
      routes: [aRoute('rtb-1 10.0.0.0/8', 'i-a1')],
    });
    const body = JSON.parse(JSON.stringify(stateBody(memoryOf(), 7, NOW)));
    const lie = parseState({ ...body, budget: { tokens: -1e9, at: NOW } }, NOW);
    const memory = handedOver(memoryOf(), lie?.memory ?? memoryOf());
    const { held } = plan(
      world,
      anAssessment(world, { 'i-a1': down() }),
      memory,
      policyOf(),
      NOW + 2_000,
    );
    return held.length === 0 ? null : `held: ${held[0]?.because}`;
  },

  async 'a lease that was renewed in the future'() {
    return isAlive({ renewedAt: NOW + 1e10 }, NOW) ? 'no process leads for months' : null;
  },

  async 'a stored appliance that never was, and owns a firewall’s interface'() {
    const link = anInterface('i-x', {
      interfaceId: 'eni-fw',
      instanceId: 'i-0f1e2d3c',
      status: 'in-use',
    });
    const { routes } = readTopology(
      anInventory({
        tags: { 'i-a1': { group: 'hq' }, 'rtb-1': { group: 'hq' } },
        instances: [anInstance('i-a1')],
        tables: [aTableFact('rtb-1', { routes: [aRouteFact('0.0.0.0/0', 'eni-fw')] })],
        lost: [{ interfaceId: 'eni-fw', link }],
      }),
      new Map([
        ['i-fade', applianceMemory({ interfaces: [anArm('eni-fw', { hasCarried: true })] })],
      ]),
    );
    return routes.length === 0
      ? null
      : `${routes[0]?.destination} is managed as a route of ${routes[0]?.nextHop}`;
  },

  async 'a name that ends the command it is printed in'() {
    const folder = mkdtempSync(join(tmpdir(), 'attack-'));
    try {
      const names = [
        'hub;touch${IFS}a',
        "x'; touch b; '",
        '$(touch c)',
        '`touch d`',
        'x\ntouch e',
        'x&touch f',
        '>g',
      ];
      for (const name of names)
        execFileSync('sh', ['-c', `true ${shellQuoted(name)}`], { cwd: folder });
      const made = readdirSync(folder);
      return made.length === 0 ? null : `the shell ran: ${made.join(', ')}`;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },

  async 'a name that mail and chat make a link of'() {
    const shown = plain('pay at https://evil.example/x, evil-bank.com or evil.zip');
    return /:\/\/|\w\.(com|zip)/.test(shown) ? `it reads ${shown}` : null;
  },

  async 'an upload that stops the function each time it is read'() {
    const fixture = aCrlFixture();
    fixture.source.drop('inbox/junk.crl', Buffer.from('junk'));
    fixture.source.onCall = (call, key) => {
      if (call === 'read' && key === 'inbox/junk.crl') throw new RangeError('out of memory');
    };
    for (let run = 0; run < 4; run += 1) {
      fixture.clock.jumpWall(3_600_000);
      const isOver = await look(fixture).then(
        () => true,
        () => false,
      );
      if (isOver) return null;
    }
    return 'it died four times in a row';
  },

  async 'replays of one list under a hundred names'() {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    for (let nth = 0; nth < 100; nth += 1)
      fixture.source.drop(`inbox/x${nth}.crl`, aList(fixture.ca));
    await look(fixture);
    const listing = await fixture.stateStore.list('', 1_000, new AbortController().signal);
    const count = listing.known ? listing.value.objects.length : 0;
    return count === 1 ? null : `${count} public names`;
  },

  async 'a read before the write that is never answered'() {
    const clock = new VirtualClock(NOW);
    let count = 0;
    const unasked = () => Promise.reject(new Error('not asked for'));
    const statuses = async (_ids: readonly string[], signal: AbortSignal) => {
      count += 1;
      if (count > 1) return known([aStatus('i-b1')], NOW);
      await clock.sleep(15_000, signal);
      return unknown('no answer', NOW);
    };
    const ec2 = insistent(
      { statuses, interfaces: unasked, routeTables: unasked },
      clock,
      passBudget(),
    );
    await clock.through(ec2.statuses(['i-b1'], new AbortController().signal));
    return clock.monotonicMs() < 1_000 ? null : `the move waited for ${clock.monotonicMs()} ms`;
  },
};
