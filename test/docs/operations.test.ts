/**
 * Goal: what docs/operations.md tells an operator to type works, as it is written, and does what the page says.
 * Method: every `vpn-medic` command of the page, with its placeholders filled in by id and by name, over a simulated account
 * in which an appliance is dead and its routes have moved.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { parameterFaults } from '../../lib/parameterFaults.ts';
import { PARAMETERS } from '../../lib/parameters.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { Deployment } from '../../lib/simulator/deployment.ts';
import { cliOver, simAccount } from '../cli/open.ts';

const PAGE = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/** Those in a table's first column and those in the text; a command that is named without its arguments is none. */
const COMMANDS: readonly string[] = [
  ...new Set(
    [...PAGE.matchAll(/`(?:vpn-medic )((?!Incident)[^`]+)`/g)].flatMap(([, text = '']) => [text]),
  ),
  // Written beside the first of their row, without the program's name.
  'failback INSTANCE',
  'pin TABLE DESTINATION --to INSTANCE',
  'pin',
  'unpin --all',
  'drain INSTANCE --cancel',
  'admit INSTANCE --revoke',
  'state import FILE',
  'resume',
  'maintenance start --all --for 2h --why TEXT',
  'maintenance list',
  'explain i-0a1b2c3d4e5f60001/ApplianceDown',
  'explain ApplianceDown',
  'explain ID --nth 1',
  'incidents --all',
];

/** Named in a sentence, without the arguments that their row in the table has; the doctor asks a deployed stack. */
const NEEDS_MORE: ReadonlySet<string> = new Set(['undo', 'pause', 'doctor']);

const folder = mkdtempSync(join(tmpdir(), 'vpn-medic-operations-'));
let sim: SimAccount;

const idOf = (name: string): string =>
  sim.network.instances.all().find((one) => one.name === name)?.instanceId ?? '';

beforeAll(async () => {
  sim = simAccount();
  const [first] = sim.network.instances.all();
  const instanceId = first?.instanceId ?? '';
  sim.faults.add({ kind: 'process-dead', instanceId }, 30_000, 1e9);
  new Deployment(sim, {
    seed: 1,
    policy: DEFAULT_POLICY,
    everyMs: 60_000,
    lifeMs: 90_000,
  }).start();
  await sim.clock.run(60_000);
});

/** By id in the one round, by name in the other. */
function filledIn(command: string, by: 'id' | 'name'): readonly string[] {
  const instance = by === 'id' ? idOf('hq-b') : 'hq-b';
  const values: Readonly<Record<string, string>> = {
    ID: by === 'id' ? `${idOf('hq-a')}/ApplianceDown` : 'hq-a/ApplianceDown',
    GROUP: 'hq',
    INSTANCE: instance,
    SUBJECT: instance,
    TABLE: 'app-a',
    DESTINATION: '10.20.0.0/16',
    TEXT: 'CHG-1',
    'vpn-b': instance,
  };
  const file = join(folder, `${by}.json`);
  return command.split(' ').map((word) => (word === 'FILE' ? file : (values[word] ?? word)));
}

const WRITES =
  /^(ack|pin .|unpin|failback .|drain .|drill .|admit .|undo|state import|pause|resume|maintenance st)/;

async function typed(command: string, by: 'id' | 'name') {
  const words = filledIn(command, by);
  const isWrite = WRITES.test(command);
  const argv = [...words, ...(isWrite ? ['--yes'] : []), '--state-table', 't'];
  const ran = await cliOver(sim, argv, { isWatched: false });
  await sim.clock.run(sim.clock.monotonicMs() + 8_000);
  return ran;
}

/** Run in test/lab/newcomer.test.ts, against CloudFormation. */
const DEPLOYS = /^(deploy|remove|template)\b/;

const RUN = COMMANDS.filter((command) => !NEEDS_MORE.has(command) && !DEPLOYS.test(command));

test('the page names commands', () => {
  expect(RUN.length).toBeGreaterThan(25);
});

test.each(['id', 'name'] as const)(
  'every command of the page runs, with things named by %s',
  async (by) => {
    const refused: string[] = [];
    // An import is refused while a leader lives, unless every write is paused: as the page says.
    const last = (command: string) => Number(command.startsWith('state import'));
    for (const command of RUN.toSorted((a, b) => last(a) - last(b))) {
      if (last(command) === 1) await typed('pause --for 2h --why TEXT', by);
      const { err } = await typed(command, by);
      // A thing to end has to be there first; the page's order is not that of a shift.
      if (
        err !== '' &&
        !/there is no (maintenance|pin|drain)|is not (draining|pinned)|^vpn-medic: \d+ items\n$/.test(
          err,
        )
      ) {
        refused.push(`${command}: ${err}`);
      }
    }
    expect(refused).toEqual([]);
  },
);

test('a parameter that the page names is one, with a value that is valid', () => {
  const named = [...PAGE.matchAll(/(?:--param |`)([a-zA-Z]+)=([^`\s]+)/g)]
    .map(([, name = '', value = '']) => [name, value.replace(/[.,;]$/, '')] as const)
    .filter(([name]) => !name.startsWith('VPN'));
  expect(named.length).toBeGreaterThan(8);
  const defaults = Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, row]) => [name, row.default]),
  );
  for (const [name, value] of named) {
    const all = { ...defaults, regions: 'eu-west-1', [name]: value };
    expect([name, parameterFaults(all, 'prod')]).toEqual([name, []]);
  }
});
