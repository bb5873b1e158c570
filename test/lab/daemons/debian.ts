/** Real VPN daemons from Debian, installed by the test itself; and what is said aloud where they cannot be had. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  { file: '/usr/sbin/nginx', from: 'nginx' },
  { file: '/usr/sbin/nft', from: 'nftables' },
  { file: '/usr/bin/openssl', from: 'openssl' },
  { file: '/usr/sbin/sshd', from: 'openssh-server' },
  { file: '/usr/bin/sudo', from: 'sudo' },
];

const LOCK = `${tmpdir()}/lab-apt.lock`;

// policy-rc.d is Debian's own means to keep a package from starting its service; ours runs in a namespace, not on the
// machine. Somebody else's apt-get may hold the lists, which has no timeout to be set.
const INSTALL = `
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > $policy
  chmod 755 $policy
fi
tries=0
until apt-get -qq update; do
  tries=$((tries + 1))
  [ $tries -lt 30 ]
  sleep 2
done
apt-get -y --no-install-recommends -o DPkg::Lock::Timeout=300 install "$@"
`;
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

/** One test file at a time: two would be in each other's way, and the second finds it all done. */
async function aptInstall(packages: readonly string[]): Promise<void> {
  await run('flock', [LOCK, 'sh', '-ec', INSTALL, 'lab', ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: APT_MS_MAX,
  });
}
