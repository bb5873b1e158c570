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
  'storms publish nothing old, emptied, expired, early or foreign, and end in calm with both copies and the endpoint right',
  async () => {
    const notificationPlan = [];
    for (const seed of SEEDS) notificationPlan.push(await crlStorm(seed));
    expect(notificationPlan.filter(({ broken }) => broken.length > 0)).toEqual([]);
    expect(notificationPlan.reduce((sum, one) => sum + one.publishedCount, 0)).toBeGreaterThan(100);
    expect(notificationPlan.reduce((sum, one) => sum + one.refusedCount, 0)).toBeGreaterThan(100);
  },
  HANG_MS,
);

const without = (rule: string): CrlSafety => ({
  ...CRL_SAFETY,
  rules: CRL_SAFETY.rules.filter(({ name }) => name !== rule),
});
const forgetful: CrlSafety = {
  ...CRL_SAFETY,
  steps: { ...CRL_SAFETY.steps, remembersFirst: false },
};

test.each([
  ['judgeForward', without('judgeForward'), '6', 'was published after'],
  ['judgeMissing', without('judgeMissing'), '1', 'entries were published after'],
  ['judgeThisUpdate', without('judgeThisUpdate'), '1', 'from the future'],
  ['judgeNextUpdate', without('judgeNextUpdate'), '4', 'expired list was published'],
  ['what is remembered before a put', forgetful, '20', 'entries were published after'],
])(
  'without %s a storm breaks',
  async (_, safety, seed, broken) => {
    expect((await crlStorm(seed, safety)).broken.join('\n')).toContain(broken);
  },
  HANG_MS,
);
