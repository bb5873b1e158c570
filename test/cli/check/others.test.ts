/**
 * Goal: check finds in metrics and CRLs what the functions would notify, and writes nothing. Method: the command, with
 * series and buckets in memory.
 */
import { describe, expect, test } from '@jest/globals';
import type { AwsClients } from '../../../lib/cli/awsClients.ts';
import { measured } from '../../../lib/core/metric.ts';
import { known, unknown } from '../../../lib/core/reading.ts';
import { aCrlFixture, type CrlFixture, look, upload } from '../../builders/crls.ts';
import { aList, NOW, serials } from '../../crl/builders/list.ts';
import { cli, emptyMetrics, simAccount, simulatedClients } from '../open.ts';

async function check(
  over: (now: () => number) => Partial<AwsClients>,
  env = {},
  argv: readonly string[] = [],
) {
  const account = simAccount();
  const { clients, ports } = simulatedClients(account);
  let hasEnded = false;
  const running = cli(['check', '--json', ...argv], {
    clock: ports.clock,
    env: { AWS_REGION: 'eu-west-1', ...env },
    clients: { ...clients, ...over(() => ports.clock.now()) },
  }).finally(() => {
    hasEnded = true;
  });
  await account.clock.run(account.clock.monotonicMs() + 120_000, () => hasEnded);
  const { findings, objections } = JSON.parse((await running).out);
  const lines: readonly string[] = findings.map(
    ({ reason, severity }: Record<string, string>) => `${severity} ${reason}`,
  );
  return { lines, objections };
}

describe('metrics', () => {
  const dx =
    (value: number, arn: string | null, ignore: string | null = null) =>
    (now: () => number) => ({
      watchTags: async () => ({
        watched: async () => known(arn === null ? [] : [{ arn, ignore, quiet: null }], now()),
      }),
      metrics: async () => ({
        ...emptyMetrics({ now }),
        series: async ({ namespace }: { readonly namespace: string }) =>
          known(
            namespace === 'AWS/DX'
              ? [
                  {
                    namespace,
                    metricName: 'ConnectionState',
                    dimensions: { ConnectionId: 'dxcon-1' },
                  },
                ]
              : [],
            now(),
          ),
        points: async (queries: readonly unknown[], window: Parameters<typeof measured>[1]) =>
          queries.map(() =>
            known(measured([{ at: window.to - window.periodMs, value }], window, false), now()),
          ),
      }),
    });
  const ARN = 'arn:aws:directconnect:eu-west-1:111122223333:dxcon/dxcon-1';

  test.each([
    ['down and tagged', dx(0, ARN), ['warning DirectConnectDown']],
    ['up and tagged', dx(1, ARN), []],
    ['down and not tagged', dx(0, null), []],
    ['down, tagged and ignored', dx(0, ARN, 'a test'), ['info DirectConnectDown']],
  ])('of a Direct Connect that is %s', async (_, over, expected) => {
    const { lines } = await check(over);
    expect(lines.filter((one) => one.includes('DirectConnect'))).toEqual(expected);
  });

  test('that cannot be read are an objection', async () => {
    const { objections } = await check((now) => ({
      watchTags: async () => ({
        watched: async () => unknown('tag:GetResources denied', now()),
      }),
    }));
    expect(objections.join()).toContain('the tags vpn-medic:watch of eu-west-1 cannot be read');
  });
});

describe('CRLs', () => {
  const ENV = {
    VPN_MEDIC_CRL_BUCKET: 'inbox',
    VPN_MEDIC_CRL_PUBLIC_BUCKET: 'public',
    VPN_MEDIC_STATE_TABLE: 'state',
  };
  // On the command's own clock: the one of the fixture stands meanwhile.
  const overOf = (fixture: CrlFixture) => {
    const { clock: _, ...buckets } = fixture;
    return () => ({
      store: async () => fixture.store,
      crlBuckets: async () => buckets,
      crlEndpoints: async () => fixture.endpoints,
    });
  };
  const found = async (fixture: CrlFixture) =>
    (await check(overOf(fixture), ENV)).lines.filter((one) => one.includes('Crl'));

  test('that are well are no finding; one that waits refused is, and nothing is published', async () => {
    const fixture = aCrlFixture(undefined, NOW);
    await upload(fixture, 'ca.crl', aList(fixture.ca, { serials: serials(20) }));
    expect(await found(fixture)).toEqual([]);
    fixture.source.drop(
      'inbox/ca.crl',
      aList(fixture.ca, { number: 8n, serials: serials(1), thisUpdateAt: NOW }),
    );
    expect(await found(fixture)).toEqual(['critical CrlTooManyMissing']);
    expect(fixture.stateStore.history('ca.crl')).toHaveLength(1);
  });

  test('of which the second region has no copy, or serves none, are found', async () => {
    const fixture = aCrlFixture(undefined, NOW);
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    expect(await found(fixture)).toEqual([]);
    fixture.replica.drop('ca.crl', Buffer.from('junk'));
    expect(await found(fixture)).toEqual(['warning CrlReplicaDiffers']);
    expect(fixture.replica.history('ca.crl')).toHaveLength(2);
  });

  test('of an unknown issuer, which only the next pass would find, are found', async () => {
    const fixture = aCrlFixture(undefined, NOW);
    await look(fixture);
    fixture.source.drop('inbox/x.crl', Buffer.from('junk'));
    expect(await found(fixture)).toEqual(['warning CrlNotDer']);
  });

  test('of an endpoint in another region than the deployment’s are found there, and nothing else is', async () => {
    const fixture = aCrlFixture(undefined, NOW);
    await upload(fixture, 'ca.crl', aList(fixture.ca));
    fixture.source.drop('inbox/x.crl', Buffer.from('junk'));
    fixture.endpoints.add({ endpointId: 'cvpn-endpoint-1', name: 'staff' });
    const { lines } = await check(overOf(fixture), ENV, ['--region', 'eu-central-1']);
    expect(lines.filter((one) => one.includes('Crl'))).toEqual(['warning CrlEndpointBehind']);
  });

  test('are not asked about where no bucket of them is deployed', async () => {
    expect((await check(() => ({}))).lines.filter((one) => one.includes('Crl'))).toEqual([]);
  });
});
