/** A move in the report of a plan. Pure. */
import type { Move } from '../../appliances/types/plan.ts';

type Moved = Pick<Move, 'kind' | 'tableId' | 'tableName' | 'destination' | 'group' | 'from' | 'to'>;

export interface MoveReport extends Moved {
  readonly fromName: string;
  readonly toName: string;
  /** Empty: the target is in no zone. */
  readonly toZone: string;
  /** Of the target's tag `vpn-medic:priority`; absent: it has none. */
  readonly toPriority?: number;
}

export const reportMove = (
  { kind, tableId, tableName, destination, group, from, to }: Moved,
  nameOf: (id: string) => string,
  toZone: string,
): MoveReport => ({
  kind,
  tableId,
  tableName,
  destination,
  group,
  from,
  to,
  fromName: nameOf(from),
  toName: nameOf(to),
  toZone,
});
