/** `vpn-medic pin GROUP|ROUTE --to INSTANCE|CONNECTION`: pins routes to one appliance or connection for a limited time; without arguments, lists pins. */

import type { Appliance } from '../appliances/types/topology.ts';
import { isConnectionId } from '../core/connectionPath.ts';
import { PIN_MS_MAX, type Pin } from '../core/pin.ts';
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
  report,
  shortArn,
} from './operatorRequest.ts';
import { colour } from './output/colour.ts';
import { type Block, blank, line, table } from './output/textBlocks.ts';
import { observeWithoutProbes } from './pass.ts';
import { describeScope, isSameScope, pinsWrite, readPins, type StoredPins } from './pin/store.ts';
import { choosePinning, type Pinning } from './pin/subject.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';
import { chooseTransitPinning, lookForOperator, pathsOf } from './transit/pin.ts';

export interface PinOptions extends ChangeOptions {
  readonly to?: string;
  readonly for: string;
}

/** @throws {Unable} for a group, route or appliance that there is not, and when the table cannot be used. */
export async function pin(
  words: readonly string[],
  options: PinOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const forMs = parseDuration(options.for, PIN_MS_MAX);
  const request = await openOperatorRequest(options, terminal, clients);
  const stored = await readPins(request);
  if (words.length === 0) {
    if (options.to !== undefined) throw new Unable('pin what? Name a group or a route before --to');
    return listPins(request, options, stored.pins);
  }
  if (options.to === undefined) {
    throw new Unable(`pin ${words.join(' ')} to what? Add --to INSTANCE (its id or its name)`);
  }
  const subject = words.join(' ');
  const isTransit = await isOverConnections(request, subject, options.to);
  const choose = isTransit ? chooseTransitPinning : choosePinning;
  const pinning = await choose(request, subject, options.to);
  const until = request.at + forMs;
  return carryOut(request, changeOf(request, pinning, until, stored), options);
}

/** What is called so by id or by name decides; an appliance may be named like a connection's id. */
async function isOverConnections(
  request: OperatorRequest,
  subject: string,
  to: string,
): Promise<boolean> {
  if (subject.startsWith('tgw-rtb-')) return true;
  const { world } = await observeWithoutProbes(request);
  const isCalled = ({ instanceId, name }: Appliance) => instanceId === to || name === to;
  if (world.topology.appliances.some(isCalled)) return false;
  const look = await lookForOperator(request);
  if (look === null) return false;
  return isConnectionId(to) || pathsOf(look).some(({ name }) => name === to);
}

function changeOf(
  request: OperatorRequest,
  pinning: Pinning,
  until: number,
  stored: StoredPins,
): Change {
  const { group, routeKey, target, routes, isForSame, moves } = pinning;
  const scope = { group, routeKey };
  const before = stored.pins.filter((one) => isSameScope(one, scope) && isForSame(one));
  const moving = routes.filter(({ nextHop }) => nextHop !== target.id).length;
  const what = `${counted(routes.length, 'route')} of ${describeScope(scope)} pinned to ${target.place} until ${toIso(until)}`;
  return {
    command: 'pin',
    subject: routeKey ?? group,
    what,
    says: [
      line(`In ${request.region}, ${what}.`),
      ...before.map((one) => line(`This replaces the pin to ${one.to} by ${one.by} (${one.why}).`)),
      ...objections(pinning),
      line(
        `${moving === 0 ? 'None has' : `${counted(moving, 'route')} of them ${moving === 1 ? 'has' : 'have'}`} to move. ${moves}; until then they stay where they are. If ${target.name} fails, they move away from it.`,
      ),
      blank,
    ],
    question: 'Pin them?',
    write: (by, why) => [
      pinsWrite(request, stored, (kept) => [
        ...kept.map((one) =>
          before.some((old) => old.at === one.at && isSameScope(old, one))
            ? { ...one, until: Math.min(one.until, request.at) }
            : one,
        ),
        { ...scope, to: target.id, at: request.at, until, by, why },
      ]),
    ],
    done: [
      line([
        colour('good', 'Pinned.'),
        ` It ends by itself at ${toIso(until)}; sooner with: vpn-medic unpin ${shellQuoted(routeKey ?? group)}`,
      ]),
    ],
    report: {
      ...scope,
      to: target.id,
      toName: target.name,
      until: toIso(until),
      routes: routes.map(({ key }) => key),
      toMove: moving,
      replaced: before.map(({ to, by }) => ({ to, by })),
    },
  };
}

function objections({ target, objection }: Pinning): readonly Block[] {
  return objection === null
    ? []
    : [line([colour('warn', `${target.name} could not carry them now: `), objection])];
}

function listPins(
  request: OperatorRequest,
  options: ChangeOptions,
  pins: readonly Pin[],
): ExitCode {
  const rows = pins.map((one) => [
    describeScope(one),
    one.to,
    toIso(one.until),
    shortArn(one.by),
    one.why,
  ]);
  return report(
    request,
    options,
    { pins: pins.map(({ at, until, ...one }) => ({ ...one, at: toIso(at), until: toIso(until) })) },
    pins.length === 0
      ? [line(`No pins in ${request.region}.`)]
      : [table(['PINNED', 'TO', 'UNTIL', 'BY', 'WHY'], rows)],
  );
}
