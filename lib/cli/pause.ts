/** `vpn-medic pause` and `resume`: stop every write of every function for a limited time. */

import {
  describePause,
  PAUSE_ID,
  PAUSE_MS_MAX,
  type Pause,
  parsePause,
  pauseNow,
} from '../core/pause.ts';
import type { Item } from '../core/ports.ts';
import { toIso } from '../core/time.ts';
import type { AwsClients } from './awsClients.ts';
import { parseDuration } from './duration.ts';
import {
  type ChangeOptions,
  carryOut,
  type OperatorRequest,
  openOperatorRequest,
  readItem,
  report,
} from './operatorRequest.ts';
import { colour } from './output/colour.ts';
import { blank, line } from './output/textBlocks.ts';
import { reportPause } from './pause/report.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface PauseOptions extends ChangeOptions {
  readonly for: string;
}

const WHAT = 'no route is moved, nothing is repaired, no CRL is published or imported';

/** @throws {Unable} without a reason, without an end, for more than a day, and when the table cannot be used. */
export async function pause(
  options: PauseOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const forMs = parseDuration(options.for, PAUSE_MS_MAX);
  if (!options.why?.trim()) throw new Unable('add --why TEXT: it is notified and shown to others');
  const request = await openOperatorRequest(options, terminal, clients);
  const { item, current } = await readPause(request);
  const until = request.at + forMs;
  const change = {
    command: 'pause',
    subject: 'all',
    what: `every write paused until ${toIso(until)}`,
    says: [
      line(`In every region of this stack, until ${toIso(until)}: ${WHAT}.`),
      ...(current === null ? [] : [line(`This replaces: ${describePause(current)}.`)]),
      line('Probes, incidents and notifications go on; what would be done is shown as held.'),
      blank,
    ],
    question: 'Pause every write?',
    write: (by: string, why: string) => [
      { id: PAUSE_ID, over: item, body: { version: 1, at: request.at, until, by, why } },
    ],
    done: [
      line([
        colour('good', 'Paused.'),
        ` It ends by itself at ${toIso(until)}; sooner with: vpn-medic resume`,
      ]),
    ],
    report: {
      at: toIso(request.at),
      until: toIso(until),
      replaced: current === null ? null : reportPause(current),
    },
  };
  return carryOut(request, change, options);
}

/** @throws {Unable} when the table cannot be used. */
export async function resume(
  options: ChangeOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const request = await openOperatorRequest(options, terminal, clients);
  const { item, current } = await readPause(request);
  if (current === null) {
    return report(request, options, { isChanged: false, ended: null }, [
      line('Nothing is paused.'),
    ]);
  }
  const change = {
    command: 'resume',
    subject: 'all',
    what: `the pause by ${current.by} ended`,
    says: [
      line(`Writes are ${describePause(current)}.`),
      line('After that they go on under the same rules as before, in every region.'),
      blank,
    ],
    question: 'End the pause?',
    write: () => [
      { id: PAUSE_ID, over: item, body: { version: 1, ...current, until: request.at } },
    ],
    done: [line(colour('good', 'Ended.'))],
    report: { ended: reportPause(current) },
  };
  return carryOut(request, change, options);
}

interface Stored {
  readonly item: Item | undefined;
  /** Null: nothing is paused now. */
  readonly current: Pause | null;
}

async function readPause(request: OperatorRequest): Promise<Stored> {
  const item = await readItem(request, PAUSE_ID);
  return { item, current: pauseNow(parsePause(item?.body), request.at) };
}
