/** `vpn-medic template --out DIR`: the template and the zips that it asks for, as files: for stack sets, Terraform, or to read. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellQuoted } from '../core/text.ts';
import { readDeployment } from './deployment.ts';
import { print } from './output/print.ts';
import { line } from './output/textBlocks.ts';
import { type ExitCode, type Terminal, WELL } from './terminal.ts';

export interface TemplateOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** Writes over files of the same names. @throws {Unable} in a clone that has not made the template. */
export async function template(options: TemplateOptions, terminal: Terminal): Promise<ExitCode> {
  const deployment = await readDeployment();
  const prefix = deployment.parameters.get('codePrefix')?.default ?? '';
  const codeFolder = join(options.out, 'code');
  await mkdir(join(codeFolder, prefix), { recursive: true });
  const file = join(options.out, 'vpn-medic.template.json');
  await writeFile(file, deployment.template);
  for (const [name, bytes] of deployment.code) {
    await writeFile(join(codeFolder, prefix, name), bytes);
  }
  const { version } = deployment;
  const objects = [...deployment.code.keys()].map((name) => `${prefix}${name}`);
  print(terminal, options.json, { version: 1, medicVersion: version, template: file, objects }, [
    line(
      `${file}: vpn-medic ${version}, for every account; its only parameter without a default is codeBucket.`,
    ),
    line('Copy the functions’ code to a bucket in each region where it is deployed:'),
    line(`aws s3 cp --recursive ${shellQuoted(codeFolder)} s3://BUCKET/`, 2),
  ]);
  return WELL;
}
