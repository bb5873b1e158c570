/**
 * Goal: a hostile or broken server cannot hang, bloat or deceive us. Method: real sockets on loopback; raw servers for what
 * is not even SSH, the library's own server for what goes wrong after a proper handshake.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { newKeyPair } from '../../../lib/repairs/ssh/keyPair.ts';
import { runScriptFirst } from '../../../lib/repairs/ssh/script.ts';
import { fingerprintOf, type Limits, openSession } from '../../../lib/repairs/ssh/session.ts';

const LIMITS: Limits = {
  // A busy machine has taken more than 1.5 s until a connection on loopback was reported.
  connectMs: 5_000,
  runMs: 1_500,
  outputBytesMax: 16_384,
  trafficBytesMax: 262_144,
};
/** For those who answer properly: no patience that a busy machine could use up while it computes keys. */
const PATIENT: Limits = { ...LIMITS, connectMs: 10_000, runMs: 10_000 };
const DELAY_MS = PATIENT.runMs;
/** A guard against hanging, for those whom `LIMITS` holds: all of them and reserve for a busy machine. */
const HUNG_MS = 40_000;
const never = new AbortController().signal;
const client = newKeyPair();
const host = newKeyPair();
const fingerprint = fingerprintOf(Buffer.from(host.public.split(' ')[1] ?? '', 'base64'));

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that does this with whoever connects; resolves with its port. */
async function rawServer(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return portOf(server.address());
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

const connectTo = (port: number, hostKeys: readonly string[] = [fingerprint]) => ({
  host: '127.0.0.1',
  port,
  user: 'ec2-user',
  privateKey: client.private,
  hostKeys,
});

function forever(socket: Socket, text: string): void {
  const pour = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', pour);
  pour();
}

describe('a host that is no proper SSH server', () => {
  const cases: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['says nothing at all', () => {}],
    ['sends lines before its banner without end', (socket) => forever(socket, 'welcome\r\n')],
    ['sends one line without end', (socket) => forever(socket, 'x'.repeat(1_000))],
    ['speaks another protocol', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['hangs up at once', (socket) => socket.destroy()],
    [
      'drips its banner, a byte at a time',
      (socket) => {
        const timer = setInterval(() => socket.write('S'), 20);
        socket.on('close', () => clearInterval(timer));
      },
    ],
    [
      'greets properly and then pours garbage',
      (socket) => {
        socket.write('SSH-2.0-OpenSSH_9.2\r\n');
        forever(socket, '\u0000\u00ff\u0013garbage'.repeat(100));
      },
    ],
    ['greets properly and falls silent', (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n')],
  ];

  test(
    'ends as a failure, in time, whatever it does instead',
    async () => {
      // At once: each waits for its time to be over.
      const ended = await Promise.all(
        cases.map(async ([what, serve]) => {
          const opened = await openSession(connectTo(await rawServer(serve)), LIMITS, never);
          return { what, kind: opened.kind, isReached: Object(opened).isReached };
        }),
      );
      expect(ended).toEqual(cases.map(([what]) => ({ what, kind: 'failed', isReached: true })));
    },
    HUNG_MS,
  );

  test('a closed target is not a reached one, so that the next address is tried', async () => {
    const port = await rawServer(() => {});
    for (const close of closers.splice(0)) close();
    expect(await openSession(connectTo(port), LIMITS, never)).toMatchObject({
      kind: 'failed',
      isReached: false,
    });
  });
});

type OnExec = (channel: ssh2.ServerChannel, command: string, socket: ssh2.Connection) => void;

/** A real SSH server that lets our key in and answers each command so. */
async function sshServer(onExec: OnExec): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [host.private] }, (connection) => {
    connection.on('error', () => {});
    connection.on('authentication', (context) => context.accept());
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) =>
        onExec(acceptExec(), command, connection),
      );
    });
    closers.push(() => connection.end());
  });
  closers.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return portOf(server.address());
}

const end = (channel: ssh2.ServerChannel, text: string, code = 0) => {
  channel.write(text);
  channel.exit(code);
  channel.end();
};

