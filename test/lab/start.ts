/** Before the lab: what it needs, what of that is missing, and where it will be installed. */
import { existsSync } from 'node:fs';
import { BROWSER, DAEMONS, type Needed, OPENSSL } from './daemons/debian.ts';
import { forgetDidNotRun } from './didNotRun.ts';
import { isThere, TOOLS } from './emulator/install.ts';

export default async function start(): Promise<void> {
  forgetDidNotRun();
  const lines = [
    'The lab installs what is missing, each part when a test first needs it:',
    ...(await Promise.all(
      TOOLS.map(async (tool) =>
        row(tool.proof, 'pip, into .lab', (await isThere(tool)) ? [] : [tool.proof]),
      ),
    )),
    row('VPN daemons', 'apt-get, into the system, root only', missing(DAEMONS)),
    row('openssl', 'apt-get, into the system, root only', missing([OPENSSL])),
    row('browser', 'apt-get, into the system, root only', missing(BROWSER)),
    'It needs Python 3 with venv. Network namespaces need root. Daemons keep their files in a temporary folder.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

const missing = (needed: readonly Needed[]): readonly string[] =>
  needed.filter(({ file }) => !existsSync(file)).map(({ from }) => from);

const row = (part: string, how: string, lacking: readonly string[]): string =>
  `  ${part.padEnd(12)} ${how}: ${lacking.length === 0 ? 'is there' : `to install: ${lacking.join(' ')}`}`;
