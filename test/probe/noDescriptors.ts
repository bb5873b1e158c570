/** Run as a process of its own under a low limit: knocks with every descriptor taken, then with them back. Says JSON. */
import { closeSync, openSync } from 'node:fs';
import { result } from '../../lib/probe/probe.ts';
import type { ProbeKind, ProbeResult } from '../../lib/probe/types.ts';
import { aTarget, never, openPeers, turns } from './peer.ts';

const KINDS: readonly ProbeKind[] = ['tcp', 'tls', 'ike', 'openvpn', 'openvpn-tcp'];

const peers = openPeers();
const tcpPort = await peers.closed('127.0.0.1', 'tcp');
const udpPort = await peers.closed('127.0.0.1', 'udp');

async function probeOnEach(): Promise<readonly (readonly [ProbeKind, ProbeResult])[]> {
  const answers: [ProbeKind, ProbeResult][] = [];
  for (const kind of KINDS) {
    const port = kind === 'ike' || kind === 'openvpn' ? udpPort : tcpPort;
    answers.push([kind, await result(aTarget(kind, '127.0.0.1', port), 2_000, never)]);
  }
  return answers;
}

function takeAll(): readonly number[] {
  const taken: number[] = [];
  for (;;) {
    try {
      taken.push(openSync('/dev/null', 'r'));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EMFILE') return taken;
      throw error;
    }
  }
}

const taken = takeAll();
// Many times, so that a leak would show.
for (let count = 0; count < 50; count += 1) await probeOnEach();
const scarce = Object.fromEntries(await probeOnEach());
for (const descriptor of taken) closeSync(descriptor);
const plenty = Object.fromEntries(
  (await probeOnEach()).map(([kind, { kind: said }]) => [kind, said]),
);
await peers.closeAll();
await turns(10);
const leftOpen = process.getActiveResourcesInfo().filter((name) => /TCP|UDP|Timeout/.test(name));
console.log(JSON.stringify({ scarce, plenty, leftOpen }));