describe('a proper SSH server', () => {
  test('whose key is believed runs commands; the same server with a key that is not is refused before any', async () => {
    const commands: string[] = [];
    const port = await sshServer((channel, command) => {
      commands.push(command);
      end(channel, 'hello\n', 3);
    });
    const opened = await openSession(connectTo(port), PATIENT, never);
    if (opened.kind !== 'open') throw new Error(opened.why);
    expect(await opened.session.run('say', DELAY_MS)).toEqual({
      kind: 'ended',
      code: 3,
      out: 'hello\n',
      err: '',
    });
    opened.session.close();
    const refused = await openSession(
      connectTo(port, [`SHA256:${'A'.repeat(43)}`]),
      PATIENT,
      never,
    );
    expect(refused).toMatchObject({ kind: 'refused', offered: fingerprint });
    expect(commands).toEqual(['say']);
  });

  test('of an output a little over 16 KB the first 16 KB are kept', async () => {
    const port = await sshServer((channel) => end(channel, 'y'.repeat(17_000)));
    const opened = await openSession(connectTo(port), PATIENT, never);
    if (opened.kind !== 'open') throw new Error(opened.why);
    const ran = await opened.session.run('say', DELAY_MS);
    opened.session.close();
    expect(ran.kind === 'ended' && ran.out.length).toBe(16_384);
  });

  test('with output that never ends is cut off at 256 KB', async () => {
    const port = await sshServer((channel) => {
      const pour = () => {
        while (channel.writable && channel.write('z'.repeat(4_096)));
      };
      channel.on('drain', pour);
      channel.on('error', () => {});
      pour();
    });
    const opened = await openSession(connectTo(port), PATIENT, never);
    if (opened.kind !== 'open') throw new Error(opened.why);
    const ran = await opened.session.run('say', DELAY_MS);
    expect(ran).toMatchObject({ kind: 'lost', why: '127.0.0.1 sent more than 256 KB' });
  });

  test('that answers no command is left when the time of the session is over', async () => {
    const port = await sshServer(() => {});
    const content = { ...PATIENT, runMs: LIMITS.runMs };
    const opened = await openSession(connectTo(port), content, never);
    if (opened.kind !== 'open') throw new Error(opened.why);
    expect(await opened.session.run('say', 100)).toMatchObject({ kind: 'endless' });
    expect(await opened.session.run('say', 9_000)).toMatchObject({
      kind: 'lost',
      why: 'its time is over',
    });
  });
});

describe('a visit to a machine that lies', () => {
  const runScriptOn = (port: number) =>
    runScriptFirst(
      {
        version: 1,
        addresses: ['127.0.0.1'],
        port,
        user: 'ec2-user',
        privateKey: client.private,
        hostKeys: [fingerprint],
        unit: 'strongswan.service',
      },
      never,
      PATIENT,
    );

  test('shows no terminal escape, no secret and no second line of what it says', async () => {
    const port = await sshServer((channel, command) => {
      if (command.includes('restart')) {
        channel.stderr.write(
          '\u001b]0;owned\u0007\u001b[2J\u001b[31mJob failed\u001b[0m\npassword=hunter2 \u202eevil\n',
        );
        channel.exit(1);
        channel.end();
      } else end(channel, 'hq: #1, ESTABLISHED, IKEv2\n');
    });
    const answer = await runScriptOn(port);
    expect(answer).toEqual({
      kind: 'failed',
      why: 'systemctl could not restart strongswan.service (exit 1): password=(redacted) evil',
      evidence: ['before: strongSwan: 1 IKE SA established, 0 child SAs installed'],
    });
  });

  test('that says it is active, and says more than it was asked, is shown as one short line', async () => {
    const port = await sshServer((channel, command) =>
      end(channel, command.includes('is-active') ? `active ${'\u001b[1m!'.repeat(5_000)}\n` : ''),
    );
    const { kind, why, evidence } = await runScriptOn(port);
    expect({ kind, why }).toMatchObject({ kind: 'done' });
    expect(why.length).toBeLessThan(260);
    expect([why, ...evidence].join('')).not.toContain('\u001b');
  });

  test('asks only what the script knows, whatever the answers are', async () => {
    const commands: string[] = [];
    const port = await sshServer((channel, command) => {
      commands.push(command);
      end(channel, '$(reboot); rm -rf /\n');
    });
    await runScriptOn(port);
    expect(commands).toEqual([
      'sudo -n swanctl --list-sas',
      'sudo -n systemctl restart strongswan.service',
      'systemctl is-active strongswan.service',
      'sudo -n swanctl --list-sas',
    ]);
  });
});
