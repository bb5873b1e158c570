/** Whether repairs can restart the services of appliances that ask for it: by their agents, else by what security groups and network ACLs say of SSH. Pure. */
import type { Appliance } from '../../appliances/types/topology.ts';
import type { Reading } from '../../core/reading.ts';
import type { AgentObservation } from '../../repairs/ports.ts';
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
  { ssh, security, agents = new Map() }: Deployed,
): SshRepairReport | null {
  const asking = world.topology.appliances.filter((one) => one.group === group && isAsking(one));
  if (asking.length === 0) return null;
  const isManaged = ({ instanceId }: Appliance) => {
    const agent = agents.get(instanceId);
    return agent?.known === true && agent.value.kind === 'online';
  };
  const managed = asking.filter(isManaged);
  const bySsh = asking.filter((one) => !isManaged(one));
  const withoutPort =
    managed.length === 0
      ? []
      : [
          `Systems Manager manages ${managed.map(({ name }) => name).join(' and ')}: no port is needed`,
        ];
  const stranded = bySsh.find(({ repair }) => repair?.hand === 'ssm');
  if (stranded !== undefined) return withoutAgent(stranded, agents.get(stranded.instanceId));
  const reaches = bySsh.map((one) =>
    reachOf(one, { protocol: 'tcp', port: 22 }, ssh, inventory, security, REPAIRS),
  );
  const closed = reaches.find(({ kind }) => kind === 'closed');
  if (closed?.kind === 'closed') {
    return { canLogIn: 'no', because: closed.why, toDo: closed.command };
  }
  const unsure = reaches.find(({ kind }) => kind === 'unknown');
  if (unsure?.kind === 'unknown') return { canLogIn: 'unknown', because: unsure.why, toDo: null };
  const from = ssh.isInVpc ? ssh.id : 'anywhere';
  const admitted =
    bySsh.length === 0
      ? []
      : [
          `the security groups and network ACLs of ${bySsh.map(({ name }) => name).join(' and ')} admit tcp 22 from ${from}`,
        ];
  return { canLogIn: 'yes', because: [...withoutPort, ...admitted].join('; '), toDo: null };
}

/** Its tag names Systems Manager alone. */
function withoutAgent(
  { name }: Appliance,
  agent: Reading<AgentObservation> | undefined,
): SshRepairReport {
  if (agent === undefined || !agent.known) {
    const why = agent === undefined ? 'not asked' : agent.why;
    return { canLogIn: 'unknown', because: `the agent of ${name} is unknown: ${why}`, toDo: null };
  }
  const why = agent.value.kind === 'online' ? 'online' : agent.value.why;
  return {
    canLogIn: 'no',
    because: `the tag of ${name} names ssm, and ${why}`,
    toDo: `Let Systems Manager manage ${name} (its agent, and an instance profile with AmazonSSMManagedInstanceCore).`,
  };
}

const isAsking = ({ repair }: Appliance): boolean =>
  repair?.steps.includes('restart-service') === true;
