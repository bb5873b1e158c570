/**
 * Goal: what people ask for at a terminal is what the deployed watcher does, and each change of an incident reaches the bus.
 * Method: the built watcher over HTTP, the command line as a process, an EventBridge bus with a queue behind it.
 */
import { expect, test } from '@jest/globals';
import { type BusEvent, buildBus } from '../account/bus.ts';
import { type Ran, runCli } from '../cli.ts';
import { applianceOf, tableOf } from '../lab.ts';
import { until } from '../pause.ts';
import { inFixture } from './inAccount.ts';
import { QUICK, untilCarriedBy, untilNotified } from './open.ts';

const MS_MAX = 400_000;

test(
  'a death is on the bus, in the list and explained; taken in hand, undone when well, and let go',
  inFixture(async ({ lab, a, watch }) => {
    const bus = await buildBus(lab.emulator().url);
    const run = async (...argv: readonly string[]): Promise<Ran> => runCli(lab, argv);
    /** Nothing is written over what the watcher changed meanwhile; then a person runs it again, as it says. */
    const write = async (...argv: readonly string[]): Promise<Ran> => {
      let ran = await run(...argv, '--yes');
      for (let left = 9; ran.err.includes('run it again') && left > 0; left -= 1) {
        ran = await run(...argv, '--yes');
      }
      return ran;
    };
    const vpnA = applianceOf(lab, 'vpn-a').instanceId;
    const events: BusEvent[] = [];
    const untilEvent = (type: string) =>
      until(`${type} of ${vpnA} on the bus`, async () => {
        events.push(...(await bus.receive()));
        const found = events.find(
          (one) =>
            one['detail-type'] === `vpn-medic Incident ${type}` &&
            one.detail.incident.id.endsWith(`${vpnA}/ApplianceDown`),
        );
        return found ?? null;
      });
    // A long hold: what brings the routes home within it is the person's word.
    const watcher = await watch({ ...QUICK, HOLD_MS: '600000', EVENT_BUS: bus.name });

    expect(await run('incidents')).toMatchObject({ exit: 0, err: '' });
    await a.kill();
    await untilCarriedBy(lab, 'vpn-b');
    await untilNotified(lab, 'ApplianceDown', vpnA);
    const opened = await untilEvent('Opened');
    expect(opened).toMatchObject({ source: 'vpn-medic', resources: [vpnA] });

    const listed = await run('incidents');
    // Its routes have another next hop: a warning now, which calls for no person.
    expect(listed).toMatchObject({ exit: 0, err: '' });
    expect(listed.out).toMatch(new RegExp(`warning +vpn-a +notified +${vpnA}/ApplianceDown`));
    const explained = await until('its file', async () => {
      const ran = await run('explain', `${vpnA}/ApplianceDown`);
      return ran.out.includes('done') ? ran : null;
    });
    expect(explained.out).toMatch(/last good reading[^]+detected[^]+first write[^]+read back/);
    const acked = await write('ack', `${vpnA}/ApplianceDown`, '--why', 'on it');
    expect(acked).toMatchObject({ exit: 0, err: '' });
    expect((await run('incidents', '--json')).out).toContain('"ackedBy": "arn:aws:');

    const undone = await write('undo', `${vpnA}/ApplianceDown`, '--for', '1h');
    expect(undone).toMatchObject({ exit: 0, err: '' });
    await a.revive();
    // It was pinned after the failover, whose hold it therefore need not wait for.
    await untilCarriedBy(lab, 'vpn-a');
    await untilEvent('Resolved');
    expect((await run('pin', '--json')).out).toContain('undo of ApplianceDown of vpn-a');

    expect(await write('unpin', '--all')).toMatchObject({ exit: 0, err: '' });
    expect(await write('pin', 'hub', '--to', 'vpn-b', '--for', '10m')).toMatchObject({
      exit: 0,
      err: '',
    });
    await untilCarriedBy(lab, 'vpn-b');

    const quiet = ['--for', '1h', '--why', 'swap'];
    expect(await write('maintenance', 'start', 'hub', ...quiet)).toMatchObject({
      exit: 0,
      err: '',
    });
    expect((await run('maintenance', 'list')).out).toMatch(/hub +\S+Z +\S+ +swap/);
    expect(await write('maintenance', 'stop', 'hub')).toMatchObject({ exit: 0, err: '' });
    await watcher.end();
    expect(watcher.log()).toContain('"TimeToRestoreMs"');
  }),
  MS_MAX,
);

test(
  'what cannot be done is said on one line, with the fix, and exit 1',
  inFixture(async ({ lab }) => {
    const table = tableOf(lab, 'a').tableId;
    const ran = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      runCli(lab, argv, env);
    const noTable = await ran(['incidents'], { VPN_MEDIC_STATE_TABLE: 'no-such-table' });
    expect(noTable).toMatchObject({ exit: 1, out: '' });
    expect(noTable.err).toContain('there is no table no-such-table');
    const unknown = await ran(['explain', 'i-0/ApplianceDown']);
    expect(unknown).toMatchObject({ exit: 1, out: '' });
    expect(unknown.err).toContain('there is no incident');
    const pinned = await ran(['pin', table, '10.99.0.0/16', '--to', 'vpn-b', '--yes']);
    expect(pinned).toMatchObject({ exit: 1, out: '' });
    expect(pinned.err).toContain('there is no managed route');
    const unasked = await ran(['pin', 'hub', '--to', 'vpn-b']);
    expect(unasked).toMatchObject({ exit: 1 });
    expect(unasked.err).toContain('add --yes');
    expect((await ran(['pin', '--json'])).out).toContain('"pins": []');
  }),
  MS_MAX,
);
