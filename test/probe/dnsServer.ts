/** A DNS server with one trick, on loopback. */
import type { openPeers } from './peer.ts';

export interface DnsAnswer {
  /** 0 well, 2 failed, 3 no such name, 5 refused. */
  readonly rcode: number;
  /** The one A record of every name. */
  readonly address?: string;
}

/** Its `address:port`. Answers every question alike; null: it is silent. */
export async function startDns(
  peers: ReturnType<typeof openPeers>,
  answer: DnsAnswer | null,
): Promise<string> {
  const port = await peers.udp('127.0.0.1', (query, _copy, send) => {
    if (answer !== null) send(replyTo(query, answer));
  });
  return `127.0.0.1:${port}`;
}

/** RFC 1035, 4.1: the header, the question again, and perhaps one record that points back at its name. */
function replyTo(query: Buffer, { rcode, address = '' }: DnsAnswer): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const isForA = question.at(-3) === 1;
  const hasRecord = isForA && address !== '';
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(hasRecord ? 1 : 0, 6);
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)];
  return Buffer.concat([header, question, Buffer.from(hasRecord ? record : [])]);
}
