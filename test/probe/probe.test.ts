/** What every kind of knock has in common: whose fault an error is, and what cannot be knocked at. */
import { spawn } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { resultOfError } from '../../lib/probe/fault.ts';
import { result } from '../../lib/probe/probe.ts';
import type { ProbeKind } from '../../lib/probe/types.ts';
import { aTarget, never } from './peer.ts';

const KINDS: readonly ProbeKind[] = ['tcp', 'tls', 'ike', 'openvpn', 'openvpn-tcp'];

const anError = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe('an error of a socket', () => {
  test.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN'])(
    '%s is the far side’s: down, at the time it struck',
    (code) => {
      expect(resultOfError(anError(code), 7)).toEqual({
        kind: 'down',
        why: expect.stringMatching(new RegExp(`^[a-z ]+ \\(${code}\\)$`)),
        tookMs: 7,
      });
    },
  );

  test.each(
    (
      'ENETUNREACH ENETDOWN EMFILE ENFILE ENOBUFS ENOMEM EACCES EPERM ' +
      'EADDRNOTAVAIL EADDRINUSE EAFNOSUPPORT EINVAL EMSGSIZE'
    ).split(' '),
  )('%s is our own: unknown', (code) => {
    expect(resultOfError(anError(code), 7)).toEqual({
      kind: 'unknown',
      why: expect.stringMatching(new RegExp(`^[a-zA-Z0-9 ]+ \\(${code}\\)$`)),
    });
  });

  test.each([
    ['an unexpected code', anError('EWHATEVER'), 'EWHATEVER'],
    ['an error without a code', new Error('it broke'), 'it broke'],
    ['something that is no error', 'it broke', 'it broke'],
    ['nothing', undefined, 'undefined'],
  ])('%s is unknown, never down', (_, error, why) => {
    expect(resultOfError(error, 7)).toEqual({ kind: 'unknown', why });
  });
});

describe.each(KINDS)('a target of kind %s', (kind) => {
  test.each([
    ['a name', 'localhost'],
    ['a name that ends like an address', 'a.127.0.0.1'],
    ['nothing', ''],
    ['too few numbers', '127.0.1'],
    ['a number out of range', '127.0.0.256'],
    ['a leading zero', '127.0.0.01'],
    ['brackets', '[::1]'],
  ])('whose address is %s is unknown, without a look-up', async (_, address) => {
    const answer = await result(aTarget(kind, address, 9), 60_000, never);
    expect(answer).toEqual({ kind: 'unknown', why: `not an IP address: "${address}"` });
  });

  test.each(['0.0.0.0', '::', '0:0:0:0:0:0:0:0', '::ffff:0.0.0.0'])(
    'whose address is %s is unknown: it would be this machine',
    async (address) => {
      const answer = await result(aTarget(kind, address, 9), 60_000, never);
      expect(answer).toEqual({ kind: 'unknown', why: `${address} names no host` });
    },
  );

  test.each([0, -1, 65_536, 1.5, Number.NaN])('whose port is %d is unknown', async (port) => {
    const answer = await result(aTarget(kind, '127.0.0.1', port), 60_000, never);
    expect(answer).toEqual({ kind: 'unknown', why: `not a port: ${port}` });
  });
});

test('a broadcast address is unknown: no packet left this machine', async () => {
  const answer = await result(aTarget('ike', '255.255.255.255', 500), 60_000, never);
  expect(answer.kind).toBe('unknown');
});

test('without a file descriptor left each kind is unknown, leaves nothing open, and works again later', async () => {
  const notified = await run(
    'ulimit -n 64; exec "$0" "$1"',
    new URL('noDescriptors.ts', import.meta.url),
  );
  const why = 'this process has no file descriptor left (EMFILE)';
  const scarce = Object.fromEntries(KINDS.map((kind) => [kind, { kind: 'unknown', why }]));
  expect(notified).toEqual({
    scarce,
    plenty: Object.fromEntries(KINDS.map((kind) => [kind, 'down'])),
    leftOpen: [],
  });
});

/** Runs a script with this very node, under the limits that `shell` sets; its last word is JSON. */
async function run(shell: string, script: URL): Promise<unknown> {
  const child = spawn('sh', ['-c', shell, process.execPath, script.pathname], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complained = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    complained += String(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${script.pathname} ended with ${String(code)}: ${complained}`);
  return JSON.parse(said);
}
