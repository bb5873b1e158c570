/**
 * A whole appliance: OpenSSH, sudo and an OpenVPN service under a small supervisor, in a namespace of its own. Its keys
 * come from the emulator through an AuthorizedKeysCommand, as EC2 Instance Connect's do from EC2.
 */
import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { until } from '../pause.ts';
import type { Keys } from './keys.ts';
import { type Daemon, openNamespace } from './namespace.ts';

const run = promisify(execFile);

export const SSH_USER = 'medic';
export const UNIT = 'openvpn-server@hq.service';
const VPN_PORT = 1194;

export interface Machine {
  readonly address: string;
  /** The tag value that probes its service. */
  readonly probe: string;
  /** SHA256 fingerprint of its host key. */
  readonly hostKey: string;
  /** Whose pushed keys it takes; until it is told, nobody's. */
  enrol(instanceId: string, emulatorUrl: string): Promise<void>;
  /** From now on an agent of Systems Manager reports in for the enrolled instance, and runs what it is sent; or no more. */
  setAgent(isOn: boolean): Promise<void>;
  /** The service dies without a word; its host lives on. */
  killService(): Promise<void>;
  /** How the next restarts go. */
  setManner(manner: Manner): Promise<void>;
  /** What sudo lets the user do: restart, or nothing. */
  setSudo(isAllowed: boolean): Promise<void>;
  /** A host key that nobody has ever seen; resolves with its fingerprint. */
  renewHostKey(): Promise<string>;
  restartCount(): Promise<number>;
  log(): string;
  close(): Promise<void>;
}

/** `slow`: takes 3 s. `hung`: never ends. `dropped`: the connection is cut in the middle of it. `silent`: the login shell hangs. */
export type Manner = 'prompt' | 'slow' | 'hung' | 'dropped' | 'silent' | 'failing';

