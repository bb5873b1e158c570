/** Items that are asked for by their own ids: an id names one item, whatever read showed it. Pure. */
import type { Fields } from '../capture/types.ts';
import { textOf } from './fields.ts';
import { type Condition, itemsOf, listNameOf } from './select.ts';

/**
 * The answer to a read by nothing but ids of the items themselves; null: it is another read, or some id is shown by none
 * of the outputs. `outputs`: of the same operation, the newest of each input, the newest first.
 */
export function identified(
  operation: string,
  asked: readonly Condition[],
  outputs: readonly Fields[],
): Fields | null {
  const own = OWN_IDS.get(operation);
  const [only, ...more] = asked;
  if (own === undefined || only?.path !== own || more.length > 0) return null;
  const items = only.values.map((id) => {
    for (const output of outputs) {
      const item = itemsOf(output).find((one) => textOf(one[own]) === id);
      if (item !== undefined) return item;
    }
    return null;
  });
  const name = outputs.map(listNameOf).find((one) => one !== null);
  if (name === undefined || items.includes(null)) return null;
  return { [name]: items };
}

/** Of items that stand in one list: instances stand in reservations. */
const OWN_IDS: ReadonlyMap<string, string> = new Map([
  ['DescribeAddresses', 'AllocationId'],
  ['DescribeNetworkInterfaces', 'NetworkInterfaceId'],
  ['DescribeRouteTables', 'RouteTableId'],
  ['DescribeSecurityGroups', 'GroupId'],
  ['DescribeSubnets', 'SubnetId'],
  ['DescribeVpcs', 'VpcId'],
]);
