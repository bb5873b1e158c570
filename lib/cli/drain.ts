/** `vpn-medic drain INSTANCE`: its routes leave it for a limited time, while it works; without arguments, lists what leaves. */

import {
  isLive,
  LEAVE_MS_MAX,
  type Leave,
  leavesId,
  parseLeaves,
  type StoredLeave,
  withLeave,
} from '../appliances/state/leave.ts';
import type { Appliance } from '../appliances/types/topology.ts';
import type { Item } from '../core/ports.ts';
import { counted, shellQuoted } from '../core/text.ts';
import { toIso } from '../core/time.ts';
import type { AwsClients } from './awsClients.ts';
import { parseDuration } from './duration.ts';
import {
  type Change,
  type ChangeOptions,
  carryOut,
  type OperatorRequest,
  openOperatorRequest,
  readList,
  report,
  type StoredList,
  shortArn,
} from './operatorRequest.ts';
import { colour } from './output/colour.ts';
import { type Block, blank, line, table } from './output/textBlocks.ts';
import { type Observation, observeWithoutProbes } from './pass.ts';
import { findTarget } from './pin/subject.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface DrainOptions extends ChangeOptions {
  readonly for: string;
  readonly cancel?: boolean;
}

/** @throws {Unable} for an appliance that there is not, and when the table cannot be used. */
export async function drain(
  words: readonly string[],
  options: DrainOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const forMs = parseDuration(options.for, LEAVE_MS_MAX);
  const [named, ...more] = words;
  if (more.length > 0) throw new Unable('drain what? Name one appliance by its id or its name');
  if (named === undefined && options.cancel === true)
    throw new Unable('cancel what? Name an appliance');
  const request = await openOperatorRequest(options, terminal, clients);
  const stored = await readList(request, leavesId(request.region), parseLeaves);
  const observation = await observeWithoutProbes(request);
  if (named === undefined) return list(request, options, observation);
  const target = findTarget(observation.world.topology, named, request.region);
  return options.cancel === true
    ? cancel(request, options, target, stored)
    : carryOut(
        request,
        changeOf(request, target, request.at + forMs, observation, stored),
        options,
      );
}

const isDrainOf =
  ({ instanceId }: Appliance, { at }: OperatorRequest) =>
  (one: Leave): boolean =>
    one.instanceId === instanceId && one.cause === 'drain' && isLive(one, at);

function changeOf(
  request: OperatorRequest,
  target: Appliance,
  until: number,
  observation: Observation,
  { item, list: leaves }: StoredList<StoredLeave>,
): Change {
  const { instanceId, name, zone } = target;
  const { routes } = observation.world.topology;
  const carried = routes.filter(({ nextHop }) => nextHop === instanceId);
  const what = `${name} (${instanceId}, ${zone}) drained until ${toIso(until)}`;
  return {
    command: 'drain',
    subject: instanceId,
    what,
    says: [
      line(`In ${request.region}, ${what}.`),
      ...writeReplaced(leaves.find(isDrainOf(target, request))),
      writeCarried(target, carried.length),
      ...objections(target, observation),
      blank,
    ],
    question: 'Drain it?',
    write: (by, why) => [
      writeOf(
        request,
        item,
        withLeave(
          leaves,
          {
            instanceId,
            cause: 'drain',
            at: request.at,
            endsAt: null,
            until,
            by,
            why,
            hook: null,
          },
          request.at,
        ),
      ),
    ],
    done: [
      line([
        colour('good', 'Draining.'),
        ` Wait until no route leads to it, as shown by: vpn-medic drain`,
      ]),
      line(
        `It ends by itself at ${toIso(until)}; sooner with: vpn-medic drain ${shellQuoted(instanceId)} --cancel`,
      ),
    ],
    report: {
      instanceId,
      name,
      group: target.group,
      until: toIso(until),
      routes: carried.map(({ key }) => key),
    },
  };
}

const writeReplaced = (before: StoredLeave | undefined): readonly Block[] =>
  before === undefined
    ? []
    : [
        line(
          `This replaces the drain by ${before.by} until ${toIso(before.until)} (${before.why}).`,
        ),
      ];

