/** One SSH session with a machine that may be sick or hostile: strict host key, one key, and a bound on everything. */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import ssh2 from 'ssh2';
import { safeLine } from '../../core/safeLine.ts';

export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** OpenSSH text. */
  readonly privateKey: string;
  /** `SHA256:…` of the accepted host keys; any other ends the session before anything is sent. */
  readonly hostKeys: readonly string[];
}

export interface Limits {
  /** From the first packet to a session that takes commands. */
  readonly connectMs: number;
  /** For all commands together. */
  readonly runMs: number;
  /** Kept of one command's output. */
  readonly outputBytesMax: number;
  /** Received in all, kept or not: beyond it the connection is cut. */
  readonly trafficBytesMax: number;
}

export const LIMITS: Limits = {
  connectMs: 10_000,
  runMs: 30_000,
  outputBytesMax: 16_384,
  trafficBytesMax: 262_144,
};

export type Opened =
  | { readonly kind: 'open'; readonly session: Session }
  /** An unproven host key. */
  | { readonly kind: 'refused'; readonly why: string; readonly offered: string }
  | { readonly kind: 'failed'; readonly why: string; readonly isReached: boolean };

export interface Session {
  /** Resolves always: when it ended, when `msMax` or the session's own time is over, when the connection is lost. */
  run(command: string, msMax: number): Promise<Ran>;
  close(): void;
}

export type Ran =
  | {
      readonly kind: 'ended';
      /** Null: ended by a signal. */
      readonly code: number | null;
      readonly out: string;
      readonly err: string;
    }
  /** It did not end within its time; with its output so far. */
  | { readonly kind: 'endless'; readonly why: string; readonly out: string }
  | { readonly kind: 'lost'; readonly why: string };

/** Never rejects for what the far side does. */
// oxlint-disable-next-line max-lines-per-function -- one connection: each listener reads and sets how it may end
export function openSession(
  target: SshTarget,
  limits: Limits,
  signal: AbortSignal,
): Promise<Opened> {
  const { host, port, user, privateKey, hostKeys } = target;
  const { promise, resolve } = Promise.withResolvers<Opened>();
  const client = new ssh2.Client();
  const socket = connect({ host, port });
  let isReached = false;
  let receivedBytes = 0;
  let offered: string | null = null;
  let lostWhy: string | null = null;
  const cut = (why: string) => {
    lostWhy ??= why;
    socket.destroy();
    fail(why);
  };
  const fail = (why: string) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    const isProven = offered === null || hostKeys.includes(offered);
    resolve(
      isProven
        ? { kind: 'failed', why, isReached }
        : { kind: 'refused', why: unproven(offered ?? ''), offered: offered ?? '' },
    );
    client.destroy();
  };
  const giveUp = () => cut('the repair function gave up');
  const timer = setTimeout(
    () => cut(`no SSH session with ${host} within ${limits.connectMs / 1_000} s`),
    limits.connectMs,
  );
  signal.addEventListener('abort', giveUp, { once: true });
  socket.on('connect', () => {
    isReached = true;
  });
  socket.on('data', ({ length }: { readonly length: number }) => {
    receivedBytes += length;
    if (receivedBytes > limits.trafficBytesMax) {
      cut(`${host} sent more than ${limits.trafficBytesMax / 1_024} KB`);
    }
  });
  // Emitted again for later errors: without a listener it would end the process.
  client.on('error', (error) => {
    lostWhy ??= tell(error, user);
    fail(lostWhy);
  });
  client.on('close', () => {
    lostWhy ??= `${host} closed the connection`;
    fail(lostWhy);
  });
  client.on('ready', () => {
    clearTimeout(timer);
    // The session's own end; nothing of it outlives this.
    const end = setTimeout(() => cut('its time is over'), limits.runMs);
    client.on('close', () => clearTimeout(end));
    resolve({
      kind: 'open',
      session: {
        run: (command, msMax) => run(client, command, msMax, limits, () => lostWhy),
        close: () => {
          clearTimeout(end);
          signal.removeEventListener('abort', giveUp);
          client.end();
          socket.destroy();
        },
      },
    });
  });
  try {
    client.connect({
      sock: socket,
      username: user,
      privateKey,
      authHandler: ['publickey'],
      // Our timer counts; the library's must not be left running.
      readyTimeout: limits.connectMs + 1_000,
      algorithms: { serverHostKey: [...HOST_KEY_KINDS] },
      hostVerifier: (key: Buffer) => {
        offered = fingerprintOf(key);
        return hostKeys.includes(offered);
      },
    });
  } catch (error) {
    cut(tell(error, user));
  }
  return promise;
}

/** Ed25519 first: that is the one whose fingerprint the tag should hold. */
const HOST_KEY_KINDS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** As `ssh-keygen -l` writes it. `key`: the public key as it goes over the wire. */
export const fingerprintOf = (key: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

const unproven = (offered: string): string =>
  `the host key ${offered} that answered is neither in vpn-medic:host-key nor on its console`;

function tell(error: unknown, user: string): string {
  const message = error instanceof Error ? safeLine(error.message) : 'an unknown fault';
  const level: unknown = error instanceof Error ? Reflect.get(error, 'level') : undefined;
  if (level === 'client-authentication') {
    return `${user}'s key was not accepted: is EC2 Instance Connect installed, and is there such a user?`;
  }
  return `SSH: ${message}`;
}

async function run(
  client: ssh2.Client,
  command: string,
  msMax: number,
  { outputBytesMax }: Limits,
  lostWhy: () => string | null,
): Promise<Ran> {
  const before = lostWhy();
  if (before !== null) return { kind: 'lost', why: before };
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let keptBytes = 0;
  let code: number | null = null;
  const keep = (into: Buffer[]) => (data: Buffer) => {
    const room = outputBytesMax - keptBytes;
    if (room > 0) into.push(data.subarray(0, room));
    keptBytes += Math.min(room, data.length);
  };
  const timer = setTimeout(
    () =>
      resolve({
        kind: 'endless',
        why: `"${command}" did not end within ${msMax / 1_000} s`,
        out: textOf(out),
      }),
    msMax,
  );
  const lose = () => resolve({ kind: 'lost', why: lostWhy() ?? 'the connection was closed' });
  client.once('close', lose);
  try {
    client.exec(command, { pty: false }, (error, channel) => {
      if (error !== undefined) {
        resolve({ kind: 'lost', why: safeLine(error.message) });
        return;
      }
      channel.on('data', keep(out));
      channel.stderr.on('data', keep(err));
      channel.on('exit', (status: unknown) => {
        code = typeof status === 'number' ? status : null;
      });
      channel.on('close', () => {
        if (lostWhy() === null)
          resolve({ kind: 'ended', code, out: textOf(out), err: textOf(err) });
        else lose();
      });
    });
  } catch (error) {
    resolve({
      kind: 'lost',
      why: error instanceof Error ? safeLine(error.message) : 'not connected',
    });
  }
  const ran = await promise;
  clearTimeout(timer);
  client.off('close', lose);
  return ran;
}

const textOf = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString('utf8');
