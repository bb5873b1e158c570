/** What people reported of Site-to-Site connections, played through the adapter, the passes and the notifier. */
import { describe, expect, test } from '@jest/globals';
import { type Input, inputOf, play } from './play.ts';

const reasonsOf = ({ found }: Awaited<ReturnType<typeof play>>, minute: number) =>
  (found[minute] ?? []).map(({ severity, reason }) => `${severity} ${reason}`);

const withWord = (name: string, from: string, to: string): Input => ({
  ...inputOf(name),
  steps: inputOf(name).steps.map((step) => ({
    ...step,
    connections: step.connections.map((one) =>
      JSON.parse(JSON.stringify(one).replaceAll(from, to)),
    ),
  })),
});

describe('an outage is one incident, and its last notification is never "resolved" while it lasts', () => {
  test.each(['modifying', 'pending-acceptance', 'UPDATING', ''])(
    '01: AWS calls the connection "%s" while both tunnels are down: it stays down, nothing is resolved',
    async (word) => {
      const played = await play(withWord('01-s1', '"modifying"', JSON.stringify(word)));
      expect(played.subjects).toEqual([expect.stringMatching(/^1 CRITICAL .*ConnectionDown/)]);
      for (let minute = 1; minute < played.found.length; minute += 1) {
        expect(reasonsOf(played, minute)).toContain('critical ConnectionDown');
      }
    },
  );

  test('01: its telemetry is gone while it is modified: it stays down', async () => {
    const input = inputOf('01-s1');
    const steps = input.steps.map((step, index) =>
      index === 2
        ? { ...step, connections: step.connections.map((one) => ({ ...one, VgwTelemetry: [] })) }
        : step,
    );
    const played = await play({ ...input, steps });
    expect(played.subjects).toEqual([expect.stringMatching(/^1 CRITICAL .*ConnectionDown/)]);
  });

  test('04: BGP, then IPsec, then BGP lost: one CRITICAL, and one RESOLVED when a tunnel is up with routes', async () => {
    const { sent } = await play(inputOf('04-bgp-then-ipsec'));
    const words = sent.map(({ minute, subject }) => `${minute} ${subject.split(' ')[0] ?? ''}`);
    expect(words).toEqual(['2 CRITICAL', '11 RESOLVED']);
    expect(new Set(sent.map(({ incidentId }) => incidentId)).size).toBe(1);
  });

  test('one tunnel: BGP, then IPsec lost: one incident with updates, resolved when it is up', async () => {
    const input = inputOf('04-bgp-then-ipsec');
    const up = input.steps[0]?.connections[0]?.VgwTelemetry?.[1];
    const steps = input.steps.map((step) => ({
      ...step,
      connections: step.connections.map((one) => ({
        ...one,
        VgwTelemetry: [...(one.VgwTelemetry ?? []).slice(0, 1), ...(up === undefined ? [] : [up])],
      })),
    }));
    const { sent } = await play({ ...input, steps });
    expect(sent.map(({ minute, subject }) => `${minute} ${subject.split(':')[0] ?? ''}`)).toEqual([
      expect.stringMatching(/^2 WARNING /),
      expect.stringMatching(/^5 WARNING UPDATE /),
      expect.stringMatching(/^8 WARNING UPDATE /),
      expect.stringMatching(/^11 RESOLVED /),
    ]);
  });
});

describe('no route is no connection', () => {
  test('13: all routes withdrawn on both tunnels: critical, of the connection', async () => {
    const played = await play(inputOf('13-zero-both-alert'));
    expect(played.subjects).toEqual([expect.stringMatching(/^2 CRITICAL .*ConnectionDown/)]);
    expect(played.sent[0]?.text).toContain('AWS accepts no route from either');
  });

  test('one tunnel down and the other without routes: critical; a static route of the connection: not', async () => {
    const input = inputOf('13-zero-both-alert');
    const half = (Routes: { State: 'available'; DestinationCidrBlock: string }[]): Input => ({
      ...input,
      steps: input.steps.map((step, index) => ({
        ...step,
        connections: step.connections.map((one) => ({
          ...one,
          Routes,
          VgwTelemetry: (one.VgwTelemetry ?? []).map((tunnel, side) =>
            index === 1 && side === 1 ? { ...tunnel, Status: 'DOWN' as const } : tunnel,
          ),
        })),
      })),
    });
    expect(reasonsOf(await play(half([])), 3)).toContain('critical ConnectionDown');
    const routed = half([{ State: 'available', DestinationCidrBlock: '10.9.0.0/16' }]);
    expect(reasonsOf(await play(routed), 3)).not.toContain('critical ConnectionDown');
  });
});

