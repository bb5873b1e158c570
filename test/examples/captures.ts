/** Writes examples/captures: captures of made-up accounts, taken by the real command. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CaptureOptions } from '../../lib/cli/capture.ts';
import { takeCapture } from '../cli/capture/take.ts';
import type { MadeRegion } from './account.ts';
import { clientVpnHome, clientVpnSecond } from './accounts/clientVpn.ts';
import { hub } from './accounts/hub.ts';
import { smallOffice } from './accounts/smallOffice.ts';
import { clientsOf } from './serve.ts';

/** A Wednesday morning. */
const AT = Date.UTC(2026, 11, 2, 9, 30);

export const EXAMPLES: readonly MadeRegion[] = [
  smallOffice({ account: '111122223333', region: 'eu-central-1', at: AT }),
  clientVpnHome({ account: '444455556666', region: 'eu-west-1', at: AT }),
  clientVpnSecond({ account: '444455556666', region: 'us-east-1', at: AT }),
  hub({ account: '123456789012', region: 'eu-west-1', at: AT }),
];

export const FOLDER = fileURLToPath(new URL('../../examples/captures/', import.meta.url));

/** The text of the capture, as `vpn-medic capture` writes it. */
export async function takenOf(
  made: MadeRegion,
  asked: Partial<CaptureOptions> = {},
): Promise<string> {
  const { out } = await takeCapture(
    { region: made.region, probes: true, ...asked },
    () => clientsOf(made),
    made,
  );
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const made of EXAMPLES) writeFileSync(FOLDER + made.file, await takenOf(made));
}
