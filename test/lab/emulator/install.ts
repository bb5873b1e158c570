/** Puts the pinned emulator into `.lab/venv`, once, with nothing but Python 3, its venv and pip, and a package index. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export const LAB_DIR = here('../../../.lab');
const VENV = `${LAB_DIR}/venv`;
const PYTHON = `${VENV}/bin/python`;
const LOCK = `${LAB_DIR}/venv.lock`;
const STAMP = `${VENV}/vpn-medic-lab.sha256`;
// A fresh download took 30 s on two cores; a slow line may take minutes.
const INSTALL_MS_MAX = 600_000;

/**
 * The path of a Python that has the emulator, at exactly the pinned versions. Several callers at once wait for one
 * installation. What the system's own Python already has at the pinned version is not downloaded again.
 *
 * @throws when Python or pip is missing or fails, naming what to install.
 */
export async function emulatorPython(): Promise<string> {
  const wanted = await fingerprint();
  if (await isInstalled(wanted)) return PYTHON;
  await mkdir(LAB_DIR, { recursive: true });
  const unlock = await lock();
  try {
    if (!(await isInstalled(wanted))) await install(wanted);
  } finally {
    await unlock();
  }
  return PYTHON;
}

async function install(wanted: string): Promise<void> {
  await rm(VENV, { recursive: true, force: true });
  await step('python3', ['-m', 'venv', '--system-site-packages', VENV], 'python3 with venv');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const pins = ['-c', here('constraints.txt'), '-r', here('requirements.txt')];
  await step(PYTHON, [...pip, ...pins], 'pip and a reachable package index');
  await writeFile(STAMP, wanted);
}

async function step(command: string, args: readonly string[], needs: string): Promise<void> {
  try {
    await run(command, args, { timeout: INSTALL_MS_MAX });
  } catch (cause) {
    throw new Error(
      `installing the lab's emulator: ${command} ${args.join(' ')} (needs ${needs})`,
      {
        cause,
      },
    );
  }
}

async function fingerprint(): Promise<string> {
  const pins = await Promise.all(
    ['requirements.txt', 'constraints.txt'].map((name) => readFile(here(name), 'utf8')),
  );
  return createHash('sha256').update(pins.join('\n')).digest('hex');
}

async function isInstalled(wanted: string): Promise<boolean> {
  const found = await readFile(STAMP, 'utf8').catch(() => '');
  if (found !== wanted) return false;
  // A virtual environment whose Python has since been removed is a dangling link.
  return await run(PYTHON, ['-c', 'import importlib.metadata as m; m.version("moto")']).then(
    () => true,
    () => false,
  );
}

/** Holds the lock file; a lock whose owner is no longer alive is taken over. */
async function lock(): Promise<() => Promise<void>> {
  const giveUpAt = Date.now() + INSTALL_MS_MAX;
  while (Date.now() < giveUpAt) {
    try {
      const file = await open(LOCK, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(LOCK, { force: true });
    } catch {
      const owner = Number(await readFile(LOCK, 'utf8').catch(() => ''));
      if (owner > 0 && !isAlive(owner)) await rm(LOCK, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  throw new Error(`waiting for ${LOCK}: remove it if no other run of the lab is installing`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
