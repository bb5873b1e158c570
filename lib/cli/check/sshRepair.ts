/** Whether repairs can log in to the appliances that ask for it, by what security groups say. Pure. */
import type { Appliance } from '../../appliances/types/topology.ts';
import type { Observation } from '../pass.ts';
import type { Deployed } from './failover/types.ts';
import { type Caller, reachOf } from './reach.ts';

export interface SshRepairReport {
  readonly canLogIn: 'yes' | 'no' | 'unknown';
  readonly because: string;
  /** The one command; null: nothing. */
  readonly toDo: string | null;
}

const REPAIRS: Caller = {
  name: 'the repair function',
  sends: 'SSH sessions of repairs',
  parameters: 'repair',
};

/** Null: no appliance of the group has `restart-service` in `vpn-medic:repair`. The first one that cannot be reached counts. */
export function reportSshRepair(
  group: string,
  { world, inventory }: Pick<Observation, 'world' | 'inventory'>,
  { ssh, security }: Deployed,
): SshRepairReport | null {
  const asking = world.topology.appliances.filter((one) => one.group === group && isAsking(one));
  if (asking.length === 0) return null;
  const reaches = asking.map((one) =>
    reachOf(one, { protocol: 'tcp', port: 22 }, ssh, inventory, security, REPAIRS),
  );
  const closed = reaches.find(({ kind }) => kind === 'closed');
  if (closed?.kind === 'closed') {
    return { canLogIn: 'no', because: closed.why, toDo: closed.command };
  }
  const unsure = reaches.find(({ kind }) => kind === 'unknown');
  if (unsure?.kind === 'unknown') return { canLogIn: 'unknown', because: unsure.why, toDo: null };
  const from = ssh.isInVpc ? ssh.id : 'anywhere';
  return {
    canLogIn: 'yes',
    because: `the security groups of ${asking.map(({ name }) => name).join(' and ')} admit tcp 22 from ${from}`,
    toDo: null,
  };
}

const isAsking = ({ repair }: Appliance): boolean =>
  repair?.steps.includes('restart-service') === true;
