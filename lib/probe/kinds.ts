/** The list of probe kinds. The tag's grammar, the wire format and docs/probes.md are derived from it. */
import type { Keyed, KindDefinition } from './kind.ts';
import { http, https } from './kinds/http.ts';
import { ike } from './kinds/ike.ts';
import { openvpn, openvpnTcp } from './kinds/openvpn.ts';
import { radius } from './kinds/radius.ts';
import { tcp } from './kinds/tcp.ts';
import { tls } from './kinds/tls.ts';
import { wireguard } from './kinds/wireguard.ts';

/** A key is the kind's name in `vpn-medic:probe` and on the wire. */
export const PROBE_KINDS = {
  tcp,
  tls,
  ike,
  openvpn,
  'openvpn-tcp': openvpnTcp,
  http,
  https,
  wireguard,
  radius,
} as const satisfies Readonly<Record<string, KindDefinition>>;

export type ProbeKind = keyof typeof PROBE_KINDS;

/** Whether `http:8080/healthz` is written for it. */
export const takesPath = (kind: ProbeKind): boolean => {
  const definition: KindDefinition = PROBE_KINDS[kind];
  return definition.takesPath === true;
};

/** How it takes a key; null: it takes none. */
export const keyedOf = (kind: ProbeKind): Keyed | null => {
  const definition: KindDefinition = PROBE_KINDS[kind];
  return definition.keyed ?? null;
};

export const isProbeKind = (value: unknown): value is ProbeKind =>
  typeof value === 'string' && Object.hasOwn(PROBE_KINDS, value);

/** The table of kinds in docs/probes.md: one row a kind, in the order of the list. */
export const kindsTable = (): string =>
  [
    '| tag | sends | counts as alive | watch out |',
    '|---|---|---|---|',
    ...Object.entries(PROBE_KINDS).map(
      ([name, { sends, alive, caution }]) =>
        `| \`${name}:PORT\` | ${sends} | ${alive} | ${caution} |`,
    ),
  ].join('\n');
