/** Reads files of 10 MiB of junk, and prints what each took, as JSON. */
import { parseCrl } from '../../../lib/crl/x509/parse.ts';

export interface JunkReport {
  readonly isRead: boolean;
  readonly cpuMs: number;
  /** By how much the memory of the process has grown. */
  readonly heapBytes: number;
  readonly externalBytes: number;
}

const JUNK = [' ', '-', 'M', '\n', '-----BEGIN X509 CRL-----', 'MA==', '\ufeffM'];

function report(piece: string): JunkReport {
  const file = Buffer.alloc(10 * 1024 * 1024, piece);
  const before = process.memoryUsage();
  const from = process.cpuUsage();
  const isRead = parseCrl(file).ok;
  const { user, system } = process.cpuUsage(from);
  const { heapUsed, external } = process.memoryUsage();
  return {
    isRead,
    cpuMs: (user + system) / 1_000,
    heapBytes: heapUsed - before.heapUsed,
    externalBytes: external - before.external,
  };
}

process.stdout.write(JSON.stringify(JUNK.map(report)));
