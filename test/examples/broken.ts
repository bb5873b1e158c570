/** A made-up account in which much is wrong: the first of each kind of thing is down. */
import type { Lists, MadeRegion } from './account.ts';
import type { Item } from './ids.ts';

export const broken = (made: MadeRegion): MadeRegion => ({
  ...made,
  lists: {
    ...made.lists,
    ...first(made.lists, 'DescribeVpnConnections', (one) => ({
      ...one,
      VgwTelemetry: listOf(one['VgwTelemetry']).map((tunnel) => ({
        ...tunnel,
        Status: 'DOWN',
        StatusMessage: 'IPSEC IS DOWN',
        AcceptedRouteCount: 0,
        LastStatusChange: new Date(made.at - 600_000).toISOString(),
      })),
    })),
    ...first(made.lists, 'DescribeInstances', (one) => ({ ...one, State: STOPPED })),
    ...first(made.lists, 'DescribeInstanceStatus', (one) => ({
      ...one,
      InstanceState: STOPPED,
      SystemStatus: { Status: 'not-applicable' },
      InstanceStatus: { Status: 'not-applicable' },
    })),
  },
  answers: made.answers.map((one) =>
    one.operation === 'DescribeClientVpnTargetNetworks'
      ? {
          ...one,
          output: {
            ClientVpnTargetNetworks: listOf(one.output['ClientVpnTargetNetworks']).map(
              (network) => ({ ...network, Status: { Code: 'disassociated' } }),
            ),
          },
        }
      : one,
  ),
});

const STOPPED = { Code: 80, Name: 'stopped' };

function first(lists: Lists, name: string, change: (one: Item) => Item): Lists {
  const items = lists[name];
  if (items === undefined) return {};
  return { [name]: items.map((one, index) => (index === 0 ? change(one) : one)) };
}

const listOf = (value: unknown): readonly Item[] =>
  Array.isArray(value) ? value.map((one) => Object(one)) : [];
