/** `vpn-medic replay`: plays captures through the functions as deployed, and prints what they find, do, hold and notify. No AWS, no network. */

import type { Capture } from '../capture/types.ts';
import { replay as play } from '../replay/replay.ts';
import {
  ConfigError,
  type PublisherSettings,
  readPublisherSettings,
  type Settings,
} from '../settings.ts';
import { print } from './output/print.ts';
import { harmless } from './output/safeText.ts';
import { readCaptures } from './replay/files.ts';
import { writeReplay } from './replay/text.ts';
import { readStateFile } from './state/file.ts';

import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface ReplayCommandOptions {
  readonly mode?: string;
  /** A file of exported state. */
  readonly state?: string;
  readonly json?: boolean;
}

/** @throws {Unable} for a file that is no capture, and for a wrong setting. */
export async function replay(
  files: readonly string[],
  options: ReplayCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { captures, notes } = await readCaptures(files);
  const settings = settingsOf(captures, options, terminal.env);
  const { policy, version, dashboard, docsUrl, accountName, stage, crl } = settings;
  const stored = options.state === undefined ? [] : readStateFile(options.state);
  const state = stored.map((item) => ({ ...item, overVersion: 0 }));
  const signature = { version, dashboard, docsUrl, accountName, stage };
  const played = await play(captures, { policy, signature, crl, state });
  const unused = [...played.unused]
    .slice(0, NAMED_MAX)
    .map(([name, count]) => `${name.replace(' ', ':').slice(0, NAME_MAX)} (${count})`);
  const { missing } = played;
  const all = [
    ...notes,
    ...(missing.length === 0 ? [] : [`not in the capture, so unknown: ${missing.join(', ')}`]),
    ...(unused.length === 0 ? [] : [`recorded, and read by no function: ${unused.join(', ')}`]),
    ...played.crashes,
  ];
  for (const note of all) terminal.err(`vpn-medic: ${harmless(note)}\n`);
  const { timeline } = played;
  print(terminal, options.json, { version: 1, timeline }, writeReplay(played));
  return played.crashes.length === 0 ? WELL : CANNOT_TELL;
}

const NAMED_MAX = 10;
const NAME_MAX = 80;

/** Those of a deployment: the environment's, with a table and a topic of the replay. */
function settingsOf(
  [first]: readonly Capture[],
  { mode }: ReplayCommandOptions,
  env: Terminal['env'],
): Settings & { readonly crl: PublisherSettings } {
  const region = first?.region ?? '';
  const account = first?.account ?? '';
  try {
    return readPublisherSettings({
      ...env,
      AWS_REGION: region,
      VPN_MEDIC_STATE_TABLE: 'replay',
      VPN_MEDIC_CRL_BUCKET: 'replay-inbox',
      VPN_MEDIC_CRL_PUBLIC_BUCKET: 'replay-public',
      VPN_MEDIC_ALERTS_TOPIC_ARN: `arn:aws:sns:${region}:${account}:replay`,
      ...(mode === undefined ? {} : { VPN_MEDIC_MODE: mode }),
    });
  } catch (error) {
    if (error instanceof ConfigError) throw new Unable(error.message);
    throw error;
  }
}
