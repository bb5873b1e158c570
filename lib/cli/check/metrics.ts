/** What is tagged to be judged by its metrics: one read-only pass, as pollEndpoints makes it. */
import { isDeniedOnPurpose } from '../../core/denied.ts';
import { unpacked } from '../../core/packed.ts';
import { assessMetrics } from '../../metrics/assess.ts';
import { observeMetrics } from '../../metrics/observe.ts';
import { metricReport } from '../../metrics/report.ts';
import { recallMetrics } from '../../metrics/state.ts';
import { metricRegions, rowsOf } from '../../metrics/table.ts';
import type { AwsClients } from '../awsClients.ts';
import type { ObserverSetup } from '../pass.ts';
import type { ScopeLook } from './scopeLook.ts';

/** Health checks have their metrics in us-east-1: a capture of another region does not hold them. */
export async function readMetrics(
  setup: ObserverSetup,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<ScopeLook> {
  const { region, capture } = setup;
  const regions = capture === undefined ? metricRegions([region]) : [region];
  const looks = await Promise.all(regions.map((one) => readRegion(setup, one, clients, signal)));
  return {
    findings: looks.flatMap(({ findings }) => findings),
    ignored: new Map(looks.flatMap(({ ignored }) => [...ignored])),
    gaps: looks.flatMap(({ gaps }) => gaps),
  };
}

async function readRegion(
  { region: own, clock, store }: ObserverSetup,
  region: string,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<ScopeLook> {
  const [metrics, watchTags, stored] = await Promise.all([
    clients.metrics(region),
    clients.watchTags(region),
    store?.read([`memory#metrics#${region}`], signal),
  ]);
  const body = stored?.known === true ? (stored.value[0]?.body ?? null) : null;
  const past = recallMetrics(unpacked(body));
  const observer = { region, clock, metrics, watchTags };
  const world = await observeMetrics(observer, '', rowsOf(region, region === own), past, signal);
  const { findings } = assessMetrics(world, past, clock.now());
  return {
    findings: findings.filter(({ reason }) => reason !== 'SightLost'),
    ignored: metricReport(world, findings).ignored,
    gaps: world.gaps
      .filter(({ why }) => !isDeniedOnPurpose(why))
      .map(({ what, why }) => `${what} of ${region} cannot be read: ${why}`),
  };
}
