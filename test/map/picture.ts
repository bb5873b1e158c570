/** Writes docs/map.svg, the picture of the README: the simulated account a few seconds after an appliance died. `npm run docs:map`. */
import { readFile, writeFile } from 'node:fs/promises';
import { openLive } from '../../lib/cli/rehearse/serve/account.ts';
import { drawMap } from '../../lib/map/draw.ts';
import { styleOf } from '../../lib/map/theme.ts';
import { defaultAccount } from '../../lib/simulator/defaults/account.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import { rolesOf } from '../../lib/simulator/roles.ts';

const PATH = new URL('../../docs/map.svg', import.meta.url);
const START_AT = Date.UTC(2026, 10, 20, 21);
/** As wide as a page of text on a code forge. */
const WIDTH_PX = 830;

/** What docs/map.svg has to hold now. */
export async function renderPicture(): Promise<string> {
  const roles = rolesOf(defaultAccount(START_AT), defaultVpn(START_AT));
  const live = openLive(roles, '1');
  await live.advance(90_000);
  const victim = roles.appliances.find(({ name }) => name === 'branch-a');
  live.toggle(`appliance:${victim?.instanceId ?? ''}`);
  await live.advance(10_000);
  const scene = live.scene();
  live.stop();
  if (scene === null) throw new Error('drawing docs/map.svg: no pass has finished yet');
  return `${drawMap(scene, WIDTH_PX, styleOf('auto')).toString()}\n`;
}

export const readPicture = (): Promise<string> => readFile(PATH, 'utf8');

if (import.meta.main) await writeFile(PATH, await renderPicture());
