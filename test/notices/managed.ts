/** Plays the stories of what is polled: connections and endpoints in the simulated account, CRLs on simulated buckets. */
import type { Notification } from '../../lib/incidents/types.ts';
import { SimAccount } from '../../lib/simulator/account.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../lib/simulator/defaults/clientVpn.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import { USUAL_DELAYS } from '../../lib/simulator/delays.ts';
import { SIGNATURE } from '../../lib/simulator/notifications.ts';
import { openEndpointPoller, openPoller } from '../../lib/simulator/poller.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';
import type { Scenario } from '../../lib/simulator/scenario/types.ts';
import { aCrlFixture, look, upload } from '../builders/crls.ts';
import { aList, HOUR_MS, MINUTE_MS, NOW, serials } from '../crl/builders/list.ts';

const TAKEN_AT = Date.parse('2026-11-20T21:00:00Z');
/** Metrics that the simulated account has from its beginning are no part of any story. */
const STANDING: ReadonlySet<string> = new Set(['EndpointNotHealthCheckable']);

/** Every notification that was published, in order. */
export async function playPolled({
  spellsIn,
  lastsMs,
}: Pick<Scenario, 'spellsIn' | 'lastsMs'>): Promise<readonly Notification[]> {
  const vpn = defaultVpn(TAKEN_AT);
  const { snapshot, vantages, ...roles } = rolesOf(
    defaultAccount(TAKEN_AT),
    vpn,
    DEFAULT_ENDPOINTS,
  );
  const account = new SimAccount({
    snapshot,
    seed: 1,
    vantages,
    pace: USUAL_DELAYS,
    skewMsMax: 0,
    vpn,
    endpoints: DEFAULT_ENDPOINTS,
  });
  for (const { fault, startMs, endMs } of spellsIn({ snapshot, vantages, ...roles }) ?? []) {
    account.faults.add(fault, startMs, endMs);
  }
  const notifications: Notification[] = [];
  const onPoll = (_by: string, polled: { readonly notifications: readonly Notification[] }) => {
    notifications.push(...polled.notifications);
  };
  const pollers = [
    openPoller(account, { seed: 1, onPoll }),
    openEndpointPoller(account, { seed: 1, onPoll }),
  ];
  for (const poller of pollers) poller.start();
  await account.clock.run(lastsMs);
  for (const poller of pollers) poller.stop();
  await account.clock.run(lastsMs + MINUTE_MS);
  return notifications.filter(({ attributes }) => !STANDING.has(attributes['reason'] ?? ''));
}

/** A CA is restored from an old backup: its next list is refused, the published one nears its end, a right one comes. */
export async function playCrl(): Promise<readonly Notification[]> {
  const fixture = aCrlFixture();
  Object.assign(fixture.notifications, { signature: SIGNATURE });
  const hours = async (count: number) => {
    for (let hour = 0; hour < count; hour += 1) {
      fixture.clock.jumpWall(HOUR_MS);
      await look(fixture);
    }
  };
  await upload(fixture, 'ca.crl', aList(fixture.ca, { serials: serials(40) }));
  await hours(24);
  const fewer = { number: 8n, serials: serials(20), thisUpdateAt: NOW + 20 * HOUR_MS };
  await upload(fixture, 'ca.crl', aList(fixture.ca, fewer));
  await hours(5 * 24 + 12);
  const right = {
    number: 9n,
    serials: serials(41),
    thisUpdateAt: fixture.clock.now() - HOUR_MS,
    nextUpdateAt: fixture.clock.now() + 7 * 24 * HOUR_MS,
  };
  await upload(fixture, 'ca.crl', aList(fixture.ca, right));
  await hours(2);
  // Of an open critical incident the reminders, one each four hours, are left out.
  return fixture.notifications.sent.filter(({ state }) => state !== 'repeated');
}
