/** Puts the lab's pinned Python tools into `.lab`, once, with nothing but Python 3, its venv and pip, and a package index. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export const LAB_DIR = here('../../../.lab');
// A fresh download took 30 s on two cores; a slow line may take minutes.
const INSTALL_MS_MAX = 600_000;

/** The emulator, and cfn-lint with it. What the system's own Python already has at the pinned version is not downloaded again. */
const EMULATOR: PythonTool = {
  venv: `${LAB_DIR}/venv`,
  pins: here('.'),
  proof: 'moto',
  isAlone: false,
};

/** checkov, whose pins are others than the emulator's. */
const CHECKOV: PythonTool = {
  venv: `${LAB_DIR}/checkov`,
  pins: here('../linters/'),
  proof: 'checkov',
  isAlone: true,
};

export const TOOLS: readonly PythonTool[] = [EMULATOR, CHECKOV];

export const emulatorPython = (): Promise<string> => pinnedPython(EMULATOR);
export const checkovPython = (): Promise<string> => pinnedPython(CHECKOV);

export const isThere = async (tool: PythonTool): Promise<boolean> =>
  isInstalled(tool, await fingerprint(tool));

export interface PythonTool {
  readonly venv: string;
  /** A folder with requirements.txt and constraints.txt. */
  readonly pins: string;
  /** The package that must be there in the end. */
  readonly proof: string;
  /** Without what the system's Python has. */
  readonly isAlone: boolean;
}

/**
 * The path of a Python that has the tools, at exactly the pinned versions. Several callers at once wait for one
 * installation.
 *
 * @throws when Python or pip is missing or fails, naming what to install.
 */
async function pinnedPython(tool: PythonTool): Promise<string> {
  const wanted = await fingerprint(tool);
  const python = pythonOf(tool);
  if (await isInstalled(tool, wanted)) return python;
  await mkdir(LAB_DIR, { recursive: true });
  const unlock = await lock(`${tool.venv}.lock`);
  try {
    if (!(await isInstalled(tool, wanted))) await install(tool, wanted);
  } finally {
    await unlock();
  }
  return python;
}

const pythonOf = ({ venv }: PythonTool): string => `${venv}/bin/python`;
const stampOf = ({ venv }: PythonTool): string => `${venv}/vpn-medic-lab.sha256`;

async function install(tool: PythonTool, wanted: string): Promise<void> {
  const { venv, pins, isAlone } = tool;
  await rm(venv, { recursive: true, force: true });
  const also = isAlone ? [] : ['--system-site-packages'];
  await step('python3', ['-m', 'venv', ...also, venv], 'python3 with venv');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const files = ['-c', `${pins}/constraints.txt`, '-r', `${pins}/requirements.txt`];
  await step(pythonOf(tool), [...pip, ...files], 'pip and a reachable package index');
  await writeFile(stampOf(tool), wanted);
}

async function step(command: string, args: readonly string[], needs: string): Promise<void> {
  try {
    await run(command, args, { timeout: INSTALL_MS_MAX });
  } catch (cause) {
    throw new Error(`installing the lab's tools: ${command} ${args.join(' ')} (needs ${needs})`, {
      cause,
    });
  }
}

async function fingerprint({ pins }: PythonTool): Promise<string> {
  const texts = await Promise.all(
    ['requirements.txt', 'constraints.txt'].map((name) => readFile(`${pins}/${name}`, 'utf8')),
  );
  return createHash('sha256').update(texts.join('\n')).digest('hex');
}

async function isInstalled(tool: PythonTool, wanted: string): Promise<boolean> {
  const found = await readFile(stampOf(tool), 'utf8').catch(() => '');
  if (found !== wanted) return false;
  // A virtual environment whose Python has since been removed is a dangling link.
  const look = `import importlib.metadata as m; m.version("${tool.proof}")`;
  return await run(pythonOf(tool), ['-c', look]).then(
    () => true,
    () => false,
  );
}

/** Holds the lock file; a lock whose owner is no longer alive is taken over. */
export async function lock(path: string): Promise<() => Promise<void>> {
  const giveUpAt = Date.now() + INSTALL_MS_MAX;
  while (Date.now() < giveUpAt) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch {
      const owner = Number(await readFile(path, 'utf8').catch(() => ''));
      if (owner > 0 && !isAlive(owner)) await rm(path, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  throw new Error(`waiting for ${path}: remove it if no other run of the lab is installing`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
