/** A network namespace with one address, reachable over a link of its own, that can be made to drop everything. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { until } from '../pause.ts';

const run = promisify(execFile);

export interface Namespace {
  /** As `ip netns` knows it. */
  readonly name: string;
  /** Where its daemons answer. */
  readonly address: string;
  /** Runs a daemon inside until it ends; it dies with this process. Its own `/run`, so that pid files never clash. */
  spawn(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Daemon;
  /** Runs a command inside to its end. @throws when it fails. */
  run(...command: readonly string[]): Promise<void>;
  /** A link to another one, with an address in CIDR form at each end. */
  link(other: Namespace, address: string, otherAddress: string): Promise<Link>;
  /** From now on this machine's packets to it leave from this address, which must lie in none of its networks. */
  reachFrom(source: string): Promise<void>;
  /** From now on every packet that arrives is dropped: no answer, no refusal. */
  drop(): Promise<void>;
  pass(): Promise<void>;
  /** From now on every packet of its own leaves from this address, which must lie in none of its networks. */
  answerFrom(source: string): Promise<Disguise>;
  /** Ends its daemons and removes it. */
  close(): Promise<void>;
}

export interface Disguise {
  /** How many packets have left so. */
  packetCount(): Promise<number>;
  end(): Promise<void>;
}

/** The device's name at each end. */
export interface Link {
  readonly device: string;
  readonly otherDevice: string;
}

export interface Daemon {
  readonly pid: number;
  readonly log: () => string;
  /** Resolves once it has this local port open. @throws when it ended instead. */
  listening(protocol: 'udp' | 'tcp', port: number): Promise<void>;
  kill(): Promise<void>;
}

export async function openNamespace(): Promise<Namespace> {
  const subnet = await freeSubnet();
  const base = subnet.slice(0, subnet.lastIndexOf('.') + 1);
  const first = Number(subnet.slice(base.length));
  const name = `vml${randomInt(0x1000000).toString(16)}`;
  const [outer, inner] = [`${name}o`, `${name}i`];
  const address = `${base}${first + 2}`;
  await ip('netns', 'add', name);
  await ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name);
  await ip('addr', 'add', `${base}${first + 1}/30`, 'dev', outer);
  await ip('link', 'set', outer, 'up');
  await ip('-n', name, 'addr', 'add', `${address}/30`, 'dev', inner);
  await ip('-n', name, 'link', 'set', inner, 'up');
  await ip('-n', name, 'link', 'set', 'lo', 'up');
  const daemons: Daemon[] = [];
  const inside = (...command: readonly string[]) => ip('netns', 'exec', name, ...command);
  return {
    name,
    address,
    run: inside,
    link: (other, own, others) => linkBetween(name, other.name, own, others),
    spawn: (command, args, env = {}) => {
      const daemon = startDaemon(name, [command, ...args], env);
      daemons.push(daemon);
      return daemon;
    },
    reachFrom: async (source) => {
      await ip('addr', 'add', `${source}/32`, 'dev', outer);
      await ip('route', 'replace', `${address}/32`, 'dev', outer, 'src', source);
      await ip('-n', name, 'route', 'replace', `${source}/32`, 'via', `${base}${first + 1}`);
    },
    drop: async () => {
      await inside('nft', 'add', 'table', 'inet', 'lab');
      await inside(
        'nft',
        'add chain inet lab in { type filter hook input priority 0; policy drop; }',
      );
    },
    pass: () => inside('nft', 'delete', 'table', 'inet', 'lab'),
    answerFrom: async (source) => {
      // So that no check of the reverse path drops what is to reach the prober.
      await ip('route', 'replace', `${source}/32`, 'dev', outer);
      await inside('nft', 'add', 'table', 'ip', 'other');
      await inside('nft', 'add chain ip other out { type filter hook output priority 0; }');
      await inside(
        'nft',
        `add rule ip other out ip saddr ${address} ip saddr set ${source} counter`,
      );
      return {
        packetCount: async () => {
          const { stdout } = await run('ip', [
            'netns',
            'exec',
            name,
            'nft',
            'list',
            'table',
            'ip',
            'other',
          ]);
          return Number(/packets (\d+)/.exec(stdout)?.[1]);
        },
        end: () => inside('nft', 'delete', 'table', 'ip', 'other'),
      };
    },
    close: async () => {
      await Promise.all(daemons.map((daemon) => daemon.kill()));
      await ip('netns', 'delete', name);
    },
  };
}

/** 198.18.0.0/15 is for benchmarks between two networks (RFC 2544): nobody's real addresses. Four of them, not in use here. */
async function freeSubnet(): Promise<string> {
  for (let tries = 0; tries < 20; tries += 1) {
    const subnet = `198.18.${randomInt(256)}.${randomInt(64) * 4}`;
    const { stdout } = await run('ip', ['-o', 'address', 'show', 'to', `${subnet}/30`]);
    if (stdout === '') return subnet;
  }
  throw new Error('looking for four free addresses in 198.18.0.0/16');
}

async function linkBetween(
  name: string,
  otherName: string,
  address: string,
  otherAddress: string,
): Promise<Link> {
  const id = randomInt(0x1000000).toString(16);
  const [device, otherDevice] = [`l${id}x`, `l${id}y`];
  const peer = ['peer', 'name', otherDevice, 'netns', otherName];
  await ip('link', 'add', device, 'netns', name, 'type', 'veth', ...peer);
  for (const [netns, dev, at] of [
    [name, device, address],
    [otherName, otherDevice, otherAddress],
  ] as const) {
    await ip('-n', netns, 'addr', 'add', at, 'dev', dev);
    await ip('-n', netns, 'link', 'set', dev, 'up');
  }
  return { device, otherDevice };
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', args);
}

/** Every program in the chain replaces itself with the next, so that the child's pid is the daemon's. */
function startDaemon(
  namespace: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Daemon {
  const inside = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs lab /run && exec "$@"', 'lab'];
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'ip', 'netns', 'exec', namespace, ...inside, ...command],
    { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const pid = child.pid ?? -1;
  const log = () => said.join('').slice(-4_000);
  return {
    pid,
    log,
    listening: async (protocol, port) => {
      await until(`${command[0]} to listen at ${protocol} ${port}`, async () => {
        if (hasEnded(child)) throw new Error(`${command[0]} ended: ${log()}`);
        return await hasPort(pid, protocol, port);
      });
    },
    kill: async () => {
      if (hasEnded(child)) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** Read off the kernel's table of the process's own namespace: a TCP socket in state 0A listens. */
async function hasPort(pid: number, protocol: 'udp' | 'tcp', port: number): Promise<boolean> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const wanted =
    protocol === 'tcp' ? new RegExp(`:${hex} [0-9A-F:]+ 0A `) : new RegExp(`:${hex} [0-9A-F:]+ `);
  for (const table of [protocol, `${protocol}6`]) {
    const text = await readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '');
    if (wanted.test(text)) return true;
  }
  return false;
}
