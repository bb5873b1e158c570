/**
 * Goal: whatever the CA, its host, the network and bystanders do, lists only go forward, and when it is over all is well.
 * Method: storms drawn from seeds; then single guards taken away, which some seed must notice.
 */
import { expect, test } from '@jest/globals';
import { CRL_SAFETY, type CrlSafety } from '../../lib/watcher/scopes/crls.ts';
import { crlStorm } from './crls.ts';

const SEEDS = Array.from({ length: 16 }, (_, index) => String(index + 1));
/** Only a hang takes so long. */
const HANG_MS = 300_000;

test(
  'storms publish nothing old, emptied, expired, early or foreign, resolve nothing that is broken (S13), and end in calm with both copies and the endpoint right',
  async () => {
    const storms = [];
    for (const seed of SEEDS) storms.push(await crlStorm(seed));
    expect(storms.filter(({ broken }) => broken.length > 0)).toEqual([]);
    expect(storms.reduce((sum, one) => sum + one.publishedCount, 0)).toBeGreaterThan(100);
    expect(storms.reduce((sum, one) => sum + one.refusedCount, 0)).toBeGreaterThan(100);
    expect(storms.reduce((sum, one) => sum + one.resolvedCount, 0)).toBeGreaterThan(500);
    const notified = new Set(storms.flatMap((one) => one.notified));
    expect(TROUBLES.filter((reason) => !notified.has(reason))).toEqual([]);
  },
  HANG_MS,
);

/** A storm that lacks one of these proves nothing of it. */
const TROUBLES = [
  'CrlExpiring',
  'CrlExpired',
  'CrlTooManyMissing',
  'CrlIssuerUnreadable',
  'CrlCopyLost',
  'CrlCopyStrange',
  'CrlCopyUnreadable',
  'CrlServedDiffers',
  'CrlReplicaDiffers',
  'CrlCandidateUnreadable',
  'CrlInboxSilent',
  'CrlSightLost',
  'CrlWriteFailed',
  'CrlImportFailed',
  'CrlEndpointBehind',
  'CrlEndpointUnfit',
  'CrlEndpointExpired',
];

const without = (rule: string): CrlSafety => ({
  ...CRL_SAFETY,
  rules: CRL_SAFETY.rules.filter(({ name }) => name !== rule),
});
const forgetful: CrlSafety = {
  ...CRL_SAFETY,
  steps: { ...CRL_SAFETY.steps, remembersFirst: false },
};

/** Rare in single storms: one of the first forty seeds must notice; `first` is one that did. */
async function breaks(safety: CrlSafety, what: string, first: number): Promise<boolean> {
  for (const seed of [first, ...Array.from({ length: 40 }, (_, index) => index + 1)]) {
    const { broken } = await crlStorm(String(seed), safety);
    if (broken.some((one) => one.includes(what))) return true;
  }
  return false;
}

test.each([
  ['judgeForward', without('judgeForward'), 'was published after', 15],
  ['judgeMissing', without('judgeMissing'), 'entries were published after', 3],
  ['judgeThisUpdate', without('judgeThisUpdate'), 'from the future', 1],
  ['judgeNextUpdate', without('judgeNextUpdate'), 'expired list was published', 6],
  ['what is recorded before a put', forgetful, 'entries were published after', 28],
])(
  'without %s a storm breaks',
  async (_, safety, what, first) => {
    expect(await breaks(safety, what, first)).toBe(true);
  },
  HANG_MS,
);