const writeCarried = ({ group }: Appliance, routes: number): Block =>
  line(
    routes === 0
      ? 'No route leads to it; none moves to it meanwhile.'
      : `${counted(routes, 'route')} ${routes === 1 ? 'leads' : 'lead'} to it. Within seconds the watcher moves all that others can carry to appliances of group ${group} that its own probes have proven; none moves back meanwhile.`,
  );

const writeOf = (
  { region }: OperatorRequest,
  over: Item | undefined,
  leaves: readonly StoredLeave[],
) => ({ id: leavesId(region), over, body: { version: 1, leaves } });

/** By EC2 alone, without a probe: who could take the routes at all. */
function objections(
  { instanceId, name, group }: Appliance,
  { world, assessment }: Observation,
): readonly Block[] {
  const takers = world.topology.appliances.filter(
    (one) =>
      one.group === group &&
      one.instanceId !== instanceId &&
      assessment.verdicts.get(one.instanceId)?.kind !== 'down' &&
      !assessment.leaves.has(one.instanceId),
  );
  const own = world.topology.routes.filter(
    ({ nextHop, preferred }) => nextHop === instanceId && preferred.kind !== 'appliance',
  );
  const warnings = [
    takers.length > 0
      ? null
      : `No other appliance of group ${group} could take them now: they stay.`,
    own.length === 0
      ? null
      : `${counted(own.length, 'route')} of client pools ${own.length === 1 ? 'stays' : 'stay'}: no other appliance than ${name} can carry ${own.length === 1 ? 'it' : 'them'}.`,
  ];
  return warnings.flatMap((one) => (one === null ? [] : [line(colour('warn', one))]));
}

function cancel(
  request: OperatorRequest,
  options: ChangeOptions,
  target: Appliance,
  { item, list: leaves }: StoredList<StoredLeave>,
): Promise<ExitCode> | ExitCode {
  const { instanceId, name, zone } = target;
  const isMeant = isDrainOf(target, request);
  const ending = leaves.find(isMeant);
  if (ending === undefined) {
    return report(request, options, { isChanged: false, instanceId }, [
      line(`${name} (${instanceId}) is not drained in ${request.region}.`),
    ]);
  }
  const what = `drain of ${name} (${instanceId}, ${zone}) ended`;
  const change: Change = {
    command: 'drain',
    subject: instanceId,
    what,
    says: [
      line(
        `In ${request.region}, the drain of ${name} by ${ending.by} until ${toIso(ending.until)} (${ending.why}) would end now.`,
      ),
      blank,
    ],
    question: 'End it?',
    write: () => [
      writeOf(
        request,
        item,
        leaves.map((one) =>
          isMeant(one) ? { ...one, until: Math.min(one.until, request.at) } : one,
        ),
      ),
    ],
    done: [
      line([
        colour('good', 'Ended.'),
        ` Its routes fail back once it has been healthy for long enough.`,
      ]),
    ],
    report: { instanceId, name, until: toIso(request.at) },
  };
  return carryOut(request, change, options);
}

function list(
  request: OperatorRequest,
  options: ChangeOptions,
  { world, assessment }: Observation,
): ExitCode {
  const { appliances, routes } = world.topology;
  const carriedBy = (id: string) => routes.filter(({ nextHop }) => nextHop === id).length;
  const leaves = [...assessment.leaves.values()];
  const rows = leaves.map(({ instanceId, cause, endsAt, until, by, why }) => [
    appliances.find((one) => one.instanceId === instanceId)?.name ?? instanceId,
    instanceId,
    cause,
    endsAt === null ? '-' : toIso(endsAt),
    until === null ? '-' : toIso(until),
    String(carriedBy(instanceId)),
    shortArn(by),
    why,
  ]);
  return report(
    request,
    options,
    {
      leaves: leaves.map(({ instanceId, cause, at, endsAt, until, by, why }) => ({
        instanceId,
        cause,
        at: toIso(at),
        endsAt: endsAt === null ? null : toIso(endsAt),
        until: until === null ? null : toIso(until),
        by,
        why,
        routes: carriedBy(instanceId),
      })),
    },
    rows.length === 0
      ? [line(`Nothing leaves in ${request.region}.`)]
      : [table(['NAME', 'INSTANCE', 'CAUSE', 'ENDS', 'COUNTS UNTIL', 'ROUTES', 'BY', 'WHY'], rows)],
  );
}
