/** The CIDRs of managed prefix lists. */
import { GetManagedPrefixListEntriesCommand } from '@aws-sdk/client-ec2';
import type { PrefixListFact } from '../../appliances/types/inventory.ts';
import type { Reading } from '../../core/reading.ts';
import { type CallResult, call, everyPage, everyPart, listOf, pieces, reading } from '../call.ts';
import { READ_MS } from '../client.ts';
import type { Ec2Context } from './context.ts';

/** A list that EC2 no longer knows is left out. */
export const readPrefixLists = (
  context: Ec2Context,
  prefixListIds: readonly string[],
  signal: AbortSignal,
): Promise<Reading<readonly PrefixListFact[]>> =>
  reading(context, 'GetManagedPrefixListEntries', () =>
    everyPart(pieces(prefixListIds, 1).flat(), (id) => readPrefixList(context, id, signal)),
  );

async function readPrefixList(
  context: Ec2Context,
  prefixListId: string,
  signal: AbortSignal,
): Promise<CallResult<readonly PrefixListFact[]>> {
  const entries = await everyPage(
    (nextToken) =>
      call(context, 'GetManagedPrefixListEntries', signal, () =>
        context.client.send(
          new GetManagedPrefixListEntriesCommand({
            PrefixListId: prefixListId,
            MaxResults: 100,
            NextToken: nextToken,
          }),
          { abortSignal: signal, requestTimeout: READ_MS },
        ),
      ),
    (page) => listOf(page.Entries).flatMap(({ Cidr }) => Cidr ?? []),
  );
  if (entries.ok) return { ok: true, value: [{ prefixListId, cidrs: entries.value }] };
  return ABSENT.has(entries.fault.code) ? { ok: true, value: [] } : entries;
}

const ABSENT: ReadonlySet<string> = new Set([
  'InvalidPrefixListID.NotFound',
  'InvalidPrefixListId.NotFound',
]);
