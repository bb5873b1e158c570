/** Goal: three lines that say what ails a machine. Method: consoles as kernels and systemd print them, each sign beside a healthy boot. */
import { expect, test } from '@jest/globals';
import { known, unknown } from '../../../lib/core/reading.ts';
import { diagnose, type Symptoms } from '../../../lib/repairs/assess/diagnosis.ts';
import { NOW } from '../../builders/facts.ts';
import { goodSignals } from '../../builders/world.ts';

const linesOf = (over: Partial<Symptoms> = {}) =>
  diagnose(
    {
      console: known('', NOW),
      signals: goodSignals('i-a1', { launchedAt: NOW - 7_200_000 }),
      stateReason: '',
      network: known({ inBytes: [2_500_000, 1_200, 0], outBytes: [] }, NOW),
      ...over,
    },
    NOW,
  );

test.each([
  [
    '[   2.1] Kernel panic - not syncing: VFS: Unable to mount root fs',
    'kernel panic: Kernel panic',
  ],
  ['Out of memory: Killed process 812 (charon) total-vm:1', 'out of memory: Out of memory'],
  ['openvpn invoked oom-killer: gfp_mask=0x0', 'out of memory: invoked oom-killer'],
  ['charon: write failed: No space left on device', 'disk full: No space left'],
  ['EXT4-fs error (device nvme0n1p1): ext4_lookup', 'broken file system: EXT4-fs error'],
  [
    'systemd[1]: strongswan.service: Failed with result "exit-code".',
    'failed unit: strongswan.service: Failed',
  ],
  ['[FAILED] Failed to start strongSwan IPsec.', 'failed unit: Failed to start strongSwan'],
  [
    'You are in emergency mode. After logging in, type',
    'stuck while booting: You are in emergency mode',
  ],
])('"%s" is recognised', (line, said) => {
  expect(linesOf({ console: known(`boot\n${line}\nlogin:\n`, NOW) })[0]).toContain(
    `Console: ${said}`,
  );
});

test('of several signs the gravest is told', () => {
  const console = 'Failed to start A.\nKernel panic - not syncing: x\nFailed to start B.\n';
  expect(linesOf({ console: known(console, NOW) })[0]).toContain('kernel panic');
});

test('a healthy console ends with its last line, a silent one says so, an unread one why', () => {
  expect(linesOf({ console: known('a\nhost login: \n', NOW) })[0]).toBe(
    'Console: nothing known as bad; it ends with: host login:',
  );
  expect(linesOf()[0]).toBe('Console: has said nothing');
  expect(linesOf({ console: unknown('throttled', NOW) })[0]).toBe('Console: unknown (throttled)');
});

test('a secret on the console is not told', () => {
  const console = 'Failed to start vpn: password=hunter2\n';
  expect(linesOf({ console: known(console, NOW) }).join()).not.toContain('hunter2');
});

test('EC2 and network in words, three lines in all', () => {
  const lines = linesOf({ stateReason: 'User initiated' });
  expect(lines).toHaveLength(3);
  expect(lines[1]).toBe(
    'EC2: running, started 2026-11-20T19:00:00.000Z (2 h ago), "User initiated"; checks: system ok, instance ok, attached EBS ok; nothing scheduled',
  );
  expect(lines[2]).toBe(
    'Network: in 2.5 MB > 1.2 kB > 0 B, out no figures (oldest to newest, of the last half hour)',
  );
});
