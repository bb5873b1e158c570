/** `vpn-medic failback GROUP|INSTANCE`: a person says that the tunnels carry traffic, so that routes go back; without arguments, lists what was said. */

import { FAILBACKS_MAX, failbacksId, parseFailbacks } from '../appliances/state/failback.ts';
import type { FailbackRequest } from '../appliances/types/failback.ts';
import type { Appliance } from '../appliances/types/topology.ts';
import { counted } from '../core/text.ts';
import { toIso } from '../core/time.ts';
import type { AwsClients } from './awsClients.ts';
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
import { blank, line, table } from './output/textBlocks.ts';
import { type Observation, observeWithoutProbes } from './pass.ts';
import { findTarget } from './pin/subject.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

/** @throws {Unable} for a group or appliance that there is not, and when the table cannot be used. */
export async function failback(
  words: readonly string[],
  options: ChangeOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const [named, ...more] = words;
  if (more.length > 0) throw new Unable('failback to what? Name one group or one appliance');
  const request = await openOperatorRequest(options, terminal, clients);
  const stored = await readList(request, failbacksId(request.region), parseFailbacks);
  if (named === undefined) return list(request, options, stored.list);
  const observation = await observeWithoutProbes(request);
  const waiting = chosen(named, observation, request).filter((one) => isWaiting(one, observation));
  if (waiting.length === 0) {
    return report(request, options, { isChanged: false, named }, [
      line(`No route of ${named} waits for a failback in ${request.region}.`),
    ]);
  }
  return carryOut(request, changeOf(request, named, waiting, observation, stored), options);
}

/** The members of the group of that name, else the appliance. */
function chosen(
  named: string,
  { world: { topology } }: Observation,
  { region }: OperatorRequest,
): readonly Appliance[] {
  const members = topology.appliances.filter(({ group }) => group === named);
  return members.length > 0 ? members : [findTarget(topology, named, region)];
}

const doubtOf = ({ instanceId }: Appliance, { memory }: Observation) =>
  memory.appliances.get(instanceId)?.doubt ?? null;

const awayOf = ({ instanceId }: Appliance, { world }: Observation) =>
  world.topology.routes.filter(
    ({ preferred, nextHop }) =>
      preferred.kind === 'appliance' &&
      preferred.instanceId === instanceId &&
      nextHop !== instanceId,
  );

const isWaiting = (one: Appliance, observation: Observation): boolean =>
  doubtOf(one, observation) !== null || awayOf(one, observation).length > 0;

function changeOf(
  request: OperatorRequest,
  named: string,
  waiting: readonly Appliance[],
  observation: Observation,
  { item, list: failbacks }: StoredList<FailbackRequest>,
): Change {
  const names = waiting.map(({ name }) => name).join(' and ');
  const down = waiting.filter(
    ({ instanceId }) => observation.assessment.verdicts.get(instanceId)?.kind === 'down',
  );
  const ids = new Set(waiting.map(({ instanceId }) => instanceId));
  return {
    command: 'failback',
    subject: named,
    what: `failback to ${names} allowed`,
    says: [
      table(
        ['APPLIANCE', 'INSTANCE', 'ROUTES AWAY', 'IN DOUBT SINCE'],
        waiting.map((one) => [
          one.name,
          one.instanceId,
          String(awayOf(one, observation).length),
          sinceText(one, observation),
        ]),
      ),
      line(
        'Their routes go back once their probes have answered for long enough and the hold-down is over, although nothing proves their tunnels. Test each tunnel first: routes to a dead one lose every packet.',
      ),
      ...(down.length === 0
        ? []
        : [line(colour('warn', `${down.map(({ name }) => name).join(' and ')} is down now.`))]),
      blank,
    ],
    question: 'Do the tunnels carry traffic?',
    write: (by, why) => [
      {
        id: failbacksId(request.region),
        over: item,
        body: {
          version: 1,
          failbacks: [
            ...failbacks.filter(({ instanceId }) => !ids.has(instanceId)),
            ...waiting.map((one) => ({
              instanceId: one.instanceId,
              doubtSince: doubtOf(one, observation)?.since ?? null,
              at: request.at,
              by,
              why,
            })),
          ].slice(-FAILBACKS_MAX),
        },
      },
    ],
    done: [
      line([
        colour('good', `Failback to ${counted(waiting.length, 'appliance')} allowed.`),
        ' The watcher knows it within seconds. A later death needs a new word.',
      ]),
    ],
    report: {
      appliances: waiting.map((one) => ({
        instanceId: one.instanceId,
        name: one.name,
        routes: awayOf(one, observation).map(({ key }) => key),
      })),
    },
  };
}

function sinceText(one: Appliance, observation: Observation): string {
  const doubt = doubtOf(one, observation);
  return doubt === null ? '-' : toIso(doubt.since);
}

function list(
  request: OperatorRequest,
  options: ChangeOptions,
  failbacks: readonly FailbackRequest[],
): ExitCode {
  const rows = failbacks.map(({ instanceId, at, by, why }) => [
    instanceId,
    toIso(at),
    shortArn(by),
    why,
  ]);
  return report(
    request,
    options,
    { failbacks: failbacks.map(({ at, ...one }) => ({ ...one, at: toIso(at) })) },
    rows.length === 0
      ? [line(`No failbacks were allowed by operators in ${request.region}.`)]
      : [table(['INSTANCE', 'SINCE', 'BY', 'WHY'], rows)],
  );
}
