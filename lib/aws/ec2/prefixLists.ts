/** What the prefix lists that routes name stand for. */
import { GetManagedPrefixListEntriesCommand } from '@aws-sdk/client-ec2';
import type { PrefixListFact } from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import { type Attempt, attempt, everyPage, everyPart, pieces, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import type { Ec2Context } from './context.ts';

/** A list that EC2 no longer knows is left out. */
export const readPrefixLists = (
  line: Ec2Context,
  prefixListIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly PrefixListFact[]>> =>
  reading(line, 'GetManagedPrefixListEntries', () =>
    everyPart(pieces(prefixListIds, 1).flat(), (id) => readPrefixList(line, id, signal)),
  );

async function readPrefixList(
  line: Ec2Context,
  prefixListId: string,
  signal: AbortSignal,
): Promise<Attempt<readonly PrefixListFact[]>> {
  const entries = await everyPage(
    (nextToken) =>
      attempt(line, 'GetManagedPrefixListEntries', signal, () =>
        line.client.send(
          new GetManagedPrefixListEntriesCommand({
            PrefixListId: prefixListId,
            MaxResults: 100,
            NextToken: nextToken,
          }),
          { abortSignal: signal, requestTimeout: READ_MS },
        ),
      ),
    (page) => (page.Entries ?? []).flatMap(({ Cidr }) => Cidr ?? []),
  );
  if (entries.ok) return { ok: true, value: [{ prefixListId, cidrs: entries.value }] };
  return ABSENT.has(entries.fault.code) ? { ok: true, value: [] } : entries;
}

const ABSENT: ReadonlySet<string> = new Set([
  'InvalidPrefixListID.NotFound',
  'InvalidPrefixListId.NotFound',
]);
