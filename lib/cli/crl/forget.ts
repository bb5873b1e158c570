/** `vpn-medic crl forget NAME`: frees a file name that was taken by mistake, also when the CRL under it is of another issuer. */

import { markId, readMark, writeForgotten } from '../../crl/state.ts';
import { nameText } from '../../crl/x509/name.ts';
import type { AwsClients } from '../awsClients.ts';
import { type ChangeOptions, carryOut, openOperatorRequest } from '../operatorRequest.ts';
import { colour } from '../output/colour.ts';
import { blank, line } from '../output/textBlocks.ts';
import { type ExitCode, type Terminal, Unable } from '../terminal.ts';

/** @throws {Unable} when the table cannot be used, or nothing is remembered of the name. */
export async function crlForget(
  fileName: string,
  options: ChangeOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const request = await openOperatorRequest(options, terminal, clients);
  const id = markId(fileName);
  const over = (await request.read([id])).get(id);
  const mark = over === undefined ? null : readMark(over.body);
  if (mark?.ok === false)
    throw new Unable(`${fileName}: ${mark.why}; restore the item ${id} of the state table`);
  const highWater = mark?.highWater ?? null;
  if (highWater === null)
    throw new Unable(`nothing was published as ${fileName}, so there is nothing to forget`);
  const { issuerName, number, sha256 } = highWater;
  const issuer = nameText(Buffer.from(issuerName, 'hex'));
  return carryOut(
    request,
    {
      command: 'crl forget',
      subject: fileName,
      what: `${fileName} is forgotten: it belonged to "${issuer}", last number ${number ?? 'none'}`,
      says: [
        line(`${fileName} was published for "${issuer}", last number ${number ?? 'none'}.`),
        line(
          'Forgotten, the name is free for the next list that is uploaded under it, of whatever pinned issuer, number and entries. To say whose it is, write it into issuers/CERTIFICATE.names first.',
        ),
        line(
          'The published file stays until then. If the name is to go, delete it from the inbox and from the public bucket, too.',
        ),
        blank,
      ],
      question: 'Forget it?',
      write: () => [{ id, over, body: writeForgotten(sha256) }],
      done: [line([colour('good', 'Forgotten.'), ' Upload the right list now.'])],
      report: { fileName, issuer, sha256 },
    },
    options,
  );
}
