/**
 * Goal: with the ladder on, no storm makes the product break S9, leave a machine stopped or a ladder open. Method: fixed
 * seeds; then each brake of S9 taken away alone, which some seed must miss: a brake that nothing misses tests nothing.
 */
import { expect, test } from '@jest/globals';
import { REPAIR_RULES } from '../../lib/repairs/rules.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { SAFETY } from '../../lib/watcher/pass.ts';
import { seedCount } from './counts.ts';
import { exchangeControl } from './instanceControl.ts';
import { runRepairStorm } from './repairs.ts';

/** Only a hang takes so long: 20 s of work, of which a busy machine has been seen to make 300. */
const HANG_MS = 900_000;
const COUNT = seedCount({ quick: 8, all: 20 });
const SEEDS = Array.from({ length: COUNT }, (_, index) => String(index + 1));

test(
  `${COUNT} storms with repairs that help, do nothing and do harm: S9 holds, every machine runs in the end, every ladder is over`,
  async () => {
    const phases = new Set<string>();
    for (const seed of SEEDS) {
      const { violations, account } = await runRepairStorm(seed, null, true);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
      for (const { phase } of account.log.instanceControl) phases.add(phase);
    }
    expect([...phases].toSorted()).toEqual(['reboot', 'replace', 'restart', 'start', 'stop']);
  },
  HANG_MS,
);

const breaking = async (safety: typeof SAFETY, seeds: readonly string[]) => {
  for (const seed of seeds) {
    const { violations } = await runRepairStorm(seed, safety, false);
    if (violations.some((one) => one.startsWith('S9'))) return seed;
  }
  return null;
};

// Seeds in whose storms the brake alone prevents harm, found by trying them in turn.
test.each([
  ['one of a group', ['22', '32', '37']],
  ['share of the fleet', ['77', '91', '99']],
  ['one ladder an hour', ['9']],
  ['last of its group', ['23']],
] as const)(
  'without its brake "%s" alone some storm breaks S9',
  async (brake, seeds) => {
    const repairRules = REPAIR_RULES.filter((one) => one.brake !== brake);
    expect(await breaking({ ...SAFETY, repairRules }, seeds)).not.toBeNull();
  },
  HANG_MS,
);

/** The product to which an auto scaling group always has all its members, well and in service. */
const alwaysWhole = (account: SimAccount): void =>
  exchangeControl(account, (control) => ({
    scalingGroup: async (name, signal) => {
      const reading = await control.scalingGroup(name, signal);
      if (!reading.known) return reading;
      const members = reading.value.members
        .filter(({ lifecycle }) => lifecycle !== 'Terminating')
        .map((one) => ({ ...one, lifecycle: 'InService', isHealthy: true }));
      const sizes = { minSize: members.length, desiredCapacity: members.length };
      return { ...reading, value: { ...reading.value, ...sizes, members } };
    },
  }));

test(
  'were an auto scaling group always taken for whole, some storm would replace a member that it cannot spare',
  async () => {
    const { violations } = await runRepairStorm('8', null, false, alwaysWhole);
    expect(violations.join('\n')).toMatch(/replace of \S+ while nothing would be launched/);
    expect(violations.join('\n')).toMatch(/replace of \S+ while another member was not in/);
  },
  HANG_MS,
);
