/** Exported state, for a replay that does not begin with an empty table. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { ItemWrite } from '../../core/ports.ts';
import { Unable } from '../terminal.ts';

const State = v.object({
  version: v.literal(1),
  items: v.array(
    v.object({
      id: v.string(),
      body: v.unknown(),
      expiresAt: v.optional(v.nullable(v.number()), null),
    }),
  ),
});

/**
 * The items of the file, without leases: their holders do not run in a replay.
 * @throws {Unable} for a file that cannot be read or is no state.
 */
export async function readState(file: string): Promise<readonly ItemWrite[]> {
  const parsed = v.safeParse(State, await jsonOf(file));
  if (!parsed.success) {
    throw new Unable(
      `${file} is no exported state: it is {"version": 1, "items": [{"id", "body"}]}`,
    );
  }
  return parsed.output.items
    .filter(({ id }) => !id.startsWith('lease#'))
    .map((item) => ({ ...item, overVersion: 0 }));
}

async function jsonOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is no JSON' : 'it cannot be opened';
    throw new Unable(`the state ${file} cannot be read: ${why}`);
  }
}
