/** `vpn-medic map`: the account, or a snapshot of one, as a page that stands for itself. */
import { mapAppliances } from '../map/appliances.ts';
import { drawPage } from '../map/page.ts';
import type { Theme } from '../map/theme.ts';
import { lookAround } from './check.ts';
import type { Doors } from './doors.ts';
import type { LookOptions } from './eyesight.ts';
import { look } from './sight.ts';
import { readSnapshot } from './snapshotFile.ts';
import { snapshotEyesight } from './snapshotPorts.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface MapOptions extends LookOptions {
  readonly snapshot?: string;
  readonly width?: string;
  readonly theme?: string;
}

/** @throws {Unable} for options that cannot be, or when nothing of the account can be read. */
export async function map(
  options: MapOptions,
  terminal: Terminal,
  doors: Doors,
): Promise<ExitCode> {
  const widthPx = readWidth(options.width);
  const theme = readTheme(options.theme);
  const { world, assessment, plan, memory } =
    options.snapshot === undefined
      ? await lookAround(options, terminal, doors)
      : await look(
          snapshotEyesight(await readSnapshot(options.snapshot)),
          new AbortController().signal,
        );
  const held = plan.held.filter(({ rule }) => rule !== 'observe');
  const scene = mapAppliances({ world, assessment, held, groups: memory.groups, mode: 'observe' });
  terminal.out(drawPage(scene, widthPx, theme).toString());
  return scene.gaps.length > 0 ? CANNOT_TELL : WELL;
}

const WIDTH_PX = 1_200;
const WIDTH_PX_MIN = 280;
const WIDTH_PX_MAX = 8_000;

function readWidth(text: string | undefined): number {
  if (text === undefined) return WIDTH_PX;
  const width = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (width >= WIDTH_PX_MIN && width <= WIDTH_PX_MAX) return width;
  throw new Unable(`--width ${text}: write a whole number from ${WIDTH_PX_MIN} to ${WIDTH_PX_MAX}`);
}

function readTheme(text: string = 'auto'): Theme {
  if (text === 'light' || text === 'dark' || text === 'auto') return text;
  throw new Unable(`--theme ${text}: write light, dark or auto`);
}