describe('what was never up, or not for weeks, is no outage', () => {
  test('08: a new connection whose device is not configured is listed, never notified', async () => {
    const played = await play(inputOf('08-new-connection'));
    expect(played.sent).toEqual([]);
    expect(reasonsOf(played, 12)).toContain('info NotYetUp');
  });

  test('a new connection that was up once and is lost: critical', async () => {
    const input = inputOf('08-new-connection');
    const last = input.steps[2];
    const up = (one: Input['steps'][number]['connections'][number]) => ({
      ...one,
      VgwTelemetry: (one.VgwTelemetry ?? []).map((tunnel) => ({
        ...tunnel,
        Status: 'UP' as const,
        StatusMessage: '5 BGP ROUTES',
        AcceptedRouteCount: 5,
      })),
    });
    if (last === undefined) throw new Error('the input has three steps');
    const steps = [...input.steps, { ...last, connections: last.connections.map(up) }, last];
    expect((await play({ ...input, steps })).subjects.at(-1)).toMatch(/CRITICAL .*ConnectionDown/);
  });

  test('09, 10: forgotten connections at the first look are one warning, not repeated', async () => {
    const one = await play(inputOf('09-stale'));
    expect(one.subjects).toEqual([expect.stringMatching(/^0 WARNING .*LongDown/)]);
    const six = await play(inputOf('10-many-stale-first'));
    expect(six.subjects).toEqual([expect.stringMatching(/^0 WARNING .+ and 5 more: LongDown/)]);
    expect(reasonsOf(six, 0)).not.toContain('warning SingleTunnelUsed');
  });

  test('48: a connection that is pending for more than an hour is a warning; before that none', async () => {
    const { subjects } = await play(inputOf('48-pending-stuck'));
    expect(subjects).toEqual([expect.stringMatching(/^60 WARNING .*ConnectionPending/)]);
  });
});

describe('15: a device that brings up one tunnel at a time', () => {
  test('a swap is no incident, and only one tunnel in use stays what it is', async () => {
    const { subjects } = await play(inputOf('15-asa-swap'));
    expect(subjects).toEqual([expect.stringMatching(/^0 WARNING .*SingleTunnelUsed/)]);
  });

  test('vpn-medic:tunnels=1 says that it is so by design; both down is critical all the same', async () => {
    const tagged = withWord(
      '15-asa-swap',
      '"Tags":[',
      '"Tags":[{"Key":"vpn-medic:tunnels","Value":"1"},',
    );
    expect((await play(tagged)).sent).toEqual([]);
    const first = tagged.steps[0];
    if (first === undefined) throw new Error('the input has steps');
    const down = {
      ...first,
      connections: first.connections.map((one) => ({
        ...one,
        VgwTelemetry: (one.VgwTelemetry ?? []).map((tunnel) => ({
          ...tunnel,
          Status: 'DOWN' as const,
          AcceptedRouteCount: 0,
        })),
      })),
    };
    const { subjects } = await play({ ...tagged, steps: [...tagged.steps, down] });
    expect(subjects).toEqual([expect.stringMatching(/CRITICAL .*ConnectionDown/)]);
  });
});

describe('vpn-medic:quiet', () => {
  const tagged = (quiet: string) =>
    withWord(
      '13-zero-both-alert',
      '"Tags":[',
      `"Tags":[{"Key":"vpn-medic:quiet","Value":"${quiet}"},`,
    );

  test('a tag that cannot be read is a warning, and the loss is notified', async () => {
    const played = await play(tagged('at night'));
    expect(reasonsOf(played, 0)).toContain('warning TagInvalid');
    expect(played.subjects).toEqual([
      expect.stringMatching(/^0 WARNING .*TagInvalid/),
      expect.stringMatching(/^2 CRITICAL .*ConnectionDown/),
    ]);
  });

  test('a loss within the hours is recorded, not notified; outside of them it is notified', async () => {
    expect((await play(tagged('00:00-24:00'))).sent).toEqual([]);
    expect((await play(tagged('00:00-00:01'))).subjects).toHaveLength(1);
  });
});

describe('a site of two connections that comes back by one of them', () => {
  const connection = (id: string, name: string, ip: number, isUp: boolean, changed: number) => ({
    VpnConnectionId: id,
    State: 'available' as const,
    TransitGatewayId: 'tgw-01',
    CustomerGatewayId: 'cgw-01',
    Tags: [{ Key: 'Name', Value: name }],
    Options: { StaticRoutesOnly: false },
    VgwTelemetry: [ip, ip + 1].map((last) => ({
      OutsideIpAddress: `192.0.2.${last}`,
      Status: isUp ? ('UP' as const) : ('DOWN' as const),
      StatusMessage: isUp ? '5 BGP ROUTES' : 'IPSEC IS DOWN',
      AcceptedRouteCount: isUp ? 5 : 0,
      LastStatusChange: changed,
    })),
  });
  const step = (minutes: number, a: boolean, b: boolean, changed: number) => ({
    minutes,
    connections: [
      connection('vpn-01', 'berlin', 1, a, a ? changed : 3),
      connection('vpn-02', 'berlin-b', 11, b, b ? changed : 3),
    ],
  });

  test('the end of the outage of the site says that the other one lasts, which is notified by itself', async () => {
    const { sent } = await play({
      steps: [step(3, true, true, -9_000), step(3, false, false, 3), step(3, true, false, 6)],
    });
    const over = sent.find(({ subject }) => subject.startsWith('RESOLVED cgw-01: SiteDown'));
    expect(over?.subject).toContain('ConnectionDown of berlin-b goes on');
    expect(over?.sms).toContain('ConnectionDown of berlin-b goes on');
    expect(over?.text).toContain('Impact: None of this now, but ConnectionDown of berlin-b');
    expect(sent.at(-1)?.subject).toMatch(/^CRITICAL berlin-b: ConnectionDown/);
  });

  test('when both are back, nothing goes on', async () => {
    const { sent } = await play({
      steps: [step(3, true, true, -9_000), step(3, false, false, 3), step(3, true, true, 6)],
    });
    const over = sent.find(({ subject }) => subject.startsWith('RESOLVED cgw-01: SiteDown'));
    expect(over?.text).toContain('Impact: None now.');
    expect(sent.filter(({ subject }) => subject.includes('goes on'))).toEqual([]);
  });
});
