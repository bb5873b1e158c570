/**
 * Goal: the whole story on real things. A daemon is killed; its routes leave in seconds; the service is restarted over
 * real SSH by the repair function; the probes see it answer; after the hold its routes go home. Method: two machines with
 * OpenSSH and OpenVPN, the built bundles of watcher and repair function, an emulator that hands out the pushed keys.
 */
import { expect, test } from '@jest/globals';
import type { AccountSpec } from '../account/options.ts';
import { twoAppliances } from '../account/options.ts';
import { haveDaemons } from '../daemons/debian.ts';
import { makeKeys } from '../daemons/keys.ts';
import { type Machine, SSH_USER, startMachine } from '../daemons/machine.ts';
import { didNotRun } from '../didNotRun.ts';
import { applianceOf, type Lab, openLab } from '../lab.ts';
import { pause, until } from '../pause.ts';
import { movesOf, QUICK, untilCarriedBy, untilNotified } from '../scenarios/open.ts';

const MS_MAX = 400_000;
const REPAIR = 'vpn-medic-lab-repair';
const had = await haveDaemons();

interface Scene {
  readonly lab: Lab;
  readonly a: Machine;
  readonly b: Machine;
  close(): Promise<void>;
}

async function openScene(repairTag: string, hostKey?: string): Promise<Scene> {
  const keys = await makeKeys();
  const [a, b] = [await startMachine(keys), await startMachine(keys)];
  const plain = twoAppliances({ probeA: a.probe, probeB: b.probe });
  const candidate: AccountSpec = {
    groups: plain.groups.map((group) => ({
      ...group,
      appliances: group.appliances.map((one) => ({
        ...one,
        extraTags: {
          'vpn-medic:repair': repairTag,
          'vpn-medic:service': 'openvpn-server@hq',
          'vpn-medic:host-key': hostKey ?? (one.name === 'vpn-a' ? a : b).hostKey,
        },
      })),
    })),
  };
  const functions = { [REPAIR]: { bundle: 'repairAppliance', own: { REPAIR_SSH_USER: SSH_USER } } };
  const lab = await openLab(candidate, {}, functions);
  for (const [name, machine] of [
    ['vpn-a', a],
    ['vpn-b', b],
  ] as const) {
    const { instanceId } = applianceOf(lab, name);
    await machine.enrol(instanceId, lab.emulator().url);
    await lab.emulator().setMachine(instanceId, {
      privateIp: machine.address,
      launchedSecondsAgo: 86_400,
      console:
        'systemd[1]: Started OpenVPN service for hq.\nopenvpn-server@hq.service: Main process exited, code=killed, status=9/KILL\n',
    });
  }
  return {
    lab,
    a,
    b,
    close: async () => {
      await lab.close();
      await a.close();
      await b.close();
      await keys.remove();
    },
  };
}

if (had.kind === 'lacking') {
  test('without the daemons, what did not run is said aloud', () => {
    didNotRun('a killed service that comes back over SSH', had.why);
    expect(had.why).not.toBe('');
  });
} else {
  test(
    'a killed OpenVPN: six routes leave, the service is restarted over SSH, it answers, and they come home',
    async () => {
      const { lab, a, b, close } = await openScene('restart-service');
      try {
        const watcher = await lab.startWatcher({ own: { ...QUICK, REPAIR_FUNCTION: REPAIR } });
        await until('the watcher to know both', async () => {
          await pause(500);
          return (watcher.log().match(/"Heartbeat":1/g) ?? []).length >= 15;
        });
        await a.killService();
        await untilCarriedBy(lab, 'vpn-b');
        expect(movesOf(lab)).toHaveLength(6);
        const notified = await untilNotified(lab, 'RepairUnderway', 'vpn-a');
        expect(notified.text).toContain('openvpn-server@hq.service was restarted and is active');
        expect(notified.text).toContain(
          'Console: failed unit: openvpn-server@hq.service: Main process exited',
        );
        expect(notified.text).toMatch(/before: OpenVPN: 0 clients, .*systemctl is-active: active/s);
        await untilCarriedBy(lab, 'vpn-a');
        expect(movesOf(lab)).toHaveLength(12);
        expect(await a.restartCount()).toBe(1);
        expect(await b.restartCount()).toBe(0);
        const touched = ['RebootInstances', 'StopInstances', 'StartInstances'];
        expect(touched.flatMap((action) => lab.gateway.callsOf(action, 'all'))).toEqual([]);
        expect(lab.gateway.callsOf('SendSSHPublicKey').map(({ by }) => by)).toEqual([REPAIR]);
        // Nothing of the key pair but its public half, on its way to Instance Connect, is ever said aloud.
        expect(watcher.log()).not.toMatch(/PRIVATE KEY|ssh-ed25519/);
      } finally {
        await close();
      }
    },
    MS_MAX,
  );

  test(
    'a host key that does not match: no login, one page for it, the next step (reboot) all the same, and nothing else',
    async () => {
      const stranger = `SHA256:${'A'.repeat(43)}`;
      const { lab, a, close } = await openScene('restart-service reboot', stranger);
      try {
        const watcher = await lab.startWatcher({ own: { ...QUICK, REPAIR_FUNCTION: REPAIR } });
        await until('the watcher to know both', async () => {
          await pause(500);
          return (watcher.log().match(/"Heartbeat":1/g) ?? []).length >= 15;
        });
        await a.killService();
        await untilNotified(lab, 'HostKeyUnproven', a.hostKey);
        await until(
          'the reboot to be asked for',
          () => lab.gateway.callsOf('RebootInstances').length > 0,
        );
        expect(lab.gateway.callsOf('RebootInstances').map(({ by }) => by)).toEqual([REPAIR]);
        expect(await a.restartCount()).toBe(0);
        expect(lab.gateway.callsOf('StopInstances', 'all')).toEqual([]);
      } finally {
        await close();
      }
    },
    MS_MAX,
  );
}
