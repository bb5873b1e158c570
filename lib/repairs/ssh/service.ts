/** The fixed commands for each kind of VPN service, and what their output says. Pure. */

import { plainText, safeLine } from '../../core/safeLine.ts';
import { counted } from '../../core/text.ts';

export interface ServiceWords {
  /** Its tunnels as evidence; null where nothing is known to ask. */
  readonly evidenceCommand: string | null;
  /** One line from the evidence command's output; null for output that says nothing. */
  readonly read: (output: string) => string | null;
}

/**
 * What is run for a unit. Nothing but the validated unit name (and the part after its `@`) is ever put into a command.
 * @param unit as `parseUnit` lets it through
 */
export function wordsOf(unit: string): ServiceWords {
  const [stem = '', instance = ''] = unit.replace(/\.service$/, '').split('@');
  // systemd would unescape it; a name that needs that gets no evidence command.
  const name = /^[\w.-]+$/.test(instance) ? instance : '';
  if (
    /^(strongswan|ipsec|charon|strongswan-starter|strongswan-swanctl|charon-systemd)/.test(stem)
  ) {
    return { evidenceCommand: 'sudo -n swanctl --list-sas', read: readSas };
  }
  if (stem === 'openvpn-server' && name !== '') {
    const path = `/run/openvpn-server/status-${name}.log`;
    return { evidenceCommand: `sudo -n cat ${path}`, read: readOpenvpnStatus };
  }
  if (stem === 'openvpn' && name !== '') {
    const path = `/run/openvpn/${name}.status`;
    return { evidenceCommand: `sudo -n cat ${path}`, read: readOpenvpnStatus };
  }
  if (stem === 'wg-quick' && name !== '') {
    // Not plain `wg show … dump`: that one prints the private key.
    const command = `sudo -n wg show ${name} latest-handshakes`;
    return { evidenceCommand: command, read: readHandshakes };
  }
  return { evidenceCommand: null, read: () => null };
}

export const restartCommand = (unit: string): string => `sudo -n systemctl restart ${unit}`;
export const isActiveCommand = (unit: string): string => `systemctl is-active ${unit}`;

/** `hq: #1, ESTABLISHED, IKEv2, …`, and below it `  net: #1, reqid 1, INSTALLED, TUNNEL, …` */
export function readSas(output: string): string | null {
  const lines = plainText(output).split('\n');
  const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  const established = count(/^\S+: #\d+, ESTABLISHED,/);
  const others = count(/^\S+: #\d+, (?!ESTABLISHED)[A-Z]+,/);
  const installed = count(/^\s+\S+: #\d+, .*\bINSTALLED\b/);
  const rest = others === 0 ? '' : `, ${others} not established`;
  return `strongSwan: ${counted(established, 'IKE SA')} established${rest}, ${counted(installed, 'child SA')} installed`;
}

/** Format 1 (lines between two headings) or 2 and 3 (`CLIENT_LIST,…`, tabs in 3). */
export function readOpenvpnStatus(output: string): string | null {
  const lines = plainText(output)
    .split(/\r?\n/)
    .map((line) => line.trim());
  const updated = lines.find((line) => /^(Updated,|TIME[,\t])/.test(line));
  if (updated === undefined) return null;
  const listed = lines.filter((line) => /^CLIENT_LIST[,\t]/.test(line)).length;
  const from = lines.findIndex((line) => line.startsWith('Common Name,'));
  const to = lines.findIndex((line) => line.startsWith('ROUTING TABLE'));
  const between = from >= 0 && to > from ? to - from - 1 : 0;
  const at = safeLine(updated.split(/[,\t]/)[1] ?? '', 40);
  return `OpenVPN: ${counted(listed + between, 'client')}, status of ${at}`;
}

/** `PUBLIC-KEY<tab>SECONDS`, 0 for never. */
export function readHandshakes(output: string): string | null {
  const seconds = [...plainText(output).matchAll(/^\S{40,}\s+(\d+)\s*$/gm)].map(([, at]) =>
    Number(at),
  );
  const shaken = seconds.filter((at) => at > 0);
  const newest = shaken.length === 0 ? '' : `, the last at ${Math.max(...shaken)} s since 1970`;
  return `WireGuard: ${counted(seconds.length, 'peer')}, ${shaken.length} with a handshake${newest}`;
}
