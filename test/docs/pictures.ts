/** Writes the pictures of docs/quickstart.md: what the commands print in a simulated account, step by step. `npm run docs:pictures`. */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import type { AwsClients } from '../../lib/cli/awsClients.ts';
import { known } from '../../lib/core/reading.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { AS_DEPLOYED, Deployment } from '../../lib/simulator/deployment.ts';
import { id } from '../../lib/simulator/layout/words.ts';
import { oneGroup } from '../builders/oneGroup.ts';
import { cliOver, START_AT, simAccount, simulatedClients } from '../cli/open.ts';
import { terminalPicture } from './terminalPicture.ts';

const FOLDER = new URL('../../docs/pictures/', import.meta.url);

/** A terminal that a page of text on a code forge has room for. */
const LOOK = { columns: 116, hasColour: true };

interface Shot {
  readonly argv: readonly string[];
  /** How long the deployment has run; 0: nothing is deployed. */
  readonly ranMs: number;
  readonly isTagged: boolean;
}

const SHOTS: Readonly<Record<string, Shot>> = {
  'setup.svg': { argv: ['setup'], ranMs: 0, isTagged: false },
  'check.svg': { argv: ['check'], ranMs: 120_000, isTagged: true },
  'explain.svg': { argv: ['explain', 'ApplianceDown'], ranMs: 150_000, isTagged: true },
};
/** The VPN service of hq-a dies then. */
const DIES_MS = 122_000;

/** What each file of docs/pictures has to hold now. */
export async function renderPictures(): Promise<ReadonlyMap<string, string>> {
  const pictures = new Map<string, string>();
  for (const [name, shot] of Object.entries(SHOTS)) {
    // Virtual time passes while a command loads its modules: the second one finds them loaded.
    await take(shot);
    const command = `npx vpn-medic ${shot.argv.join(' ')}`;
    pictures.set(name, terminalPicture(command, await take(shot), LOOK.columns));
  }
  return pictures;
}

async function take({ argv, ranMs, isTagged }: Shot): Promise<string> {
  const account = simAccount(TWO_APPLIANCES);
  const look = { ...LOOK, isWatched: false, ...(isTagged ? {} : { clients: untagged(account) }) };
  if (ranMs === 0) return (await cliOver(account, argv, look)).out;
  account.faults.add({ kind: 'process-dead', instanceId: id('i', 1) }, DIES_MS, 3_600_000);
  const options = { seed: 'pictures', policy: DEFAULT_POLICY, ...AS_DEPLOYED };
  new Deployment(account, options).start();
  await account.clock.run(ranMs);
  return (await cliOver(account, [...argv, '--state-table', 'state'], look)).out;
}

const TWO_APPLIANCES = oneGroup({ destinations: ['10.20.0.0/16', '10.30.0.0/16'] });

/** From the far side; no probe is admitted. */
const IKE = {
  protocol: 'udp',
  ports: [500, 500],
  cidrs: ['198.51.100.0/24'],
  groupIds: [],
  prefixListIds: [],
} as const;

/** As before anything was tagged. */
function untagged(account: SimAccount): AwsClients {
  const { clients, ports } = simulatedClients(account);
  const { interfaces } = TWO_APPLIANCES;
  const group = {
    groupId: 'sg-0a1b2c3d4e5f60001',
    vpcId: interfaces[0]?.vpcId ?? '',
    ingress: [IKE],
    egress: [],
  };
  return {
    ...clients,
    ec2: async () => ({ ...ports.ec2, tags: async () => known([], START_AT) }),
    securityGroups: async () => ({
      groupIdsOf: async (ids) => known(new Map(ids.map((one) => [one, [group.groupId]])), START_AT),
      groups: async () => known([group], START_AT),
      networkAcls: async () => known([], START_AT),
    }),
    discovery: async () => ({
      forwarders: async () =>
        known(
          interfaces.filter(
            ({ hasSourceDestCheck, instanceId }) => !hasSourceDestCheck && instanceId !== null,
          ),
          START_AT,
        ),
      images: async () => known(new Map(), START_AT),
      certificates: async () => known([], START_AT),
      tag: async () => null,
    }),
  };
}

export async function readPictures(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(FOLDER)).toSorted();
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(new URL(name, FOLDER), 'utf8')] as const),
    ),
  );
}

if (import.meta.main) {
  for (const [name, text] of await renderPictures()) await writeFile(new URL(name, FOLDER), text);
}
