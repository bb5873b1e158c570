/** Real VPN daemons from Debian, installed by the test itself; and what is said aloud where they cannot be had. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Needed {
  readonly file: string;
  /** The package that holds it. */
  readonly from: string;
}

const DAEMONS: readonly Needed[] = [
  { file: '/usr/lib/ipsec/charon', from: 'strongswan-charon' },
  {
    file: '/usr/lib/ipsec/plugins/libstrongswan-openssl.so',
    from: 'libstrongswan-standard-plugins',
  },
  { file: '/usr/sbin/openvpn', from: 'openvpn' },
  { file: '/usr/sbin/nft', from: 'nftables' },
  { file: '/usr/bin/openssl', from: 'openssl' },
  { file: '/usr/sbin/sshd', from: 'openssh-server' },
  { file: '/usr/bin/sudo', from: 'sudo' },
];

// Debian's own means to keep a package from starting its service; ours runs in a namespace, not on the machine.
const POLICY = '/usr/sbin/policy-rc.d';
const APT = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', 'install'];
const APT_MS_MAX = 600_000;

export type DaemonsHad =
  | { readonly kind: 'had' }
  | { readonly kind: 'lacking'; readonly why: string };

/** Installs what is missing when it may. Namespaces and packet filters want root, so nothing is had without. */
export async function haveDaemons(needed: readonly Needed[] = DAEMONS): Promise<DaemonsHad> {
  if (process.getuid?.() !== 0) return { kind: 'lacking', why: 'network namespaces want root' };
  const missing = needed.filter(({ file }) => !existsSync(file)).map(({ from }) => from);
  if (missing.length === 0) return { kind: 'had' };
  if (!existsSync('/usr/bin/apt-get')) {
    return { kind: 'lacking', why: `no apt-get to install ${missing.join(', ')} with` };
  }
  try {
    await aptInstall(missing);
    return { kind: 'had' };
  } catch (error) {
    return { kind: 'lacking', why: `apt-get install ${missing.join(' ')}: ${String(error)}` };
  }
}

/**
 * Says aloud that a part of the lab did not run, and why.
 *
 * @throws in CI, where that is a failure.
 */
export function didNotRun(what: string, why: string): void {
  const sentence = `DID NOT RUN: ${what}: ${why}`;
  if (process.env['CI'] === 'true') throw new Error(sentence);
  process.stderr.write(`${sentence}\n`);
}

async function aptInstall(packages: readonly string[]): Promise<void> {
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: APT_MS_MAX,
  };
  const isPolicyOurs = !existsSync(POLICY);
  if (isPolicyOurs) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await run('apt-get', ['-qq', 'update'], options);
    await run('apt-get', [...APT, ...packages], options);
  } finally {
    if (isPolicyOurs) await rm(POLICY, { force: true });
  }
}
