/**
 * A VPC, two appliances and a far side in network namespaces: each appliance has an IPsec tunnel of its own (strongSwan)
 * to the far side, and puts its own address on what it forwards, so that answers come back through the same tunnel.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Needed } from '../../test/lab/daemons/debian.ts';
import { type Daemon, type Namespace, openNamespace } from '../../test/lab/daemons/namespace.ts';
import { until } from '../../test/lab/pause.ts';
import { startEcho } from './traffic.ts';
import { FAR_CIDR, FAR_HOST, PORT } from './words.ts';

export const NEEDED: readonly Needed[] = [
  { file: '/usr/lib/ipsec/charon', from: 'strongswan-charon' },
  { file: '/usr/sbin/swanctl', from: 'strongswan-swanctl' },
  {
    file: '/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so',
    from: 'libcharon-extra-plugins',
  },
  {
    file: '/usr/lib/ipsec/plugins/libstrongswan-openssl.so',
    from: 'libstrongswan-standard-plugins',
  },
  { file: '/usr/sbin/nft', from: 'nftables' },
];

export type Side = 'a' | 'b';

export interface Site {
  /** Where an appliance's daemon answers probes from outside the VPC. */
  readonly addressOf: (side: Side) => string;
  readonly vpc: Namespace;
  readonly far: Namespace;
  /** A probe subnet for each appliance: its far side is reached through that appliance alone. */
  readonly probeSubnets: Readonly<Record<Side, Namespace>>;
  /** Points the VPC's route to the far side at an appliance. */
  pointAt(side: Side): Promise<void>;
  /** The daemon is killed, and its tunnel with it. */
  killDaemon(side: Side): Promise<void>;
  /** Starts it again, and resolves when its tunnel carries packets. */
  startDaemon(side: Side): Promise<void>;
  /** Stops and goes on: late answers, and packets that wait. */
  signalDaemon(side: Side, signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** The host drops this share of what comes in and goes out, in percent: all of it, or ESP alone, while IKE passes. */
  drop(side: Side, percent: number, what: 'all' | 'esp'): Promise<void>;
  pass(side: Side): Promise<void>;
  close(): Promise<void>;
}

interface Appliance {
  readonly side: Side;
  readonly host: Namespace;
  /** The device that its tunnel leaves by. */
  readonly uplink: string;
  readonly inVpc: string;
  readonly dir: string;
  daemon: Daemon;
}

export async function openSite(): Promise<Site> {
  const dir = await mkdtemp(join(tmpdir(), 'vmp'));
  const [vpc, far, probeA, probeB] = await Promise.all(Array.from({ length: 4 }, () => openHost()));
  if (vpc === undefined || far === undefined || probeA === undefined || probeB === undefined) {
    throw new Error('opening the namespaces of the bench: one is missing');
  }
  await far.run('ip', 'addr', 'add', `${FAR_HOST}/32`, 'dev', 'lo');
  await startCharon(far, await configured(dir, 'far', FAR_CONNECTIONS));
  startEcho(far);
  const a = await openAppliance('a', 1, { dir, vpc, far, probes: [probeA, probeB] });
  const b = await openAppliance('b', 2, { dir, vpc, far, probes: [probeA, probeB] });
  const all = { a, b };
  const probeSubnets = { a: probeA, b: probeB };
  await route(probeA, FAR_CIDR, `10.0.11.2`);
  await route(probeB, FAR_CIDR, `10.0.22.2`);
  const site: Site = {
    addressOf: (side) => all[side].host.address,
    vpc,
    far,
    probeSubnets,
    pointAt: (side) => route(vpc, FAR_CIDR, all[side].inVpc),
    killDaemon: (side) => all[side].daemon.kill(),
    startDaemon: async (side) => {
      all[side].daemon = await startCharon(all[side].host, all[side].dir);
      await untilCarrying(probeSubnets[side], side);
    },
    signalDaemon: (side, signal) => process.kill(all[side].daemon.pid, signal),
    drop: (side, percent, where) => drop(all[side], percent, where),
    pass: (side) => all[side].host.run('nft', 'delete', 'table', 'inet', 'bench'),
    close: async () => {
      await Promise.all([a.host, b.host, vpc, far, probeA, probeB].map((one) => one.close()));
      await rm(dir, { recursive: true, force: true });
    },
  };
  await Promise.all([untilCarrying(probeA, 'a'), untilCarrying(probeB, 'b')]);
  await site.pointAt('a');
  return site;
}

/** Forwards, also between two ways that are not the same back. */
async function openHost(): Promise<Namespace> {
  const host = await openNamespace();
  for (const setting of ['ip_forward=1', 'conf.all.rp_filter=0', 'conf.default.rp_filter=0']) {
    await host.run('sysctl', '-qw', `net.ipv4.${setting}`);
  }
  return host;
}

interface Around {
  readonly dir: string;
  readonly vpc: Namespace;
  readonly far: Namespace;
  readonly probes: readonly [Namespace, Namespace];
}

