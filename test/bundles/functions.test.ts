/** Goal: what is deployed stays small, holds nothing of the rehearsal, and is the same bytes every time. Method: each function is bundled as the build does it. */
import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bundle, bundleOf, bytesMax } from '../../esbuild.config.ts';
import { makeTempFolder } from '../tempFolder.ts';

const root = join(import.meta.dirname, '../..');
const names = (await readdir(join(root, 'functions')))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => parse(file).name);

test('there are functions to look at', () => {
  expect(names).toContain('probe');
});

describe.each(names)('%s', (name) => {
  let bundle: Bundle = { code: '', inputs: [], imports: [] };
  beforeAll(async () => {
    bundle = await bundleOf(`functions/${name}.ts`);
  });

  test('keeps to its budget', () => {
    const bytes = Buffer.byteLength(bundle.code);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThanOrEqual(bytesMax(name));
  });

  test('is at most 40 lines of source', async () => {
    const source = await readFile(join(root, `functions/${name}.ts`), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });

  test('holds neither the simulator nor the command line', () => {
    expect(bundle.inputs.filter((path) => /^lib\/(simulator|cli)\//.test(path))).toEqual([]);
    expect(bundle.inputs).toContain(`functions/${name}.ts`);
  });

  test('needs nothing but Node beside it', () => {
    expect(bundle.imports.filter((path) => !isBuiltin(path))).toEqual([]);
    expect(bundle.imports).not.toEqual([]);
  });

  test('names no place of the machine that built it', () => {
    expect(bundle.code).not.toContain(root);
  });

  test('loads by itself and exports a handler', async () => {
    expect(await typeOfHandler(name, bundle.code)).toBe('function');
  });
});

test('the probe, which holds no permission, holds no SDK either', async () => {
  const { inputs } = await bundleOf('functions/probe.ts');
  expect(inputs.filter((path) => /@aws-sdk|@smithy|powertools|middy/.test(path))).toEqual([]);
});

test('the largest is the same bytes when it is built again', async () => {
  const entry = 'functions/repairAppliance.ts';
  const [one, other] = [await bundleOf(entry), await bundleOf(entry)];
  expect(other.code).toBe(one.code);
});

describe('a dependency that asks for Node’s modules by require', () => {
  test('finds them, though the bundle is ESM', async () => {
    await writeFile(join(folder, 'old.cjs'), "module.exports = require('node:os').type");
    await writeFile(join(folder, 'new.ts'), "export { default as handler } from './old.cjs'");
    const { code } = await bundleOf(join(folder, 'new.ts'));
    expect(code).toContain('createRequire');
    expect(await typeOfHandler('old', code)).toBe('function');
  });

  test('a package that is not in the bundle is missed, as Lambda would miss it', async () => {
    const code = "export { object as handler } from 'valibot'";
    await expect(typeOfHandler('outside', code)).rejects.toThrow('valibot is not in the bundle');
  });

  test('costs nothing where there is none', async () => {
    expect((await bundleOf('functions/probe.ts')).code).not.toContain('createRequire');
  });
});

let folder = '';
beforeAll(() => {
  folder = makeTempFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** In a process of its own that finds no package, as Lambda loads it. */
async function typeOfHandler(name: string, code: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, code);
  const program = `${ONLY_BUILTINS}process.stdout.write(typeof (await import('${pathToFileURL(file).href}')).handler)`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { env: { ...SETTINGS, PATH: process.env['PATH'] }, cwd: folder },
  );
  return stdout;
}

/** The folder lies inside the checkout, whose packages it would find. */
const ONLY_BUILTINS = `import { isBuiltin, registerHooks } from 'node:module';
registerHooks({
  resolve(name, context, next) {
    if (/^(file:|[./])/.test(name) || isBuiltin(name)) return next(name, context);
    throw new Error(name + ' is not in the bundle');
  },
});
`;

/** What a deployed function finds in its environment, for those that read it while they load. */
const SETTINGS = { AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_NAME: 'x' };
