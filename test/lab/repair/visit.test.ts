/**
 * Goal: the SSH step against a real OpenSSH server, with keys that come from the emulator's Instance Connect; and the
 * document for Linux, run by an agent of the lab's own. Method: one machine in a namespace; the adapter itself logs in, or
 * sends the command; every way in which a visit goes wrong is made to happen for real.
 */
import { createRequire } from 'node:module';
import { EC2InstanceConnectClient } from '@aws-sdk/client-ec2-instance-connect';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { instanceControlPort } from '../../../lib/aws/instanceControl.ts';
import { runScriptWithKey, type Ssh } from '../../../lib/aws/ssh.ts';
import { systemClock } from '../../../lib/core/time.ts';
import type { AgentRun, InstanceControlPort, ScriptRun } from '../../../lib/repairs/ports.ts';
import { runScriptFirst } from '../../../lib/repairs/ssh/script.ts';
import { twoAppliances } from '../account/options.ts';
import { haveDaemons } from '../daemons/debian.ts';
import { type Keys, makeKeys } from '../daemons/keys.ts';
import { type Machine, SSH_USER, startMachine, UNIT } from '../daemons/machine.ts';
import { didNotRun } from '../didNotRun.ts';
import { applianceOf, type Lab, openLab } from '../lab.ts';
import { until } from '../pause.ts';

const MS_MAX = 400_000;
const had = await haveDaemons();
const never = new AbortController().signal;
const documents: { readonly CONTENTS: Readonly<Record<string, unknown>> } = createRequire(
  import.meta.url,
)('../../../deploy/repairDocuments.cjs');

