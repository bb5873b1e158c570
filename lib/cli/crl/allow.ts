/** `vpn-medic crl allow NAME`: lets entries leave one list and its distribution point change, for a limited time. */

import { toIso } from '../../core/time.ts';
import { allowanceId, markId, readAllowance, writeAllowance } from '../../crl/state.ts';
import type { AwsClients } from '../awsClients.ts';
import { parseDuration } from '../duration.ts';
import { type ChangeOptions, carryOut, openOperatorRequest } from '../operatorRequest.ts';
import { colour } from '../output/colour.ts';
import { blank, line } from '../output/textBlocks.ts';
import type { ExitCode, Terminal } from '../terminal.ts';

export interface CrlAllowOptions extends ChangeOptions {
  readonly for: string;
}

const DAY_MS = 86_400_000;

/** @throws {Unable} when the table cannot be used. */
export async function crlAllow(
  fileName: string,
  options: CrlAllowOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const forMs = parseDuration(options.for, DAY_MS);
  const request = await openOperatorRequest(options, terminal, clients);
  const id = allowanceId(fileName);
  const items = await request.read([id, markId(fileName)]);
  const over = items.get(id);
  const before = readAllowance(over?.body);
  const until = request.at + forMs;
  const what = `${fileName} may lose entries and change its distribution point until ${toIso(until)}`;
  return carryOut(
    request,
    {
      command: 'crl allow',
      subject: fileName,
      what,
      says: [
        line(`${what}.`),
        ...(before === null || before <= request.at
          ? []
          : [line(`It was allowed until ${toIso(before)} already.`)]),
        ...(items.has(markId(fileName))
          ? []
          : [line(`Nothing was ever published as ${fileName}: see whether the name is right.`)]),
        line(
          'Certificates that are no longer listed can connect again. Every other rule applies: the list must still be signed, newer and valid.',
        ),
        blank,
      ],
      question: 'Allow it?',
      write: () => [{ id, over, body: writeAllowance(until) }],
      done: [
        line([
          colour('good', 'Allowed.'),
          ' Upload the list (again): it is checked when it arrives.',
        ]),
      ],
      report: { fileName, until: toIso(until) },
    },
    options,
  );
}
