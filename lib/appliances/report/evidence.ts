/** What was observed of appliances when an incident began: one line each, as `explain` shows them. Pure. */

import type { Subject } from '../../core/finding.ts';
import type { Reading } from '../../core/reading.ts';
import { toIso } from '../../core/time.ts';
import type { Assessment } from '../types/assessment.ts';
import type { InterfaceFact } from '../types/inventory.ts';
import type { Appliance } from '../types/topology.ts';
import type { Verdict } from '../types/verdict.ts';
import type { World } from '../types/world.ts';

const APPLIANCES_MAX = 12;

/** The subject's own appliances first, then those that could replace them. */
export function observationsOf(
  world: World,
  assessment: Assessment,
  subject: Subject,
): readonly string[] {
  const { appliances } = world.topology;
  const own = appliances.filter((one) => isPart(one, subject, world));
  const groups = new Set([subject.group, ...own.map(({ group }) => group)]);
  const peers = appliances.filter((one) => groups.has(one.group) && !own.includes(one));
  const shown = [...own, ...peers].slice(0, APPLIANCES_MAX);
  return [
    `Looked at ${toIso(world.at)}: ${leaseText(world)}`,
    ...world.gaps.map(({ what, why }) => `Not readable: ${what}: ${why}`),
    ...shown.flatMap((one) => [
      applianceText(one, world, assessment.verdicts.get(one.instanceId)),
      ...probeTexts(one, world),
    ]),
  ];
}

/** Whether the subject is this appliance, holds it, or leads through it. */
function isPart(
  { instanceId, group, zone }: Appliance,
  { kind, id }: Subject,
  world: World,
): boolean {
  if (kind === 'region' || kind === 'account') return true;
  if (kind === 'route' || kind === 'table') {
    return world.topology.routes.some(
      ({ key, tableId, nextHop }) => (key === id || tableId === id) && nextHop === instanceId,
    );
  }
  return (
    id === instanceId || (kind === 'group' && id === group) || (kind === 'zone' && id === zone)
  );
}

function leaseText({ lease }: World): string {
  switch (lease.kind) {
    case 'leader':
      return `this watcher leads (fencing token ${lease.token})`;
    case 'standby':
      return 'this watcher is a standby';
    case 'lost':
      return `the leader is ${lease.to}`;
    case 'unreachable':
      return `the state table cannot be reached: ${lease.why}`;
    case 'singlePass':
      return 'a single pass';
    default:
      return lease satisfies never;
  }
}

function applianceText(
  { instanceId, name, zone }: Appliance,
  world: World,
  verdict: Verdict | undefined,
): string {
  const signals = world.signals.get(instanceId);
  const carried = world.topology.routes.filter(({ nextHop }) => nextHop === instanceId).length;
  const ec2 =
    signals === undefined
      ? 'nothing from EC2'
      : [
          readText(signals.state, (state) => `EC2 says ${state}`),
          readText(
            signals.checks,
            ({ system, instance, attachedEbs }) => `checks ${system}/${instance}/${attachedEbs}`,
          ),
          readText(signals.interfaces, (links) =>
            links.length === 0 ? 'interface gone' : links.map(linkText).join(', '),
          ),
        ].join(', ');
  return `${name} (${instanceId}, ${zone}): ${verdictText(verdict)}; ${ec2}; carries ${carried}`;
}

const linkText = (
  { interfaceId, status, hasSourceDestCheck }: InterfaceFact,
  _index: number,
  { length }: readonly InterfaceFact[],
): string =>
  `interface ${length === 1 ? '' : `${interfaceId} `}${status}${hasSourceDestCheck ? ', source/destination check on' : ''}`;

const readText = <T>(reading: Reading<T>, say: (value: T) => string): string =>
  reading.known ? say(reading.value) : `not readable (${reading.why})`;

function verdictText(verdict: Verdict | undefined): string {
  if (verdict === undefined) return 'not judged';
  if (verdict.kind === 'up') return verdict.isHealthy ? 'up' : 'up, not yet for long';
  return `${verdict.kind}: ${verdict.why}`;
}

/** The last answers of each probe, oldest first. */
const probeTexts = ({ instanceId }: Appliance, world: World): readonly string[] =>
  world.vantages.flatMap(({ vantage, histories }) =>
    [...histories].flatMap(([key, { recent }]) =>
      key.startsWith(`${instanceId} `)
        ? [`  ${key.slice(instanceId.length + 1)} from ${vantage.id}: ${recent.join(', ')}`]
        : [],
    ),
  );
