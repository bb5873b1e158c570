/** How long a capture of 50 appliances and 100 connections takes beside AWS's own time, and how large it is. */
import { takenOf } from '../test/examples/captures.ts';
import { LARGE_ACCOUNT } from './largeAccount.ts';

const startedMs = performance.now();
const plain = await takenOf(LARGE_ACCOUNT);
const plainMs = performance.now() - startedMs;
const shown = await takenOf(LARGE_ACCOUNT, { anonymise: true });
const shownMs = performance.now() - startedMs - plainMs;
const mib = (text: string) => `${(Buffer.byteLength(text) / 1_048_576).toFixed(1)} MiB`;
console.log('capture of 50 appliances and 100 connections');
console.log(`  as it is:   ${(plainMs / 1_000).toFixed(1)} s, ${mib(plain)}`);
console.log(`  anonymised: ${(shownMs / 1_000).toFixed(1)} s, ${mib(shown)}`);
