/** A page of its own around the panel: for `vpn-medic map > map.html`. Pure. */
import { type Markup, markup } from './markup.ts';
import { drawPanel } from './panel.ts';
import type { MapScene } from './scene.ts';
import type { Theme } from './theme.ts';

/** One file that needs nothing else: no script, no font, no request. */
export const drawPage = (scene: MapScene, widthPx: number, theme: Theme): Markup =>
  markup`${DOCTYPE}
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>VPN map of ${scene.region}</title><style>body { margin: 0; } .vpnmap { padding: 12px; min-height: calc(100vh - 24px); }</style></head><body>${drawPanel(scene, { widthPx, theme })}</body></html>
`;

const DOCTYPE = markup`<!doctype html>`;
