/** An account that goes on living, and dies and is revived by hand. */
import { expect, test } from '@jest/globals';
import { openLive } from '../../../../lib/cli/rehearse/serve/account.ts';
import type { MapScene } from '../../../../lib/map/scene.ts';
import { defaultAccount } from '../../../../lib/simulator/defaults/account.ts';
import { DEFAULT_ENDPOINTS } from '../../../../lib/simulator/defaults/clientVpn.ts';
import { defaultVpn } from '../../../../lib/simulator/defaults/siteToSite.ts';
import { rolesOf } from '../../../../lib/simulator/roles.ts';
import { START_AT } from '../../open.ts';

const ROLES = rolesOf(defaultAccount(START_AT), defaultVpn(START_AT), DEFAULT_ENDPOINTS);

const failedOverCount = (scene: MapScene | null): number =>
  (scene?.tables ?? [])
    .flatMap(({ routeGroups }) => routeGroups)
    .filter(({ state }) => state === 'failedOver')
    .reduce((sum, { destinations }) => sum + destinations.length, 0);

test('a zone that is failed loses its routes within 4 s, and has them back after its fault ends', async () => {
  const live = openLive(ROLES, '1');
  expect(live.scene()).toBeNull();
  await live.advance(60_000);
  expect(failedOverCount(live.scene())).toBe(0);
  live.toggle('zone:eu-west-1a');
  expect(live.failed()).toEqual(['zone:eu-west-1a']);
  await live.advance(5_500);
  expect(failedOverCount(live.scene())).toBeGreaterThan(0);
  live.toggle('zone:eu-west-1a');
  expect(live.failed()).toEqual([]);
  await live.advance(480_000);
  expect(failedOverCount(live.scene())).toBe(0);
  const kinds = live.take().map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'fault')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'recovered')).toHaveLength(1);
  live.stop();
});

test('two appliances failed within one frame, while time runs, are both down 5 s later, and time runs on', async () => {
  const live = openLive(ROLES, '1');
  await live.advance(60_000);
  const [one, other] = ROLES.appliances.map(({ instanceId }) => `appliance:${instanceId}`);
  const running = live.advance(2_500);
  live.toggle(one ?? '');
  live.toggle(other ?? '');
  await running;
  for (let frame = 0; frame < 20; frame += 1) await live.advance(250);
  expect(live.elapsedMs()).toBe(67_500);
  const down = (live.scene()?.appliances ?? []).filter(({ health }) => health === 'down');
  expect(new Set(down.map(({ id }) => `appliance:${id}`))).toEqual(new Set([one, other]));
  expect((live.scene()?.at ?? 0) - START_AT).toBeGreaterThan(65_000);
  live.stop();
});

test('the duration of an open incident goes on from frame to frame', async () => {
  const live = openLive(ROLES, '1');
  await live.advance(60_000);
  live.toggle('zone:eu-west-1a');
  await live.advance(10_000);
  const durations = () =>
    new Map(
      (live.scene()?.incidents ?? []).map(({ reason, name, lastsMs }) => [
        `${reason} ${name}`,
        lastsMs,
      ]),
    );
  const first = durations();
  expect(first.size).toBeGreaterThan(1);
  await live.advance(30_000);
  const later = durations();
  const shared = [...first.keys()].filter((key) => later.has(key));
  expect(shared.length).toBeGreaterThan(1);
  for (const key of shared) {
    expect([key, later.get(key)]).toEqual([key, (first.get(key) ?? 0) + 30_000]);
  }
  live.stop();
});

test('what is no appliance and no zone cannot be failed', () => {
  const live = openLive(ROLES, '1');
  for (const subject of ['', 'table:rtb-1', 'appliance:', 'zone:', 'appliance:i-x']) {
    expect(live.toggle(subject)).toBeNull();
  }
  expect(live.failed()).toEqual([]);
  live.stop();
});

test('a tunnel that is failed is down on the map after the next poll, and up again after its fault ends', async () => {
  const live = openLive(ROLES, '1');
  await live.advance(70_000);
  const tunnelsOf = () =>
    (live.scene()?.sites ?? []).flatMap(({ connections }) =>
      connections.flatMap(({ tunnels }) => tunnels),
    );
  const [tunnel] = tunnelsOf();
  const subject = `tunnel:${tunnel?.id ?? ''}`;
  const health = () => tunnelsOf().find(({ id }) => id === tunnel?.id)?.health;
  expect(health()).toBe('well');
  expect(live.toggle(subject)).not.toBeNull();
  await live.advance(130_000);
  expect(health()).toBe('down');
  live.toggle(subject);
  await live.advance(130_000);
  expect(health()).toBe('well');
  live.stop();
});

test('an endpoint that is failed is down on the map after its next poll, and open again after its fault ends', async () => {
  const live = openLive(ROLES, '1');
  const [staff] = DEFAULT_ENDPOINTS;
  const health = () =>
    live.scene()?.endpoints.find(({ id }) => id === staff?.endpointId)?.health ?? 'not shown';
  await live.advance(30_000);
  expect(health()).toBe('well');
  const subject = `endpoint:${staff?.endpointId ?? ''}`;
  expect(live.toggle(subject)).toBe('endpoint staff: all associations lost');
  await live.advance(310_000);
  expect(health()).toBe('down');
  live.toggle(subject);
  await live.advance(310_000);
  expect(health()).toBe('well');
  live.stop();
});
