/** Goal: check says for each group with SSH repairs whether they can log in, with the one command. Method: rules by hand. */
import { expect, test } from '@jest/globals';
import { reportSshRepair } from '../../../lib/cli/check/sshRepair.ts';
import { known } from '../../../lib/core/reading.ts';
import type { RepairStep } from '../../../lib/core/repairTags.ts';
import type { SecurityRule } from '../../../lib/core/securityGroupPort.ts';
import type { Vantage } from '../../../lib/probe/types.ts';
import type { AgentObservation } from '../../../lib/repairs/ports.ts';
import { anInterface, anInventory, aSubnet, NOW, zoneOf } from '../../builders/facts.ts';
import { openAcl } from '../../builders/networkAcls.ts';
import { anAppliance, aWorld } from '../../builders/world.ts';

const OUTSIDE: Vantage = { id: 'here', subnetIds: [], isInVpc: false };
const INSIDE: Vantage = {
  id: 'vpn-medic-prod-repairShell',
  subnetIds: ['subnet-p'],
  isInVpc: true,
  securityGroupIds: ['sg-shell'],
};
const card = anInterface('i-a1', { privateIp: '10.0.0.10', publicIp: '192.0.2.10' });

function reported(
  steps: readonly RepairStep[] | null,
  cidrs: readonly string[],
  ssh: Vantage,
  agent?: AgentObservation,
  hand?: 'ssm',
) {
  const repair = steps && {
    steps,
    service: 'strongswan.service',
    sshUser: null,
    hostKey: null,
    ...(hand !== undefined && { hand }),
  };
  const inventory = anInventory({
    interfaces: [card],
    subnets: [aSubnet('subnet-p', zoneOf('a'), { cidrs: ['10.0.9.0/24'] })],
  });
  const world = aWorld({
    appliances: [
      anAppliance('i-a1', {
        privateIp: '10.0.0.10',
        publicIp: '192.0.2.10',
        ...(repair === null ? {} : { repair }),
      }),
    ],
  });
  const ingress: SecurityRule = {
    protocol: 'tcp',
    ports: [22, 22],
    cidrs,
    groupIds: [],
    prefixListIds: [],
  };
  const own = { vpcId: 'vpc-1', egress: [{ ...ingress, cidrs: ['0.0.0.0/0'] }] };
  return reportSshRepair(
    'hq',
    { world, inventory },
    {
      vantages: [],
      ssh,
      ...(agent !== undefined && { agents: new Map([['i-a1', known(agent, NOW)]]) }),
      security: {
        byInterface: new Map([[card.interfaceId, ['sg-vpn']]]),
        groups: new Map([
          ['sg-vpn', { ...own, groupId: 'sg-vpn', ingress: [ingress] }],
          ['sg-shell', { ...own, groupId: 'sg-shell', ingress: [] }],
        ]),
        acls: [openAcl(card.subnetId, ...ssh.subnetIds)],
      },
    },
  );
}

test.each<[string, readonly RepairStep[] | null]>([
  ['no repair', null],
  ['reboots alone', ['reboot', 'stop-start']],
])('of a group that allows %s nothing is said', (_what, steps) => {
  expect(reported(steps, [], OUTSIDE)).toBeNull();
});

test('without repairSubnets, and SSH not open to the world: no, with the deployment that logs in from inside', () => {
  expect(reported(['restart-service'], ['10.0.0.0/8'], OUTSIDE)).toEqual({
    canLogIn: 'no',
    because:
      'the security group sg-vpn of vpn-a1 does not admit tcp 22 from the repair function, whose public address changes',
    toDo: expect.stringMatching(
      /^npx sls deploy --param repairSubnets=\S+ --param repairSecurityGroups=sg-vpn \(and every/,
    ),
  });
});

test('with repairSubnets, and not let in from there: no, with the rule that is missing', () => {
  expect(reported(['restart-service'], ['172.16.0.0/12'], INSIDE)).toMatchObject({
    canLogIn: 'no',
    toDo: expect.stringMatching(
      /^aws ec2 authorize-security-group-ingress --group-id sg-vpn .*FromPort=22,ToPort=22,UserIdGroupPairs=\[\{GroupId=sg-shell\}\]/,
    ),
  });
});

test.each<[string, readonly string[], Vantage]>([
  ['from the subnet of the function', ['10.0.9.0/24'], INSIDE],
  ['from anywhere', ['0.0.0.0/0'], OUTSIDE],
])('let in %s: yes', (_what, cidrs, ssh) => {
  expect(reported(['restart-service'], cidrs, ssh)).toMatchObject({ canLogIn: 'yes', toDo: null });
});

test('an agent that is online needs no port; one that is offline leaves it to SSH', () => {
  const online = { kind: 'online', platform: 'windows' } as const;
  expect(reported(['restart-service'], [], OUTSIDE, online)).toEqual({
    canLogIn: 'yes',
    because: 'Systems Manager manages vpn-a1: no port is needed',
    toDo: null,
  });
  const lost = { kind: 'offline', isManaged: true, why: 'its agent is Inactive' } as const;
  expect(reported(['restart-service'], [], OUTSIDE, lost)).toMatchObject({ canLogIn: 'no' });
  expect(reported(['restart-service'], ['0.0.0.0/0'], OUTSIDE, lost)).toMatchObject({
    canLogIn: 'yes',
  });
});

test('where the tag names Systems Manager alone, an open port helps nothing', () => {
  const lost = { kind: 'offline', isManaged: true, why: 'its agent is Inactive' } as const;
  expect(reported(['restart-service'], ['0.0.0.0/0'], OUTSIDE, lost, 'ssm')).toMatchObject({
    canLogIn: 'no',
    because: 'the tag of vpn-a1 names ssm, and its agent is Inactive',
  });
});
