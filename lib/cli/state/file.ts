/** A file of exported state: `{"version": 1, "items": [{"id", "body", "expiresAt"}]}`, read within bounds. */
import { readFileSync, statSync } from 'node:fs';
import * as v from 'valibot';
import { parseJson } from '../../core/json.ts';
import { packed } from '../../core/packed.ts';
import { PAUSE_ID } from '../../core/pause.ts';
import type { ItemWrite } from '../../core/ports.ts';
import { parseStored } from '../../core/storedText.ts';
import { Unable } from '../terminal.ts';

const OCTETS_MAX = 64 * 1024 * 1024;
const ITEMS_MAX = 20_000;
/** DynamoDB takes 400 KB, with what an item holds beside its body. */
const BODY_MAX = 390_000;
const ID_MAX = 1_024;

const Id = v.pipe(v.string(), v.minLength(1), v.maxLength(ID_MAX), v.regex(/^[^\p{Cc}]+$/u));
const State = v.object({
  version: v.literal(1),
  items: v.pipe(
    v.array(
      v.object({
        id: Id,
        body: v.unknown(),
        expiresAt: v.optional(v.nullable(v.pipe(v.number(), v.finite())), null),
      }),
    ),
    v.maxLength(ITEMS_MAX),
  ),
});

export type StateItem = Omit<ItemWrite, 'overVersion'>;

/** Leases and the pause belong to the processes and people of one stack: they are neither exported nor taken in. */
export const isOfStack = (id: string): boolean => id.startsWith('lease#') || id === PAUSE_ID;

/**
 * The items, packed as they are stored, without those of the stack that wrote them.
 * @throws {Unable} for a file that cannot be read, is no state, or breaks a bound; then none of it is of use.
 */
export function readStateFile(file: string): readonly StateItem[] {
  const parsed = v.safeParse(State, parseJson(textOf(file)));
  if (!parsed.success) {
    throw new Unable(
      `${file} is no exported state: it is {"version": 1, "items": [{"id", "body"}]}, of ${ITEMS_MAX} items at most (vpn-medic state export)`,
    );
  }
  const { items } = parsed.output;
  const ids = new Set(items.map(({ id }) => id));
  if (ids.size < items.length) throw new Unable(`${file} holds an item twice: export it again`);
  return items
    .filter(({ id }) => !isOfStack(id))
    .map(({ id, body, expiresAt }) => ({ id, body: boundedBody(file, id, body), expiresAt }));
}

function boundedBody(file: string, id: string, body: unknown): unknown {
  const text = JSON.stringify(body ?? null);
  const isBroken = body !== null && body !== undefined && parseStored(text) === null;
  const stored = packed(body, text);
  if (isBroken || JSON.stringify(stored ?? null).length > BODY_MAX) {
    throw new Unable(
      `${file}: the item ${id} is ${isBroken ? 'nested too deep, or holds a number that is no time' : 'too large'}: vpn-medic did not write it`,
    );
  }
  return stored;
}

/** A file whose size is known before it is read: no device and no pipe. */
function textOf(file: string): string {
  try {
    const facts = statSync(file);
    if (!facts.isFile()) throw new Error('no file');
    if (facts.size <= OCTETS_MAX) return readFileSync(file, 'utf8');
  } catch {
    throw new Unable(`the state ${file} cannot be read: it cannot be opened`);
  }
  throw new Unable(`${file} is larger than 64 MiB: it is no exported state`);
}
