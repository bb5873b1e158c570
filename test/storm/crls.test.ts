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

/** Rare in single storms: some of the first forty seeds must notice. */
async function breaks(safety: CrlSafety, what: string): Promise<boolean> {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { broken } = await crlStorm(String(seed), safety);
    if (broken.some((one) => one.includes(what))) return true;
  }
  return false;
}

test.each([
  ['judgeForward', without('judgeForward'), 'was published after'],
  ['judgeMissing', without('judgeMissing'), 'entries were published after'],
  ['judgeThisUpdate', without('judgeThisUpdate'), 'from the future'],
  ['judgeNextUpdate', without('judgeNextUpdate'), 'expired list was published'],
  ['what is recorded before a put', forgetful, 'entries were published after'],
])(
  'without %s a storm breaks',
  async (_, safety, what) => {
    expect(await breaks(safety, what)).toBe(true);
  },
  HANG_MS,
);
