/**
 * Sequences of EC2's answers about tunnels in a short notation, as capture lines.
 *
 * `answers('0 u5 u5', '3 modifying d d', '9 u5 -')`: minute, the connection's state word (left out: available), one
 * code a tunnel. `u5`: up with five routes; `u`: up, no count given; `d`: down; `b`: down, IPsec is up; `?`: no status;
 * `x`: a status word that is not documented; `-`: the tunnel is not listed; `d!`: the date of its last change has moved.
 * In place of the tunnels, `gone`: the connection is not listed; `throttled`: EC2 refuses to answer.
 */
export interface Of {
  readonly id?: string;
  readonly name?: string;
  readonly isStatic?: boolean | undefined;
  readonly gateway?: object;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of LastStatusChange, in minutes from the start; left out: the minute of each tunnel's last change in the sequence. */
  readonly since?: number;
}

const START = Date.UTC(2026, 10, 28, 12);
const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();
const line = (minute: number, operation: string, output: object, input: object = {}) => ({
  at: at(minute),
  service: 'ec2',
  operation,
  input,
  output,
});
export const end = (minute: number) => ({ ...line(minute, 'End', {}), service: 'medic' });

interface Frame {
  readonly minute: number;
  readonly connection: object | null;
  readonly isThrottled: boolean;
}

function frames(of: Of, texts: readonly string[]): readonly Frame[] {
  const {
    id = 'vpn-01',
    name = 'berlin',
    isStatic = false,
    gateway = { VpnGatewayId: 'vgw-01' },
  } = of;
  const changed = new Map<number, { form: string; minute: number }>();
  return texts.map((text) => {
    const [first = '', ...words] = text.split(' ');
    const minute = Number(first);
    if (words[0] === 'gone') return { minute, connection: null, isThrottled: false };
    if (words[0] === 'throttled') return { minute, connection: null, isThrottled: true };
    const hasState = words[0] !== undefined && /^(?:[a-z-]{3,}|"")$/i.test(words[0]);
    const State = hasState ? (words[0] === '""' ? '' : words[0]) : 'available';
    const codes = hasState ? words.slice(1) : words;
    const telemetry = codes.flatMap((marked, index) => {
      const code = marked.replace('!', '');
      const form = code.charAt(0);
      const before = changed.get(index);
      const isKnown = !['-', '?', 'x'].includes(form);
      if (isKnown && (before?.form !== form || marked.endsWith('!'))) {
        changed.set(index, { form, minute: before === undefined ? (of.since ?? -9_000) : minute });
      }
      if (code === '-') return [];
      return [
        {
          OutsideIpAddress: `192.0.2.${index + 1}`,
          ...statusOf(code),
          LastStatusChange: at(changed.get(index)?.minute ?? minute),
        },
      ];
    });
    return {
      minute,
      isThrottled: false,
      connection: {
        VpnConnectionId: id,
        State,
        ...gateway,
        CustomerGatewayId: `cgw-${id}`,
        ...(isStatic === undefined ? {} : { Options: { StaticRoutesOnly: isStatic } }),
        Tags: Object.entries({ Name: name, ...of.tags }).map(([Key, Value]) => ({ Key, Value })),
        VgwTelemetry: telemetry,
      },
    };
  });
}

function statusOf(code: string): object {
  if (code === '?') return {};
  if (code === 'x') return { Status: 'RECOVERING', StatusMessage: 'RECOVERING' };
  if (code === 'd')
    return { Status: 'DOWN', StatusMessage: 'IPSEC IS DOWN', AcceptedRouteCount: 0 };
  if (code === 'b') return { Status: 'DOWN', StatusMessage: 'IPSEC IS UP', AcceptedRouteCount: 0 };
  if (code === 'u') return { Status: 'UP', StatusMessage: '' };
  const count = Number(code.slice(1));
  return { Status: 'UP', StatusMessage: `${count} BGP ROUTES`, AcceptedRouteCount: count };
}

export const answers = (of: Of, ...texts: readonly string[]): readonly object[] =>
  together([[of, texts]]);

export function together(all: readonly (readonly [Of, readonly string[]])[]): readonly object[] {
  const every = all.map(([of, texts]) => frames(of, texts));
  const minutes = [...new Set(every.flatMap((some) => some.map(({ minute }) => minute)))].toSorted(
    (a, b) => a - b,
  );
  return [
    line(0, 'DescribeCustomerGateways', { CustomerGateways: [] }),
    ...minutes.map((minute) => {
      const now = every.flatMap((some) => some.findLast((one) => one.minute <= minute) ?? []);
      if (now.some(({ isThrottled }) => isThrottled)) {
        return {
          ...line(minute, 'DescribeVpnConnections', {}),
          output: undefined,
          error: { name: 'RequestLimitExceeded', message: 'Request limit exceeded.' },
        };
      }
      return line(minute, 'DescribeVpnConnections', {
        VpnConnections: now.flatMap(({ connection }) => connection ?? []),
      });
    }),
  ];
}
