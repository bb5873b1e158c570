/** Findings of tags and wiring: what the owner of the account wrote, and what does not fit. */

import type { FindingEntry } from './entry.ts';

export const FAULT_FINDINGS = {
  TagInvalid: {
    subjects: ['appliance', 'table', 'connection', 'endpoint', 'metric', 'gateway'],
    severities: ['warning'],
    title: 'Tag invalid',
    meaning:
      'A tag cannot be read. The notification says which part and what follows from it; the rest of the account is repaired as usual.',
    action: 'Correct the tag as the notification says.',
  },
  HomeInvalid: {
    subjects: ['table'],
    severities: ['warning'],
    title: 'Preferred next hop tag invalid',
    meaning:
      '`vpn-medic:preferred` names no appliance, two, or the wrong one. The routes of the table keep the preferred next hop that was learnt.',
  },
  GroupSpansVpcs: {
    subjects: ['group'],
    severities: ['warning'],
    title: 'Group spans VPCs',
    meaning:
      'A group has appliances in several VPCs. A route can only lead to an interface of its own VPC, so each VPC is repaired separately.',
    action: "Give each VPC's appliances a group name of their own.",
  },
  GroupWithoutSpare: {
    subjects: ['group'],
    severities: ['info'],
    title: 'Group without spare',
    meaning:
      'All appliances of a group are in one zone. When the zone fails, no next hop is left for its routes.',
  },
  PoolClaimedTwice: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Pool claimed twice',
    meaning: 'Two appliances claim the same client pool. Its routes are not changed.',
  },
  PoolsOverlap: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Pools overlap',
    meaning: "Two appliances' client pools overlap. Routes in both are not changed.",
  },
  PoolNotFollowed: {
    subjects: ['route'],
    severities: ['warning'],
    title: 'Pool claim not followed',
    meaning:
      'An appliance claims a destination as its client pool, and the route leads to another appliance, where its owner put it. A tag takes no route from a living appliance.',
  },
  InterfaceMissing: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Interface missing',
    meaning: 'A running appliance has no network interface.',
  },
  InterfaceAmbiguous: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Interface ambiguous',
    meaning:
      'An appliance has several interfaces, and it is not clear which one would take over from the interface that routes of its group lead to, or that one has the source/destination check on. Its routes may move away; none is moved to it.',
    action:
      'Run the command of the notification: it gives the two interfaces the same `vpn-medic:role`, or switches the check off.',
  },
  InterfaceMoved: {
    subjects: ['appliance'],
    severities: ['warning'],
    title: 'Interface moved',
    meaning:
      'A network interface of an appliance is attached to another instance, which is no appliance. Routes that lead to it go where their owner put them: they are left alone, and are not failed over.',
    action: 'Tag that instance with `vpn-medic:group`, or point the routes at an appliance.',
  },
  TableForeign: {
    subjects: ['table'],
    severities: ['warning'],
    title: 'Route table of another account',
    meaning:
      "A shared VPC's table belongs to another account. It is read, and never written from this account.",
  },
  TableNotTagged: {
    subjects: ['table'],
    severities: ['warning'],
    title: 'Table not tagged',
    meaning:
      'A table leads through an appliance but is not tagged for its group. These routes fail with their appliance.',
    action: 'Tag it `vpn-medic:group=NAME`, or `vpn-medic:ignore=why`.',
  },
  RouteOwnedByOther: {
    subjects: ['route'],
    severities: ['info'],
    title: 'Route managed by another service',
    meaning:
      'A propagated or advertised route leads through an appliance. A gateway or a route server manages it, so it is not changed.',
  },
  RouteUnreadable: {
    subjects: ['route'],
    severities: ['warning'],
    title: 'Route in words that are not known',
    meaning:
      'EC2 describes a route of a tagged table by a state or an origin that this release does not know. Only this route is left out: it is not managed, and does not fail over.',
    action:
      'Read the route with `aws ec2 describe-route-tables`. Until a release knows the word, move the route by hand when its appliance fails.',
  },
  RouteBlackholed: {
    subjects: ['route'],
    severities: ['warning'],
    title: 'Route is a blackhole',
    meaning:
      'A route of a tagged table is a blackhole, and its next hop was never seen as an appliance. Nothing is written on a guess.',
    action: 'Point it at an appliance of the group, or delete it.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
