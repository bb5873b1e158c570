/** The packets between a host in the VPC and one behind the tunnels: which were answered. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Namespace } from '../../test/lab/daemons/namespace.ts';
import { EVERY_MS } from './words.ts';

export interface Packet {
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly isAnswered: boolean;
}

export interface Loss {
  readonly lostCount: number;
  /** From the fault to the first packet after which every one is answered; 0 when none was lost. */
  readonly outageMs: number;
}

const MAIN = fileURLToPath(new URL('trafficMain.ts', import.meta.url));

export const startEcho = (far: Namespace) =>
  far.spawn(process.execPath, ['--no-warnings', MAIN, 'echo']);

export const startSender = (vpc: Namespace, file: string) =>
  vpc.spawn(process.execPath, ['--no-warnings', MAIN, 'send', file]);

/** All that was sent so far, in order. */
export async function packetsIn(file: string): Promise<readonly Packet[]> {
  const sentAts: number[] = [];
  const answered = new Set<number>();
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    const [kind, number, at] = line.split(' ');
    if (at === undefined || number === undefined) continue;
    if (kind === 's') sentAts[Number(number)] = Number(at);
    else answered.add(Number(number));
  }
  return sentAts.map((sentAt, number) => ({ sentAt, isAnswered: answered.has(number) }));
}

/** What was lost of the packets that were sent from one instant to another. */
export function lossIn(packets: readonly Packet[], fromAt: number, toAt: number): Loss {
  const own = packets.filter(({ sentAt }) => sentAt >= fromAt - EVERY_MS && sentAt <= toAt);
  const lost = own.filter(({ isAnswered }) => !isAnswered);
  const last = lost.at(-1);
  const next = own.find(({ sentAt }) => last !== undefined && sentAt > last.sentAt);
  return {
    lostCount: lost.length,
    outageMs: last === undefined ? 0 : (next?.sentAt ?? Number.POSITIVE_INFINITY) - fromAt,
  };
}