export async function startMachine(keys: Keys): Promise<Machine> {
  const dir = await mkdtemp(`${tmpdir()}/vml-`);
  await chmod(dir, 0o755);
  const socketPath = `${dir}/emulator.sock`;
  const namespace = await openNamespace();
  await mkdir(`${dir}/bin`);
  let hostKey = await makeHostKey(dir);
  const file = (name: string, text: string, mode = 0o644) =>
    writeFile(`${dir}/${name}`, text, { mode });
  const setManner = (manner: Manner) => file('manner', manner);
  // Whole, then in place: sudo reads it at any moment.
  const setSudo = (isAllowed: boolean) => file('sudoers', sudoers(isAllowed), 0o440);
  await file('passwd', passwd(dir));
  await file(
    'shadow',
    `root:*:20000:0:99999:7:::\n${SSH_USER}:*:20000:0:99999:7:::\nsshd:*:20000:0:99999:7:::\n`,
    0o640,
  );
  await file('openvpn.conf', openvpnConf(keys));
  await file('sshd_config', sshdConfig(dir, namespace.address));
  await file('bin/systemctl', supervisor(dir), 0o755);
  await file('shell', LOGIN_SHELL.replaceAll('DIR', dir), 0o755);
  await file('bin/lab-keys', keysCommand(dir, socketPath), 0o755);
  await file('bin/lab-agent', agentCommand(dir, socketPath), 0o755);
  await file('boot', boot(dir), 0o755);
  await file('restarts', '');
  await setManner('prompt');
  await setSudo(true);
  const isolated = ['--pid', '--fork', '--kill-child', '--mount-proc', `${dir}/boot`];
  const daemon: Daemon = namespace.spawn('/usr/bin/unshare', isolated);
  let server: Server | null = null;
  const sockets = new Set<Socket>();
  const untilUp = () =>
    until(`the machine to listen: ${daemon.log()}`, async () => {
      const tables = await Promise.all(
        ['tcp', 'udp'].map((name) => readFile(`/proc/${daemon.pid}/net/${name}`, 'utf8')),
      );
      return tables[0]?.includes(':0016 ') === true && tables[1]?.includes(':04AA ') === true;
    });
  await untilUp();
  return {
    address: namespace.address,
    probe: `openvpn:${namespace.address}:${VPN_PORT}`,
    get hostKey() {
      return hostKey;
    },
    async enrol(instanceId, emulatorUrl) {
      await file('instance', instanceId);
      const { port } = new URL(emulatorUrl);
      server = createServer((socket) => {
        const upstream = connect(Number(port), '127.0.0.1');
        for (const one of [socket, upstream]) {
          sockets.add(one);
          one.on('error', () => one.destroy());
        }
        socket.pipe(upstream).pipe(socket);
      });
      await new Promise<void>((resolve) => server?.listen(socketPath, resolve));
    },
    async killService() {
      await file('kill', '');
      await until('the service to be killed', async () => {
        const udp = await readFile(`/proc/${daemon.pid}/net/udp`, 'utf8');
        return !udp.includes(':04AA ');
      });
    },
    setAgent: (isOn) => (isOn ? file('agent', '') : rm(`${dir}/agent`)),
    setManner,
    setSudo,
    async renewHostKey() {
      await rm(`${dir}/host`);
      await rm(`${dir}/host.pub`);
      hostKey = await makeHostKey(dir);
      await file('rekey', '');
      await until('sshd to read its new key', async () => !(await exists(`${dir}/rekey`)));
      await untilUp();
      return hostKey;
    },
    restartCount: async () => (await readFile(`${dir}/restarts`, 'utf8')).length,
    log: daemon.log,
    async close() {
      for (const socket of sockets) socket.destroy();
      server?.close();
      await namespace.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function makeHostKey(dir: string): Promise<string> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', `${dir}/host`]);
  const { stdout } = await run('ssh-keygen', ['-l', '-E', 'sha256', '-f', `${dir}/host.pub`]);
  return stdout.split(' ')[1] ?? '';
}

const passwd = (dir: string): string =>
  [
    'root:x:0:0:root:/root:/bin/sh',
    'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin',
    `${SSH_USER}:x:1234:1234::/:${dir}/shell`,
    '',
  ].join('\n');

const LOGIN_SHELL = `#!/bin/sh
[ "$(cat DIR/manner)" = silent ] && exec sleep 600
exec /bin/sh "$@"
`;

/** What an owner would grant as well: one unit, one verb, one file. */
const sudoers = (isAllowed: boolean): string =>
  [
    'Defaults secure_path="/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"',
    'Defaults !syslog, !fqdn',
    ...(isAllowed
      ? [
          `${SSH_USER} ALL=(root) NOPASSWD: /usr/local/bin/systemctl restart ${UNIT}, /usr/bin/cat /run/openvpn-server/status-hq.log`,
        ]
      : []),
    '',
  ].join('\n');

const openvpnConf = (keys: Keys): string =>
  [
    `port ${VPN_PORT}`,
    'proto udp4',
    'server 10.99.0.0 255.255.255.0',
    'topology subnet',
    'dev tun',
    'dh none',
    `ca ${keys.caCert}`,
    `cert ${keys.serverCert}`,
    `key ${keys.serverKey}`,
    'status /run/openvpn-server/status-hq.log 1',
    '',
  ].join('\n');

const sshdConfig = (dir: string, address: string): string =>
  [
    `ListenAddress ${address}:22`,
    `HostKey ${dir}/host`,
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'AuthorizedKeysFile none',
    'AuthorizedKeysCommand /usr/local/bin/lab-keys %u',
    'AuthorizedKeysCommandUser root',
    // The folder is the test's own, under a temporary directory that others may write to.
    'StrictModes no',
    'PidFile none',
    '',
  ].join('\n');

/** Restarts and asks as systemd would, for one unit. Its answer to `restart` comes when the service is up. */
const supervisor = (dir: string): string => `#!/bin/sh
manner=$(cat ${dir}/manner)
pid=$(cat /run/service.pid 2>/dev/null || echo 0)
case "$1 $2" in
"restart ${UNIT}")
  printf x >> ${dir}/restarts
  case $manner in
    failing) echo "Job for ${UNIT} failed because the control process exited with error code." >&2; exit 1 ;;
    hung) sleep 600 ;;
    slow) sleep 3 ;;
    dropped) touch ${dir}/drop; sleep 1; exit 1 ;;
  esac
  if [ "$pid" -gt 1 ]; then kill -9 "$pid" 2>/dev/null; fi
  setsid /usr/sbin/openvpn --config ${dir}/openvpn.conf </dev/null >/dev/null 2>&1 &
  echo $! > /run/service.pid
  sleep 0.3 ;;
"is-active ${UNIT}")
  if [ "$pid" -gt 1 ] && [ -d "/proc/$pid" ]; then echo active; else echo failed; exit 3; fi ;;
*) echo "unknown operation $1 $2" >&2; exit 1 ;;
esac
`;

const keysCommand = (dir: string, socketPath: string): string => `#!/usr/bin/python3
import http.client, socket, sys, urllib.parse
class Door(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("${socketPath}")
query = urllib.parse.urlencode({"instanceId": open("${dir}/instance").read(), "user": sys.argv[1]})
door = Door("127.0.0.1", timeout=5)
door.request("GET", "/moto-api/lab/keys?" + query)
sys.stdout.write(door.getresponse().read().decode())
`;

/** Reports in five times a second, and runs each script as the agent of Systems Manager does: as root, by `sh`. */
const agentCommand = (dir: string, socketPath: string): string => `#!/usr/bin/python3
import http.client, json, os, socket, subprocess, time, urllib.parse
class Door(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("${socketPath}")
def ask(method, path, body=None):
    door = Door("127.0.0.1", timeout=5)
    door.request(method, "/moto-api/lab/agent" + path, body)
    text = door.getresponse().read().decode()
    door.close()
    return text
while True:
    time.sleep(0.2)
    if not os.path.exists("${dir}/agent"):
        continue
    instance = open("${dir}/instance").read()
    command = json.loads(ask("GET", "?" + urllib.parse.urlencode({"instanceId": instance, "platform": "Linux"})))
    if command is None:
        continue
    open("/run/agent.sh", "w").write(command["script"])
    ran = subprocess.run(["/bin/sh", "/run/agent.sh"], capture_output=True, text=True, timeout=60)
    end = {"commandId": command["commandId"], "exitCode": ran.returncode, "out": ran.stdout, "err": ran.stderr}
    ask("POST", "", json.dumps(end))
`;

/** The first process of the machine: its own users and tools, the service, sshd, and whatever the test does to it. */
const boot = (dir: string): string => `#!/bin/sh
set -e
mkdir -p /run/sshd /run/openvpn-server
# An /etc of its own: a program that renames a new passwd into place would take a mount on that file away.
cp -a /etc ${dir}/etc 2>/dev/null || true
mount --bind ${dir}/etc /etc
mount --bind ${dir}/passwd /etc/passwd
mount --bind ${dir}/shadow /etc/shadow
mount --bind ${dir}/bin /usr/local/bin
mount --bind ${dir}/sudoers /etc/sudoers
/usr/local/bin/systemctl restart ${UNIT}
: > ${dir}/restarts
/usr/sbin/sshd -D -e -f ${dir}/sshd_config &
sshd=$!
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /usr/local/bin/lab-agent &
while sleep 0.05; do
  if [ -e ${dir}/kill ]; then kill -9 "$(cat /run/service.pid)"; rm ${dir}/kill; fi
  if [ -e ${dir}/rekey ]; then kill -HUP $sshd; sleep 0.3; rm ${dir}/rekey; fi
  if [ -e ${dir}/drop ]; then
    rm ${dir}/drop
    for one in /proc/[0-9]*; do
      case "$(tr '\\0' ' ' 2>/dev/null < "$one/cmdline")" in
        *"sshd: ${SSH_USER}"*) kill -9 "\${one#/proc/}" 2>/dev/null || true ;;
      esac
    done
  fi
done
wait $sshd
`;
