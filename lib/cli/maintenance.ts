/** `vpn-medic maintenance start|stop|list`: windows in which incidents are recorded and not sent. */

import {
  MAINTENANCE_MS_MAX,
  type MaintenanceWindow,
  maintenanceId,
  readWindows,
  windowsLeft,
} from '../core/maintenance.ts';
import type { Item } from '../core/ports.ts';
import { counted, shellQuoted } from '../core/text.ts';
import { toIso } from '../core/time.ts';
import type { AwsClients } from './awsClients.ts';
import { parseDuration } from './duration.ts';
import { idOf } from './maintenance/subject.ts';
import {
  type ChangeOptions,
  carryOut,
  type OperatorRequest,
  type OperatorRequestOptions,
  openOperatorRequest,
  readItem,
  report,
  shortArn,
  type Write,
} from './operatorRequest.ts';
import { colour } from './output/colour.ts';
import { type Block, blank, line, table } from './output/textBlocks.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface StartOptions extends ChangeOptions {
  readonly for: string;
  readonly all?: boolean;
}

export interface StopOptions extends ChangeOptions {
  readonly all?: boolean;
}

/** @throws {Unable} without a reason, for more than a day, and when the table cannot be used. */
export async function startMaintenance(
  words: readonly string[],
  options: StartOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const asked = subjectOf(words, options.all);
  const forMs = parseDuration(options.for, MAINTENANCE_MS_MAX);
  if (!options.why?.trim()) {
    throw new Unable('add --why TEXT: it is shown to others while notifications are off');
  }
  const request = await openOperatorRequest(options, terminal, clients);
  const { id: subjectId, isKnown } = await idOf(request, asked);
  const { item, windows } = await readStored(request);
  const until = request.at + forMs;
  const earlier = windows.filter((one) => one.subjectId === subjectId);
  const what = `no notifications about ${describeSubject(subjectId, request.region)} until ${toIso(until)}`;
  const change = {
    command: 'maintenance start',
    subject: subjectId ?? 'all',
    what,
    says: [
      line(`In ${request.region}, ${what}.`),
      ...earlier.map(({ until: end, by, why }) =>
        line(`This replaces the window until ${toIso(end)} by ${by} (${why}).`),
      ),
      ...(subjectId === null || isKnown
        ? []
        : [
            line([
              colour('warn', `No known resource is called ${subjectId}: `),
              'write a subject as in notifications (i-…, vpn-…, a group, a zone). A window for an unknown subject has no effect.',
            ]),
          ]),
      line('Routes still move; incidents are recorded, and vpn-medic incidents lists them.'),
      blank,
    ],
    question: 'Start it?',
    write: (by: string, why: string): readonly Write[] => [
      windowsWrite(request, item, [
        ...windows.filter((one) => one.subjectId !== subjectId),
        { subjectId, from: request.at, until, why, by },
      ]),
    ],
    done: [
      line([
        colour('good', 'Started.'),
        ` It ends by itself at ${toIso(until)}; sooner with: vpn-medic maintenance stop ${subjectId === null ? '--all' : shellQuoted(subjectId)}`,
      ]),
    ],
    report: { subject: subjectId, from: toIso(request.at), until: toIso(until) },
  };
  return carryOut(request, change, options);
}

/** `--all` ends the windows over everything; a subject ends its own. @throws {Unable} when there is no such window. */
export async function stopMaintenance(
  words: readonly string[],
  options: StopOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const asked = subjectOf(words, options.all);
  const request = await openOperatorRequest(options, terminal, clients);
  const { item, windows } = await readStored(request);
  const subjectId = windows.some((one) => one.subjectId === asked)
    ? asked
    : (await idOf(request, asked)).id;
  const ending = windows.filter((one) => one.subjectId === subjectId);
  if (ending.length === 0) {
    throw new Unable(
      windows.length === 0
        ? `there is no maintenance in ${request.region} now: windows that have run out are over`
        : `there is no maintenance of ${subjectId ?? 'everything'} in ${request.region}; there is for ${windows.map((one) => one.subjectId ?? 'everything (--all)').join(', ')}`,
    );
  }
  const what = `maintenance of ${describeSubject(subjectId, request.region)} ended`;
  const change = {
    command: 'maintenance stop',
    subject: subjectId ?? 'all',
    what,
    says: [
      line(`In ${request.region}, ${what}. Open incidents are notified within a minute.`),
      blank,
    ],
    question: 'End it?',
    write: (): readonly Write[] => [
      windowsWrite(
        request,
        item,
        windows.filter((one) => one.subjectId !== subjectId),
      ),
    ],
    done: [line(colour('good', 'Ended.'))],
    report: { subject: subjectId, ended: ending.map(reportWindow) },
  };
  return carryOut(request, change, options);
}

/** @throws {Unable} when the table cannot be read. */
export async function listMaintenance(
  options: OperatorRequestOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const request = await openOperatorRequest(options, terminal, clients);
  const { windows } = await readStored(request);
  return report(
    request,
    options,
    { windows: windows.map(reportWindow) },
    writeWindows(windows, request.region),
  );
}

function subjectOf(words: readonly string[], all: boolean | undefined): string | null {
  const subject = words.join(' ').trim();
  if ((subject === '') !== (all === true)) {
    throw new Unable(
      'maintenance of what? Name a subject as in notifications, or write --all, not both',
    );
  }
  return subject === '' ? null : subject;
}

interface Stored {
  readonly item: Item | undefined;
  readonly windows: readonly MaintenanceWindow[];
}

async function readStored(request: OperatorRequest): Promise<Stored> {
  const item = await readItem(request, maintenanceId(request.region));
  return { item, windows: windowsLeft(readWindows(item?.body), request.at) };
}

const windowsWrite = (
  request: OperatorRequest,
  over: Item | undefined,
  windows: readonly MaintenanceWindow[],
): Write => ({ id: maintenanceId(request.region), over, body: { version: 1, windows } });

const describeSubject = (subjectId: string | null, region: string): string =>
  subjectId ?? `anything of ${region}`;

const reportWindow = ({ subjectId, from, until, why, by }: MaintenanceWindow) => ({
  subject: subjectId,
  from: toIso(from),
  until: toIso(until),
  why,
  by,
});

const writeWindows = (windows: readonly MaintenanceWindow[], region: string): readonly Block[] =>
  windows.length === 0
    ? [line(`No maintenance in ${region}: every incident is notified.`)]
    : [
        line(`${counted(windows.length, 'maintenance window')} in ${region}:`),
        table(
          ['SUBJECT', 'UNTIL', 'BY', 'WHY'],
          windows.map(({ subjectId, until, by, why }) => [
            subjectId ?? 'everything',
            toIso(until),
            shortArn(by),
            why,
          ]),
        ),
      ];
