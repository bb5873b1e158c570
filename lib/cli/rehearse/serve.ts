/** `vpn-medic rehearse --serve`: a live page on this machine, where a person fails resources and sees what vpn-medic does. */
import { once } from 'node:events';
import type { Roles } from '../../simulator/roles.ts';
import { type ExitCode, type Terminal, Unable, WELL } from '../terminal.ts';
import { openLive } from './serve/account.ts';
import { openLiveServer } from './serve/server.ts';

export interface ServeOptions {
  readonly seed: string;
  /** True: any free port. */
  readonly port: string | true;
}

/**
 * Serves this machine only, until the process is ended.
 * @throws {Unable} when the port is no port, or in use.
 */
export async function serve(
  roles: Roles,
  { seed, port }: ServeOptions,
  { clock, out }: Terminal,
): Promise<ExitCode> {
  const server = await openLiveServer(openLive(roles, seed), clock, readPort(port));
  out(`Open ${server.url} in a browser. Ctrl-C ends it.\n`);
  await once(server.closed, 'abort');
  return WELL;
}

function readPort(port: string | true): number {
  if (port === true) return 0;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
  if (number <= 65_535) return number;
  throw new Unable(`--serve ${port}: write a port from 0 (any free one) to 65535`);
}
