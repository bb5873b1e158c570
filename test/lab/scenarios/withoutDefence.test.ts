/**
 * Goal: what attacks.test.ts shows to fail fails because of the defence that stands against it. Method: the same attacks,
 * one after another in one account, on the watcher built without that defence; each succeeds. test/lab/crl/attacks.test.ts
 * does so with the publisher, and test/attacks with every defence, in memory.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Builder, openBuilder } from '../../attacks/cut.ts';
import { LIES as CUTS_OF_LIES } from '../../attacks/defences/lies.ts';
import { PLAYED } from '../../attacks/defences/play.ts';
import { TAGGED } from '../../attacks/defences/tags.ts';
import { makeTempFolder } from '../../tempFolder.ts';
import { putState } from '../account/build.ts';
import { startTcpDaemon } from '../daemons/tcpListener.ts';
import { tableOf } from '../lab.ts';
import type { Watcher } from '../lambda/watcher.ts';
import { pause, until } from '../pause.ts';
import {
  BY_FIREWALL,
  BY_SECOND_ARM,
  ghostOfFirewall,
  intrude,
  LIES,
  secondArms,
} from './hostile.ts';
import { lookNow } from './oneShot.ts';
import { type Fixture, movesOf, nextHopsOf, openFixture, QUICK, untilNotified } from './open.ts';

const MS_MAX = 400_000;
/** Twice what the quick settings take from a death to the write. */
const LONG_ENOUGH_MS = 4_000;

let fixture: Fixture;
let builder: Builder;
const folder = makeTempFolder();
let count = 0;

beforeAll(async () => {
  [fixture, builder] = await Promise.all([
    openFixture(),
    openBuilder('functions/watchAppliances.ts', folder),
  ]);
}, MS_MAX);

afterAll(async () => {
  await fixture.close();
  await builder.close();
  await rm(folder, { recursive: true });
});

/** The built watcher without the defence that test/attacks cuts out for this attack. */
async function bundleWithout(attack: string): Promise<string> {
  const found = [...PLAYED, ...TAGGED, ...CUTS_OF_LIES].find(([name]) => name === attack);
  if (found === undefined) throw new Error(`no attack is called "${attack}"`);
  count += 1;
  const outfile = join(folder, `${count}.mjs`);
  await builder.build(found[1], outfile);
  return outfile;
}

/** Another watcher of the same bundle, in the account as it is now. */
const again = async (attack: string): Promise<Watcher> =>
  fixture.lab.startWatcher({ own: QUICK, signer: 'next', bundle: await bundleWithout(attack) });