if (had.kind === 'lacking') {
  test('without OpenSSH, what did not run is said aloud', () => {
    didNotRun('the SSH step against a real server', had.why);
    expect(had.why).not.toBe('');
  });
} else {
  describe('a visit over real SSH', () => {
    let keys: Keys;
    let machine: Machine;
    let lab: Lab;
    let instanceControl: InstanceControlPort;
    const before = { ...process.env };

    const scriptRunOf = (over: Partial<ScriptRun> = {}): ScriptRun => ({
      instanceId: applianceOf(lab, 'vpn-a').instanceId,
      zone: 'eu-west-1a',
      addresses: [machine.address],
      sshUser: SSH_USER,
      unit: UNIT,
      hostKeys: [machine.hostKey],
      ...over,
    });

    beforeAll(async () => {
      keys = await makeKeys();
      machine = await startMachine(keys);
      lab = await openLab(twoAppliances({ probeA: machine.probe, probeB: machine.probe }));
      await machine.enrol(applianceOf(lab, 'vpn-a').instanceId, lab.emulator().url);
      Object.assign(process.env, {
        AWS_ENDPOINT_URL: lab.emulator().url,
        AWS_ACCESS_KEY_ID: 'repair',
        AWS_SECRET_ACCESS_KEY: 'lab',
      });
      const region = 'eu-west-1';
      instanceControl = instanceControlPort({
        region,
        homeRegion: region,
        sshFunction: null,
        documents: 'vpn-medic-lab-restart',
        systemsManagerUrl: lab.emulator().url,
        autoScalingUrl: null,
        kmsUrl: null,
        clock: systemClock,
      });
    }, MS_MAX);

    afterAll(async () => {
      process.env = before;
      await lab?.close();
      await machine?.close();
      await keys?.remove();
    }, MS_MAX);

    test(
      'restarts a killed service, says what it saw before and after, and the service answers again',
      async () => {
        await machine.killService();
        const answer = await instanceControl.restart(scriptRunOf(), never);
        expect(answer).toMatchObject({ kind: 'done', why: `${UNIT} was restarted and is active` });
        expect(answer.evidence).toEqual([
          expect.stringMatching(/^before: OpenVPN: 0 clients, status of \d{4}-/),
          'systemctl is-active: active',
          expect.stringMatching(/^after: OpenVPN: 0 clients, status of \d{4}-/),
        ]);
      },
      MS_MAX,
    );

    test.each([
      { ageSeconds: 40, kind: 'done', why: `${UNIT} was restarted and is active` },
      { ageSeconds: 61, kind: 'failed', why: "medic's key was not accepted" },
    ])(
      'a key that was pushed $ageSeconds s ago: $kind',
      async ({ ageSeconds, kind, why }) => {
        const client = new EC2InstanceConnectClient({ region: 'eu-west-1' });
        const context = {
          client,
          service: 'ec2-instance-connect',
          clock: systemClock,
        };
        const late: Ssh = async (request, signal) => {
          await lab.emulator().ageKeys(ageSeconds);
          return runScriptFirst(request, signal);
        };
        const answer = await runScriptWithKey(context, late, scriptRunOf(), never);
        expect(answer.kind).toBe(kind);
        expect(answer.why).toContain(why);
      },
      MS_MAX,
    );

    test(
      'does not get in as another user, nor to another instance',
      async () => {
        const other = await instanceControl.restart(scriptRunOf({ sshUser: 'nobody' }), never);
        expect(other).toMatchObject({ kind: 'failed', evidence: [] });
        expect(other.why).toContain("nobody's key was not accepted");
        const elsewhere = applianceOf(lab, 'vpn-b').instanceId;
        const wrong = await instanceControl.restart(scriptRunOf({ instanceId: elsewhere }), never);
        expect(wrong.why).toContain("medic's key was not accepted");
      },
      MS_MAX,
    );

    test(
      'restarts nothing where sudo refuses, and says what sudo said',
      async () => {
        await machine.setSudo(false);
        const count = await machine.restartCount();
        const answer = await instanceControl.restart(scriptRunOf(), never);
        await machine.setSudo(true);
        expect(answer.kind).toBe('failed');
        expect(answer.why).toContain(
          `sudo refused the restart of ${UNIT}: sudo: a password is required`,
        );
        expect(await machine.restartCount()).toBe(count);
      },
      MS_MAX,
    );

    test(
      'waits for a restart that takes its time',
      async () => {
        await machine.setManner('slow');
        const answer = await instanceControl.restart(scriptRunOf(), never);
        await machine.setManner('prompt');
        expect(answer).toMatchObject({ kind: 'done', why: `${UNIT} was restarted and is active` });
      },
      MS_MAX,
    );

    test(
      'a restart that systemctl refuses has failed, with its own words',
      async () => {
        await machine.setManner('failing');
        const answer = await instanceControl.restart(scriptRunOf(), never);
        await machine.setManner('prompt');
        expect(answer.kind).toBe('failed');
        expect(answer.why).toContain(
          `systemctl could not restart ${UNIT} (exit 1): Job for ${UNIT} failed`,
        );
      },
      MS_MAX,
    );

    test(
      'a connection that is cut during the restart leaves it to the probes to judge',
      async () => {
        await machine.setManner('dropped');
        const answer = await instanceControl.restart(scriptRunOf(), never);
        await machine.setManner('prompt');
        expect(answer.kind).toBe('done');
        expect(answer.why).toContain(
          `the restart of ${UNIT} was asked for, and then the connection was lost`,
        );
      },
      MS_MAX,
    );

    test(
      'a restart that never ends, and a shell that never speaks, are given 30 s and not more',
      async () => {
        for (const manner of ['hung', 'silent'] as const) {
          await machine.setManner(manner);
          const startedAt = performance.now();
          const answer = await instanceControl.restart(scriptRunOf(), never);
          expect(performance.now() - startedAt).toBeLessThan(45_000);
          expect(answer.kind).toBe('done');
          expect(answer.why).toMatch(
            /was asked for, and then (the connection was lost \(its time is over\)|".*" did not end)/,
          );
        }
        await machine.setManner('prompt');
      },
      MS_MAX,
    );

    test(
      'an unproven host key is refused, and no command is sent to that host',
      async () => {
        const known = machine.hostKey;
        const count = await machine.restartCount();
        const renewed = await machine.renewHostKey();
        const answer = await instanceControl.restart(scriptRunOf({ hostKeys: [known] }), never);
        expect(answer).toMatchObject({ kind: 'refused', evidence: [] });
        expect(answer.why).toContain(`the host key ${renewed} that answered`);
        expect(await machine.restartCount()).toBe(count);
        const both = await instanceControl.restart(
          scriptRunOf({ hostKeys: [known, renewed] }),
          never,
        );
        expect(both).toMatchObject({ kind: 'done', why: `${UNIT} was restarted and is active` });
      },
      MS_MAX,
    );

    describe('by the agent', () => {
      const runOf = (over: Partial<AgentRun> = {}): AgentRun => ({
        instanceId: applianceOf(lab, 'vpn-a').instanceId,
        platform: 'linux',
        unit: UNIT,
        peer: null,
        ...over,
      });
      const agentOf = async () => {
        const agent = await instanceControl.agent(runOf().instanceId, never);
        return agent.known ? agent.value : agent.why;
      };

      beforeAll(async () => {
        for (const [platform, content] of Object.entries(documents.CONTENTS)) {
          await lab.emulator().setDocument(`vpn-medic-lab-restart-${platform}`, content);
        }
      });

      test('there is none before it has reported in, and then it is online', async () => {
        expect(await agentOf()).toMatchObject({ kind: 'offline', isManaged: false });
        await machine.setAgent(true);
        await until('the agent', async () => JSON.stringify(await agentOf()).includes('online'));
        expect(await agentOf()).toEqual({ kind: 'online', platform: 'linux' });
      });

      test('restarts a killed service for real, once, with its state before and after', async () => {
        await machine.killService();
        const count = await machine.restartCount();
        const answer = await instanceControl.restartByAgent(runOf({ peer: '127.0.0.1' }), never);
        expect(answer).toMatchObject({
          kind: 'done',
          why: 'openvpn-server@hq was restarted and is active',
          evidence: [
            expect.stringMatching(/^before: failed; OpenVPN: 0 clients, status of .*; ping of 127/),
            expect.stringMatching(/^after: active; OpenVPN: 0 clients, status of .*; ping of 127/),
          ],
        });
        expect(await machine.restartCount()).toBe(count + 1);
      });

      test('looks at a killed service, its status and the far side for real, and restarts nothing', async () => {
        await machine.killService();
        const count = await machine.restartCount();
        const seen = await instanceControl.lookByAgent(runOf({ peer: '127.0.0.1' }), never);
        expect(seen).toMatch(/^failed; OpenVPN: 0 clients, status of .*; ping of 127\.0\.0\.1 /);
        expect(await machine.restartCount()).toBe(count);
        await instanceControl.restartByAgent(runOf(), never);
        expect(await instanceControl.lookByAgent(runOf(), never)).toMatch(/^active; OpenVPN: 0 /);
      });

      test('a restart that systemctl refuses, and a unit that is none, have failed in its words', async () => {
        await machine.setManner('failing');
        const refused = await instanceControl.restartByAgent(runOf(), never);
        await machine.setManner('prompt');
        expect(refused).toMatchObject({ kind: 'failed' });
        expect(refused.why).toContain(`could not be restarted (exit 1): Job for ${UNIT} failed`);
        const other = await instanceControl.restartByAgent(runOf({ unit: 'ssh.service' }), never);
        expect(other.why).toContain('unknown operation restart ssh.service');
      });

      test.each([["x';touch /run/hit;'"], ['$(touch /run/hit)'], ['a b'], ['../x']])(
        'a unit %s that got past every other check reaches no agent',
        async (unit) => {
          const answer = await instanceControl.restartByAgent(runOf({ unit }), never);
          expect(answer).toMatchObject({ kind: 'failed' });
          expect(answer.why).toContain('InvalidParameters');
        },
      );

      test('without documents, or on an instance that has no agent, nothing is restarted', async () => {
        const count = await machine.restartCount();
        const windows = await instanceControl.restartByAgent(runOf({ platform: 'windows' }), never);
        expect(windows).toMatchObject({ kind: 'failed' });
        const instanceId = applianceOf(lab, 'vpn-b').instanceId;
        const elsewhere = await instanceControl.restartByAgent(runOf({ instanceId }), never);
        expect(elsewhere).toMatchObject({ kind: 'held' });
        expect(await machine.restartCount()).toBe(count);
      });
    });
  });
}
