/** Programs from Debian, above all real VPN daemons, installed when a test first needs them. */
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

export const OPENSSL: Needed = { file: '/usr/bin/openssl', from: 'openssl' };

export const CHROMIUM: Needed = { file: '/usr/bin/chromium', from: 'chromium' };

export const BROWSER: readonly Needed[] = [
  CHROMIUM,
  // Without any face every letter is an empty box.
  { file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', from: 'fonts-dejavu-core' },
];

export const DAEMONS: readonly Needed[] = [
  { file: '/usr/lib/ipsec/charon', from: 'strongswan-charon' },
  {
    file: '/usr/lib/ipsec/plugins/libstrongswan-openssl.so',
    from: 'libstrongswan-standard-plugins',
  },
  { file: '/usr/sbin/openvpn', from: 'openvpn' },
  { file: '/usr/sbin/nginx', from: 'nginx' },
  { file: '/usr/sbin/nft', from: 'nftables' },
  OPENSSL,
  { file: '/usr/sbin/sshd', from: 'openssh-server' },
  { file: '/usr/bin/sudo', from: 'sudo' },
];

/** In userspace: it needs no module of the kernel, only TUN. */
export const WIREGUARD: readonly Needed[] = [
  { file: '/usr/bin/wireguard-go', from: 'wireguard-go' },
  { file: '/usr/bin/wg', from: 'wireguard-tools' },
];

export const RADIUS: Needed = { file: '/usr/sbin/freeradius', from: 'freeradius' };

export const OCSERV: Needed = { file: '/usr/sbin/ocserv', from: 'ocserv' };

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

export type ProgramsHad =
  | { readonly kind: 'had' }
  | { readonly kind: 'lacking'; readonly why: string };

/** The daemons run in network namespaces of their own, which need root. */
export async function haveDaemons(needed: readonly Needed[] = DAEMONS): Promise<ProgramsHad> {
  if (!isRoot()) return { kind: 'lacking', why: 'network namespaces need root' };
  return havePrograms(needed);
}

/** Installs what is missing when it may. */
export async function havePrograms(needed: readonly Needed[]): Promise<ProgramsHad> {
  const missing = needed.filter(({ file }) => !existsSync(file)).map(({ from }) => from);
  if (missing.length === 0) return { kind: 'had' };
  const names = missing.join(' ');
  if (!isRoot()) return { kind: 'lacking', why: `only root can install ${names}` };
  if (!existsSync('/usr/bin/apt-get')) {
    return { kind: 'lacking', why: `there is no apt-get to install ${names} with` };
  }
  try {
    await aptInstall(missing);
    return { kind: 'had' };
  } catch (error) {
    return { kind: 'lacking', why: `apt-get install ${names}: ${String(error)}` };
  }
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** One test file at a time: two would be in each other's way, and the second finds it all done. */
async function aptInstall(packages: readonly string[]): Promise<void> {
  await run('flock', [LOCK, 'sh', '-ec', INSTALL, 'lab', ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: APT_MS_MAX,
  });
}