/** `10.0.N.0/30` to the VPC, `10.0.MN.0/30` to probe subnet M, `192.0.2.4N/30` to the far side, `10.99.N.1` on what it forwards. */
async function openAppliance(
  side: Side,
  number: number,
  { dir, vpc, far, probes }: Around,
): Promise<Appliance> {
  const host = await openHost();
  const inVpc = `10.0.${number}.2`;
  const outside = { own: `192.0.2.${4 * number + 1}`, far: `192.0.2.${4 * number + 2}` };
  await vpc.link(host, `10.0.${number}.1/30`, `${inVpc}/30`);
  for (const [index, probe] of probes.entries()) {
    const own = `10.0.${index + 1}${number}`;
    await probe.link(host, `${own}.1/30`, `${own}.2/30`);
    await route(probe, `${host.address}/32`, `${own}.2`);
  }
  const { device: uplink } = await host.link(far, `${outside.own}/30`, `${outside.far}/30`);
  const masked = `10.99.${number}.1`;
  await host.run('ip', 'addr', 'add', `${masked}/32`, 'dev', 'lo');
  await host.run('nft', 'add', 'table', 'ip', 'nat');
  const chain = '{ type nat hook postrouting priority 100; }';
  await host.run('nft', `add chain ip nat post ${chain}`);
  await host.run('nft', `add rule ip nat post ip daddr ${FAR_CIDR} snat to ${masked}`);
  const own = await configured(dir, side, connectionOf(side, outside, masked));
  return { side, host, uplink, inVpc, dir: own, daemon: await startCharon(host, own) };
}

const route = (from: Namespace, cidr: string, via: string): Promise<void> =>
  from.run('ip', 'route', 'replace', cidr, 'via', via);

async function drop(
  { host, uplink }: Appliance,
  percent: number,
  what: 'all' | 'esp',
): Promise<void> {
  await host.run('nft', 'add', 'table', 'inet', 'bench');
  const share = percent >= 100 ? '' : `numgen random mod 100 < ${percent} `;
  for (const [name, hook, direction] of [
    ['in', 'prerouting', 'iifname'],
    ['out', 'postrouting', 'oifname'],
  ] as const) {
    const match = what === 'all' ? `${direction} != "lo"` : `${direction} "${uplink}" ${IS_ESP}`;
    await host.run(
      'nft',
      `add chain inet bench ${name} { type filter hook ${hook} priority -300; }`,
    );
    await host.run('nft', `add rule inet bench ${name} ${match} ${share}drop`);
  }
}

/** In UDP on port 4500, ESP begins with its SPI, which is never zero, and IKE with four zero bytes (RFC 3948, section 2). */
const IS_ESP = 'udp dport 4500 @th,64,32 != 0';

async function startCharon(host: Namespace, dir: string): Promise<Daemon> {
  const daemon = host.spawn('/usr/lib/ipsec/charon', [], {
    STRONGSWAN_CONF: join(dir, 'strongswan.conf'),
    SWANCTL_DIR: dir,
  });
  await daemon.listening('udp', 500);
  return daemon;
}

const untilCarrying = (probe: Namespace, side: Side): Promise<boolean> =>
  until(`the tunnel of appliance ${side} to carry packets`, () =>
    probe.run('timeout', '1', 'bash', '-c', `: < /dev/tcp/${FAR_HOST}/${PORT}`).then(
      () => true,
      () => null,
    ),
  );

/** A daemon's folder: it loads its connections itself when it starts. */
async function configured(dir: string, name: string, connections: string): Promise<string> {
  const own = join(dir, name);
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'strongswan.conf'), CHARON);
  const secret = 'secrets { ike { secret = "bench" } }';
  await writeFile(join(own, 'swanctl.conf'), `connections {\n${connections}\n}\n${secret}\n`);
  return own;
}

const CHARON = `charon {
  load = random nonce openssl aes sha1 sha2 hmac kdf gmp kernel-libipsec kernel-netlink socket-default vici
  install_virtual_ip = no
  plugins { vici { socket = unix:///run/charon.vici } }
  start-scripts { all = /usr/sbin/swanctl --load-all --uri unix:///run/charon.vici }
  filelog { stderr { default = 1 } }
}
`;

const PROPOSALS = { ike: 'aes128-sha256-modp2048', esp: 'aes128-sha256' };

const connectionOf = (
  side: Side,
  at: { readonly own: string; readonly far: string },
  masked: string,
): string => `  ${side} {
    local_addrs = ${at.own}
    remote_addrs = ${at.far}
    proposals = ${PROPOSALS.ike}
    local { auth = psk\n id = ${side} }
    remote { auth = psk\n id = far }
    children { net {
      local_ts = ${masked}/32
      remote_ts = ${FAR_CIDR}
      esp_proposals = ${PROPOSALS.esp}
      start_action = start
    } }
  }`;

const FAR_CONNECTIONS = [1, 2]
  .map(
    (number) => `  ${number === 1 ? 'a' : 'b'} {
    local_addrs = 192.0.2.${4 * number + 2}
    remote_addrs = 192.0.2.${4 * number + 1}
    proposals = ${PROPOSALS.ike}
    unique = replace
    local { auth = psk\n id = far }
    remote { auth = psk\n id = ${number === 1 ? 'a' : 'b'} }
    children { net {
      local_ts = ${FAR_CIDR}
      remote_ts = 10.99.${number}.1/32
      esp_proposals = ${PROPOSALS.esp}
    } }
  }`,
  )
  .join('\n');
