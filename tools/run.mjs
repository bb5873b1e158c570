/**
 * `node tools/run.mjs COMMAND ARGUMENTS…`: runs a command of a clone on Node 24, the Node of the functions. What the clone's
 * packages and this machine lack, a newer Node among it, is installed below tools/ when it is first asked for.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { argv, env, execPath, exit, stderr, versions } from 'node:process';
import { fileURLToPath } from 'node:url';

const NODE_MIN = 24;
const here = fileURLToPath(new URL('.', import.meta.url));
const bins = [join(here, 'node_modules/.bin'), join(here, '../node_modules/.bin')];
const [command = '', ...rest] = argv.slice(2);

const isThere = (name) =>
  [...bins.slice(1), ...(env['PATH'] ?? '').split(delimiter)].some((folder) =>
    existsSync(join(folder, name)),
  );
const isEnough = Number.parseInt(versions.node, 10) >= NODE_MIN && isThere(command);

if (!isEnough && !isInstalled()) {
  stderr.write(
    `Installing what ${command} needs below tools/, once (Node ${NODE_MIN}, Biome, knip) …\n`,
  );
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: here,
    stdio: ['ignore', 2, 2],
  });
}

const found = isEnough ? bins.slice(1) : bins;
// The Node that runs this comes first where it is new enough, whatever the PATH has.
const program = command === 'node' && isEnough ? execPath : command;
const { status, error } = spawnSync(program, rest, {
  stdio: 'inherit',
  env: { ...env, PATH: [...found, env['PATH']].join(delimiter) },
});
if (error !== undefined) throw error;
exit(status ?? 1);

/** An older installation than the lock file is none. */
function isInstalled() {
  const installed = join(here, 'node_modules/.package-lock.json');
  return (
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(here, 'package-lock.json')).mtimeMs
  );
}
