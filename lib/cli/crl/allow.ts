/** `vpn-medic crl allow NAME`: a person says that one list may lose more of its entries than the rule lets go, for a while. */

import { toIso } from '../../core/time.ts';
import { allowanceId, readAllowance, writeAllowance } from '../../crl/state.ts';
import type { Doors } from '../awsClients.ts';
import { parseDuration } from '../duration.ts';
import { type ChangeOptions, carryOut, openDesk } from '../operatorRequest.ts';
import { ink } from '../output/colour.ts';
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
  doors: Doors,
): Promise<ExitCode> {
  const forMs = parseDuration(options.for, DAY_MS);
  const desk = await openDesk(options, terminal, doors);
  const id = allowanceId(fileName);
  const over = (await desk.read([id])).get(id);
  const before = readAllowance(over?.body);
  const until = desk.at + forMs;
  const what = `${fileName} may lose more than a tenth of its entries until ${toIso(until)}`;
  return carryOut(
    desk,
    {
      command: 'crl allow',
      subject: fileName,
      what,
      says: [
        line(`${what}.`),
        ...(before === null || before <= desk.at
          ? []
          : [line(`It was allowed until ${toIso(before)} already.`)]),
        line(
          'Whoever is no longer listed gets in again. Every other rule holds: the list must still be signed, newer and valid.',
        ),
        blank,
      ],
      question: 'Allow it?',
      write: () => [{ id, over, body: writeAllowance(until) }],
      done: [
        line([ink('good', 'Allowed.'), ' Upload the list (again): it is judged when it arrives.']),
      ],
      report: { fileName, until: toIso(until) },
    },
    options,
  );
}