/** The account as it was at first, and a watcher without that defence, or with all (null), which has begun. */
async function begin(
  attack: string | null,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<Watcher> {
  const bundle = attack === null ? {} : { bundle: await bundleWithout(attack) };
  await fixture.lab.restartEmulator(() =>
    Promise.all([fixture.a.revive(), fixture.b.revive()]).then(() => undefined),
  );
  await prepare();
  return fixture.lab.startWatcher({ own: QUICK, ...bundle });
}

const lie = (what: string) => async () => {
  const [, item] = LIES.find(([name]) => name === what) ?? [];
  if (item === undefined) throw new Error(`no lie is called "${what}"`);
  await putState(fixture.lab.emulator().url, ...item(fixture));
};

/** The daemons have answered so often that the watcher knows them. */
async function untilKnown(): Promise<void> {
  const [a, b] = [fixture.a.probeCount(), fixture.b.probeCount()];
  await until(
    'the watcher to know both',
    () => fixture.a.probeCount() >= a + 6 && fixture.b.probeCount() >= b + 6,
  );
}

test(
  'without admission, an instance that a stranger tagged gets the routes',
  async () => {
    const daemon = await startTcpDaemon();
    const attack = 'an instance tagged for the group, when both members die';
    const first = await begin(attack);
    await untilKnown();
    await first.end();
    // The next watcher knows who was there first, and finds the newcomer with its first read.
    const joining = intrude(fixture, daemon);
    const watcher = await again(attack);
    try {
      const stranger = await joining;
      await fixture.b.kill();
      await fixture.a.kill();
      const targets = await until('the stranger to carry the routes', async () => {
        const seen = await fixture.lab.ec2().targetsOf(tableOf(fixture.lab, 'a').tableId);
        return seen.includes(stranger.interfaceId) && seen.length === 1 ? seen : null;
      });
      expect(targets).toEqual([stranger.interfaceId]);
    } finally {
      await watcher.kill();
      await daemon.close();
    }
  },
  MS_MAX,
);

test(
  'without the bound on depth, lists in lists stop the watcher at its start',
  async () => {
    const watcher = await begin(
      'a stored item nested 200,000 deep',
      lie('lists in lists, 50,000 deep'),
    );
    await until('the watcher to end', () => watcher.hasEnded());
    await expect(watcher.ended()).rejects.toThrow('watchAppliances');
    expect(watcher.log()).toMatch(/call stack/);
    await watcher.kill();
  },
  MS_MAX,
);

test(
  'where what is stored may hold a move away from the dead, three invented failovers keep a route there',
  async () => {
    const watcher = await begin(
      'three invented failovers',
      lie('three invented failovers and hold-downs in the far future'),
    );
    await untilKnown();
    await fixture.a.kill();
    await pause(LONG_ENOUGH_MS);
    expect(await nextHopsOf(fixture.lab)).toContain('vpn-a');
    await watcher.kill();
  },
  MS_MAX,
);

test(
  'where a pin from the far future is believed, it moves well routes',
  async () => {
    const before = movesOf(fixture.lab).length;
    const watcher = await begin(
      'a forged pin from the far future',
      lie('a pin of well routes from the far future'),
    );
    await until('routes to move', () => movesOf(fixture.lab).length > before);
    await watcher.kill();
    expect(await nextHopsOf(fixture.lab)).toContain('vpn-b');
  },
  MS_MAX,
);

const routesTo = (destination: string) =>
  movesOf(fixture.lab).filter(({ params }) => params['DestinationCidrBlock'] === destination);

test(
  'where stored owners of interfaces are believed, a ghost hands a firewall’s default route to the group; else it stays',
  async () => {
    const attack = 'a stored appliance that never was, and owns a firewall’s interface';
    let item = ['', ''] as readonly [string, string];
    const put = () => putState(fixture.lab.emulator().url, ...item);
    const whole = await begin(null, async () => {
      item = await ghostOfFirewall(fixture);
      await put();
    });
    await untilKnown();
    expect(routesTo(BY_FIREWALL)).toEqual([]);
    await whole.end();
    await put();
    const watcher = await again(attack);
    await until('the default route to move', () => routesTo(BY_FIREWALL).length > 0);
    await watcher.kill();
  },
  MS_MAX,
);

test(
  'an interface that its owner moves to another instance keeps its routes; without the question whose it is now, they move',
  async () => {
    const attack = 'an interface that its owner moved to another instance';
    let move = async () => {};
    const whole = await begin(null, async () => {
      move = await secondArms(fixture);
    });
    await untilKnown();
    await move();
    await lookNow(fixture.lab);
    await untilNotified(fixture.lab, 'InterfaceMoved');
    expect(routesTo(BY_SECOND_ARM)).toEqual([]);
    await whole.end();
    const watcher = await again(attack);
    await until('the route to move', () => routesTo(BY_SECOND_ARM).length > 0);
    await watcher.kill();
  },
  MS_MAX,
);

test(
  'without the retry budget, a read before the write that is never answered keeps routes on the dead',
  async () => {
    const watcher = await begin('a read before the write that is never answered');
    await untilKnown();
    for (const read of [
      'DescribeInstanceStatus',
      'DescribeNetworkInterfaces',
      'DescribeRouteTables',
    ])
      fixture.lab.gateway.faults.strikeNext(read, 'silent', 2);
    await fixture.a.kill();
    await pause(LONG_ENOUGH_MS);
    fixture.lab.gateway.faults.clear();
    expect(await nextHopsOf(fixture.lab)).toEqual(['vpn-a']);
    await watcher.kill();
  },
  MS_MAX,
);

test(
  'without its defence, a lease from the future leaves no process to lead',
  async () => {
    const before = movesOf(fixture.lab).length;
    const watcher = await begin(
      'a lease that was renewed in the future',
      lie('a lease from the future'),
    );
    await until(
      'the watcher to be ended, or to know both',
      () => watcher.hasEnded() || fixture.a.probeCount() > 6,
    );
    await fixture.a.kill();
    await pause(LONG_ENOUGH_MS);
    expect(movesOf(fixture.lab).slice(before)).toEqual([]);
    await watcher.kill();
  },
  MS_MAX,
);
