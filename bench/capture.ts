/** How long a capture of 50 appliances and 100 connections takes, beside AWS's own time and with it, and how large it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { takeCapture } from '../test/cli/capture/take.ts';
import { takenOf } from '../test/examples/captures.ts';
import { clientsOf } from '../test/examples/serve.ts';
import { LARGE_ACCOUNT } from './largeAccount.ts';

/** Of a call that answers slowly; most take a fifth of it. */
const CALL_MS = 500;

const startedMs = performance.now();
const plain = await takenOf(LARGE_ACCOUNT);
const plainMs = performance.now() - startedMs;
const shown = await takenOf(LARGE_ACCOUNT, { anonymise: true });
const shownMs = performance.now() - startedMs - plainMs;
let callCount = 0;
const slowFromMs = performance.now();
await takeCapture(
  { region: LARGE_ACCOUNT.region, probes: true },
  () => (onCall) =>
    clientsOf(LARGE_ACCOUNT)((call, send) =>
      onCall(call, async () => {
        callCount += 1;
        await sleep(CALL_MS);
        return send();
      }),
    ),
  LARGE_ACCOUNT,
);
const slowMs = performance.now() - slowFromMs;
const mib = (text: string) => `${(Buffer.byteLength(text) / 1_048_576).toFixed(1)} MiB`;
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
console.log('capture of 50 appliances and 100 connections');
console.log(`  as it is:   ${seconds(plainMs)}, ${mib(plain)}`);
console.log(`  anonymised: ${seconds(shownMs)}, ${mib(shown)}`);
console.log(`  with ${CALL_MS} ms a call: ${seconds(slowMs)}, ${callCount} calls`);
