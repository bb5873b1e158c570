/** `vpn-medic admit INSTANCE [--revoke]`: lets an appliance into its group, or keeps it out; without arguments, lists both. */

import { joinOf } from '../appliances/state/admission.ts';
import {
  ADMITS_MAX,
  type Admit,
  admitOf,
  admitsId,
  parseAdmits,
} from '../appliances/state/admit.ts';
import type { Appliance } from '../appliances/types/topology.ts';
import { shellQuoted } from '../core/text.ts';
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
import { observeWithoutProbes, PASS_POLICY } from './pass.ts';
import { findTarget } from './pin/subject.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface AdmitOptions extends ChangeOptions {
  readonly revoke?: boolean;
}

/** @throws {Unable} for an appliance that there is not, and when the table cannot be used. */
export async function admit(
  words: readonly string[],
  options: AdmitOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const request = await openOperatorRequest(options, terminal, clients);
  const stored = await readList(request, admitsId(request.region), parseAdmits);
  const [named, ...more] = words;
  if (more.length > 0) throw new Unable('admit what? Name one appliance by its id or its name');
  if (named === undefined) {
    if (options.revoke === true) throw new Unable('revoke what? Name an appliance');
    return list(request, options, stored.list);
  }
  const { world, memory } = await observeWithoutProbes(request);
  const target = findTarget(world.topology, named, request.region);
  const scene = { topology: world.topology, memory, policy: PASS_POLICY };
  const before = joinOf(target, { ...scene, memory: { ...memory, admits: [] } });
  return carryOut(
    request,
    changeOf(request, target, options.revoke !== true, before, stored),
    options,
  );
}

function changeOf(
  request: OperatorRequest,
  target: Appliance,
  isAdmitted: boolean,
  before: ReturnType<typeof joinOf>,
  { item, list: admits }: StoredList<Admit>,
): Change {
  const { instanceId, name, group, zone } = target;
  const place = `${name} (${instanceId}, ${zone})`;
  const what = `${place} ${isAdmitted ? 'admitted to' : 'kept out of'} group ${group}`;
  const earlier = admitOf(admits, target);
  return {
    command: 'admit',
    subject: instanceId,
    what,
    says: [
      line(`In ${request.region}, ${what}.`),
      ...(earlier === undefined
        ? []
        : [
            line(`This replaces what ${earlier.by} said at ${toIso(earlier.at)} (${earlier.why}).`),
          ]),
      line(
        before.isAdmitted
          ? `Without it, ${name} is admitted: ${before.because}.`
          : `Without it, ${name} is not admitted: ${before.because}.`,
      ),
      line(
        isAdmitted
          ? 'It gets routes of the group only when their next hop fails, and only while its own address answers.'
          : 'Routes that lead to it stay; no route moves to it.',
      ),
      blank,
    ],
    question: isAdmitted ? 'Admit it?' : 'Keep it out?',
    write: (by, why) => [
      {
        id: admitsId(request.region),
        over: item,
        body: {
          version: 1,
          admits: [
            ...admits.filter((one) => one.instanceId !== instanceId || one.group !== group),
            { instanceId, group, isAdmitted, at: request.at, by, why },
          ].slice(-ADMITS_MAX),
        },
      },
    ],
    done: [
      line([
        colour('good', isAdmitted ? 'Admitted.' : 'Kept out.'),
        isAdmitted
          ? ` The watcher knows it within seconds. To revoke it: vpn-medic admit ${shellQuoted(instanceId)} --revoke`
          : ` The watcher knows it within seconds. To admit it again: vpn-medic admit ${shellQuoted(instanceId)}`,
      ]),
    ],
    report: { instanceId, name, group, isAdmitted, wasAdmitted: before.isAdmitted },
  };
}

function list(
  request: OperatorRequest,
  options: ChangeOptions,
  admits: readonly Admit[],
): ExitCode {
  const rows = admits.map(({ instanceId, group, isAdmitted, at, by, why }) => [
    instanceId,
    group,
    isAdmitted ? 'admitted' : 'kept out',
    toIso(at),
    shortArn(by),
    why,
  ]);
  return report(
    request,
    options,
    { admits: admits.map(({ at, ...one }) => ({ ...one, at: toIso(at) })) },
    rows.length === 0
      ? [line(`No admissions by operators in ${request.region}.`)]
      : [table(['INSTANCE', 'GROUP', 'IS', 'SINCE', 'BY', 'WHY'], rows)],
  );
}
