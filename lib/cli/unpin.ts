/** `vpn-medic unpin GROUP|ROUTE`: ends pins early. */
import type { Pin } from '../core/pin.ts';
import { counted } from '../core/text.ts';
import { toIso } from '../core/time.ts';
import type { AwsClients } from './awsClients.ts';
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
import { blank, line, table } from './output/textBlocks.ts';
import { describeScope, pinsWrite, readPins } from './pin/store.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface UnpinOptions extends ChangeOptions {
  readonly all?: boolean;
}

/** @throws {Unable} when nothing of that name is pinned but something else is, and when the table cannot be used. */
export async function unpin(
  words: readonly string[],
  options: UnpinOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const subject = words.join(' ').trim();
  if ((subject === '') !== (options.all === true)) {
    throw new Unable('unpin what? Name a group or a route, or write --all, not both');
  }
  const request = await openOperatorRequest(options, terminal, clients);
  const stored = await readPins(request);
  const ending = stored.pins.filter(
    ({ group, routeKey }) => subject === '' || subject === (routeKey ?? group),
  );
  if (ending.length === 0) {
    if (stored.pins.length > 0) {
      throw new Unable(
        `no pin of ${subject} in ${request.region}; there ${stored.pins.length === 1 ? 'is' : 'are'} pins of ${stored.pins.map(describeScope).join(', ')}`,
      );
    }
    return report(request, options, { isChanged: false, ended: [] }, [
      line(
        `No pins in ${request.region}. Routes that were pinned after flapping are unpinned with: vpn-medic ack GROUP`,
      ),
    ]);
  }
  return carryOut(request, changeOf(request, subject, ending, stored), options);
}

function changeOf(
  request: OperatorRequest,
  subject: string,
  ending: readonly Pin[],
  stored: Awaited<ReturnType<typeof readPins>>,
): Change {
  const ended = ending.map(({ group, routeKey, to, until, by, why }) => ({
    group,
    routeKey,
    to,
    until: toIso(until),
    by,
    why,
  }));
  return {
    command: 'unpin',
    subject: subject === '' ? 'all' : subject,
    what: `${counted(ending.length, 'pin')} ended: ${ending.map(describeScope).join(', ')}`,
    says: [
      line(`In ${request.region}, ${counted(ending.length, 'pin')} would end now:`),
      table(
        ['PINNED', 'TO', 'UNTIL', 'BY', 'WHY'],
        ending.map((one) => [
          describeScope(one),
          one.to,
          toIso(one.until),
          shortArn(one.by),
          one.why,
        ]),
      ),
      blank,
    ],
    question: 'End them?',
    write: () => [
      pinsWrite(request, stored, (kept) =>
        kept.map((one) =>
          ending.some((old) => describeScope(old) === describeScope(one))
            ? { ...one, until: Math.min(one.until, request.at) }
            : one,
        ),
      ),
    ],
    done: [
      line([
        colour('good', `${counted(ending.length, 'pin')} ended.`),
        ' Their routes fail back once their preferred next hop has been healthy for long enough.',
      ]),
    ],
    report: { ended },
  };
}
